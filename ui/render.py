"""Answers and the library as HTML, with nothing of any web framework in it.

Everything that comes from a document or a reader is shown as text: Jinja escapes every value, and
before that `visible` shows what a browser would obey. Links are http and https addresses only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from index.document import Span
from rag.answer import Citation, CitedNote
from rag.quotation import Run, detached, paragraphs, visible
from rag.reference import (
    byline,
    evidence_spans,
    note_urls,
    printed_in,
    stands_for,
    title_translated,
    written_date,
)
from ui import page_strings
from ui.conversation import Conversation
from ui.conversations import Kept
from ui.strings import Language, say

TAGS: dict[Language, str] = {"en": "en", "zh": "zh-Hant"}


@dataclass(frozen=True, slots=True)
class Holding:
    """A publication as the first screen names it."""

    name: str
    facts: str


def conversation_html(conversation: Conversation, language: Language) -> str:
    """Questions and answers in order; "" if there are none."""
    return _template("answer.html").render(turns=conversation, **_words(language))


def welcome_html(holdings: Sequence[Holding], more: str, language: Language) -> str:
    """What this is, and what is in the library; `more` says how much is not listed."""
    return _template("welcome.html").render(holdings=holdings, more=more, **_words(language))


def masthead_html(language: Language) -> str:
    """The page's name, and the ways to everything else."""
    return _template("masthead.html").render(tag=TAGS[language], **_words(language))


def shelf_html(kept: Sequence[Kept], current: str, language: Language) -> str:
    """A visitor's conversations; `current` is the id of the one that is open, or ""."""
    return _template("shelf.html").render(kept=kept, current=current, **_words(language))


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("ui", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _shown(value: object) -> object:
    """Text as it may be shown; markup of our own templates is left alone."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _words(language: Language) -> dict[str, object]:
    """What the templates call, in one language."""
    return {
        "words": page_strings,
        "say": lambda message, **values: say(message, language, **values),
        "byline": partial(byline, language=language),
        "printed_in": partial(printed_in, language=language),
        "stands_for": partial(stands_for, language=language),
        "title_translated": partial(title_translated, language=language),
        "written_date": partial(written_date, language=language),
        "count": lambda noun, number: noun.count(number, language),
        "detached": lambda note: detached(note.text, note_urls(note)),
        "evidence_spans": evidence_spans,
        "evidence_in_note": lambda citation: any(each.note for each in citation.evidence),
        "note_paragraphs": _note_paragraphs,
        "note_places": _note_places,
        "text_paragraphs": _text_paragraphs,
        "tongue": _tongue,
    }


def _text_paragraphs(citation: Citation) -> tuple[tuple[Run, ...], ...]:
    return paragraphs(citation.text, citation.marks, evidence_spans(citation))


def _note_paragraphs(note: CitedNote, spans: tuple[Span, ...]) -> tuple[tuple[Run, ...], ...]:
    return paragraphs(note.text, (), spans, note_urls(note))


def _note_places(citation: Citation) -> dict[str, int]:
    """Each note's place in the list; numbers are as printed and need not be fit for an address."""
    return {note.number: place for place, note in enumerate(citation.notes, 1)}


def _tongue(text: str) -> str:
    """The language for choosing the shapes of characters: traditional Chinese, or English."""
    return "zh-Hant" if any("\u3400" <= sign <= "\u9fff" for sign in text) else "en"

"""Answers and the library as HTML, with nothing of any web framework in it.

Everything that comes from a document or a reader is shown as text: Jinja escapes every value, and
before that `visible` shows what a browser would obey. Links are http and https addresses only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from index.document import Article, Message, Source, Span
from index.storage.records import Criteria, Summary
from index.text.scripts import script
from rag.answer.model import Answer, Citation, CitedNote
from rag.render.bibliography import footnote, quotation, quoted_markdown, quoted_text
from rag.render.labels import (
    byline,
    evidence_spans,
    field_name,
    field_pairs,
    flat,
    note_urls,
    printed_in,
    stands_for,
    stated,
    title_translated,
    written_date,
)
from rag.render.rich_text import Run, detached, paragraphs, visible
from rag.render.text import line_to_text
from ui.conversations.filters import Chip, chips
from ui.conversations.model import Conversation, Turn
from ui.conversations.store import Kept
from ui.messages import page
from ui.messages.cli import PUBLICATIONS, Language, say
from ui.page.catalogue_search import Found
from ui.page.explanation_chart import picture
from ui.page.reading_pane import Reading, written_spans

_CONFIDENCE = ((0.85, page.CERTAIN), (0.65, page.LIKELY))
_LONG = 90  # Chinese signs: three lines where the page is wide
TAGS: dict[Language, str] = {"en": "en", "zh": "zh-Hant"}


@dataclass(frozen=True, slots=True)
class Holding:
    """A publication as the first screen names it."""

    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A publication as the library's panel names it, with its articles."""

    summary: Summary
    name: str
    facts: str
    articles: tuple[Article, ...]


def conversation_html(
    conversation: Conversation,
    language: Language,
    limits: Callable[[Criteria], Sequence[Chip]] = chips,
    *,
    name: str = "",
    first: int = 1,
) -> str:
    """Questions and answers in order; "" if there are none.

    Args:
        conversation: All of it, or its end.
        language: What it is shown in.
        limits: What an answer was limited to, as chips.
        name: The conversation's id, by which the page knows where its end belongs.
        first: The place of the first of these turns, from 1.
    """
    return _template("answer.html").render(
        turns=conversation, chips=limits, conversation=name, first=first, **_words(language)
    )


def welcome_html(
    holdings: Sequence[Holding], more: str, language: Language, *, may_change: bool = False
) -> str:
    """What this is, and what is in the library; `more` says how much is not listed."""
    values = {"holdings": holdings, "more": more, "may_change": may_change}
    return rendered("welcome.html", language, **values)


def masthead_html(language: Language) -> str:
    """The page's name, and the ways to everything else."""
    return _template("masthead.html").render(tag=TAGS[language], **_words(language))


def shelf_html(
    kept: Sequence[Kept],
    current: str,
    language: Language,
    *,
    locked: bool = False,
    verdicts: int = 0,
    trouble: Message | None = None,
) -> str:
    """A visitor's conversations.

    Args:
        kept: The last one first.
        current: The id of the one that is open, or "".
        language: The visitor's.
        locked: Whether they can sign out.
        verdicts: Of how many answers they have said something.
        trouble: What went wrong, if anything.
    """
    values = {"kept": kept, "current": current, "locked": locked}
    return rendered("shelf.html", language, **values, verdicts=verdicts, trouble=trouble)


def reading_html(opened: Reading | None, language: Language) -> str:
    """The reading pane; None where its passage is not there any more."""
    return _template("reading.html").render(open=opened, **_words(language))


def library_html(
    found: Found,
    shelves: Sequence[Shelf],
    searchable: bool,
    language: Language,
    changing: Mapping[str, object] | None = None,
) -> str:
    """What is in the library, and what a question may be limited to.

    Args:
        found: What of it is listed.
        shelves: Its publications.
        searchable: Whether there is so much that it can be looked into by name.
        language: The reader's.
        changing: What `uploads/panel.html` needs to be shown; None where nothing may be changed.
    """
    return rendered("library.html", language, **_shelved(found, shelves, searchable, changing))


def shelves_html(
    found: Found,
    shelves: Sequence[Shelf],
    searchable: bool,
    language: Language,
    changing: Mapping[str, object] | None = None,
) -> str:
    """The part of the same that changes with what is looked for."""
    return rendered("shelves.html", language, **_shelved(found, shelves, searchable, changing))


def articles_html(articles: Sequence[Article], language: Language) -> str:
    """The articles of a publication, each to limit a question to."""
    return rendered("articles.html", language, articles=articles)


def _shelved(
    found: Found,
    shelves: Sequence[Shelf],
    searchable: bool,
    changing: Mapping[str, object] | None,
) -> dict[str, object]:
    return {
        "publications": shelves,
        "number": found.number,
        "publications_noun": PUBLICATIONS,
        "authors": found.authors,
        "topics": found.topics,
        "more_authors": found.more_authors,
        "more_topics": found.more_topics,
        "searchable": searchable,
        "may_change": changing is not None,
        **(changing or {}),
    }


def chips_html(limits: Sequence[Chip], language: Language, *, removable: bool = True) -> str:
    """What a question is limited to; "" for nothing."""
    return _template("chips.html").render(chips=limits, removable=removable, **_words(language))


def verdict_html(
    turn: Turn, number: int, conversation: str, told: Message | None, language: Language
) -> str:
    """What a visitor says of the answer with this number, and what is told about keeping it."""
    values = {"turn": turn, "number": number, "conversation": conversation, "told": told}
    return rendered("said.html", language, **values)


def rendered(template: str, language: Language, **values: object) -> str:
    """A template of another part of the page, with the words that all templates have."""
    return _template(template).render(**values, **_words(language))


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("ui.page", "templates"),
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
        "words": page,
        "language": language,
        "say": lambda message, **values: say(message, language, **values),
        "byline": partial(byline, language=language),
        "printed_in": partial(printed_in, language=language),
        "stands_for": partial(stands_for, language=language),
        "title_translated": partial(title_translated, language=language),
        "written_date": partial(written_date, language=language),
        "count": lambda noun, number: noun.count(number, language),
        "detached": lambda note: detached(note.text, note_urls(note)),
        "evidence_spans": evidence_spans,
        "between": "、" if language == "zh" else ", ",
        "field_name": partial(field_name, language=language),
        "field_pairs": partial(field_pairs, language=language),
        "before_other": "（" if language == "zh" else " (",
        "after_other": "）" if language == "zh" else ")",
        "stated": partial(stated, language=language),
        "evidence_in_note": lambda citation: any(each.note for each in citation.evidence),
        "quoted_runs": lambda text: [run for line in paragraphs(quotation(text)) for run in line],
        "footnote": partial(footnote, language=language),
        "quoted_text": partial(quoted_text, language=language),
        "quoted_markdown": partial(quoted_markdown, language=language),
        "confidence": _confidence,
        "picture": partial(picture, language=language),
        "listed": ("、" if language == "zh" else ", ").join,
        "all_sources": _all_sources,
        "copied_sources": _copied_sources,
        "marked": lambda citation: written_spans(evidence_spans(citation)),
        "source_paragraphs": lambda source: paragraphs(source.text, (), (), source.urls),
        "source_detached": lambda source: detached(source.text, source.urls),
        "note_paragraphs": _note_paragraphs,
        "note_places": _note_places,
        "text_paragraphs": _text_paragraphs,
        "tongue": _tongue,
        "long": _long,
    }


def _text_paragraphs(citation: Citation) -> tuple[tuple[Run, ...], ...]:
    return paragraphs(citation.text, citation.marks, evidence_spans(citation))


def _note_paragraphs(note: CitedNote, spans: tuple[Span, ...]) -> tuple[tuple[Run, ...], ...]:
    return paragraphs(note.text, (), spans, note_urls(note))


def _note_places(notes: Sequence[CitedNote]) -> dict[str, int]:
    """Each note's place in the list; numbers are as printed and need not be fit for an address."""
    return {note.number: place for place, note in enumerate(notes, 1)}


def _all_sources(answer: Answer) -> tuple[Source, ...]:
    """What the notes of an answer cite, each work once, in order."""
    notes = (note for citation in answer.citations for note in citation.notes)
    return tuple(dict.fromkeys(source for note in notes for source in note.all_sources))


def _copied_sources(works: Sequence[Source]) -> str:
    """Works as plain text, each on a line."""
    return "\n".join(visible(line_to_text(flat(each.text))) for each in works)


def _confidence(answer: Answer) -> Message:
    """How sure the library is, in words."""
    for least, message in _CONFIDENCE:
        if answer.confidence >= least:
            return message
    return page.UNSURE


def _long(text: str) -> str:
    """The class that sets a long text smaller: a Chinese sign says as much as three letters."""
    weight = 1 if _tongue(text) == TAGS["zh"] else 3
    return " long" if len(text) > weight * _LONG else ""


def _tongue(text: str) -> str:
    """What a text is mainly in: it decides on fonts, and on the width of quotation marks."""
    return TAGS[script(text)]

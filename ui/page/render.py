"""Answers and the library as HTML; nothing of any web framework is here.

Everything that comes from a document or a reader is shown as text: Jinja escapes every value, and
before that `escape_controls` makes control characters visible. Links are http and https addresses
only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from index.document import Source, Span
from index.messages import Language, Message, MessageCatalogue, is_chinese
from index.storage.records import Filters, Summary
from index.text.scripts import detect_language, is_in_other_script
from rag.answer.build import build_publication_ref
from rag.answer.model import Answer, ArticleRef, Citation, CitedNote, PublicationRef
from rag.answering.further import adds_answer, may_answer
from rag.query.courtesy import is_courtesy
from rag.render.bibliography import (
    format_footnote,
    format_quotation_markdown,
    format_quotation_text,
    quote_text,
)
from rag.render.common_sources import format_common_sources
from rag.render.explanation import round_to_tenths
from rag.render.labels import (
    collapse_whitespace,
    format_byline,
    format_date,
    format_field_name,
    format_publication_line,
    format_resolves_to,
    format_statement,
    format_unresolved,
    get_evidence_spans,
    get_field_pairs,
    get_note_urls,
    get_title_translation,
)
from rag.render.rich_text import TextRun, escape_controls, find_detached_urls, split_paragraphs
from rag.render.text import line_to_text
from rag.works.articles import build_article_reference
from rag.works.formats import FORMATS
from rag.works.formats.embedded import format_coins
from rag.written.request import choose_task
from ui.conversations.filters import FilterChip, build_chips
from ui.conversations.model import Conversation, Turn
from ui.conversations.store import ConversationMatch, ConversationSummary
from ui.messages.language import LANGUAGE_TAGS
from ui.page.excerpts import build_excerpt
from ui.page.explanation_chart import build_chart
from ui.page.listing import build_listing_view
from ui.page.printed_page import format_picture_address
from ui.page.reading.addresses import (
    format_article_address,
    format_note_anchor,
    format_passage_address,
    format_passages_query,
    format_publication_address,
    format_spans,
    format_title_address,
)
from ui.page.writing.view import build_paragraph_view, can_translate
from ui.service import limits
from ui.service.catalogue_search import CatalogueMatches
from ui.service.labels import format_publication_date, format_publication_name

_NOUNS = MessageCatalogue("ui", "nouns")
_LABELS = MessageCatalogue("rag", "labels")
_MESSAGES = MessageCatalogue("ui", "page")
_KEEPING_MESSAGES = MessageCatalogue("ui", "keeping")
_READING_MESSAGES = MessageCatalogue("ui", "reading")
_WRITING_MESSAGES = MessageCatalogue("ui", "writing")

_CONFIDENCE_LEVELS = ((0.85, "certain"), (0.65, "likely"))
_LONG_TEXT_LENGTH = 90  # Chinese characters: three lines on a wide page


@dataclass(frozen=True, slots=True)
class PublicationLine:
    """A publication on the first screen: its name, and its date and counts in words."""

    id: str
    name: str
    facts: str


@dataclass(frozen=True, slots=True)
class PublicationListing:
    """A publication in the library's panel, with the articles that matched a search."""

    summary: Summary
    name: str
    facts: str
    articles: tuple[ArticleRef, ...]

    @property
    def is_single_article(self) -> bool:
        """Whether it is but an article, which need not be listed below it."""
        return self.summary.counts.articles == 1 and not self.summary.number


def render_conversation(
    conversation: Conversation,
    language: Language,
    make_chips: Callable[[Filters], Sequence[FilterChip]] = build_chips,
    *,
    conversation_id: str = "",
    first_number: int = 1,
    can_write: bool = False,
) -> str:
    """Return questions and answers in order as HTML; "" if there are none.

    Args:
        conversation: All turns, or the last ones.
        language: The reader's.
        make_chips: Returns the filters of a question as chips.
        conversation_id: The conversation's id, by which the page appends its last turn.
        first_number: The number of the first turn, from 1.
        can_write: Whether a language model is set up.
    """
    return load_template("conversation.html").render(
        turns=conversation,
        make_chips=make_chips,
        conversation_id=conversation_id,
        first_number=first_number,
        can_write=can_write,
        **_build_context(language),
    )


def render_welcome(
    publications: Sequence[PublicationLine],
    remaining: str,
    language: Language,
    *,
    may_change: bool = False,
) -> str:
    """Return the first screen as HTML: what the page is, and what is in the library.

    Args:
        publications: The publications that are listed.
        remaining: How many are not listed, in words; "" for none.
        language: The reader's.
        may_change: Whether the reader may add publications.
    """
    values = {"publications": publications, "remaining": remaining, "may_change": may_change}
    return render_template("welcome.html", language, **values)


def render_composer_line(language: Language, *, received: str = "", refused: str = "") -> str:
    """Return the line over the question field as HTML, for the page's script to fill.

    Args:
        language: The reader's.
        received: The key of a question that was added to the conversation.
        refused: The key of a question that was not, since the one before it is not answered.
    """
    return render_template("composer.html", language, received=received, refused=refused)


def render_missing_conversation(language: Language) -> str:
    """Return the message for an address of a conversation that the visitor does not have."""
    return render_template("missing_conversation.html", language)


def render_masthead(language: Language) -> str:
    """Return the page's name and navigation as HTML."""
    return load_template("masthead.html").render(
        page_language=LANGUAGE_TAGS[language], **_build_context(language)
    )


def render_conversation_list(
    summaries: Sequence[ConversationSummary],
    current_id: str,
    language: Language,
    *,
    can_sign_out: bool = False,
    judgement_count: int = 0,
    error_message: Message | None = None,
) -> str:
    """Return the list of a visitor's conversations as HTML.

    Args:
        summaries: The latest first.
        current_id: The id of the open conversation, or "".
        language: The visitor's.
        can_sign_out: Whether the page has a password.
        judgement_count: Number of answers that the visitor has judged.
        error_message: What went wrong, if anything.
    """
    return render_template(
        "conversation_list.html",
        language,
        conversations=[(summary, "") for summary in summaries],
        is_search=False,
        current_id=current_id,
        can_sign_out=can_sign_out,
        judgement_count=judgement_count,
        error_message=error_message,
    )


def render_found_conversations(
    matches: Sequence[ConversationMatch], current_id: str, language: Language
) -> str:
    """Return the conversations that a search has found as HTML."""
    return render_template(
        "conversation_entries.html",
        language,
        conversations=[(match.summary, match.question) for match in matches],
        current_id=current_id,
        is_search=True,
    )


def render_library(
    matches: CatalogueMatches,
    listings: Sequence[PublicationListing],
    is_searchable: bool,
    language: Language,
    panel_context: Mapping[str, object] | None = None,
) -> str:
    """Return the library's panel as HTML, where readers choose filters.

    Args:
        matches: What is listed.
        listings: The publications that are listed.
        is_searchable: Whether the panel has a search field.
        language: The reader's.
        panel_context: The context of `uploads/panel.html`; None where nothing may be changed.
    """
    return render_template(
        "library.html",
        language,
        **_build_catalogue_context(matches, listings, is_searchable, panel_context),
    )


def render_catalogue(
    matches: CatalogueMatches,
    listings: Sequence[PublicationListing],
    is_searchable: bool,
    language: Language,
    panel_context: Mapping[str, object] | None = None,
) -> str:
    """Return the part of the panel that a search changes; arguments as for `render_library`."""
    return render_template(
        "catalogue.html",
        language,
        **_build_catalogue_context(matches, listings, is_searchable, panel_context),
    )


def render_articles(publication_id: str, articles: Sequence[ArticleRef], language: Language) -> str:
    """Return the articles of a publication as HTML, to be read or asked about."""
    values = {"publication_id": publication_id, "articles": articles}
    return render_template("articles.html", language, **values)


def _build_catalogue_context(
    matches: CatalogueMatches,
    listings: Sequence[PublicationListing],
    is_searchable: bool,
    panel_context: Mapping[str, object] | None,
) -> dict[str, object]:
    return {
        "publications": listings,
        "publication_count": matches.publication_count,
        "authors": matches.authors,
        "topics": matches.topics,
        "hidden_authors": matches.hidden_authors,
        "hidden_topics": matches.hidden_topics,
        "is_searchable": is_searchable,
        "may_change": panel_context is not None,
        **(panel_context or {}),
    }


def render_chips(
    filter_chips: Sequence[FilterChip], language: Language, *, removable: bool = True
) -> str:
    """Return the filters of a question as HTML; "" for none."""
    return load_template("chips.html").render(
        chips=filter_chips, removable=removable, **_build_context(language)
    )


def render_verdict(
    turn: Turn, turn_number: int, conversation_id: str, message: Message | None, language: Language
) -> str:
    """Return the verdict form of a turn as HTML, with a message on whether it was saved."""
    return render_template(
        "verdict_response.html",
        language,
        turn=turn,
        turn_number=turn_number,
        conversation_id=conversation_id,
        message=message,
    )


def render_template(template: str, language: Language, **values: object) -> str:
    """Return a rendered template, with the context that all templates share."""
    return load_template(template).render(**_build_context(language) | values)


@cache
def load_template(name: str) -> Template:
    """Return a template, compiled; it is cached."""
    environment = Environment(
        loader=PackageLoader("ui.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize_value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def _finalize_value(value: object) -> object:
    """Return text with control characters made visible; markup of our templates is unchanged."""
    return (
        escape_controls(value)
        if isinstance(value, str) and not isinstance(value, Markup)
        else value
    )


def _build_context(language: Language) -> dict[str, object]:
    """Return what the templates call, in one language."""
    list_separator = "、" if is_chinese(language) else ", "
    return {
        "root": "",  # the address of the page of questions, relative to the page's own
        "messages": _MESSAGES,
        "keeping_messages": _KEEPING_MESSAGES,
        "reading_messages": _READING_MESSAGES,
        "writing_messages": _WRITING_MESSAGES,
        "labels": _LABELS,
        "language": language,
        "text": lambda message, **values: message.in_language(language, **values),
        "format_count": lambda noun, number: _NOUNS.count(noun, number).in_language(language),
        "format_date": partial(format_date, language=language),
        "join_list": list_separator.join,
        "list_separator": list_separator,
        "open_bracket": "（" if is_chinese(language) else " (",
        "close_bracket": "）" if is_chinese(language) else ")",
        "language_tag": _detect_language_tag,
        "length_class": _choose_length_class,
        # An answer and its citations
        "render_lede": partial(_render_answer, template="lede.html", language=language),
        "render_answer": partial(_render_answer, template="answer.html", language=language),
        "listing_view": partial(build_listing_view, language=language),
        "confidence_message": _describe_confidence,
        "confidence_tenths": round_to_tenths,
        "build_chart": partial(build_chart, language=language),
        "byline": partial(format_byline, language=language),
        "translated_title": partial(get_title_translation, language=language),
        "publication_name": format_publication_name,
        "publication_date": partial(format_publication_date, language=language),
        "publication_line": partial(format_publication_line, language=language),
        "field_name": partial(format_field_name, language=language),
        "field_pairs": partial(get_field_pairs, language=language),
        "format_statement": partial(format_statement, language=language),
        "format_footnote": partial(format_footnote, language=language),
        "quotation_text": partial(format_quotation_text, language=language),
        "quotation_markdown": partial(format_quotation_markdown, language=language),
        "quoted_runs": lambda text: _build_runs(quote_text(text)),
        "text_runs": _build_runs,
        "text_paragraphs": _build_text_paragraphs,
        "excerpt": _build_excerpt,
        "is_in_other_script": is_in_other_script,
        "is_courtesy": is_courtesy,
        "may_answer": may_answer,
        "adds_answer": adds_answer,
        "evidence_spans": get_evidence_spans,
        "format_spans": format_spans,
        "picture_address": format_picture_address,
        "export_formats": FORMATS,
        "format_coins": format_coins,
        "article_coins": _format_article_coins,
        "build_publication_ref": build_publication_ref,
        "passages_query": format_passages_query,
        "article_address": format_article_address,
        "passage_address": format_passage_address,
        "title_address": format_title_address,
        "publication_address": format_publication_address,
        "shown_titles": limits.SHOWN_TITLES,
        "note_anchor": format_note_anchor,
        "has_note_evidence": lambda citation: any(span.note for span in citation.evidence),
        "can_translate": partial(can_translate, language=language),
        "choose_task": choose_task,
        "paragraph_view": partial(build_paragraph_view, language=language),
        # Notes and sources
        "resolved_note_label": partial(format_resolves_to, language=language),
        "unresolved_note_label": format_unresolved(language),
        "number_notes": _number_notes,
        "note_paragraphs": _build_note_paragraphs,
        "detached_urls": lambda note: find_detached_urls(note.text, get_note_urls(note)),
        "common_sources": partial(format_common_sources, language=language),
        "list_sources": _list_sources,
        "format_sources": _format_sources,
        "source_paragraphs": lambda source: split_paragraphs(source.text, (), (), source.urls),
        "source_detached_urls": lambda source: find_detached_urls(source.text, source.urls),
    }


@lru_cache(2 * limits.DEFAULT_CACHED_ANSWERS)
def _render_answer(answer: Answer, number: int, template: str, language: Language) -> str:
    """Return a part of an answer as HTML; cached, for the same question is asked by many."""
    return render_template(template, language, answer=answer, number=number)


def _build_runs(text: str) -> list[TextRun]:
    return [run for line in split_paragraphs(text) for run in line]


def _build_text_paragraphs(citation: Citation) -> tuple[tuple[TextRun, ...], ...]:
    return split_paragraphs(citation.text, citation.marks, get_evidence_spans(citation))


def _build_excerpt(citation: Citation, is_marked: bool) -> tuple[tuple[TextRun, ...], ...]:
    return build_excerpt(citation if is_marked else replace(citation, evidence=()))


def _build_note_paragraphs(
    note: CitedNote, spans: tuple[Span, ...]
) -> tuple[tuple[TextRun, ...], ...]:
    return split_paragraphs(note.text, (), spans, get_note_urls(note))


def _number_notes(notes: Sequence[CitedNote], prefix: str) -> dict[str, str]:
    """Return the id of each note of a citation by its number."""
    return {note.number: f"{prefix}-{position}" for position, note in enumerate(notes, 1)}


def _list_sources(citations: Sequence[Citation]) -> tuple[Source, ...]:
    """Return the sources that the notes of citations cite, each once, in order."""
    notes = (note for citation in citations for note in citation.notes)
    return tuple(dict.fromkeys(source for note in notes for source in note.all_sources))


def _format_sources(sources: Sequence[Source]) -> str:
    """Return sources as plain text, one a line."""
    return "\n".join(
        escape_controls(line_to_text(collapse_whitespace(source.text))) for source in sources
    )


def _describe_confidence(answer: Answer) -> Message:
    """Return the confidence of an answer in words."""
    for threshold, level in _CONFIDENCE_LEVELS:
        if answer.confidence >= threshold:
            return _MESSAGES[f"confidence.{level}"]
    return _MESSAGES["confidence.unsure"]


def _choose_length_class(text: str) -> str:
    """Return the CSS class of long texts; a Chinese character counts as three letters."""
    weight = 1 if _detect_language_tag(text) == LANGUAGE_TAGS["zh"] else 3
    return " long" if len(text) > weight * _LONG_TEXT_LENGTH else ""


def _detect_language_tag(text: str) -> str:
    """Return the language tag of a text: it decides on fonts and the width of quotation marks."""
    return LANGUAGE_TAGS[detect_language(text)]


def _format_article_coins(publication: PublicationRef, article: ArticleRef) -> str:
    """Return an article of the library as reference managers read it in a list."""
    return format_coins(build_article_reference(publication, article))

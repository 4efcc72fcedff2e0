"""An Answer as plain text, in both languages; what is quoted stays as printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.messages import Language, Message, MessageCatalogue, is_chinese
from index.text.scripts import is_in_other_script
from rag.answer.model import Answer, Citation, CitedNote
from rag.query.courtesy import is_courtesy
from rag.render.common_sources import format_common_sources
from rag.render.labels import (
    format_header_lines,
    format_resolves_to,
    format_statement,
    format_unresolved,
    get_note_urls,
)
from rag.render.listing import (
    format_group_remark,
    format_group_title,
    format_headline,
    format_location,
    get_item_text,
    list_item_notes,
    list_items,
)
from rag.render.rich_text import (
    TextRun,
    escape_controls,
    find_detached_urls,
    format_note_mark,
    split_paragraphs,
)

_MESSAGES = MessageCatalogue("rag", "labels")


def to_text(answer: Answer, language: Language = "en") -> str:
    """Return an answer as plain text without control characters, ending in a newline.

    A line that begins with ▸ is a sentence that answers, or a statement of the metadata.

    Args:
        answer: The answer.
        language: The language of everything that is not quoted.

    >>> print(to_text(Answer("Who?", (), confidence=0.0, threshold=0.5)), end="")
    There is nothing in this library to search yet. Add publications first.
    """
    if answer.listing is not None and answer.listing.groups:
        return escape_controls("\n\n".join(_listing_to_text(answer, language))) + "\n"
    if answer.lists_titles:
        return escape_controls("\n".join(format_titles(answer, language))) + "\n"
    citations = get_shown_citations(answer)
    blocks = [
        _citation_to_text(rank, citation, language) for rank, citation in enumerate(citations, 1)
    ]
    lines = format_common_sources(answer, language)
    blocks += ["\n".join(lines)] if lines else []
    return escape_controls("\n\n".join([*format_not_found(answer, language), *blocks])) + "\n"


def get_shown_citations(answer: Answer) -> tuple[Citation, ...]:
    """Return the citations as they are shown: without evidence where the answer is not found.

    Args:
        answer: The answer.
    """
    if answer.is_answered:
        return answer.citations
    return tuple(replace(citation, evidence=()) for citation in answer.citations)


def format_titles(answer: Answer, language: Language) -> list[str]:
    """Return the titles that an answer lists, a line each, below what they are.

    Args:
        answer: An answer that lists titles.
        language: The language of the reader.
    """
    best = answer.citations[0]
    return [
        line
        for statement in best.statements
        for line in format_statement(best, statement, language)
    ]


def line_to_text(text: str) -> str:
    """Return quoted text on one line, without the asterisks of emphasis.

    Args:
        text: As printed, in light Markdown.
    """
    return " ".join(map(_runs_to_text, split_paragraphs(text)))


def format_not_found(answer: Answer, language: Language) -> list[str]:
    """Return the line that says why there is no answer, as a list; empty if there is one.

    Args:
        answer: The answer.
        language: The language of the line.
    """
    if answer.is_answered:
        return []
    separator = "" if is_chinese(language) else " "
    if answer.listing is not None:
        nearest = _MESSAGES["nearest_passages"].in_language(language)
        lines = [
            *format_headline(answer.listing, language),
            *([nearest] if answer.citations else []),
        ]
        return [separator.join(lines)]
    return [separator.join(message.in_language(language) for message in explain_not_found(answer))]


def explain_not_found(answer: Answer) -> tuple[Message, ...]:
    """Return why there is no answer that a single sentence gives, and what to do or follows.

    Args:
        answer: An answer that is not found and has no listing.
    """
    if answer.filters_match_nothing:
        return _MESSAGES["filters_match_nothing"], _MESSAGES["change_filters"]
    if is_courtesy(answer.question):
        return (_MESSAGES["courtesy"],)
    if answer.names_missing_publication:
        return (_MESSAGES["missing_publication"],)
    if answer.has_empty_library:
        return _MESSAGES["empty_library"], _MESSAGES["add_publications"]
    hints = [_MESSAGES["known_languages"]] if is_in_other_script(answer.question) else []
    return _MESSAGES["not_found"], *hints, _MESSAGES["nearest_passages"]


def _listing_to_text(answer: Answer, language: Language) -> Iterator[str]:
    """Yield what a listing is, then each of its groups."""
    listing = answer.listing
    if listing is None:
        return
    yield "\n".join(format_headline(listing, language))
    for group in listing.groups:
        lines = [format_group_title(listing, group)]
        remark = format_group_remark(listing, group, language)
        lines += [f"   {remark}"] if remark and listing.form == "comparison" else []
        for citation, item in list_items(answer, group):
            location = format_location(answer, citation, item, language)
            notes = list_item_notes(citation, item)
            marks = "".join(format_note_mark(note.number) for note in notes)
            is_note = citation.evidence[item.evidence].note is not None
            text = line_to_text(get_item_text(listing, citation, item))
            quoted = " ".join(filter(None, [marks, text])) if is_note else f"{text}{marks}"
            lines += [f"▸ {quoted}", f"   {location}"]
            lines += _list_note_lines(() if is_note else notes)
            lines += _list_resolved_lines(notes if is_note and text else (), language)
        lines += [f"   {remark}"] if remark and listing.form != "comparison" else []
        yield "\n".join(lines)


def _list_note_lines(notes: Iterable[CitedNote]) -> list[str]:
    return [f"   {format_note_mark(note.number)} {_note_to_text(note)}" for note in notes]


def _list_resolved_lines(notes: Iterable[CitedNote], language: Language) -> list[str]:
    resolved = [note.resolves_to for note in notes if note.resolves_to]
    return [f"   → {format_resolves_to(note, language)}{_note_to_text(note)}" for note in resolved]


def _citation_to_text(rank: int, citation: Citation, language: Language) -> str:
    title, *header_lines = format_header_lines(citation, language)
    lines = [f"{rank}. {title}", *header_lines]
    for statement in citation.statements:
        lines += [f"▸ {line}" for line in format_statement(citation, statement, language)]
    for evidence in citation.evidence:
        note_mark = "" if evidence.note is None else f"{format_note_mark(evidence.note)} "
        lines.append(f"▸ {note_mark}{line_to_text(citation.get_evidence_text(evidence))}")
    lines += ["", *map(_runs_to_text, split_paragraphs(citation.text, citation.marks))]
    if citation.notes:
        lines.append("")
    for note in citation.notes:
        lines.append(f"{format_note_mark(note.number)} {_note_to_text(note)}")
        if note.resolves_to:
            label = format_resolves_to(note.resolves_to, language)
            lines.append(f"→ {label}{_note_to_text(note.resolves_to)}")
        if note.is_unresolved:
            lines.append(f"→ {format_unresolved(language)}")
    return "\n".join(f"   {line}" if line and index else line for index, line in enumerate(lines))


def _runs_to_text(runs: Iterable[TextRun]) -> str:
    return "".join(run.text if run.note is None else format_note_mark(run.note) for run in runs)


def _note_to_text(note: CitedNote) -> str:
    detached_urls = find_detached_urls(note.text, get_note_urls(note))
    return " ".join([*map(_runs_to_text, split_paragraphs(note.text)), *detached_urls])

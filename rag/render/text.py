"""An Answer as plain text, in both languages; what is quoted stays as printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from index.messages import Language, MessageCatalogue, is_chinese
from rag.answer.model import Answer, Citation, CitedNote
from rag.render.common_sources import format_common_sources
from rag.render.labels import (
    collapse_whitespace,
    format_header_lines,
    format_resolves_to,
    format_statement,
    format_unresolved,
    get_note_urls,
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
    This is not in the library.
    """
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
    keys = ["filters_match_nothing", "change_filters"] if answer.filters_match_nothing else []
    keys = keys or ["not_found", *(["nearest_passages"] if answer.citations else [])]
    separator = "" if is_chinese(language) else " "
    return [separator.join(_MESSAGES[key].in_language(language) for key in keys)]


def _citation_to_text(rank: int, citation: Citation, language: Language) -> str:
    title, *header_lines = format_header_lines(citation, language)
    lines = [f"{rank}. {title}", *header_lines]
    for statement in citation.statements:
        lines += [f"▸ {line}" for line in format_statement(citation, statement, language)]
    for evidence in citation.evidence:
        note_mark = "" if evidence.note is None else f"{format_note_mark(evidence.note)} "
        lines.append(f"▸ {note_mark}{collapse_whitespace(citation.get_evidence_text(evidence))}")
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

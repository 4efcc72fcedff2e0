"""An Answer as plain text and as Markdown, in both languages; what is quoted stays as printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from index.document import Span
from index.messages import Language
from rag.answer.model import Answer, Citation, CitedNote
from rag.render.labels import (
    NEAREST_PASSAGES,
    NOT_FOUND,
    collapse_whitespace,
    format_header_lines,
    format_resolves_to,
    format_statement,
    get_evidence_spans,
    get_evidence_text,
    get_note_urls,
)
from rag.render.rich_text import (
    TextRun,
    escape_controls,
    find_detached_urls,
    format_note_mark,
    split_paragraphs,
)

_ESCAPED_ANYWHERE = re.compile(r"([\\`*_\[\]<>|~$&])")
_ESCAPED_AT_LINE_START = re.compile(r"^(\s*\d*)([-+#=.)])")


def to_text(answer: Answer, language: Language = "en") -> str:
    """An answer as plain text without control characters, ending in a newline.

    A line that begins with ▸ is a sentence that answers, or what the metadata say.
    """
    citations = get_shown_citations(answer)
    blocks = [
        _citation_to_text(rank, citation, language) for rank, citation in enumerate(citations, 1)
    ]
    return escape_controls("\n\n".join([*_format_not_found(answer, language), *blocks])) + "\n"


def to_markdown(answer: Answer, language: Language = "en") -> str:
    """An answer as Markdown: evidence in bold, everything from documents escaped."""
    citations = get_shown_citations(answer)
    blocks = [
        _citation_to_markdown(rank, citation, language)
        for rank, citation in enumerate(citations, 1)
    ]
    return escape_controls("\n\n".join([*_format_not_found(answer, language), *blocks])) + "\n"


def get_shown_citations(answer: Answer) -> tuple[Citation, ...]:
    """The citations as they are shown: nothing is marked in what is only nearest."""
    if answer.found:
        return answer.citations
    return tuple(replace(citation, evidence=()) for citation in answer.citations)


def evidence_to_markdown(citation: Citation, language: Language = "en") -> str:
    """What answers, as Markdown on one line: the metadata or a sentence; "" where nothing does."""
    if citation.statements:
        statement_lines = [
            format_statement(citation, statement, language) for statement in citation.statements
        ]
        return escape_controls(
            escape_markdown(
                collapse_whitespace(" ".join(line for lines in statement_lines for line in lines))
            )
        )
    return escape_controls(line_to_markdown(citation.evidence_text))


def line_to_markdown(text: str) -> str:
    """Quoted text as Markdown on one line: its emphasis stays, everything else is escaped."""
    return " ".join(map(_runs_to_markdown, split_paragraphs(text)))


def line_to_text(text: str) -> str:
    """Quoted text on one line, without the signs of emphasis."""
    return " ".join(map(_runs_to_text, split_paragraphs(text)))


def _format_not_found(answer: Answer, language: Language) -> list[str]:
    if answer.found:
        return []
    nearest = [NEAREST_PASSAGES.in_language(language)] if answer.citations else []
    return [" ".join([NOT_FOUND.in_language(language), *nearest])]


def _citation_to_text(rank: int, citation: Citation, language: Language) -> str:
    title, *header_lines = format_header_lines(citation, language)
    lines = [f"{rank}. {title}", *header_lines]
    for statement in citation.statements:
        lines += [f"▸ {line}" for line in format_statement(citation, statement, language)]
    for evidence in citation.evidence:
        note_mark = "" if evidence.note is None else f"{format_note_mark(evidence.note)} "
        lines.append(f"▸ {note_mark}{collapse_whitespace(get_evidence_text(citation, evidence))}")
    lines += ["", *map(_runs_to_text, split_paragraphs(citation.text, citation.marks))]
    if citation.notes:
        lines.append("")
    for note in citation.notes:
        lines.append(f"{format_note_mark(note.number)} {_note_to_text(note)}")
        if note.resolves_to:
            lines.append(
                f"→ {format_resolves_to(note.resolves_to, language)}{_note_to_text(note.resolves_to)}"
            )
    return "\n".join(f"   {line}" if line and index else line for index, line in enumerate(lines))


def _citation_to_markdown(rank: int, citation: Citation, language: Language) -> str:
    title, *header_lines = format_header_lines(citation, language)
    lines = [f"**{rank}\\. {escape_markdown(title)}**", *map(escape_markdown, header_lines)]
    for statement in citation.statements:
        lines += [
            f"**{escape_markdown(line)}**"
            for line in format_statement(citation, statement, language)
        ]
    spans = get_evidence_spans(citation)
    quotation = [
        "> " + _runs_to_markdown(runs)
        for runs in split_paragraphs(citation.text, citation.marks, spans)
    ]
    notes: list[str] = []
    for note in citation.notes:
        body = _note_to_markdown(note, get_evidence_spans(citation, note.number))
        notes.append(f"- {escape_markdown(format_note_mark(note.number))} {body}")
        if note.resolves_to:
            resolves_to_text = f"→ {format_resolves_to(note.resolves_to, language)}"
            notes.append(
                f"  {escape_markdown(resolves_to_text)}{_note_to_markdown(note.resolves_to)}"
            )
    blocks = ["  \n".join(lines), "\n>\n".join(quotation), "\n".join(notes)]
    return "\n\n".join(filter(None, blocks))


def _runs_to_text(runs: Iterable[TextRun]) -> str:
    return "".join(run.text if run.note is None else format_note_mark(run.note) for run in runs)


def _note_to_text(note: CitedNote) -> str:
    detached_urls = find_detached_urls(note.text, get_note_urls(note))
    return " ".join([*map(_runs_to_text, split_paragraphs(note.text)), *detached_urls])


def _note_to_markdown(note: CitedNote, spans: tuple[Span, ...] = ()) -> str:
    urls = get_note_urls(note)
    lines = map(_runs_to_markdown, split_paragraphs(note.text, (), spans, urls))
    return " ".join([*lines, *(f"<{url}>" for url in find_detached_urls(note.text, urls))])


def _runs_to_markdown(runs: Iterable[TextRun]) -> str:
    """Runs as Markdown, evidence in bold."""
    markdown = ""
    for evidence, grouped in groupby(runs, key=lambda run: run.evidence):
        group = list(grouped)
        markdown += _format_bold_runs(group) if evidence else "".join(map(_run_to_markdown, group))
    return markdown


def _format_bold_runs(runs: list[TextRun]) -> str:
    before = after = ""
    if _is_plain_run(runs[0]):
        before, inner, rest = _split_outer_punctuation(runs[0].text)
        runs[0] = replace(runs[0], text=inner + rest)
    if _is_plain_run(runs[-1]):
        rest, inner, after = _split_outer_punctuation(runs[-1].text)
        runs[-1] = replace(runs[-1], text=rest + inner)
    body = "".join(map(_run_to_markdown, runs))
    return escape_markdown(before) + (f"**{body}**" if body else "") + escape_markdown(after)


def _is_plain_run(run: TextRun) -> bool:
    return run.note is None and run.url is None and not run.emphasis


def _run_to_markdown(run: TextRun) -> str:
    """A run as Markdown, but for the boldness of evidence."""
    if run.note is not None:
        return escape_markdown(format_note_mark(run.note))
    if run.url is not None:
        return f"<{run.url}>"
    if not run.emphasis:
        return escape_markdown(run.text)
    before, inner, after = _split_outer_punctuation(run.text)
    return (
        escape_markdown(before)
        + (f"*{escape_markdown(inner)}*" if inner else "")
        + escape_markdown(after)
    )


def _split_outer_punctuation(text: str) -> tuple[str, str, str]:
    """The text without the punctuation at its ends, and what stands before and after it.

    Signs of emphasis count only where they touch a letter: **……。** before a Chinese character
    would be shown as asterisks (CommonMark, flanking delimiter runs).
    """
    inner = text.strip(_find_punctuation(text))
    if not inner:
        return text, "", ""
    before, after = text.split(inner, 1)
    return before, inner, after


def _find_punctuation(text: str) -> str:
    """The characters of the text that are neither letters nor digits."""
    return "".join(character for character in set(text) if not character.isalnum())


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _ESCAPED_AT_LINE_START.sub(r"\1\\\2", _ESCAPED_ANYWHERE.sub(r"\\\1", text))

"""An Answer as Markdown, in both languages; everything from documents is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from index.document import Span
from index.messages import Language
from rag.answer.model import Answer, Citation, CitedNote, ListedItem
from rag.render.common_sources import format_common_sources
from rag.render.labels import (
    collapse_whitespace,
    format_header_lines,
    format_resolves_to,
    format_statement,
    format_unresolved,
    get_evidence_spans,
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
from rag.render.text import format_not_found, format_titles, get_shown_citations

_ESCAPED_ANYWHERE = re.compile(r"([\\`*_\[\]<>|~$&])")
_ESCAPED_AT_LINE_START = re.compile(r"^(\s*\d*)([-+#=.)])")


def to_markdown(answer: Answer, language: Language = "en") -> str:
    """Return an answer as Markdown: evidence in bold, everything from documents escaped.

    Args:
        answer: The answer.
        language: The language of everything that is not quoted.

    >>> print(to_markdown(Answer("誰？", (), confidence=0.0, threshold=0.5), "zh"), end="")
    館藏中尚無可查的內容。請先加入刊物。
    """
    if answer.listing is not None and answer.listing.groups:
        return escape_controls("\n\n".join(_listing_to_markdown(answer, language))) + "\n"
    if answer.lists_titles:
        lines = map(escape_markdown, format_titles(answer, language))
        return escape_controls("  \n".join(lines)) + "\n"
    citations = get_shown_citations(answer)
    blocks = [
        _citation_to_markdown(rank, citation, language)
        for rank, citation in enumerate(citations, 1)
    ]
    blocks += map(escape_markdown, format_common_sources(answer, language))
    return escape_controls("\n\n".join([*format_not_found(answer, language), *blocks])) + "\n"


def evidence_to_markdown(citation: Citation, language: Language = "en") -> str:
    """Return the statements or the best evidence as Markdown on one line; "" if there is neither.

    Args:
        citation: The citation.
        language: The language of labels and dates.
    """
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
    """Return quoted text as Markdown on one line: emphasis stays, everything else is escaped.

    Args:
        text: As printed, in light Markdown.
    """
    return " ".join(map(_runs_to_markdown, split_paragraphs(text)))


def escape_markdown(text: str) -> str:
    """Return Markdown that shows a text as it is.

    Args:
        text: Plain text.
    """
    return _ESCAPED_AT_LINE_START.sub(r"\1\\\2", _ESCAPED_ANYWHERE.sub(r"\\\1", text))


def _listing_to_markdown(answer: Answer, language: Language) -> Iterator[str]:
    """Yield what a listing is, then each of its groups as a heading with a list."""
    listing = answer.listing
    if listing is None:
        return
    yield "  \n".join(map(escape_markdown, format_headline(listing, language)))
    for group in listing.groups:
        yield f"**{escape_markdown(format_group_title(listing, group))}**"
        remark = escape_markdown(format_group_remark(listing, group, language))
        if remark and listing.form == "comparison":
            yield remark
        items = list_items(answer, group)
        yield "\n".join(
            _item_to_markdown(answer, citation, item, language) for citation, item in items
        )
        if remark and listing.form != "comparison":
            yield remark


def _item_to_markdown(
    answer: Answer, citation: Citation, item: ListedItem, language: Language
) -> str:
    notes = list_item_notes(citation, item)
    location = escape_markdown(format_location(answer, citation, item, language))
    text = get_item_text(answer.listing, citation, item) if answer.listing else ""
    if citation.evidence[item.evidence].note is None:
        marks = "".join(escape_markdown(format_note_mark(note.number)) for note in notes)
        lines = [f"- {line_to_markdown(text)}{marks}  \n  {location}"]
        return "\n".join(lines + [f"  - {_format_note(note)}" for note in notes])
    (note,) = notes
    lines = [f"- {_format_note(note) if text else _format_mark(note)}  \n  {location}"]
    if text and note.resolves_to:
        resolved = escape_markdown(f"→ {format_resolves_to(note.resolves_to, language)}")
        lines.append(f"  - {resolved}{_note_to_markdown(note.resolves_to)}")
    return "\n".join(lines)


def _format_mark(note: CitedNote) -> str:
    return escape_markdown(format_note_mark(note.number))


def _format_note(note: CitedNote) -> str:
    return f"{_format_mark(note)} {_note_to_markdown(note)}"


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
        if note.is_unresolved:
            notes.append(f"  → {escape_markdown(format_unresolved(language))}")
    blocks = ["  \n".join(lines), "\n>\n".join(quotation), "\n".join(notes)]
    return "\n\n".join(filter(None, blocks))


def _note_to_markdown(note: CitedNote, spans: tuple[Span, ...] = ()) -> str:
    urls = get_note_urls(note)
    lines = map(_runs_to_markdown, split_paragraphs(note.text, (), spans, urls))
    return " ".join([*lines, *(f"<{url}>" for url in find_detached_urls(note.text, urls))])


def _runs_to_markdown(runs: Iterable[TextRun]) -> str:
    """Return runs as Markdown, evidence in bold."""
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
    """Return a run as Markdown, except for the bold of evidence."""
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
    """Return the punctuation before a text, the text without it, and the punctuation after it.

    CommonMark takes asterisks for emphasis only where they touch a letter: **……。** before a
    Chinese character would be shown as asterisks (flanking delimiter runs).
    """
    inner = text.strip(_find_punctuation(text))
    if not inner:
        return text, "", ""
    before, after = text.split(inner, 1)
    return before, inner, after


def _find_punctuation(text: str) -> str:
    """Return the characters of a text that are neither letters nor digits."""
    return "".join(character for character in set(text) if not character.isalnum())

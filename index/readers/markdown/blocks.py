"""Parse Markdown into headings, paragraphs, quotations, list items, tables, code and notes."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.document import ParagraphKind
from index.readers.hyphenation import join_hyphenated_words
from index.readers.line_joining import choose_separator, join_lines
from index.readers.markdown.extensions import strip_extensions
from index.readers.markdown.footnotes import (
    MARKDOWN_FORM,
    NoteDefinition,
    definition_plugin,
    extract_definitions,
    fold_label,
    join_labels,
)
from index.readers.markdown.printed_notes import extract_printed_notes
from index.readers.notes.detection import report_unread
from index.readers.notes.runs import is_notes_heading
from index.readers.paged.block_kinds import classify_paragraph
from index.readers.report import Report

_PARSER = MarkdownIt("commonmark").enable("table").disable("inline").use(definition_plugin)
_CALLOUT = re.compile(
    r"\s*\[!\w{2,20}(?:\|[^\]]{0,40})?\][-+]?"
)  # > [!note] of Obsidian and GitHub
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_NOTES_LEVEL = 2  # of a heading over notes that is not marked as one
_ESCAPED_BREAK = re.compile(r"(?<!\\)(?:\\\\)*\\$")
_LABEL = re.compile(r"\s*(?:(\*\*|__)[^*_\n]{1,40}(?:[：:]\1|\1\s?[：:])|[^\s，。；：:]{1,12}：)")
_QUOTE_PREFIX = re.compile(r"\s*(?:>\s?)+")


@dataclass(slots=True)
class MarkdownBlock:
    """A heading or a paragraph.

    Attributes:
        text: References to notes included.
        line: Where it begins in the file.
        heading_level: 1 to 6, or 0 for a paragraph.
        kind: Of a paragraph.
        is_code: Whether it is code, which holds no references.
    """

    text: str
    line: int
    heading_level: int = 0
    kind: ParagraphKind = "text"
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class FileNotes:
    """The notes of a file.

    Attributes:
        definitions: In order.
        mark_forms: The conventions of the marks, by the conventions of the notes.
    """

    definitions: list[NoteDefinition]
    mark_forms: Mapping[str, frozenset[str]]


def parse_blocks(lines: Sequence[str], report: Report) -> tuple[list[MarkdownBlock], FileNotes]:
    """Return the blocks of a file and its notes, both in order.

    Args:
        lines: The lines of the file.
        report: Receives what is only markup.
    """
    lines, hyphens = join_hyphenated_words(strip_extensions(lines, report))
    for index, hyphen in hyphens:
        report.set_aside(index + 1, hyphen, "markup")
    tokens = _PARSER.parse("\n".join(map(join_labels, lines)))
    definitions, body_lines = extract_definitions(tokens, lines, report)
    hidden = _list_lines(tokens, ("fence", "code_block"))
    tables = _list_lines(tokens, ("table_open",))
    defined = {fold_label(definition.name) for definition in definitions}
    printed_notes = extract_printed_notes(body_lines, hidden, tables, report, defined=defined)
    report_unread(printed_notes.detected, range(1, len(body_lines) + 1), report)
    blocks = list(_convert_tokens(tokens, printed_notes.remaining_lines, report))
    _make_notes_headings(blocks, [note.line for note in printed_notes.definitions], report)
    all_definitions = [*definitions, *printed_notes.definitions]
    all_definitions.sort(key=lambda definition: definition.line)
    mark_forms = {**printed_notes.detected.mark_forms, MARKDOWN_FORM: frozenset((MARKDOWN_FORM,))}
    return blocks, FileNotes(all_definitions, mark_forms)


def _list_lines(tokens: Sequence[Token], types: Collection[str]) -> list[Sequence[int]]:
    """Return the first line and the end of what blocks of some types take."""
    return [token.map for token in tokens if token.map and token.type in types]


def _make_notes_headings(
    blocks: Sequence[MarkdownBlock], note_lines: Sequence[int], report: Report
) -> None:
    """Make paragraphs such as 注 释 above notes headings of the second level."""
    for index, block in enumerate(blocks):
        if block.heading_level or block.is_code or not is_notes_heading(block.text):
            continue
        next_line = blocks[index + 1].line if index + 1 < len(blocks) else math.inf
        next_note = bisect_right(note_lines, block.line)
        if next_note < len(note_lines) and note_lines[next_note] < next_line:
            block.heading_level = _NOTES_LEVEL
            name = block.text.strip("*_ ")
            report.set_aside(block.line, block.text.replace(name, " ", 1), "markup")
            block.text = name


def _convert_tokens(
    tokens: Sequence[Token], lines: Sequence[str], report: Report
) -> Iterator[MarkdownBlock]:
    next_line = 0
    for token in tokens:
        if token.level or not token.map or token.nesting < 0:
            continue
        start, end = max(token.map[0], next_line), token.map[1]
        _set_lines_aside(lines, next_line, start, report)
        if any(line.strip() for line in lines[start:end]):
            yield from _convert_token(token, lines, start, end, report)
        next_line = max(next_line, end)
    _set_lines_aside(lines, next_line, len(lines), report)


def _set_lines_aside(lines: Sequence[str], start: int, end: int, report: Report) -> None:
    """Set aside lines that become no block: definitions of links, rules."""
    for index in range(start, end):
        report.set_aside(index + 1, lines[index], "markup")


def _convert_token(
    token: Token, lines: Sequence[str], start: int, end: int, report: Report
) -> Iterator[MarkdownBlock]:
    """Yield the blocks that one block of Markdown holds."""
    token_lines = lines[start:end]
    if token.type == "heading_open":
        yield _convert_heading(token, token_lines, start, report)
    elif token.type == "paragraph_open":
        for first_line, text in _split_at_breaks(token_lines, start + 1, report):
            yield MarkdownBlock(text, first_line, kind=classify_paragraph(text))
    elif token.type == "blockquote_open":
        yield from _convert_quote(token_lines, start, report)
    elif token.type in ("bullet_list_open", "ordered_list_open"):
        yield from _convert_list(token_lines, start, report)
    elif token.type == "table_open":
        head, rule, *rows = token_lines
        report.set_aside(start + 2, rule, "markup")
        yield MarkdownBlock(_strip_lines([head, *rows]), start + 1, kind="table")
    elif token.type in ("fence", "code_block"):
        yield from _convert_code(token, token_lines, start, report)
    elif token.type == "hr" or "".join(token_lines).strip().startswith("<!--"):
        _set_lines_aside(lines, start, end, report)
    else:
        yield MarkdownBlock(_strip_lines(token_lines), start + 1)


def _split_at_breaks(
    lines: Sequence[str], first_line: int, report: Report
) -> Iterator[tuple[int, str]]:
    """Yield the parts of a paragraph between hard line breaks, with the numbers of their lines."""
    part: list[str] = []
    for number, (line, next_line) in enumerate(
        zip(lines, [*lines[1:], ""], strict=True), first_line
    ):
        is_escaped = bool(_ESCAPED_BREAK.search(line)) and bool(next_line)
        if is_escaped:
            report.set_aside(number, "\\", "markup")
        part.append(line.strip()[:-1].rstrip() if is_escaped else line.strip())
        if is_escaped or line.endswith("  ") or _is_line_kept(line, next_line):
            yield number - len(part) + 1, join_lines(part)
            part = []
    if part:
        yield first_line + len(lines) - len(part), join_lines(part)


def _is_line_kept(line: str, next_line: str) -> bool:
    """Return whether two lines without a blank between them are lines of their own.

    Chinese lines are joined without one, which would run the entries of a list into each other.
    """
    if not next_line or choose_separator(line.strip(), next_line.strip()):
        return False
    return bool(_LABEL.match(line) and _LABEL.match(next_line))


def _strip_lines(lines: Sequence[str]) -> str:
    return "\n".join(line.strip() for line in lines if line.strip())


def _convert_heading(
    token: Token, token_lines: Sequence[str], start: int, report: Report
) -> MarkdownBlock:
    level = int(token.tag[1])
    if token.markup.startswith("#"):
        line = token_lines[0].strip().removeprefix(token.markup).strip()
        heading_text = line.rstrip("#")
        if heading_text and not heading_text[-1].isspace():  # part of the last word: C#
            heading_text = line
        report.set_aside(start + 1, f"{token.markup} {line[len(heading_text) :]}", "markup")
        return MarkdownBlock(heading_text.strip(), start + 1, level)
    *text, underline = [line.strip() for line in token_lines if line.strip()]
    report.set_aside(start + len(token_lines), underline, "markup")
    return MarkdownBlock(join_lines(text), start + 1, level)


def _convert_quote(
    token_lines: Sequence[str], start: int, report: Report
) -> Iterator[MarkdownBlock]:
    paragraph: list[str] = []
    first_line = start + 1
    for number, line in enumerate(token_lines, start + 1):
        match = _QUOTE_PREFIX.match(line)
        prefix = match[0] if match else ""
        report.set_aside(number, prefix, "markup")
        text = line[len(prefix) :]
        if text.strip():
            first_line = first_line if paragraph else number
            paragraph.append(text)
        elif paragraph:
            yield from _build_quotes(paragraph, first_line, report)
            paragraph = []
    if paragraph:
        yield from _build_quotes(paragraph, first_line, report)


def _build_quotes(lines: Sequence[str], first_line: int, report: Report) -> Iterator[MarkdownBlock]:
    if kind := _CALLOUT.match(lines[0]):
        report.set_aside(first_line, kind[0], "markup")
        lines = [lines[0][kind.end() :], *lines[1:]]
        title, rest = lines[0].strip(), lines[1:]
        if title:
            yield MarkdownBlock(title, first_line, kind="quote")
        lines, first_line = rest, first_line + 1
    for number, text in _split_at_breaks(lines, first_line, report):
        yield MarkdownBlock(text, number, kind="quote")


def _convert_list(
    token_lines: Sequence[str], start: int, report: Report
) -> Iterator[MarkdownBlock]:
    """Yield a paragraph for each item, its bullet or number included."""
    item: list[str] = []
    first_line = start + 1
    for number, line in enumerate(token_lines, start + 1):
        if item and (_LIST_ITEM.match(line) or not line.strip()):
            yield from _build_items(item, first_line, report)
            item = []
        if line.strip():
            first_line = first_line if item else number
            item.append(line)
    if item:
        yield from _build_items(item, first_line, report)


def _build_items(lines: Sequence[str], first_line: int, report: Report) -> Iterator[MarkdownBlock]:
    for number, text in _split_at_breaks(lines, first_line, report):
        yield MarkdownBlock(text, number)


def _convert_code(
    token: Token, token_lines: Sequence[str], start: int, report: Report
) -> Iterator[MarkdownBlock]:
    code_lines = list(token_lines)
    if token.type == "fence":
        report.set_aside(start + 1, code_lines.pop(0), "markup")
        if (
            code_lines
            and code_lines[-1].strip()
            and set(code_lines[-1].strip()) == {token.markup[0]}
        ):
            report.set_aside(start + len(token_lines), code_lines.pop(), "markup")
    text = "\n".join(line.rstrip() for line in code_lines).strip("\n")
    if text.strip():
        yield MarkdownBlock(text, start + 1, is_code=True)

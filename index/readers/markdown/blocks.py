"""Markdown's blocks: headings, paragraphs, quotations, lists, tables and code, with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.document import ParagraphKind
from index.readers.markdown.footnotes import run_together
from index.readers.paged.block_kinds import paragraph_kind
from index.readers.report import Report

_PARSER = MarkdownIt("commonmark").enable("table").disable("inline")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_QUOTED = re.compile(r"\s*(?:>\s?)+")


@dataclass(slots=True)
class MarkdownBlock:
    """A heading (`level` 1 to 6) or a paragraph (level 0), marks of notes still in the text."""

    text: str
    line: int
    level: int = 0
    kind: ParagraphKind = "text"
    code: bool = False


def blocks(lines: Sequence[str], report: Report) -> Iterator[MarkdownBlock]:
    """The blocks of the file in order; what is only markup is set aside."""
    seen = 0
    for token in _PARSER.parse("\n".join(lines)):
        if token.level or not token.map or token.nesting < 0:
            continue
        start, end = max(token.map[0], seen), token.map[1]
        _set_aside(lines, seen, start, report)
        yield from _of_token(token, lines, start, end, report)
        seen = max(seen, end)
    _set_aside(lines, seen, len(lines), report)


def _set_aside(lines: Sequence[str], start: int, end: int, report: Report) -> None:
    """Set aside the lines that the parser made nothing of: definitions of links, rules."""
    for index in range(start, end):
        report.aside(index + 1, lines[index], "markup")


def _of_token(
    token: Token, lines: Sequence[str], start: int, end: int, report: Report
) -> Iterator[MarkdownBlock]:
    """The blocks that one block of Markdown holds."""
    own = lines[start:end]
    if token.type == "heading_open":
        yield _heading(token, own, start, report)
    elif token.type == "paragraph_open":
        text = run_together([line.strip() for line in own])
        yield MarkdownBlock(text, start + 1, kind=paragraph_kind(text))
    elif token.type == "blockquote_open":
        yield from _quote(own, start, report)
    elif token.type in ("bullet_list_open", "ordered_list_open"):
        yield from _list(own, start)
    elif token.type == "table_open":
        report.aside(start + 2, own[1], "markup")
        rows = [line.strip() for line in (own[0], *own[2:]) if line.strip()]
        yield MarkdownBlock("\n".join(rows), start + 1, kind="table")
    elif token.type in ("fence", "code_block"):
        yield from _code(token, own, start, report)
    elif token.type == "hr" or "".join(own).strip().startswith("<!--"):
        _set_aside(lines, start, end, report)
    else:
        text = "\n".join(line.strip() for line in own if line.strip())
        yield MarkdownBlock(text, start + 1)


def _heading(token: Token, own: Sequence[str], start: int, report: Report) -> MarkdownBlock:
    level = int(token.tag[1])
    if token.markup.startswith("#"):
        line = own[0].strip().removeprefix(token.markup).strip()
        bare = line.rstrip("#")
        if bare and not bare[-1].isspace():  # the sign belongs to the last word: C#
            bare = line
        report.aside(start + 1, f"{token.markup} {line[len(bare) :]}", "markup")
        return MarkdownBlock(bare.strip(), start + 1, level)
    *text, underline = [line.strip() for line in own if line.strip()]
    report.aside(start + len(own), underline, "markup")
    return MarkdownBlock(run_together(text), start + 1, level)


def _quote(own: Sequence[str], start: int, report: Report) -> Iterator[MarkdownBlock]:
    paragraph: list[str] = []
    first = start + 1
    for number, line in enumerate(own, start + 1):
        match = _QUOTED.match(line)
        signs = match[0] if match else ""
        report.aside(number, signs, "markup")
        text = line[len(signs) :].strip()
        if text:
            first = first if paragraph else number
            paragraph.append(text)
        elif paragraph:
            yield MarkdownBlock(run_together(paragraph), first, kind="quote")
            paragraph = []
    if paragraph:
        yield MarkdownBlock(run_together(paragraph), first, kind="quote")


def _list(own: Sequence[str], start: int) -> Iterator[MarkdownBlock]:
    """A paragraph for each item, with its sign, as printed."""
    item: list[str] = []
    first = start + 1
    for number, line in enumerate(own, start + 1):
        if item and (_ITEM.match(line) or not line.strip()):
            yield MarkdownBlock(run_together(item), first)
            item = []
        if line.strip():
            first = first if item else number
            item.append(line.strip())
    if item:
        yield MarkdownBlock(run_together(item), first)


def _code(token: Token, own: Sequence[str], start: int, report: Report) -> Iterator[MarkdownBlock]:
    inner = list(own)
    if token.type == "fence":
        report.aside(start + 1, inner.pop(0), "markup")
        if inner and inner[-1].strip() and set(inner[-1].strip()) == {token.markup[0]}:
            report.aside(start + len(own), inner.pop(), "markup")
    text = "\n".join(line.rstrip() for line in inner).strip("\n")
    if text.strip():
        yield MarkdownBlock(text, start + 1, code=True)

"""Ordinary Markdown → a publication: `#` headings, `[^1]` notes, front matter.

One file is one publication. Where the front matter has a title and two or more `#` headings
follow that are not sections by their names or numbers, each of them begins an article; else the
file is one article, titled by the front matter or by the first `#` heading, and every other
heading is a section.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.document import (
    Article,
    Author,
    Mark,
    Note,
    Paragraph,
    ParagraphKind,
    Publication,
    Section,
)
from index.readers import dates, footnotes, front_matter, headings, people
from index.readers.annotate import report_unmarked, understood_notes
from index.readers.footnotes import Definition, run_together
from index.readers.front_matter import FrontMatter
from index.readers.headings import Nesting
from index.readers.identity import compact, publication_id
from index.readers.pages import paragraph_kind
from index.readers.report import Report

_PARSER = MarkdownIt("commonmark").enable("table").disable("inline")
_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s+|$)")
_QUOTED = re.compile(r"\s*(?:>\s?)+")
_HEADING = re.compile(r"\s*(#{1,6})(?:\s+|$)(.*?)(?:\s+(#+))?\s*$")


@dataclass(slots=True)
class _Block:
    """A heading (`level` 1 to 6) or a paragraph (level 0), marks of notes still in the text."""

    text: str
    line: int
    level: int = 0
    kind: ParagraphKind = "text"
    code: bool = False


@dataclass(slots=True)
class _Draft:
    """An article while it is put together: its title and what is under it."""

    title: str
    line: int
    blocks: list[_Block] = field(default_factory=list)
    authors: tuple[Author, ...] = ()
    institute: str = ""
    topics: tuple[str, ...] = ()
    page: int | None = None
    title_translated: str = ""


def read(text: str, name: str) -> Publication:
    """Read a publication out of a Markdown file's text.

    Args:
        text: The decoded text.
        name: The file's name, for errors.

    Raises:
        ReadError: If its front matter cannot be read.
    """
    report = Report()
    lines = text.split("\n")
    front = front_matter.read(lines, name, report)
    lines[: front.end] = [""] * front.end
    definitions, rest = footnotes.take(lines, report)
    drafts = _drafts(list(_blocks(rest, report)), front, report)
    articles = _with_notes(drafts, definitions, report)
    title = front.one("publication") or front.one("title") or articles[0].title
    found = dates.find_date(front.one("date"))
    day = found.day if found else None
    if not title:
        report.found("no-metadata", 1, "No title was found.", "未找到標題。")
    return Publication(
        id=publication_id(title, front.one("number"), day, (one.title for one in articles)),
        title=title,
        title_translated=front.one("publication_translated"),
        number=front.one("number"),
        date=day,
        date_printed=front.one("date"),
        publisher=front.one("publisher"),
        publisher_translated=front.one("publisher_translated"),
        articles=articles,
        set_aside=report.set_aside(),
        findings=report.all_findings(),
    )


def _blocks(lines: Sequence[str], report: Report) -> Iterator[_Block]:
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
) -> Iterator[_Block]:
    """The blocks that one block of Markdown holds."""
    own = lines[start:end]
    if token.type == "heading_open":
        yield _heading(token, own, start, report)
    elif token.type == "paragraph_open":
        text = run_together([line.strip() for line in own])
        yield _Block(text, start + 1, kind=paragraph_kind(text))
    elif token.type == "blockquote_open":
        yield from _quote(own, start, report)
    elif token.type in ("bullet_list_open", "ordered_list_open"):
        yield from _list(own, start)
    elif token.type == "table_open":
        report.aside(start + 2, own[1], "markup")
        rows = [line.strip() for line in (own[0], *own[2:]) if line.strip()]
        yield _Block("\n".join(rows), start + 1, kind="table")
    elif token.type in ("fence", "code_block"):
        yield from _code(token, own, start, report)
    elif token.type == "hr" or "".join(own).strip().startswith("<!--"):
        _set_aside(lines, start, end, report)
    else:
        text = "\n".join(line.strip() for line in own if line.strip())
        yield _Block(text, start + 1)


def _heading(token: Token, own: Sequence[str], start: int, report: Report) -> _Block:
    level = int(token.tag[1])
    match = _HEADING.match(own[0]) if token.markup.startswith("#") else None
    if match:
        report.aside(start + 1, f"{match[1]} {match[3] or ''}", "markup")
        return _Block(match[2].strip(), start + 1, level)
    *text, underline = [line.strip() for line in own if line.strip()]
    report.aside(start + len(own), underline, "markup")
    return _Block(run_together(text), start + 1, level)


def _quote(own: Sequence[str], start: int, report: Report) -> Iterator[_Block]:
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
            yield _Block(run_together(paragraph), first, kind="quote")
            paragraph = []
    if paragraph:
        yield _Block(run_together(paragraph), first, kind="quote")


def _list(own: Sequence[str], start: int) -> Iterator[_Block]:
    """A paragraph for each item, with its sign, as printed."""
    item: list[str] = []
    first = start + 1
    for number, line in enumerate(own, start + 1):
        if item and (_ITEM.match(line) or not line.strip()):
            yield _Block(run_together(item), first)
            item = []
        if line.strip():
            first = first if item else number
            item.append(line.strip())
    if item:
        yield _Block(run_together(item), first)


def _code(token: Token, own: Sequence[str], start: int, report: Report) -> Iterator[_Block]:
    inner = list(own)
    if token.type == "fence":
        report.aside(start + 1, inner.pop(0), "markup")
        if inner and inner[-1].strip() and set(inner[-1].strip()) == {token.markup[0]}:
            report.aside(start + len(own), inner.pop(), "markup")
    text = "\n".join(line.rstrip() for line in inner).strip("\n")
    if text.strip():
        yield _Block(text, start + 1, code=True)


def _drafts(blocks: Sequence[_Block], front: FrontMatter, report: Report) -> list[_Draft]:
    """The articles: one for each title, with what is under it."""
    tops = [index for index, block in enumerate(blocks) if block.level == 1 and block.text]
    named = [index for index in tops if not headings.is_section(blocks[index].text)]
    several = bool(front.one("title")) and not front.one("publication") and len(named) > 1
    if several and len(named) == len(tops):
        for block in blocks[: tops[0]]:
            report.aside(block.line, block.text, "cover")
        ends = [*tops[1:], len(blocks)]
        drafts = [
            _Draft(blocks[start].text, blocks[start].line, list(blocks[start + 1 : end]))
            for start, end in zip(tops, ends, strict=True)
        ]
        for name in ("authors", "romanised", "institute", "topics", "title_translated", "page"):
            for text in front.values.get(name, ()):
                report.aside(1, text, "cover")
        for draft in drafts:
            _byline(draft, report)
        return drafts
    return [_single(list(blocks), front, report)]


def _single(blocks: list[_Block], front: FrontMatter, report: Report) -> _Draft:
    """The one article of a file."""
    title, line = front.one("title"), 1
    top = next((index for index, block in enumerate(blocks) if block.level == 1), None)
    first = blocks[top] if top is not None else None
    if first and top is not None and not title and all(not one.level for one in blocks[:top]):
        title, line = first.text, first.line
        del blocks[top]
    elif first and top is not None and compact(first.text) == compact(title):
        report.aside(first.line, first.text, "contents")
        del blocks[top]
    draft = _Draft(title, line, blocks, title_translated=front.one("title_translated"))
    page = front.one("page")
    draft.page = int(page) if page.isdecimal() and len(page) < 6 else None
    report.aside(1, page, "contents")
    if not any(name in front.values for name in ("authors", "institute", "topics")):
        _byline(draft, report)
        return draft
    names = tuple(front.values.get("authors", ()))
    if len(names) == 1:
        parted = people.names(names[0])
        names = parted.parts if parted else names
        report.aside(1, parted.label if parted else "", "label")
    romanised = tuple(front.values.get("romanised", ()))
    draft.authors = people.authors(names, romanised)
    draft.institute = "、".join(front.values.get("institute", ()))
    draft.topics = tuple(front.values.get("topics", ()))
    return draft


def _byline(draft: _Draft, report: Report) -> None:
    """Take author, institute and topics from the short lines under a title."""
    while draft.blocks and not draft.blocks[0].level and not draft.blocks[0].code:
        block = draft.blocks[0]
        topics = people.topics(block.text)
        names = None if draft.authors or draft.institute else people.names(block.text)
        if topics and not draft.topics:
            draft.topics = topics.parts
            report.aside(block.line, topics.label, "label")
        elif names:
            draft.authors = tuple(Author(name) for name in names.parts)
            report.aside(block.line, names.label, "label")
        elif draft.authors and not draft.institute and people.is_institute(block.text):
            draft.institute = block.text
        else:
            return
        del draft.blocks[0]


def _with_notes(
    drafts: Sequence[_Draft], definitions: Sequence[Definition], report: Report
) -> tuple[Article, ...]:
    """The articles with their notes: each note belongs to the first that refers to it."""
    owners: dict[str, int] = {}
    known = {definition.name for definition in definitions}
    articles: list[Article] = []
    for index, draft in enumerate(drafts):
        article = _article(draft, _Marks(known, owners, index, report))
        articles.append(article)
    starts = [draft.line for draft in drafts]
    own: list[list[Definition]] = [[] for _ in drafts]
    for definition in definitions:
        home = max(bisect_right(starts, definition.line) - 1, 0)
        own[owners.get(definition.name, home)].append(definition)
    order = {name: place for place, name in enumerate(owners)}
    for definitions_of in own:
        definitions_of.sort(key=lambda one: order.get(one.name, len(order)))
    result = []
    for article, mine in zip(articles, own, strict=True):
        plain = [Note(one.name, one.text, line=one.line) for one in mine]
        report_unmarked(plain, set(owners), report)
        result.append(replace(article, notes=understood_notes(plain, report)))
    return tuple(result)


class _Marks:
    """Takes the marks of one article out of its texts, and remembers whose notes are whose."""

    def __init__(
        self, known: Collection[str], owners: dict[str, int], article: int, report: Report
    ) -> None:
        self._known = known
        self._owners = owners
        self._article = article
        self._report = report

    def out_of(self, block: _Block) -> tuple[str, tuple[Mark, ...]]:
        """A text without its marks, and where they stand; marks that lead nowhere stay."""
        if block.code:
            return block.text, ()
        chosen = []
        for reference in footnotes.references(block.text):
            if reference.name in self._known:
                owner = self._owners.setdefault(reference.name, self._article)
                if owner == self._article:
                    chosen.append(reference)
                    continue
            self._report.found(
                "missing-note",
                block.line,
                f"Line {block.line}: mark {reference.name} leads to no note of this article; "
                "it stays in the text.",
                f"第 {block.line} 行：註號 {reference.name} 在本篇沒有對應的註釋，保留於內文。",
            )
        self._report.aside(block.line, "[^ ] " * len(chosen), "markup")
        return footnotes.without(block.text, chosen)


def _article(draft: _Draft, marks: _Marks) -> Article:
    title, title_marks = marks.out_of(_Block(draft.title, draft.line))
    nesting = Nesting()
    sections: list[Section] = []
    current = Section(())
    paragraphs: list[Paragraph] = []

    def close() -> None:
        if paragraphs or current.path:
            line = current.line or paragraphs[0].line
            sections.append(replace(current, paragraphs=tuple(paragraphs), line=line))
            paragraphs.clear()

    for block in draft.blocks:
        text, found = marks.out_of(block)
        if block.level and text:
            close()
            current = Section(nesting.enter(block.level, text), (), found, block.line)
        elif text or found:
            paragraphs.append(Paragraph(text, found, block.kind, block.line))
    close()
    return Article(
        title=title,
        title_translated=draft.title_translated,
        authors=draft.authors,
        institute=draft.institute,
        topics=draft.topics,
        sections=tuple(sections),
        marks=title_marks,
        page=draft.page,
        line=draft.line,
    )

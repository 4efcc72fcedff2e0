"""Ordinary Markdown → a publication: `#` headings, `[^1]` notes, front matter.

One file is one publication. Where the front matter has a title and two or more `#` headings
follow that are not sections by their names or numbers, each of them begins an article; else the
file is one article, titled by the front matter or by the first `#` heading, and every other
heading is a section.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from index.document import (
    Article,
    Author,
    Mark,
    Note,
    Paragraph,
    Publication,
    Section,
)
from index.readers.markdown import footnotes, front_matter
from index.readers.markdown.blocks import MarkdownBlock, blocks
from index.readers.markdown.footnotes import Definition
from index.readers.markdown.front_matter import FrontMatter
from index.readers.notes.annotate import report_unmarked, understood_notes
from index.readers.paged import dates, headings, people
from index.readers.paged.headings import Nesting
from index.readers.publication_id import compact, publication_id
from index.readers.report import Report


@dataclass(slots=True)
class _Draft:
    """An article while it is put together: its title and what is under it."""

    title: str
    line: int
    blocks: list[MarkdownBlock] = field(default_factory=list)
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
    drafts = _drafts(list(blocks(rest, report)), front, report)
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


def _drafts(blocks: Sequence[MarkdownBlock], front: FrontMatter, report: Report) -> list[_Draft]:
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


def _single(blocks: list[MarkdownBlock], front: FrontMatter, report: Report) -> _Draft:
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

    def out_of(self, block: MarkdownBlock) -> tuple[str, tuple[Mark, ...]]:
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
    title, title_marks = marks.out_of(MarkdownBlock(draft.title, draft.line))
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

"""Ordinary Markdown → a publication: `#` headings, `[^1]` notes, front matter.

One file is one publication. Where the front matter has a title and two or more `#` headings
follow that are not sections by their names or numbers, each of them begins an article; else the
file is one article, titled by the front matter or by the first `#` heading, and every other
heading is a section.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from index.document import (
    Article,
    Author,
    Note,
    NoteMark,
    Paragraph,
    Publication,
    Section,
)
from index.readers.markdown import footnotes, front_matter
from index.readers.markdown.blocks import MarkdownBlock, parse_blocks
from index.readers.markdown.footnotes import NoteDefinition
from index.readers.markdown.front_matter import FrontMatter
from index.readers.notes.resolve import finalize_notes, report_unmarked_notes
from index.readers.paged import dates, headings, people
from index.readers.paged.headings import HeadingStack
from index.readers.publication_id import compute_publication_id, normalize_for_comparison
from index.readers.report import Report


@dataclass(slots=True)
class _ArticleDraft:
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
    lines = re.sub(r"\r\n?", "\n", text).split("\n")  # as the parser of Markdown counts them
    front = front_matter.parse_front_matter(lines, name, report)
    lines[: front.line_count] = [""] * front.line_count
    definitions, body_lines = footnotes.extract_definitions(lines, report)
    drafts = _split_articles(list(parse_blocks(body_lines, report)), front, report)
    articles = _build_articles(drafts, definitions, report)
    title = front.first_value("publication") or front.first_value("title") or articles[0].title
    date_match = dates.find_date(front.first_value("date"))
    parsed_date = date_match.parsed_date if date_match else None
    if not title:
        report.add_finding("no-metadata", 1, "No title was found.", "未找到標題。")
    return Publication(
        id=compute_publication_id(
            title, front.first_value("number"), parsed_date, (article.title for article in articles)
        ),
        title=title,
        title_translated=front.first_value("publication_translated"),
        number=front.first_value("number"),
        date=parsed_date,
        date_printed=front.first_value("date"),
        publisher=front.first_value("publisher"),
        publisher_translated=front.first_value("publisher_translated"),
        articles=articles,
        set_aside=report.all_set_aside(),
        findings=report.all_findings(),
    )


def _split_articles(
    blocks: Sequence[MarkdownBlock], front: FrontMatter, report: Report
) -> list[_ArticleDraft]:
    """The articles: one for each title, with what is under it."""
    top_headings = [
        index for index, block in enumerate(blocks) if block.heading_level == 1 and block.text
    ]
    title_headings = [
        index for index in top_headings if not headings.is_section_heading(blocks[index].text)
    ]
    has_several_articles = (
        bool(front.first_value("title"))
        and not front.first_value("publication")
        and len(title_headings) > 1
    )
    if has_several_articles and len(title_headings) == len(top_headings):
        for block in blocks[: top_headings[0]]:
            report.set_aside(block.line, block.text, "cover")
        ends = [*top_headings[1:], len(blocks)]
        drafts = [
            _ArticleDraft(blocks[start].text, blocks[start].line, list(blocks[start + 1 : end]))
            for start, end in zip(top_headings, ends, strict=True)
        ]
        for name in ("authors", "romanised", "institute", "topics", "title_translated", "page"):
            for text in front.values.get(name, ()):
                report.set_aside(1, text, "cover")
        for draft in drafts:
            _parse_byline(draft, report)
        return drafts
    return [_build_single_draft(list(blocks), front, report)]


def _build_single_draft(
    blocks: list[MarkdownBlock], front: FrontMatter, report: Report
) -> _ArticleDraft:
    """The one article of a file."""
    title, line = front.first_value("title"), 1
    heading_index = next(
        (index for index, block in enumerate(blocks) if block.heading_level == 1), None
    )
    first_heading = blocks[heading_index] if heading_index is not None else None
    if (
        first_heading
        and heading_index is not None
        and not title
        and all(not preceding_block.heading_level for preceding_block in blocks[:heading_index])
    ):
        title, line = first_heading.text, first_heading.line
        del blocks[heading_index]
    elif (
        first_heading
        and heading_index is not None
        and normalize_for_comparison(first_heading.text) == normalize_for_comparison(title)
    ):
        report.set_aside(first_heading.line, first_heading.text, "contents")
        del blocks[heading_index]
    draft = _ArticleDraft(
        title, line, blocks, title_translated=front.first_value("title_translated")
    )
    page = front.first_value("page")
    draft.page = int(page) if page.isdecimal() and len(page) < 6 else None
    report.set_aside(1, page, "contents")
    if not any(name in front.values for name in ("authors", "institute", "topics")):
        _parse_byline(draft, report)
        return draft
    author_names = tuple(front.values.get("authors", ()))
    if len(author_names) == 1:
        parsed_names = people.parse_names(author_names[0])
        author_names = parsed_names.items if parsed_names else author_names
        report.set_aside(1, parsed_names.label if parsed_names else "", "label")
    romanised = tuple(front.values.get("romanised", ()))
    draft.authors = people.build_authors(author_names, romanised)
    draft.institute = "、".join(front.values.get("institute", ()))
    draft.topics = tuple(front.values.get("topics", ()))
    return draft


def _parse_byline(draft: _ArticleDraft, report: Report) -> None:
    """Take author, institute and topics from the short lines under a title."""
    while draft.blocks and not draft.blocks[0].heading_level and not draft.blocks[0].is_code:
        block = draft.blocks[0]
        topics = people.parse_topics(block.text)
        names = None if draft.authors or draft.institute else people.parse_names(block.text)
        if topics and not draft.topics:
            draft.topics = topics.items
            report.set_aside(block.line, topics.label, "label")
        elif names:
            draft.authors = tuple(Author(name) for name in names.items)
            report.set_aside(block.line, names.label, "label")
        elif draft.authors and not draft.institute and people.is_institute(block.text):
            draft.institute = block.text
        else:
            return
        del draft.blocks[0]


def _build_articles(
    drafts: Sequence[_ArticleDraft], definitions: Sequence[NoteDefinition], report: Report
) -> tuple[Article, ...]:
    """The articles with their notes: each note belongs to the first that refers to it."""
    owner_by_note: dict[str, int] = {}
    note_names = {definition.name for definition in definitions}
    articles: list[Article] = []
    for index, draft in enumerate(drafts):
        article = _build_article(draft, _MarkExtractor(note_names, owner_by_note, index, report))
        articles.append(article)
    draft_lines = [draft.line for draft in drafts]
    definitions_by_article: list[list[NoteDefinition]] = [[] for _ in drafts]
    for definition in definitions:
        article_index = max(bisect_right(draft_lines, definition.line) - 1, 0)
        definitions_by_article[owner_by_note.get(definition.name, article_index)].append(definition)
    note_order = {name: position for position, name in enumerate(owner_by_note)}
    for article_definitions in definitions_by_article:
        article_definitions.sort(
            key=lambda note_definition: note_order.get(note_definition.name, len(note_order))
        )
    result = []
    for article, own_definitions in zip(articles, definitions_by_article, strict=True):
        notes = [
            Note(note_definition.name, note_definition.text, line=note_definition.line)
            for note_definition in own_definitions
        ]
        report_unmarked_notes(notes, set(owner_by_note), report)
        result.append(replace(article, notes=finalize_notes(notes, report)))
    return tuple(result)


class _MarkExtractor:
    """Takes the marks of one article out of its texts, and remembers whose notes are whose."""

    def __init__(
        self,
        note_names: Collection[str],
        owner_by_note: dict[str, int],
        article_index: int,
        report: Report,
    ) -> None:
        self._note_names = note_names
        self._owner_by_note = owner_by_note
        self._article_index = article_index
        self._report = report

    def extract(self, block: MarkdownBlock) -> tuple[str, tuple[NoteMark, ...]]:
        """A text without its marks, and where they stand; marks that lead nowhere stay."""
        if block.is_code:
            return block.text, ()
        own_references = []
        for reference in footnotes.find_references(block.text):
            if reference.name in self._note_names:
                owner = self._owner_by_note.setdefault(reference.name, self._article_index)
                if owner == self._article_index:
                    own_references.append(reference)
                    continue
            self._report.add_finding(
                "missing-note",
                block.line,
                f"Line {block.line}: mark {reference.name} leads to no note of this article; "
                "it stays in the text.",
                f"第 {block.line} 行：註號 {reference.name} 在本篇沒有對應的註釋，保留於內文。",
            )
        self._report.set_aside(block.line, "[^ ] " * len(own_references), "markup")
        return footnotes.remove_references(block.text, own_references)


def _build_article(draft: _ArticleDraft, extractor: _MarkExtractor) -> Article:
    title, title_marks = extractor.extract(MarkdownBlock(draft.title, draft.line))
    nesting = HeadingStack()
    sections: list[Section] = []
    current_section = Section(())
    paragraphs: list[Paragraph] = []

    def close_section() -> None:
        if paragraphs or current_section.path:
            line = current_section.line or paragraphs[0].line
            sections.append(replace(current_section, paragraphs=tuple(paragraphs), line=line))
            paragraphs.clear()

    for block in draft.blocks:
        text, placed_marks = extractor.extract(block)
        if block.heading_level and text:
            close_section()
            current_section = Section(
                nesting.push(block.heading_level, text), (), placed_marks, block.line
            )
        elif text or placed_marks:
            paragraphs.append(Paragraph(text, placed_marks, block.kind, block.line))
    close_section()
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

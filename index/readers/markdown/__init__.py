"""Read Markdown: `#` headings, `[^1]` and `^[…]` notes, front matter.

One file is one publication. Where two or more `#` headings begin articles (`article_starts`), each
of these is one; else the file is one article, titled by the front matter or by the first `#`
heading, or where there is none by the first heading that is not a section's, and every other
heading is a section.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from index.document import (
    Article,
    Author,
    MetadataSource,
    Paragraph,
    Publication,
    Section,
)
from index.messages import MessageCatalogue
from index.readers import dates
from index.readers.flow import FlowBlock
from index.readers.flow_headings import complete_headings
from index.readers.markdown import front_matter
from index.readers.markdown.article_starts import (
    find_article_starts,
    is_title_alone,
    take_collection_title,
)
from index.readers.markdown.blocks import FileNotes, MarkdownBlock, parse_blocks
from index.readers.markdown.contents import set_contents_aside
from index.readers.markdown.front_matter import FrontMatter
from index.readers.markdown.marks import MarkedArticle, place_marks, strip_marks
from index.readers.paged import headings, people
from index.readers.paged.headings import HeadingStack
from index.readers.publication_id import compute_publication_id, normalize_for_comparison
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")


@dataclass(slots=True)
class _ArticleDraft:
    """The parts of an article before the marks of notes are taken out of its text."""

    title: str
    line: int
    blocks: list[MarkdownBlock] = field(default_factory=list)
    authors: tuple[Author, ...] = ()
    institute: str = ""
    topics: tuple[str, ...] = ()
    page: int | None = None
    title_translated: str = ""
    byline: MarkdownBlock = field(default_factory=lambda: MarkdownBlock("", 0))


def read(text: str, name: str) -> Publication:
    """Return the publication in the text of a Markdown file.

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
    blocks, notes = parse_blocks(lines, report)
    blocks = _complete_headings(set_contents_aside(blocks, report))
    sources = tuple(
        MetadataSource(name, "front-matter")
        for name in ("title", "authors", "date", "publisher")
        if front.first_value(name)
    )
    take_collection_title(blocks, front)
    drafts = _split_articles(blocks, front, notes, report)
    articles = _build_articles(drafts, notes, report)
    title = front.first_value("publication") or front.first_value("title")
    title = title or (articles[0].title if len(articles) == 1 else "")
    date_match = dates.find_date(front.first_value("date"))
    parsed_date = date_match.parsed_date if date_match else None
    if not title:
        report.add_finding("no-metadata", 1, _MESSAGES["finding.no_title"])
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
        metadata_sources=sources,
    )


def _complete_headings(blocks: Sequence[MarkdownBlock]) -> list[MarkdownBlock]:
    """Return the blocks with the headings that their numbers show, such as those of a law.

    What `#` marks keeps its level.
    """
    flow = [
        FlowBlock(
            block.text,
            0 if block.is_code else block.heading_level,
            "quote" if block.is_code else block.kind,
            line=index,
        )
        for index, block in enumerate(blocks)
    ]
    completed, _ = complete_headings(flow, ())
    return [
        replace(blocks[item.line], text=item.text, heading_level=item.level)
        if item.text != blocks[item.line].text or not blocks[item.line].heading_level
        else blocks[item.line]
        for item in completed
    ]


def _split_articles(
    blocks: list[MarkdownBlock],
    front: FrontMatter,
    notes: FileNotes,
    report: Report,
) -> list[_ArticleDraft]:
    mark_forms = notes.mark_forms
    starts = find_article_starts(blocks, front, notes.definitions)
    if starts and is_title_alone(blocks[starts[0] : starts[1]], front):
        heading = blocks.pop(starts[0])
        report.set_aside(heading.line, heading.text, "contents")
        starts = [start - 1 for start in starts[1:]]
    if len(starts) < 2:
        return [_build_single_draft(blocks, front, mark_forms, report)]
    for block in blocks[: starts[0]]:
        report.set_aside(block.line, block.text, "cover")
    for name in ("authors", "romanised", "institute", "topics", "title_translated", "page"):
        for text in front.values.get(name, ()):
            report.set_aside(1, text, "cover")
    drafts = [
        _ArticleDraft(blocks[start].text, blocks[start].line, blocks[start + 1 : end])
        for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True)
    ]
    for draft in drafts:
        _parse_byline(draft, mark_forms, report)
    return drafts


def _build_single_draft(
    blocks: list[MarkdownBlock],
    front: FrontMatter,
    mark_forms: Mapping[str, frozenset[str]],
    report: Report,
) -> _ArticleDraft:
    title, line = _take_title(blocks, front, report)
    draft = _ArticleDraft(
        title, line, blocks, title_translated=front.first_value("title_translated")
    )
    page = front.first_value("page")
    draft.page = int(page) if page.isdecimal() and len(page) < 6 else None
    report.set_aside(1, page, "contents")
    if any(name in front.values for name in ("authors", "institute", "topics")):
        _set_people(draft, front, report)
    else:
        _parse_byline(draft, mark_forms, report)
    return draft


def _take_title(blocks: list[MarkdownBlock], front: FrontMatter, report: Report) -> tuple[str, int]:
    """Return the title of the only article and its line; remove the heading that prints it."""
    title = front.first_value("title")
    index = _find_title(blocks, title)
    if index is None:
        return title, 1
    heading = blocks[index]
    if not title:
        if any(block.heading_level for block in blocks[:index]):
            return "", 1
        del blocks[index]
        return heading.text, heading.line
    if normalize_for_comparison(heading.text) == normalize_for_comparison(title):
        report.set_aside(heading.line, heading.text, "contents")
        del blocks[index]
    return title, 1


def _find_title(blocks: Sequence[MarkdownBlock], title: str) -> int | None:
    """Return the index of the first `#` heading, else of a first heading that is no section's."""
    first_index = None
    for index, block in enumerate(blocks):
        if block.heading_level == 1:
            return index
        if block.heading_level and first_index is None:
            first_index = index
    if title or first_index is None or headings.is_section_heading(blocks[first_index].text):
        return None
    return first_index


def _set_people(draft: _ArticleDraft, front: FrontMatter, report: Report) -> None:
    """Set authors, institute and topics as the front matter gives them."""
    names = tuple(front.values.get("authors", ()))
    parsed_names = people.parse_names(names[0]) if len(names) == 1 else None
    if parsed_names:
        names = parsed_names.items
        report.set_aside(1, parsed_names.label, "label")
    draft.authors = people.build_authors(names, tuple(front.values.get("romanised", ())))
    draft.institute = "、".join(front.values.get("institute", ()))
    draft.topics = tuple(front.values.get("topics", ()))


def _parse_byline(
    draft: _ArticleDraft, mark_forms: Mapping[str, frozenset[str]], report: Report
) -> None:
    """Take authors, institute and topics from the short lines under a title."""
    while draft.blocks and not draft.blocks[0].heading_level and not draft.blocks[0].is_code:
        block = draft.blocks[0]
        topics = people.parse_topics(block.text)
        unmarked, _ = strip_marks(block.text, mark_forms)
        names = None if draft.authors or draft.institute else people.parse_names(unmarked)
        if topics and not draft.topics:
            draft.topics = topics.items
            report.set_aside(block.line, topics.label, "label")
        elif names:
            draft.authors = tuple(Author(name) for name in names.items)
            draft.byline = block
        elif draft.authors and not draft.institute and people.is_institute(block.text):
            draft.institute = block.text
        else:
            return
        del draft.blocks[0]


def _build_articles(
    drafts: Sequence[_ArticleDraft], notes: FileNotes, report: Report
) -> tuple[Article, ...]:
    """Return the articles with their notes."""
    texts = [
        [MarkdownBlock(draft.title, draft.line), draft.byline, *draft.blocks] for draft in drafts
    ]
    marked_articles = place_marks(texts, notes.definitions, notes.mark_forms, report)
    for draft, marked in zip(drafts, marked_articles, strict=True):
        if draft.byline.text:
            _set_authors(draft, marked.texts[1][0], notes.mark_forms, report)
    return tuple(
        _build_article(draft, marked) for draft, marked in zip(drafts, marked_articles, strict=True)
    )


def _set_authors(
    draft: _ArticleDraft, byline: str, mark_forms: Mapping[str, frozenset[str]], report: Report
) -> None:
    """Set the authors that a line names once the marks of notes are taken out of it."""
    unmarked, marks = strip_marks(byline, mark_forms)
    names = people.parse_names(unmarked)
    if names:
        draft.authors = tuple(Author(name) for name in names.items)
        report.set_aside(draft.byline.line, names.label, "label")
    for mark in marks:
        report.set_aside(draft.byline.line, mark, "markup")


def _build_article(draft: _ArticleDraft, marked: MarkedArticle) -> Article:
    title, title_marks = marked.texts[0]
    byline_marks = (replace(mark, offset=len(title)) for mark in marked.texts[1][1])
    nesting = HeadingStack()
    sections: list[Section] = []
    current_section = Section(())
    paragraphs: list[Paragraph] = []

    def close_section() -> None:
        if paragraphs or current_section.path:
            line = current_section.line or paragraphs[0].line
            sections.append(replace(current_section, paragraphs=tuple(paragraphs), line=line))
            paragraphs.clear()

    for block, (text, placed_marks) in zip(draft.blocks, marked.texts[2:], strict=True):
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
        notes=marked.notes,
        marks=(*title_marks, *byline_marks),
        page=draft.page,
        line=draft.line,
    )

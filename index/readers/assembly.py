"""Assemble a publication from a flow of headings, paragraphs and notes, whatever the file's format.

A reader of a format returns `FlowBlock`s in reading order, and `FlowNote`s to which their marks
point by index; here they become articles and sections, with notes numbered uniquely.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import accumulate

from index.document import (
    Article,
    Author,
    MetadataSource,
    Note,
    NoteMark,
    PageRegion,
    Paragraph,
    ParagraphKind,
    Publication,
    Section,
    Span,
)
from index.messages import MessageCatalogue
from index.readers.notes.numbering import number_uniquely
from index.readers.notes.resolve import finalize_notes, report_unmarked_notes
from index.readers.paged.headings import HeadingStack, is_section_heading
from index.readers.publication_id import compute_publication_id
from index.readers.report import Report
from index.text.patterns import load_patterns

_MESSAGES = MessageCatalogue("index", "readers")

_PATTERNS = load_patterns("index.readers")

_MIN_CHAPTERS = 2


@dataclass(frozen=True, slots=True)
class FlowMark:
    """The mark of a note in a block.

    Attributes:
        offset: The characters of the block's text before it.
        note: The index of its note in the file's notes; None where there is none.
        label: As printed.
    """

    offset: int
    note: int | None
    label: str


@dataclass(frozen=True, slots=True)
class FlowBlock:
    """A heading or a paragraph, in reading order.

    Attributes:
        text: Without marks.
        level: The level of a heading, from 1; 0 for a paragraph.
        kind: What kind of paragraph it is.
        marks: In order.
        regions: Where it stands on pages.
        line: Where it begins in the file, counted from 1.
        raised: The spans of `text` that are superscript.
        item: The number that it has as the item of a list and that `text` lacks, such as "1.".
    """

    text: str
    level: int = 0
    kind: ParagraphKind = "text"
    marks: tuple[FlowMark, ...] = ()
    regions: tuple[PageRegion, ...] = ()
    line: int = 0
    raised: tuple[Span, ...] = ()
    item: str = ""


@dataclass(frozen=True, slots=True)
class FlowNote:
    """A note of the file.

    Attributes:
        label: Its number or sign as printed.
        text: Without the label.
        regions: Where it stands on pages.
        line: Where it begins in the file, counted from 1.
        position: The number of blocks before it.
        marks: The marks of other notes in it.
    """

    label: str
    text: str
    regions: tuple[PageRegion, ...] = ()
    line: int = 0
    position: int = 0
    marks: tuple[FlowMark, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowMetadata:
    """What a file says of itself.

    Attributes:
        title: The title of the publication.
        authors: In order.
        publication_date: The date, if known.
        date_printed: As printed.
        publisher: As printed.
        number: The number of an issue, as printed.
        sources: Where these come from.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    publication_date: date | None = None
    date_printed: str = ""
    publisher: str = ""
    number: str = ""
    sources: tuple[MetadataSource, ...] = ()


@dataclass(slots=True)
class _Chapter:
    """The blocks of one article, and the notes that it marks."""

    title: str
    title_block: FlowBlock | None = None
    blocks: list[FlowBlock] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)

    def all_blocks(self) -> list[FlowBlock]:
        """Return the heading that is its title, if any, and its blocks."""
        return [self.title_block, *self.blocks] if self.title_block else self.blocks


def assemble(
    blocks: Sequence[FlowBlock],
    notes: Sequence[FlowNote],
    metadata: FlowMetadata,
    report: Report,
) -> Publication:
    """Return a publication.

    A file is one article, unless its notes are numbered anew under its headings of the highest
    level, or none of these is one of a section by its name or number: then each of them begins an
    article.

    Args:
        blocks: In reading order.
        notes: In the order of the file.
        metadata: What the file says of itself.
        report: What was set aside and found so far; receives what is found here.
    """
    chapters = _split_chapters(blocks, notes, metadata.title)
    _assign_notes(chapters, notes)
    articles = tuple(_build_article(chapter, notes, metadata, report) for chapter in chapters)
    title = metadata.title or articles[0].title
    return Publication(
        id=compute_publication_id(
            title,
            metadata.number,
            metadata.publication_date,
            (article.title for article in articles),
        ),
        title=title,
        number=metadata.number,
        date=metadata.publication_date,
        date_printed=metadata.date_printed,
        publisher=metadata.publisher,
        articles=articles,
        set_aside=report.all_set_aside(),
        findings=report.all_findings(),
        metadata_sources=metadata.sources,
    )


def _split_chapters(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], title: str
) -> list[_Chapter]:
    starts = [
        index
        for index, block in enumerate(blocks)
        if block.level == 1 and not _PATTERNS["contents-heading"].match(block.text)
    ]
    are_titles = len(starts) >= _MIN_CHAPTERS and (
        _restart_by_chapter(blocks, notes, starts) or _are_article_titles(blocks, starts)
    )
    if not are_titles:
        if starts == [0] or (starts[:1] == [0] and blocks[0].text == title):
            return [_Chapter(blocks[0].text, blocks[0], list(blocks[1:]))]
        return [_Chapter(title, None, list(blocks))]
    chapters = []
    if starts[0]:
        chapters.append(_Chapter(title, None, list(blocks[: starts[0]])))
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        chapters.append(_Chapter(blocks[start].text, blocks[start], list(blocks[start + 1 : end])))
    return chapters


def _are_article_titles(blocks: Sequence[FlowBlock], starts: Sequence[int]) -> bool:
    """Return whether no heading of these is a section's, and all have text below them."""
    ends = [*starts[1:], len(blocks)]
    return all(
        not is_section_heading(blocks[start].text)
        and any(not block.level for block in blocks[start:end])
        for start, end in zip(starts, ends, strict=True)
    )


def _restart_by_chapter(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], starts: Sequence[int]
) -> bool:
    """Return whether labels are used again, but hardly ever within one chapter."""
    labels: list[set[str]] = [set() for _ in range(len(starts) + 1)]
    repeated_within = 0
    seen: set[int] = set()
    chapter = 0
    for index, block in enumerate(blocks):
        chapter += index in starts
        for mark in block.marks:
            if mark.note is None or mark.note in seen:
                continue
            seen.add(mark.note)
            label = notes[mark.note].label
            repeated_within += label in labels[chapter]
            labels[chapter].add(label)
    repeated = sum(map(len, labels)) - len(set().union(*labels))
    return repeated > 0 and repeated_within <= 0.1 * repeated


def _assign_notes(chapters: Sequence[_Chapter], notes: Sequence[FlowNote]) -> None:
    """Give each note to the first chapter that marks it, else to the one in which it stands."""
    owners: dict[int, _Chapter] = {}
    for chapter in chapters:
        for block in chapter.all_blocks():
            for mark in block.marks:
                if mark.note is not None:
                    owners.setdefault(mark.note, chapter)
    for index, note in enumerate(notes):
        for mark in note.marks:
            if mark.note is not None and index in owners:
                owners.setdefault(mark.note, owners[index])
    ends = list(accumulate(len(chapter.all_blocks()) for chapter in chapters))
    for index, note in enumerate(notes):
        nearest = min(bisect_left(ends, note.position), len(chapters) - 1)
        owners.get(index, chapters[nearest]).notes.append(index)


def _build_article(
    chapter: _Chapter, notes: Sequence[FlowNote], metadata: FlowMetadata, report: Report
) -> Article:
    labels = [(notes[index].label, notes[index].line) for index in chapter.notes]
    numbers = dict(zip(chapter.notes, number_uniquely(labels), strict=True))
    title_marks: tuple[NoteMark, ...] = ()
    if chapter.title_block:
        title_marks = tuple(_place_marks(chapter.title_block, numbers, report))
    sections = tuple(_build_sections(chapter.blocks, numbers, report))
    marked = {mark.note for mark in title_marks}
    for section in sections:
        marked |= {mark.note for mark in section.marks}
        marked |= {mark.note for paragraph in section.paragraphs for mark in paragraph.marks}
    article_notes = [
        Note(
            numbers[index],
            notes[index].text,
            line=notes[index].line,
            regions=notes[index].regions,
            marks=tuple(_place_marks(notes[index], numbers, report)),
        )
        for index in chapter.notes
    ]
    marked |= {mark.note for note in article_notes for mark in note.marks}
    report_unmarked_notes(article_notes, marked, report)
    return Article(
        title=chapter.title,
        authors=tuple(Author(name) for name in metadata.authors),
        sections=sections,
        notes=finalize_notes(article_notes, report),
        marks=title_marks,
        line=chapter.title_block.line if chapter.title_block else 1,
    )


def _place_marks(
    block: FlowBlock | FlowNote, numbers: dict[int, str], report: Report
) -> Iterator[NoteMark]:
    for mark in block.marks:
        if mark.note is not None and mark.note in numbers:
            yield NoteMark(mark.offset, numbers[mark.note])
            continue
        report.add_finding(
            "missing-note",
            block.line,
            _MESSAGES["finding.missing_note"].format(line=block.line, number=mark.label),
        )
        yield NoteMark(mark.offset, mark.label)


def _build_sections(
    blocks: Sequence[FlowBlock], numbers: dict[int, str], report: Report
) -> Iterator[Section]:
    nesting = HeadingStack()
    section = Section(())
    paragraphs: list[Paragraph] = []
    for block in blocks:
        marks = tuple(_place_marks(block, numbers, report))
        if block.level:
            if paragraphs or section.path:
                yield replace(section, paragraphs=tuple(paragraphs))
            paragraphs = []
            section = Section(
                nesting.push(block.level, block.text), (), marks, block.line, block.regions
            )
        else:
            paragraphs.append(Paragraph(block.text, marks, block.kind, block.line, block.regions))
    if paragraphs or section.path:
        yield replace(section, paragraphs=tuple(paragraphs))

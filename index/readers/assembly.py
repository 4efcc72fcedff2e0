"""Assemble a publication from a flow of headings, paragraphs and notes, whatever the file's format.

A reader of a format returns `FlowBlock`s in reading order, and `FlowNote`s to which their marks
point by index; here they become articles and sections, with notes numbered uniquely.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from index.document import (
    Article,
    Author,
    MetadataSource,
    Note,
    NoteMark,
    Paragraph,
    Publication,
    Section,
    Span,
)
from index.messages import MessageCatalogue
from index.readers.flow import FlowBlock, FlowMark, FlowMetadata, FlowNote
from index.readers.issue import IssueParts, find_issue
from index.readers.line_joining import choose_separator
from index.readers.notes.numbering import describe_label, find_series, number_uniquely
from index.readers.notes.resolve import finalize_notes, report_unmarked_notes
from index.readers.notes.runs import is_notes_heading
from index.readers.paged.article_heads import ParsedHead
from index.readers.paged.blocks import Block, Line
from index.readers.paged.contents import TableOfContents
from index.readers.paged.cover import parse_cover
from index.readers.paged.headings import HeadingStack, is_section_heading
from index.readers.paged.listed_articles import (
    build_head_authors,
    choose_titles,
    set_contents_aside,
)
from index.readers.publication_id import compute_publication_id, normalize_for_comparison
from index.readers.report import Report
from index.readers.signed_heads import find_signed_issue
from index.text.patterns import load_patterns

_MESSAGES = MessageCatalogue("index", "readers")

_PATTERNS = load_patterns("index.readers")

_MIN_CHAPTERS = 2
_MAX_FRONT_BLOCKS = 8  # above a title
_COMMAS = (",", "、", ";")
_MAX_COMMA = 2  # characters, with a blank


@dataclass(slots=True)
class _Chapter:
    """The blocks of one article, and the notes that it marks.

    Attributes:
        title: As printed.
        end: The number of blocks of the file up to its end.
        title_block: The heading that is its title, with the marks of its authors, if any.
        blocks: Its other blocks.
        notes: The indexes of its notes.
        head: Its authors and the like, in an issue.
    """

    title: str
    end: int
    title_block: FlowBlock | None = None
    blocks: list[FlowBlock] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    head: ParsedHead | None = None

    def all_blocks(self) -> list[FlowBlock]:
        """Return the heading that is its title, if any, and its blocks."""
        return [self.title_block, *self.blocks] if self.title_block else self.blocks


def _drop_commas(block: FlowBlock, report: Report) -> FlowBlock:
    """Return a block without commas that stand between two marks: they part these alone."""
    spans = [
        Span(mark.offset, following.offset)
        for mark, following in pairwise(block.marks)
        if block.text[mark.offset : following.offset].strip() in _COMMAS
        and following.offset - mark.offset <= _MAX_COMMA
    ]
    if not spans:
        return block

    def move(offset: int) -> int:
        return offset - sum(max(min(offset, span.end) - span.start, 0) for span in spans)

    text = block.text
    for span in reversed(spans):
        report.set_aside(block.line, text[span.start : span.end], "markup")
        text = text[: span.start] + text[span.end :]
    return replace(
        block,
        text=text,
        marks=tuple(replace(mark, offset=move(mark.offset)) for mark in block.marks),
        regions=tuple(region._replace(offset=move(region.offset)) for region in block.regions),
        raised=tuple(Span(move(span.start), move(span.end)) for span in block.raised),
    )


def assemble(
    blocks: Sequence[FlowBlock],
    notes: Sequence[FlowNote],
    metadata: FlowMetadata,
    report: Report,
    contents_lines: Sequence[Line] = (),
) -> Publication:
    """Return a publication.

    An issue has an article for each title with authors of its own. Any other file is one article,
    unless its notes are numbered anew under its headings of the highest level, or none of these is
    one of a section by its name or number: then each of them begins an article.

    Args:
        blocks: In reading order.
        notes: In the order of the file.
        metadata: What the file says of itself.
        report: What was set aside and found so far; receives what is found here.
        contents_lines: The lines of the table of contents, which are in no block.
    """
    blocks = [_drop_commas(block, report) for block in blocks]
    issue = _find_issue(blocks, contents_lines)
    contents = issue.contents if issue else TableOfContents(lines=frozenset(contents_lines))
    imprint_start = issue.imprint_start if issue else len(blocks)
    if issue:
        metadata = _read_cover(blocks[: issue.heads[0].start], metadata, contents, report)
        chapters = list(_split_at_heads(blocks, issue, report))
    else:
        chapters = _split_chapters(blocks, notes, metadata.title, report)
    _assign_notes(chapters, notes)
    chapters = list(_drop_notes_chapters(chapters, report))
    articles = tuple(
        _build_article(chapter, notes, metadata, contents, report) for chapter in chapters
    )
    row_indexes = [chapter.head.row_index if chapter.head else None for chapter in chapters]
    set_contents_aside(contents, row_indexes, articles, report)
    for line in contents_lines:
        if line not in contents.lines:
            report.set_aside(line.number, line.text, "contents")
    title = metadata.title or articles[0].title
    return Publication(
        id=compute_publication_id(
            title,
            metadata.number,
            metadata.publication_date,
            (article.title for article in articles),
        ),
        title=title,
        title_translated=metadata.title_translated,
        number=metadata.number,
        date=metadata.publication_date,
        date_printed=metadata.date_printed,
        publisher=metadata.publisher,
        publisher_translated=metadata.publisher_translated,
        articles=articles,
        imprint="\n".join(_list_printed(blocks[imprint_start:])),
        set_aside=report.all_set_aside(),
        findings=report.all_findings(),
        metadata_sources=metadata.sources,
    )


def _split_chapters(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], title: str, report: Report
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
        return [_build_whole(blocks, starts, title, report)]
    chapters = []
    if starts[0]:
        chapters.append(_Chapter(title, starts[0], None, list(blocks[: starts[0]])))
    for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        text = blocks[start].text
        chapters.append(_Chapter(text, end, blocks[start], list(blocks[start + 1 : end])))
    return chapters


def _build_whole(
    blocks: Sequence[FlowBlock], starts: Sequence[int], title: str, report: Report
) -> _Chapter:
    """Return the only article of a file; its title may stand below a few lines, and twice."""
    first = starts[0] if starts else 0
    is_title = bool(starts) and (
        len(starts) == 1
        or normalize_for_comparison(blocks[first].text) == normalize_for_comparison(title)
    )
    is_front = first <= _MAX_FRONT_BLOCKS and not any(block.level for block in blocks[:first])
    if not is_title or not is_front:
        return _Chapter(title, len(blocks), None, list(blocks))
    again = _find_second_title(blocks, starts)
    if again is not None:
        report.set_aside(again.line, again.text, "cover")
    others = [block for block in blocks if block is not blocks[first] and block is not again]
    return _Chapter(blocks[first].text, len(blocks), blocks[first], others)


def _find_second_title(blocks: Sequence[FlowBlock], starts: Sequence[int]) -> FlowBlock | None:
    """Return the heading that repeats the title right below it."""
    if len(starts) == 1 or starts[1] > _MAX_FRONT_BLOCKS:
        return None
    title, second = (blocks[start] for start in starts[:2])
    return second if second.text == title.text and not second.marks else None


def _find_issue(blocks: Sequence[FlowBlock], contents_lines: Sequence[Line]) -> IssueParts | None:
    """Return the parts of an issue or an edited volume, by headings of one level where possible."""
    printed = [_to_printed_block(block) for block in blocks]
    issue = find_issue(printed, contents_lines)
    signed = find_signed_issue(blocks, printed, contents_lines)
    if issue is None or signed is None:
        return issue or signed
    is_of_one_level = len({blocks[head.start].level for head in issue.heads}) == 1
    has_all = sum(bool(head.author) for head in signed.heads) <= len(issue.heads)
    return issue if is_of_one_level and has_all else signed


def _split_at_heads(
    blocks: Sequence[FlowBlock], issue: IssueParts, report: Report
) -> Iterator[_Chapter]:
    """Yield the articles of an issue; headings of parts between them are set aside."""
    ends = [*(head.start for head in issue.heads[1:]), issue.imprint_start]
    for head, end in zip(issue.heads, ends, strict=True):
        title = _join_blocks(blocks[head.start : head.title_end])
        byline = [
            replace(mark, offset=len(title.text))
            for block in blocks[head.title_end : head.end]
            for mark in block.marks
        ]
        title = replace(title, marks=(*title.marks, *byline))
        body = list(blocks[head.end : end])
        while body and 0 < body[-1].level < blocks[head.start].level and not body[-1].marks:
            part = body.pop()
            report.set_aside(part.line, part.text, "label")
        yield _Chapter(title.text, end, title if title.text else None, body, head=head)


def _join_blocks(blocks: Sequence[FlowBlock]) -> FlowBlock:
    """Return the blocks of a title as one."""
    if not blocks:
        return FlowBlock("", level=1)
    text = ""
    marks: list[FlowMark] = []
    for block in blocks:
        text += choose_separator(text, block.text)
        marks += [replace(mark, offset=len(text) + mark.offset) for mark in block.marks]
        text += block.text
    return replace(blocks[0], text=text, level=1, marks=tuple(marks))


def _to_printed_block(block: FlowBlock) -> Block:
    return Block((Line(block.line, block.text),))


def _list_printed(blocks: Sequence[FlowBlock]) -> list[str]:
    return [line for block in blocks for line in block.printed_lines or block.text.split("\n")]


def _read_cover(
    blocks: Sequence[FlowBlock], metadata: FlowMetadata, contents: TableOfContents, report: Report
) -> FlowMetadata:
    """Return what the cover of an issue states, else what the file does."""
    lines = [Line(block.line, text) for block in blocks for text in _list_printed([block])]
    cover = parse_cover(lines, contents, report)
    printed = {
        "title": cover.title,
        "number": cover.number,
        "date": cover.date_printed,
        "publisher": cover.publisher,
    }
    return FlowMetadata(
        title=cover.title or metadata.title,
        title_translated=cover.title_translated,
        publication_date=cover.parsed_date or metadata.publication_date,
        date_printed=cover.date_printed or metadata.date_printed,
        publisher=cover.publisher or metadata.publisher,
        publisher_translated=cover.publisher_translated,
        number=cover.number or metadata.number,
        sources=(
            *(MetadataSource(name, "first-page") for name, value in printed.items() if value),
            *(source for source in metadata.sources if not printed.get(source.name, True)),
            MetadataSource("authors", "byline"),
        ),
    )


def _are_article_titles(blocks: Sequence[FlowBlock], starts: Sequence[int]) -> bool:
    """Return whether these differ, none is a section's heading, and all have text below them."""
    ends = [*starts[1:], len(blocks)]
    titles = {blocks[start].text for start in starts}
    return len(titles) == len(starts) and all(
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
    ends = [chapter.end for chapter in chapters]
    for index, note in enumerate(notes):
        nearest = min(bisect_left(ends, note.position), len(chapters) - 1)
        owners.get(index, chapters[nearest]).notes.append(index)


def _drop_notes_chapters(chapters: Sequence[_Chapter], report: Report) -> Iterator[_Chapter]:
    """Yield the chapters but those of which nothing but headings is left without their notes."""
    for chapter in chapters:
        is_empty = not chapter.notes and all(
            block.level and not block.marks for block in chapter.all_blocks()
        )
        if len(chapters) > 1 and is_empty and is_notes_heading(chapter.title):
            for block in chapter.all_blocks():
                report.set_aside(block.line, block.text, "label")
        else:
            yield chapter


def _build_article(
    chapter: _Chapter,
    notes: Sequence[FlowNote],
    metadata: FlowMetadata,
    contents: TableOfContents,
    report: Report,
) -> Article:
    labels = [(notes[index].label, notes[index].line) for index in chapter.notes]
    numbers = dict(zip(chapter.notes, number_uniquely(labels), strict=True))
    printed = [label for label, _ in labels]
    series = find_series(printed, [*map(describe_label, printed)])
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
            resolves_to=_find_repeated(index, notes, numbers),
            line=notes[index].line,
            regions=notes[index].regions,
            marks=tuple(_place_marks(notes[index], numbers, report)),
        )
        for index in chapter.notes
    ]
    marked |= {mark.note for note in article_notes for mark in note.marks}
    report_unmarked_notes(article_notes, marked, report)
    article = Article(
        title=chapter.title,
        authors=tuple(Author(name) for name in metadata.authors),
        sections=sections,
        notes=finalize_notes(article_notes, report, series=series),
        marks=title_marks,
        line=chapter.title_block.line if chapter.title_block else 1,
    )
    return _add_head(article, chapter.head, contents, report) if chapter.head else article


def _find_repeated(index: int, notes: Sequence[FlowNote], numbers: Mapping[int, str]) -> str | None:
    """Return the number of the note before another that is only a further label of it."""
    return numbers.get(index - 1) if notes[index].repeats_previous else None


def _add_head(
    article: Article, head: ParsedHead, contents: TableOfContents, report: Report
) -> Article:
    """Return an article of an issue with what its head and the contents state."""
    for line, wrapper in head.markup:
        report.set_aside(line, wrapper, "markup")
    report.set_aside(head.topics_line, head.topics.label, "label")
    row, translated_row = contents.get_rows(head.row_index)
    title, translated = choose_titles(article.title, bool(article.marks), row, translated_row)
    romanised = translated_row.author if translated_row else ""
    return replace(
        article,
        title=title,
        title_translated=translated,
        authors=build_head_authors(head.author, head.author_line, romanised, report),
        institute=head.institute,
        topics=head.topics.items,
        page=head.page,
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

"""Paged text → a publication: plain text, or light Markdown, read off a printed PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from index.document import Article, Author, Note, NoteMark, Publication, Section
from index.messages import MessageCatalogue
from index.readers.notes.resolve import finalize_notes, report_unmarked_notes
from index.readers.paged import article_heads as heads
from index.readers.paged import block_kinds, mark_assignment, pages, people
from index.readers.paged import contents as tables
from index.readers.paged import cover as covers
from index.readers.paged import paragraphs as flow
from index.readers.paged.article_heads import ParsedHead
from index.readers.paged.blocks import Block, Line, split_blocks, split_lines
from index.readers.paged.contents import TableOfContents
from index.readers.paged.page_notes import RawNote
from index.readers.publication_id import compute_publication_id, normalize_for_comparison
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")

_IMPRINT = re.compile(
    r"(?:發行人|發行所|總編輯|主編|編輯委員|編輯顧問|社長|创办人|出版者|印刷|编辑|"
    r"Publisher|Editor|Editor-in-Chief|Editorial Board)\s*[：:／/]\s*\S",
    re.IGNORECASE,
)


def read(text: str) -> Publication:
    """Read a publication out of the text of its pages; whatever the text, nothing is lost."""
    report = Report()
    all_lines = split_lines(text)
    table_of_contents = tables.find_contents(_find_front_lines(all_lines))
    all_blocks = heads.split_head_lines(split_blocks(all_lines), table_of_contents)
    parsed_heads = heads.find_heads(all_blocks, table_of_contents)
    imprint_start = _find_imprint(all_blocks, parsed_heads)
    front_blocks = all_blocks[: parsed_heads[0].start] if parsed_heads else []
    cover = covers.parse_cover(
        [line for block in front_blocks for line in block.lines], table_of_contents, report
    )
    if not parsed_heads:
        parsed_heads, table_of_contents = (
            heads.build_single_head(all_blocks[:imprint_start], report),
            TableOfContents(),
        )
    running_heads = _find_running_heads(all_blocks, parsed_heads, cover.title, cover.number)
    article_ends = (
        [*(head.start for head in parsed_heads[1:]), imprint_start] if parsed_heads else []
    )
    articles = tuple(
        _build_article(
            head, all_blocks[head.end : article_end], table_of_contents, running_heads, report
        )
        for head, article_end in zip(parsed_heads, article_ends, strict=True)
    )
    if cover.title and [cover.title] == [article.title for article in articles]:
        report.set_aside(front_blocks[0].line_number, cover.title, "cover")
    _set_contents_aside(table_of_contents, parsed_heads, articles, all_lines, report)
    _report_missing_metadata(cover, table_of_contents, parsed_heads, report)
    return Publication(
        id=compute_publication_id(
            cover.title, cover.number, cover.parsed_date, (one.title for one in articles)
        ),
        title=cover.title,
        title_translated=cover.title_translated,
        number=cover.number,
        date=cover.parsed_date,
        date_printed=cover.date_printed,
        publisher=cover.publisher,
        publisher_translated=cover.publisher_translated,
        articles=articles,
        imprint="\n".join(
            line.text.strip() for block in all_blocks[imprint_start:] for line in block.lines
        ),
        set_aside=report.all_set_aside(),
        findings=report.all_findings(),
    )


def _find_front_lines(all_lines: Sequence[Line]) -> list[Line]:
    """The lines that may hold the contents: those before the first article's own text."""
    front_lines = []
    for line in all_lines:
        if people.parse_topics(line.text.strip()) or len(line.text) > 700:
            break
        front_lines.append(line)
    return front_lines


def _find_imprint(all_blocks: Sequence[Block], parsed_heads: Sequence[ParsedHead]) -> int:
    """Where the imprint begins, as an index of blocks; their number if there is none."""
    last_head_end = parsed_heads[-1].end if parsed_heads else 0
    for index in range(len(all_blocks) - 1, last_head_end, -1):
        if len(all_blocks) - index > _MAX_IMPRINT_BLOCKS:
            break
        if _IMPRINT.match(all_blocks[index].text):
            start = index
            while start - 1 > last_head_end and _IMPRINT.match(all_blocks[start - 1].text):
                start -= 1
            earlier_indexes = [
                block_index
                for block_index in range(max(last_head_end, start - _MAX_IMPRINT_BLOCKS), start)
                if _IMPRINT.match(all_blocks[block_index].text)
            ]
            return earlier_indexes[0] if earlier_indexes else start
    return len(all_blocks)


_MAX_IMPRINT_BLOCKS = 20


def _find_running_heads(
    all_blocks: Sequence[Block], parsed_heads: Sequence[ParsedHead], title: str, number: str
) -> frozenset[str]:
    """What repeats on pages: titles, and short single lines that come at least three times."""
    in_heads = {index for head in parsed_heads for index in range(head.start, head.end)}
    body_start = parsed_heads[0].start if parsed_heads else 0
    counts = Counter(
        block_kinds.running_head_key(block.text)
        for index, block in enumerate(all_blocks)
        if index >= body_start and index not in in_heads and block_kinds.may_be_running_head(block)
    )
    repeated = {key for key, count in counts.items() if count >= 3}
    titles = {
        block_kinds.running_head_key(heading_text)
        for heading_text in (
            title,
            title + number,
            number + title,
            *(head.title for head in parsed_heads),
        )
    }
    return frozenset((repeated | titles) - {""})


def _build_article(
    head: ParsedHead,
    body_blocks: Sequence[Block],
    table_of_contents: TableOfContents,
    running_heads: frozenset[str],
    report: Report,
) -> Article:
    head_drafts = [
        flow.TextDraft("text", line, text, [(0, 0)], text)
        for line, text in (
            (head.line, head.title),
            (head.author_line, head.author),
            (head.institute_line, head.institute),
        )
    ]
    for line, wrapper in head.markup:
        report.set_aside(line, wrapper, "markup")
    has_star = any(text.text.rstrip().endswith(("*", "†", "‡")) for text in head_drafts)
    body = pages.separate_notes(body_blocks, running_heads, has_star)
    for block in body.furniture:
        report.set_aside(block.line_number, block.text, "furniture")
    drafts, loose_numbers = flow.build_drafts(body, report)
    for loose_number in loose_numbers:
        loose_number.draft_index += len(head_drafts) if loose_number.draft_index >= 0 else 0
    mark_assignment.assign_marks([*head_drafts, *drafts], loose_numbers, body.notes, report)
    mark_assignment.report_marks_without_notes([*head_drafts, *drafts], body.notes, report)
    title, title_marks = flow.extract_marks(head_drafts[0], report)
    author_line, author_marks = flow.extract_marks(head_drafts[1], report)
    institute, institute_marks = flow.extract_marks(head_drafts[2], report)
    row = table_of_contents.first_list[head.row_index] if head.row_index is not None else None
    translated_row = (
        table_of_contents.translated_list[head.row_index]
        if head.row_index is not None and table_of_contents.translated_list
        else None
    )
    title_translated = ""
    if row is not None and normalize_for_comparison(row.title) == normalize_for_comparison(title):
        title = title if title_marks else row.title
        title_translated = translated_row.title if translated_row else ""
    elif translated_row is not None and normalize_for_comparison(
        translated_row.title
    ) == normalize_for_comparison(title):
        title = title if title_marks else translated_row.title
        title_translated = row.title if row else ""
    byline_marks = tuple(NoteMark(len(title), mark.note) for mark in author_marks + institute_marks)
    sections = flow.build_sections(drafts, report)
    all_marks = (*title_marks, *byline_marks)
    return Article(
        title=title,
        title_translated=""
        if normalize_for_comparison(title_translated) == normalize_for_comparison(title)
        else title_translated,
        authors=_build_authors(
            author_line, head, translated_row.author if translated_row else "", report
        ),
        institute=institute,
        topics=_take_topics(head, report),
        sections=sections,
        notes=_build_notes(body.notes, all_marks, sections, report),
        marks=all_marks,
        page=head.page,
        line=head.line,
    )


def _build_authors(
    line: str, head: ParsedHead, romanised: str, report: Report
) -> tuple[Author, ...]:
    printed_names = people.parse_names(line)
    romanised_names = people.parse_names(romanised)
    if printed_names is None:
        return (Author(line, romanised),) if line else ()
    report.set_aside(head.author_line, printed_names.label, "label")
    return people.build_authors(
        printed_names.items, romanised_names.items if romanised_names else ()
    )


def _take_topics(head: ParsedHead, report: Report) -> tuple[str, ...]:
    report.set_aside(head.topics_line, head.topics.label, "label")
    return head.topics.items


def _build_notes(
    raw_notes: Sequence[RawNote],
    head_marks: Sequence[NoteMark],
    sections: Sequence[Section],
    report: Report,
) -> tuple[Note, ...]:
    """The notes with what they cite and stand for; what is odd about them is reported."""
    marked_numbers = {mark.note for mark in head_marks}
    for section in sections:
        marked_numbers |= {mark.note for mark in section.marks}
        marked_numbers |= {
            mark.note for paragraph in section.paragraphs for mark in paragraph.marks
        }
    notes = []
    for raw_note in raw_notes:
        report.set_aside(raw_note.line, raw_note.markup, "markup")
        for line in raw_note.joined_lines:
            report.add_finding(
                "joined",
                line,
                _MESSAGES["finding.joined_note"].format(
                    line=line, number=raw_note.number, first_line=raw_note.line
                ),
            )
        notes.append(Note(raw_note.number, raw_note.text.strip(), line=raw_note.line))
    report_unmarked_notes(notes, marked_numbers, report)
    return finalize_notes(notes, report)


def _set_contents_aside(
    table_of_contents: TableOfContents,
    parsed_heads: Sequence[ParsedHead],
    articles: Sequence[Article],
    all_lines: Sequence[Line],
    report: Report,
) -> None:
    """Set the lines of the contents aside, but for what an article took from them."""
    remaining_text = {line: line.text for line in all_lines if line in table_of_contents.lines}
    for head, article in zip(parsed_heads, articles, strict=True):
        if head.row_index is None:
            continue
        row_lines = [
            item[head.row_index].line
            for item in (table_of_contents.translated_list, table_of_contents.first_list)
            if item
        ]
        for piece in (article.title_translated, *(item.romanised for item in article.authors)):
            _remove_first(piece, row_lines, remaining_text)
    for line, text in remaining_text.items():
        report.set_aside(line.number, text, "contents")


def _remove_first(piece: str, row_lines: Sequence[Line], remaining_text: dict[Line, str]) -> None:
    """Take a title or a name out of the first of these lines that holds it."""
    for line in row_lines:
        if piece and piece in remaining_text[line]:
            remaining_text[line] = remaining_text[line].replace(piece, " ", 1)
            return


def _report_missing_metadata(
    cover: covers.Cover,
    table_of_contents: TableOfContents,
    parsed_heads: Sequence[ParsedHead],
    report: Report,
) -> None:
    for value, name in (
        (cover.title, "title"),
        (cover.date_printed, "date"),
        (cover.publisher, "publisher"),
    ):
        if not value:
            report.add_finding("no-metadata", 1, _MESSAGES[f"finding.no_publication_{name}"])
    for head in parsed_heads:
        if not head.author:
            report.add_finding(
                "no-metadata", head.line, _MESSAGES["finding.no_author"].format(line=head.line)
            )
    used_rows = {head.row_index for head in parsed_heads}
    for index, row in enumerate(table_of_contents.first_list):
        if index not in used_rows:
            report.add_finding(
                "no-metadata",
                row.line.number,
                _MESSAGES["finding.missing_article"].format(
                    line=row.line.number, title=row.title[:24]
                ),
            )

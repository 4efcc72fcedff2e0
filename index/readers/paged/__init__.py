"""Read paged text: plain text or light Markdown that was extracted from printed pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.document import Article, Note, NoteMark, Publication, Section
from index.messages import MessageCatalogue
from index.readers.hyphenation import join_hyphenated_words
from index.readers.notes.conventions import UNPRINTED_FORMS
from index.readers.notes.detection import detect_notes, report_unread
from index.readers.notes.numbering import find_series, number_uniquely
from index.readers.notes.resolve import finalize_notes, report_unmarked_notes
from index.readers.paged import (
    article_heads,
    block_kinds,
    contents,
    front_text,
    labels,
    law_lines,
    mark_assignment,
    page_edges,
    pages,
    paragraphs,
    people,
)
from index.readers.paged.archive_frame import ArchivedText, take_archive_frame
from index.readers.paged.article_heads import ParsedHead
from index.readers.paged.blocks import Block, Line, split_blocks, split_lines
from index.readers.paged.contents import TableOfContents
from index.readers.paged.cover import (
    Cover,
    find_imprint,
    parse_cover,
    parse_single_cover,
    take_title_records,
)
from index.readers.paged.listed_articles import (
    build_head_authors,
    choose_titles,
    set_contents_aside,
)
from index.readers.paged.nested_marks import take_nested_marks
from index.readers.paged.page_notes import ArticleBody, RawNote
from index.readers.paged.page_places import PageMap, Position, find_pages
from index.readers.paged.pages import NoteLines
from index.readers.paged.paragraphs import TextDraft
from index.readers.paged.text_below_notes import part_text_below_notes
from index.readers.publication_id import compute_publication_id
from index.readers.report import Report
from index.readers.spaced_characters import join_spaced_characters
from index.text.patterns import load_patterns

_MESSAGES = MessageCatalogue("index", "readers")
_PATTERNS = load_patterns("index.readers")

_MAX_FRONT_LINE = 700  # characters
_MAX_ABSTRACT_LINES = 80  # above the contents
_MAX_CONTENTS_SEARCHES = 4


def read(text: str) -> Publication:
    """Return the publication in the text of its pages.

    Args:
        text: Whatever it is, every character goes into the publication or is set aside.
    """
    report = Report()
    archived = take_archive_frame(split_lines(join_spaced_characters(text)), report)
    lines = archived.lines
    lines = _join_hyphenated_words(lines, report)
    lines = labels.strip_edit_links(lines, report)
    lines = list(labels.split_section_labels(lines, report))
    lines = law_lines.part_law_numbers(page_edges.part_page_edges(lines))
    note_lines = _find_note_lines(lines, report)
    lines = part_text_below_notes(lines, note_lines)
    table_of_contents, blocks, heads = _find_articles(lines, note_lines)
    table_of_contents, blocks, heads = _keep_front_text(table_of_contents, blocks, heads)
    imprint_start = find_imprint(blocks, heads)
    cover, heads = _parse_front(blocks[:imprint_start], heads, table_of_contents, report)
    _use_archive(archived, cover, heads, report)
    running_heads = _find_running_heads(blocks, heads, cover.title, cover.number)
    article_ends = [*(head.start for head in heads), imprint_start][1:]
    drafts = [
        _draft_article(head, blocks[head.end : end], note_lines, running_heads, report)
        for head, end in zip(heads, article_ends, strict=True)
    ]
    page_map = _find_pages(lines, drafts)
    articles = tuple(_build_article(draft, table_of_contents, page_map, report) for draft in drafts)
    if cover.title and [cover.title] == [article.title for article in articles]:
        report.set_aside(blocks[0].line_number, cover.title, "cover")
    set_contents_aside(table_of_contents, [head.row_index for head in heads], articles, report)
    _report_missing_metadata(cover, table_of_contents, heads, report)
    return Publication(
        id=compute_publication_id(
            cover.title, cover.number, cover.parsed_date, (article.title for article in articles)
        ),
        title=cover.title,
        title_translated=cover.title_translated,
        number=cover.number,
        date=cover.parsed_date,
        date_printed=cover.date_printed,
        publisher=cover.publisher,
        publisher_translated=cover.publisher_translated,
        articles=articles,
        imprint="\n".join(line.text.strip() for line in _list_lines(blocks[imprint_start:])),
        set_aside=report.all_set_aside(),
        findings=report.all_findings(),
    )


def _use_archive(
    archived: ArchivedText, cover: Cover, heads: Sequence[ParsedHead], report: Report
) -> None:
    """Fill the title, and the authors of the only article, from what an archive says of them."""
    title, authors = archived.title, archived.authors
    if title.value and not cover.title:
        cover.title = title.value
    else:
        report.set_aside(title.line, title.value, "furniture")
    if authors.value and len(heads) == 1 and not heads[0].author:
        heads[0].author, heads[0].author_line = authors.value, authors.line
    else:
        report.set_aside(authors.line, authors.value, "furniture")


def _parse_front(
    blocks: Sequence[Block],
    heads: list[ParsedHead],
    table_of_contents: TableOfContents,
    report: Report,
) -> tuple[Cover, list[ParsedHead]]:
    """Return what the lines before the first article state, and the heads, at least one."""
    if heads:
        front_lines = _list_lines(blocks[: heads[0].start])
        for line in (line for head in heads for line in head.records):
            report.set_aside(line.number, line.text.strip(), "record")
        return parse_cover(front_lines, table_of_contents, report), heads
    heads = article_heads.build_single_head(blocks, report)
    front_lines = _list_lines(blocks[: heads[0].start]) if heads else []
    cover = parse_single_cover(front_lines, report)
    for head in heads:
        take_title_records(head.records, cover, report)
    return cover, heads


def _list_lines(blocks: Sequence[Block]) -> list[Line]:
    return [line for block in blocks for line in block.lines]


def _find_note_lines(lines: Sequence[Line], report: Report) -> NoteLines:
    """Return where the notes of a file begin; report what looks like notes and is none."""
    detected = detect_notes([line.text for line in lines])
    report_unread(detected, [line.number for line in lines], report)
    return NoteLines(
        {lines[index].position: opening for index, opening in detected.openings.items()},
        detected.mark_forms,
        {lines[note].position: lines[mark].number for note, mark in detected.marked_lines.items()},
    )


def _join_hyphenated_words(lines: Sequence[Line], report: Report) -> list[Line]:
    texts, hyphens = join_hyphenated_words([line.text for line in lines])
    for index, hyphen in hyphens:
        report.set_aside(lines[index].number, hyphen, "markup")
    return [replace(line, text=text) for line, text in zip(lines, texts, strict=True)]


def _find_articles(
    lines: Sequence[Line], note_lines: NoteLines
) -> tuple[TableOfContents, list[Block], list[ParsedHead]]:
    """Return the contents, the blocks, and the heads of the articles.

    All lines of the contents stand above the first head, so that no line is read twice; what looks
    like contents below it is text of an article. As the contents show where heads are, and the
    first head where the contents must end, both are searched until they agree.
    """
    front_lines = _find_front_lines(lines)
    for _ in range(_MAX_CONTENTS_SEARCHES):
        table_of_contents = contents.find_contents(front_lines)
        blocks = article_heads.split_head_lines(
            split_blocks(lines, note_lines.openings), table_of_contents
        )
        heads = article_heads.find_heads(blocks, table_of_contents)
        if not heads:
            body, removed_lines = _remove_contents(blocks, table_of_contents)
            return TableOfContents(lines=removed_lines), body, heads
        if len(heads) == 1 and table_of_contents.lines and not table_of_contents.lists:
            body, removed_lines = _remove_contents(blocks, table_of_contents)
            single = article_heads.find_heads(body, TableOfContents())
            return TableOfContents(lines=removed_lines), body, single
        body_start = blocks[heads[0].start].lines[0].position
        front_lines = [line for line in front_lines if line.position < body_start]
        if table_of_contents.lines.issubset(front_lines):
            return table_of_contents, blocks, heads
    blocks = split_blocks(lines, note_lines.openings)
    return TableOfContents(), blocks, article_heads.find_heads(blocks, TableOfContents())


def _remove_contents(
    blocks: list[Block], table_of_contents: TableOfContents
) -> tuple[list[Block], frozenset[Line]]:
    """Return the blocks without contents that list the sections of an article, and their lines."""
    if table_of_contents.lists:
        return blocks, frozenset()
    body = [block for block in blocks if not table_of_contents.lines.intersection(block.lines)]
    return body, frozenset(_list_lines(blocks)) - frozenset(_list_lines(body))


def _keep_front_text(
    table_of_contents: TableOfContents, blocks: list[Block], heads: list[ParsedHead]
) -> tuple[TableOfContents, list[Block], list[ParsedHead]]:
    """Return contents, blocks and heads so that no prose stands before the first head.

    Where the contents list more articles than were found, the file is one article: a heading that
    happens to match a row, such as that of an index, begins none.
    """
    prose = front_text.find_prose(blocks[: heads[0].start], table_of_contents) if heads else None
    if prose is None:
        return table_of_contents, blocks, heads
    is_doubtful = front_text.are_heads_doubtful(heads, table_of_contents)
    searched = range(len(blocks)) if is_doubtful else range(prose, heads[0].start)
    body = [
        block
        for index, block in enumerate(blocks)
        if index not in searched or not table_of_contents.lines.intersection(block.lines)
    ]
    removed = frozenset(_list_lines(blocks)) - frozenset(_list_lines(body))
    if is_doubtful:
        return TableOfContents(lines=removed), body, []
    offset = len(blocks) - len(body)
    heads = [replace(head, start=head.start - offset, end=head.end - offset) for head in heads]
    front_head = front_text.build_front_head(body, prose, table_of_contents)
    table_of_contents = replace(table_of_contents, lines=table_of_contents.lines | removed)
    return table_of_contents, body, [front_head, *heads]


def _find_front_lines(lines: Sequence[Line]) -> list[Line]:
    """Return the lines that may hold the contents: those before the text of an article.

    The contents of a thesis stand below its abstract and topics.
    """
    heading = next(
        (
            index
            for index, line in enumerate(lines[:_MAX_ABSTRACT_LINES])
            if _PATTERNS["contents-heading"].match(line.text.strip())
        ),
        0,
    )
    front_lines = []
    for index, line in enumerate(lines):
        has_topics = index > heading and people.parse_topics(line.text.strip())
        if has_topics or len(line.text) > _MAX_FRONT_LINE:
            break
        front_lines.append(line)
    return front_lines


def _find_running_heads(
    blocks: Sequence[Block], heads: Sequence[ParsedHead], title: str, number: str
) -> frozenset[str]:
    """Return the keys of running heads.

    They are titles, lines of the cover with which a page begins, and short lines that occur three
    times or more, or with which two pages begin.
    """
    head_indexes = {index for head in heads for index in range(head.start, head.end)}
    body_start = heads[0].start if heads else 0
    lines = [
        (block_kinds.running_head_key(block.text), block.starts_page)
        for index, block in enumerate(blocks)
        if index >= body_start
        and index not in head_indexes
        and block_kinds.may_be_running_head(block)
    ]
    counts = Counter(key for key, _ in lines)
    beginnings = Counter(key for key, starts_page in lines if starts_page)
    keys = {key for key, count in counts.items() if count >= 3 or beginnings[key] > 1}
    keys |= _build_title_keys(heads, title, number)
    keys |= _find_author_keys(blocks, heads)
    keys |= _find_repeated_cover_lines(blocks, body_start)
    return frozenset(keys - {""})


def _build_title_keys(heads: Sequence[ParsedHead], title: str, number: str) -> set[str]:
    titles = (title, title + number, number + title, *(head.title for head in heads))
    return {block_kinds.running_head_key(text) for text in titles}


def _find_author_keys(blocks: Sequence[Block], heads: Sequence[ParsedHead]) -> set[str]:
    """Return the keys of authors whose names stand with a number where a page begins."""
    lines = {
        block_kinds.running_head_key(block.text)
        for block in blocks
        if block.starts_page and len(block.lines) == 1 and any(map(str.isdigit, block.text))
    }
    return lines.intersection(block_kinds.running_head_key(head.author) for head in heads)


def _find_repeated_cover_lines(blocks: Sequence[Block], body_start: int) -> set[str]:
    """Return the keys of lines before the first article with which a further page begins."""
    beginnings = {
        block_kinds.running_head_key(block.text)
        for block in blocks
        if block.starts_page and block_kinds.may_be_running_head(block)
    }
    cover = (block_kinds.running_head_key(block.text) for block in blocks[:body_start])
    return beginnings.intersection(cover)


@dataclass(frozen=True, slots=True)
class _ArticleDraft:
    """An article whose marks are assigned.

    Attributes:
        head: Its head.
        head_drafts: Its title, the line of its authors, and their institute.
        body: Its blocks and notes.
        drafts: Its headings and paragraphs.
        furniture: The place and the text of each running head, foot and page number.
        mark_forms: The conventions of the marks, by the conventions of the notes.
    """

    head: ParsedHead
    head_drafts: tuple[TextDraft, TextDraft, TextDraft]
    body: ArticleBody
    drafts: list[TextDraft]
    furniture: list[tuple[Position, str]]
    mark_forms: Mapping[str, frozenset[str]]


def _draft_article(
    head: ParsedHead,
    blocks: Sequence[Block],
    note_lines: NoteLines,
    running_heads: frozenset[str],
    report: Report,
) -> _ArticleDraft:
    for line, wrapper in head.markup:
        report.set_aside(line, wrapper, "markup")
    blocks = labels.take_records(blocks, report)
    if not head.topics.items:
        blocks, topics = labels.take_topics(blocks, report)
        head.topics = replace(topics, label="") if topics else head.topics
    head_drafts = (
        paragraphs.build_head_draft(head.line, head.title),
        paragraphs.build_head_draft(head.author_line, head.author),
        paragraphs.build_head_draft(head.institute_line, head.institute),
    )
    has_star = any(
        draft.text.rstrip().endswith(("*", "＊", "※", "†", "‡")) for draft in head_drafts
    )
    body = pages.separate_notes(blocks, note_lines, running_heads, has_star)
    body.split_run_on_notes(note_lines.mark_forms)
    note_labels = [(note.label, note.line) for note in body.notes]
    numbers = number_uniquely(note_labels, report, _find_note_series(body.notes))
    for note, number in zip(body.notes, numbers, strict=True):
        note.number = number
    drafts, loose_numbers = paragraphs.build_drafts(body, report)
    page_numbers = mark_assignment.assign_marks(
        head_drafts, drafts, loose_numbers, body.notes, note_lines.mark_forms, report
    )
    furniture = [
        *((block.position, block.text) for block in body.furniture),
        *((number.position, number.text) for number in page_numbers),
    ]
    for position, text in furniture:
        report.set_aside(position[0], text, "furniture")
    for block in body.labels:
        report.set_aside(block.line_number, block.text, "label")
    return _ArticleDraft(head, head_drafts, body, drafts, furniture, note_lines.mark_forms)


def _find_pages(lines: Sequence[Line], drafts: Sequence[_ArticleDraft]) -> PageMap:
    body = [body_block.block for draft in drafts for body_block in draft.body.blocks]
    return find_pages(lines, body, [item for draft in drafts for item in draft.furniture])


def _build_article(
    draft: _ArticleDraft, table_of_contents: TableOfContents, page_map: PageMap, report: Report
) -> Article:
    head = draft.head
    title_parts, author_parts, institute_parts = (
        paragraphs.extract_marks(head_draft, report) for head_draft in draft.head_drafts
    )
    title, title_marks, author_line = title_parts.text, title_parts.marks, author_parts.text
    row, translated_row = table_of_contents.get_rows(head.row_index)
    title, title_translated = choose_titles(title, bool(title_marks), row, translated_row)
    byline_marks = (
        NoteMark(len(title), mark.note) for mark in author_parts.marks + institute_parts.marks
    )
    marks = (*title_marks, *byline_marks)
    sections = paragraphs.build_sections(draft.drafts, page_map, report)
    report.set_aside(head.topics_line, head.topics.label, "label")
    return Article(
        title=title,
        title_translated=title_translated,
        authors=build_head_authors(
            author_line, head.author_line, translated_row.author if translated_row else "", report
        ),
        institute=institute_parts.text,
        topics=head.topics.items,
        sections=sections,
        notes=_build_notes(draft, marks, sections, page_map, report),
        marks=marks,
        page=head.page,
        line=head.line,
    )


def _build_notes(
    draft: _ArticleDraft,
    head_marks: Sequence[NoteMark],
    sections: Sequence[Section],
    page_map: PageMap,
    report: Report,
) -> tuple[Note, ...]:
    """Return the notes with all their fields; report those that were cut or have no mark."""
    raw_notes = draft.body.notes
    marked_numbers = {mark.note for mark in head_marks}
    for section in sections:
        marked_numbers |= {mark.note for mark in section.marks}
        marked_numbers |= {
            mark.note for paragraph in section.paragraphs for mark in paragraph.marks
        }
    unmarked = take_nested_marks(raw_notes, marked_numbers, draft.mark_forms)
    marked_numbers |= {mark.note for parts in unmarked for mark in parts.marks}
    notes: list[Note] = []
    for raw_note, parts in zip(raw_notes, unmarked, strict=True):
        for markup in (raw_note.markup, parts.markup):
            report.set_aside(raw_note.line, markup, "markup")
        for line in raw_note.joined_lines:
            report.add_finding(
                "joined",
                line,
                _MESSAGES["finding.joined_note"].format(
                    line=line, number=raw_note.number, first_line=raw_note.line
                ),
            )
        regions = page_map.build_regions(
            (parts.map_offset(offset), position) for offset, position in raw_note.pieces
        )
        repeated = notes[-1].number if raw_note.repeats_previous and notes else None
        notes.append(
            Note(
                raw_note.number,
                parts.text.strip(),
                resolves_to=repeated,
                line=raw_note.line,
                is_inline=raw_note.form in UNPRINTED_FORMS,
                regions=regions,
                marks=parts.marks,
            )
        )
    report_unmarked_notes(notes, marked_numbers, report)
    return finalize_notes(notes, report, series=_find_note_series(raw_notes))


def _find_note_series(notes: Sequence[RawNote]) -> list[str]:
    return find_series([note.label for note in notes], [note.form for note in notes])


def _report_missing_metadata(
    cover: Cover,
    table_of_contents: TableOfContents,
    heads: Sequence[ParsedHead],
    report: Report,
) -> None:
    for value, name in (
        (cover.title, "title"),
        (cover.date_printed, "date"),
        (cover.publisher, "publisher"),
    ):
        if not value:
            report.add_finding("no-metadata", 1, _MESSAGES[f"finding.no_publication_{name}"])
    for head in heads:
        if not head.author:
            report.add_finding(
                "no-metadata", head.line, _MESSAGES["finding.no_author"].format(line=head.line)
            )
    used_rows = {head.row_index for head in heads}
    for index, row in enumerate(table_of_contents.first_list):
        if index not in used_rows:
            report.add_finding(
                "no-metadata",
                row.line.number,
                _MESSAGES["finding.missing_article"].format(
                    line=row.line.number, title=row.title[:24]
                ),
            )

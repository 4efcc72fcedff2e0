"""Read PDF files by the places, sizes and fonts of their characters."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import ChainMap, Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from index.document import FindingKind, MetadataSource, Publication
from index.errors import ReadError
from index.messages import Message, MessageCatalogue
from index.readers.accounting import list_unprinted
from index.readers.assembly import assemble
from index.readers.flow import FlowBlock, FlowMetadata, FlowNote
from index.readers.flow_headings import complete_headings
from index.readers.paged.people import parse_names
from index.readers.pdf.affiliations import Affiliations, find_affiliations
from index.readers.pdf.contents import find_contents
from index.readers.pdf.found_notes import PageNotes
from index.readers.pdf.front_matter import (
    FrontMatter,
    find_front_matter,
    is_file_title,
    list_bylines,
)
from index.readers.pdf.glyphs import LINE_END_HYPHEN
from index.readers.pdf.headings import (
    OutlineEntry,
    PdfHeading,
    find_headings,
    list_heading_lines,
    split_run_in_heads,
)
from index.readers.pdf.insets import InsetKind
from index.readers.pdf.layout import Layout, lay_out_pages
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.mark_places import place_marks
from index.readers.pdf.marks import PlacedMark
from index.readers.pdf.ocr import recognize_pages
from index.readers.pdf.page_notes import find_page_notes
from index.readers.pdf.pages import MAX_PAGE_CHARACTERS, PrintedPage
from index.readers.pdf.paragraph_text import LineJoiner, build_paragraph
from index.readers.pdf.paragraphs import count_line_edges, split_paragraphs
from index.readers.pdf.parallel import read_pages
from index.readers.pdf.running_heads import find_part_heads, insert_heads, put_below
from index.readers.pdf.source import open_document, read_outline, read_properties
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")

_MAX_SHOWN = 20  # numbers of pages in a finding
_LEADING_BACKLINK = re.compile(r"[\^↑]\s(?:a\sb\s(?:[c-z]\s){0,24})?")
_BACKLINK = re.compile(r"[↩↑⏎](?:\ufe0e)?(?:\s?[↩↑⏎\d](?:\ufe0e)?){0,20}$")


def read(
    data: bytes, path: Path, *, ocr: bool = False, processes: int = 1
) -> tuple[Publication, str]:
    """Return the publication in a PDF file, and all text of its pages.

    Args:
        data: The file's content.
        path: The file, for errors.
        ocr: Whether the text of pages that are pictures is recognised.
        processes: How many may read pages: 1, or 2 if this one has no other threads.

    Raises:
        ReadError: If it needs a password, has no text layer, or is damaged.
    """
    document = open_document(data, path)
    try:
        pages = read_pages(document, processes)
        recognized = recognize_pages(document, pages, path) if ocr else ()
        outline = list(read_outline(document))
        properties = read_properties(document)
    finally:
        document.close()
    if not any(page.is_readable for page in pages):
        raise ReadError(_MESSAGES["pdf.damaged"].format(path=path))
    if not any(page.lines for page in pages):
        raise ReadError(_MESSAGES["pdf.no_text"].format(path=path, pages=len(pages)))
    layout = lay_out_pages(pages, (properties.get("Title") or "").strip())
    report = Report()
    _report_pages(pages, recognized, report)
    publication = _build_publication(layout, outline, properties, report)
    if recognized:
        articles = (replace(item, recognized_pages=recognized) for item in publication.articles)
        publication = replace(publication, articles=tuple(articles))
    texts = [text for page in pages for text in (*(line.text for line in page.lines), page.tilted)]
    text = "\n".join(texts).replace(LINE_END_HYPHEN, "-")
    return publication, f"{text}\n{list_unprinted(text, publication, with_numbers=False)}"


def _report_pages(pages: Sequence[PrintedPage], recognized: Sequence[int], report: Report) -> None:
    """Report the pages that are damaged, or pictures."""
    unread = [page.number for page in pages if not page.is_readable]
    pictures = [page.number for page in pages if page.is_picture]
    limit = f"{MAX_PAGE_CHARACTERS:,}"
    kinds: tuple[tuple[FindingKind, Message, Sequence[int]], ...] = (
        ("unread-page", _MESSAGES["finding.unread_pages"], unread),
        ("picture-page", _MESSAGES["finding.picture_pages"], pictures),
        ("recognized-page", _MESSAGES["finding.recognized_pages"], recognized),
    )
    for kind, message, numbers in kinds:
        if numbers:
            more = " …" if numbers[_MAX_SHOWN:] else ""
            shown = ", ".join(map(str, numbers[:_MAX_SHOWN])) + more
            values = {"count": len(numbers), "pages": shown, "limit": limit}
            report.add_finding(kind, numbers[0], message.format(**values))


def _build_publication(
    layout: Layout,
    outline: Sequence[OutlineEntry],
    properties: dict[str, str],
    report: Report,
) -> Publication:
    notes = find_page_notes(layout)
    excluded = notes.lines | notes.separators | notes.headings
    all_blocks = [block for page in layout.pages for block in page.blocks]
    titles = {entry.title.strip() for entry in outline}
    contents = find_contents([*_remove_lines(all_blocks, excluded)], titles)
    text_blocks = [*map(split_run_in_heads, _remove_lines(all_blocks, excluded | contents.lines))]
    affiliations = find_affiliations(text_blocks)
    marks = _place_marks(text_blocks, notes, affiliations)
    asides: dict[int, InsetKind] = dict.fromkeys(notes.asides, "box")
    insets = dict(ChainMap(*(dict(page.insets) for page in layout.pages), asides))
    no_headings = {line for line, kind in insets.items() if kind != "box"}
    front = find_front_matter([*_remove_lines(text_blocks, no_headings)], layout.body_size)
    front = replace(front, author_lines=(*front.author_lines, *affiliations.institutes))
    headings = find_headings(
        text_blocks, outline, layout.body_size, front, no_headings, layout.tags.headings
    )
    heads = find_part_heads(layout, headings.values())
    headings = put_below(headings, heads)
    text_blocks = insert_heads(text_blocks, heads)
    joiner = LineJoiner(
        (line for page in layout.pages for block in page.blocks for line in block.lines),
        {page.number: page.vertical_width for page in layout.pages if page.vertical_width},
    )
    bylines = (*front.author_lines, *list_bylines(text_blocks, list_heading_lines(headings)))
    insets |= dict.fromkeys(map(id, bylines), "byline")
    blocks = list(_build_blocks(text_blocks, headings, joiner, marks, insets, layout))
    pages = [block.line for block in blocks]
    labels = layout.labels
    flow_notes = []
    for note in notes.notes:
        text, _, regions = joiner.join(note.lines, {}, labels, {id(note.lines[0]): note.start})
        for backlink in filter(None, (_BACKLINK.search(text), _LEADING_BACKLINK.match(text))):
            report.set_aside(note.lines[-1].page, backlink[0], "markup")
            text = (text[: backlink.start()] + text[backlink.end() :]).rstrip()
        position = bisect_right(pages, note.page)
        flow_notes.append(FlowNote(note.label, text, regions, note.page, position))
    _set_furniture_aside(layout, notes, heads, report)
    _set_label_extra_text_aside(notes, marks, joiner, report)
    metadata = _merge_metadata(front, properties)
    completed, flow_notes = complete_headings(blocks, flow_notes)
    return assemble(completed, flow_notes, metadata, report, contents.entries)


def _place_marks(
    blocks: Sequence[LineBlock], notes: PageNotes, affiliations: Affiliations
) -> dict[int, list[PlacedMark]]:
    """Return the marks of notes in each line by its id: not those that lead to institutes."""
    linked = {id(line) for line in (*affiliations.names, *affiliations.institutes)}
    marks = place_marks([*_remove_lines(blocks, linked)], notes)
    others = affiliations.hide_labels(notes)
    for line in affiliations.names:
        marks |= place_marks([LineBlock((line,))], others)
    return marks


def _remove_lines(blocks: Iterable[LineBlock], excluded: Collection[int]) -> Iterator[LineBlock]:
    """Yield blocks without some of their lines."""
    for block in blocks:
        if lines := tuple(line for line in block.lines if id(line) not in excluded):
            yield LineBlock(lines, block.row_starts)


def _merge_metadata(front: FrontMatter, properties: dict[str, str]) -> FlowMetadata:
    """Return the title of the file's properties, else as printed; authors and date as printed."""
    title = (properties.get("Title") or "").strip()
    if not title or is_file_title(title):
        title = front.title
    names = parse_names((properties.get("Author") or "").strip())
    authors = front.authors or (names.items if names else ())
    sources = (
        MetadataSource("title", "first-page" if title == front.title else "metadata"),
        MetadataSource("authors", "first-page" if front.authors else "metadata"),
        MetadataSource("date", "first-page"),
    )
    return FlowMetadata(title, authors, front.publication_date, front.date_printed, sources=sources)


def _build_blocks(
    text_blocks: Sequence[LineBlock],
    headings: dict[int, PdfHeading],
    joiner: LineJoiner,
    marks: dict[int, list[PlacedMark]],
    insets: Mapping[int, InsetKind],
    layout: Layout,
) -> Iterator[FlowBlock]:
    """Yield headings and paragraphs in reading order."""
    in_headings = list_heading_lines(headings)
    edges = count_line_edges(text_blocks)
    labels = layout.labels
    pending: list[LineBlock] = []

    def flush() -> Iterator[FlowBlock]:
        for lines in split_paragraphs(pending, edges, marks, insets, layout.tags):
            paragraph = build_paragraph(lines, joiner, marks, labels)
            is_caption = insets.get(id(lines[0])) in {"caption", "label"}
            yield replace(paragraph, kind="caption" if is_caption else "text")
        pending.clear()

    for block in text_blocks:
        current: list[PageLine] = []
        for line in block.lines:
            if id(line) not in in_headings:
                current.append(line)
                continue
            if id(line) in headings:
                if current:
                    pending.append(LineBlock(tuple(current), block.row_starts))
                    current = []
                yield from flush()
                heading = headings[id(line)]
                yield build_paragraph(heading.lines, joiner, marks, labels, heading.level)
        if current:
            pending.append(LineBlock(tuple(current), block.row_starts))
    yield from flush()


def _set_furniture_aside(
    layout: Layout,
    notes: PageNotes,
    heads: Sequence[PageLine],
    report: Report,
) -> None:
    in_text = {id(line) for line in heads}
    for page in layout.pages:
        for line in page.running:
            if id(line) in in_text:
                continue
            report.set_aside(page.number, line.text, "furniture")
        report.set_aside(page.number, page.tilted, "furniture")
        for block in page.blocks:
            for line in block.lines:
                if id(line) in notes.separators:
                    report.set_aside(page.number, line.text, "furniture")
                if id(line) in notes.headings:
                    report.set_aside(page.number, line.text, "label")


def _set_label_extra_text_aside(
    notes: PageNotes, marks: dict[int, list[PlacedMark]], joiner: LineJoiner, report: Report
) -> None:
    """Set aside the brackets and stops around labels, and the hyphens that only end lines."""
    extra_text: defaultdict[int, str] = defaultdict(str)
    for note in notes.notes:
        printed = "".join(glyph.text for glyph in note.lines[0].glyphs[: note.start])
        extra_text[note.page] += _subtract(printed, note.label)
    for mark in (mark for line_marks in marks.values() for mark in line_marks):
        glyphs = mark.line.glyphs[mark.start : mark.end]
        if mark.tail:
            glyphs += mark.tail[0].glyphs[: mark.tail[1]]
        extra_text[mark.line.page] += _subtract("".join(glyph.text for glyph in glyphs), mark.label)
    for page, count in joiner.dropped_hyphens.items():
        extra_text[page] += "-" * count
    for page, text in extra_text.items():
        report.set_aside(page, text, "markup")


def _subtract(printed: str, label: str) -> str:
    """Return the characters of a printed label that are no part of its text."""
    printed, label = (unicodedata.normalize("NFKC", text) for text in (printed, label))
    return "".join((Counter(printed) - Counter(label)).elements())

"""Match the marks of a whole file: page by page, or chapter by chapter with lists of notes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.marks import PlacedMark, match_marks
from index.readers.pdf.page_notes import FoundNote, PageNotes


def place_marks(blocks: Sequence[LineBlock], notes: PageNotes) -> dict[int, list[PlacedMark]]:
    """Return the marks in each line by its id (`id(line)`), in order.

    Args:
        blocks: The blocks of text in reading order, without notes.
        notes: The notes of all pages.
    """
    lines_by_page: defaultdict[int, list[PageLine]] = defaultdict(list)
    for block in blocks:
        for line in block.lines:
            lines_by_page[line.page].append(line)
    by_line: defaultdict[int, list[PlacedMark]] = defaultdict(list)
    listed = [(i, note) for i, note in enumerate(notes.notes) if note.form == "bracketed"]
    first_page = 1
    for list_page in sorted({note.page for _, note in listed}):
        pages = range(first_page, list_page + 1)
        window = [line for page in pages for line in lines_by_page.get(page, ())]
        of_list = [(i, note) for i, note in listed if note.page == list_page]
        _add_marks(match_marks(window, of_list, in_brackets=True), by_line)
        first_page = list_page
    _place_foot_marks(lines_by_page, notes, by_line)
    return {line: sorted(marks, key=lambda mark: mark.start) for line, marks in by_line.items()}


def _place_foot_marks(
    lines_by_page: Mapping[int, Sequence[PageLine]],
    notes: PageNotes,
    by_line: defaultdict[int, list[PlacedMark]],
) -> None:
    """Add the marks of notes at the feet of pages.

    The marks of a page lead to its own notes; raised ones that are left over lead to a note that
    found no room there and stands on the next page, or to one on the page before, from which the
    line of the mark was moved on. Only then what is less certain is matched.
    """
    at_foot = _group_by_page(notes)
    certain = {
        page: match_marks(lines, at_foot.get(page, ()), are_certain=True)
        for page, lines in lines_by_page.items()
    }
    marked = {mark.note for marks in certain.values() for mark in marks}
    moved: set[int | None] = set()
    for page, lines in lines_by_page.items():
        nearby = [*at_foot.get(page - 1, ()), *at_foot.get(page + 1, ())]
        unmarked = [pair for pair in nearby if pair[0] not in marked]
        marks = match_marks(lines, unmarked, taken=certain[page], are_certain=True)
        _add_marks(marks, by_line)
        marked |= {mark.note for mark in marks}
        moved |= {mark.note for mark in marks}
    for page, lines in lines_by_page.items():
        own = [pair for pair in at_foot.get(page, ()) if pair[0] not in moved]
        taken = [mark for line in lines for mark in by_line.get(id(line), ())]
        _add_marks(match_marks(lines, own, taken=taken), by_line)


def _group_by_page(notes: PageNotes) -> defaultdict[int, list[tuple[int, FoundNote]]]:
    """Return the notes at the feet of each page, with their indexes."""
    by_page: defaultdict[int, list[tuple[int, FoundNote]]] = defaultdict(list)
    for index, note in enumerate(notes.notes):
        if note.form != "bracketed":
            by_page[note.page].append((index, note))
    return by_page


def _add_marks(marks: Sequence[PlacedMark], by_line: defaultdict[int, list[PlacedMark]]) -> None:
    for mark in marks:
        by_line[id(mark.line)].append(mark)

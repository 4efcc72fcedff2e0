"""Match the marks of a whole file: page by page, or chapter by chapter with lists of notes."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence

from index.readers.pdf.found_notes import FoundNote, PageNotes
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.marks import PlacedMark, match_list, match_marks, match_sequence

_MIN_DISTANT = 3  # marks of notes on other pages
_MIN_DISTANT_SHARE = 0.8  # of the notes without marks on their own pages


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
    _place_bracketed_marks(lines_by_page, notes, by_line)
    _place_listed_marks(blocks, notes, by_line)
    _place_foot_marks(lines_by_page, notes, by_line)
    return {line: sorted(marks, key=lambda mark: mark.start) for line, marks in by_line.items()}


def _place_bracketed_marks(
    lines_by_page: Mapping[int, Sequence[PageLine]],
    notes: PageNotes,
    by_line: defaultdict[int, list[PlacedMark]],
) -> None:
    """Add the marks of notes with labels in brackets.

    They stand on the page of the notes, else after the last such notes.
    """
    of_pages: defaultdict[int, list[tuple[int, FoundNote]]] = defaultdict(list)
    for index, note in enumerate(notes.notes):
        if note.form == "bracketed" and not note.list_index:
            of_pages[note.page].append((index, note))
    for last_page, numbered in of_pages.items():
        pages = range(_find_last_brackets(notes, last_page), last_page + 1)
        window = [line for page in pages for line in lines_by_page.get(page, ())]
        on_page = match_list(lines_by_page.get(last_page, ()), numbered)
        has_restarted = len(on_page) >= len(numbered)
        _add_marks(on_page if has_restarted else match_list(window, numbered), by_line)


def _find_last_brackets(notes: PageNotes, before: int) -> int:
    """Return the last page before another one that has notes with labels in brackets, else 1."""
    pages = {note.page for note in notes.notes if note.form == "bracketed"}
    return max((page for page in pages if page < before), default=1)


def _place_listed_marks(
    blocks: Sequence[LineBlock], notes: PageNotes, by_line: defaultdict[int, list[PlacedMark]]
) -> None:
    """Add the marks of notes in lists: they stand in the text after the list before."""
    lists: list[list[tuple[int, FoundNote]]] = [[] for _ in notes.list_starts]
    for index, note in enumerate(notes.notes):
        if note.list_index:
            lists[note.list_index - 1].append((index, note))
    windows: list[list[PageLine]] = [[] for _ in range(len(lists) + 1)]
    place = 0
    for block in blocks:
        for line in block.lines:
            place = notes.order.get(id(line), place)
            windows[bisect_left(notes.list_starts, place)].append(line)
    for window, numbered in zip(windows, lists, strict=False):
        first_page = 1
        if numbered and numbered[0][1].form == "bracketed":
            first_page = _find_last_brackets(notes, numbered[0][1].page)
        lines = [line for line in window if line.page >= first_page]
        _add_marks(match_list(lines, numbered), by_line)


def _place_foot_marks(
    lines_by_page: Mapping[int, Sequence[PageLine]],
    notes: PageNotes,
    by_line: defaultdict[int, list[PlacedMark]],
) -> None:
    """Add the marks of notes at the feet of pages.

    The marks of a page lead to its own notes; raised ones that are left over lead to a note that
    found no room there and stands on the next page, or to one on the page before, from which the
    line of the mark was moved on. Only then what is less certain is matched. Where the numbers of
    all notes are those of all marks in their order, that order decides.
    """
    at_foot = _group_by_page(notes)
    if marks := _match_restarting(lines_by_page, at_foot):
        _add_marks(marks, by_line)
        return
    certain = {
        page: match_marks(lines, at_foot.get(page, ()), are_certain=True)
        for page, lines in lines_by_page.items()
    }
    marked = {mark.note for marks in certain.values() for mark in marks}
    moved = _match_neighbours(lines_by_page, at_foot, certain, marked)
    taken = [*moved, *(mark for marks in certain.values() for mark in marks)]
    moved += _match_distant_marks(lines_by_page, at_foot, marked, taken)
    _add_marks(moved, by_line)
    moved_notes = {mark.note for mark in moved}
    for page, lines in lines_by_page.items():
        own = [pair for pair in at_foot.get(page, ()) if pair[0] not in moved_notes]
        of_page = [mark for line in lines for mark in by_line.get(id(line), ())]
        _add_marks(match_marks(lines, own, taken=of_page), by_line)


def _match_restarting(
    lines_by_page: Mapping[int, Sequence[PageLine]],
    at_foot: Mapping[int, Sequence[tuple[int, FoundNote]]],
) -> list[PlacedMark]:
    """Return the marks of notes whose numbers repeat, where no mark and no note is left over.

    Only their order tells which is which where a page has the last note of the page before.
    """
    numbered = [pair for page in sorted(at_foot) for pair in at_foot[page]]
    if len({note.label for _, note in numbered}) == len(numbered):
        return []
    lines = [line for page in sorted(lines_by_page) for line in lines_by_page[page]]
    return match_sequence(lines, numbered)


def _match_neighbours(
    lines_by_page: Mapping[int, Sequence[PageLine]],
    at_foot: Mapping[int, Sequence[tuple[int, FoundNote]]],
    certain: Mapping[int, Sequence[PlacedMark]],
    marked: set[int | None],
) -> list[PlacedMark]:
    """Return the marks of notes on the page before or after; adds the notes to the marked ones."""
    moved: list[PlacedMark] = []
    for page, lines in lines_by_page.items():
        nearby = [*at_foot.get(page - 1, ()), *at_foot.get(page + 1, ())]
        unmarked = [pair for pair in nearby if pair[0] not in marked]
        marks = match_marks(lines, unmarked, taken=certain[page], are_certain=True)
        marked |= {mark.note for mark in marks}
        moved += marks
    return moved


def _match_distant_marks(
    lines_by_page: Mapping[int, Sequence[PageLine]],
    at_foot: Mapping[int, Sequence[tuple[int, FoundNote]]],
    marked: set[int | None],
    taken: Sequence[PlacedMark],
) -> list[PlacedMark]:
    """Return the marks of notes that stand together at the end without a heading.

    They are so few where notes at the feet of pages have no marks that nothing is returned.
    """
    unmarked = [pair for pairs in at_foot.values() for pair in pairs if pair[0] not in marked]
    lines = [line for page in sorted(lines_by_page) for line in lines_by_page[page]]
    marks = match_marks(lines, unmarked, taken=taken, are_certain=True)
    is_list = len(marks) >= max(_MIN_DISTANT, _MIN_DISTANT_SHARE * len(unmarked))
    return marks if is_list else []


def _group_by_page(notes: PageNotes) -> defaultdict[int, list[tuple[int, FoundNote]]]:
    """Return the notes at the feet of each page, with their indexes."""
    by_page: defaultdict[int, list[tuple[int, FoundNote]]] = defaultdict(list)
    for index, note in enumerate(notes.notes):
        if note.form != "bracketed" and not note.list_index:
            by_page[note.page].append((index, note))
    return by_page


def _add_marks(marks: Sequence[PlacedMark], by_line: defaultdict[int, list[PlacedMark]]) -> None:
    for mark in marks:
        by_line[id(mark.line)].append(mark)

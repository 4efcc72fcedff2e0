"""Find lists of notes in small type at the ends of chapters, which no heading announces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.readers.pdf.endnotes import add_list, is_notes_heading, read_list
from index.readers.pdf.found_notes import FoundNote, PageNotes
from index.readers.pdf.labels import (
    Label,
    find_bracketed_labels,
    find_raised_labels,
    parse_note_label,
    parse_order,
)
from index.readers.pdf.layout import Layout
from index.readers.pdf.lines import PageLine

_FindMarks = Callable[[PageLine], Iterable[Label]]

_SMALL_RATIO = 0.95  # of the size of the text: a note is smaller
_HEADING_RATIO = 1.12  # of the size of the text
_MAX_MISSING = 2  # marks, one after another, that are not raised
_MAX_BELOW_HEADING = 4  # lines between the heading of a bibliography and its first work
_MIN_NOTES = 2  # in a list: one note alone may be of its page, and its mark too
_MIN_MARKED = 0.6  # of the notes of a list
_MIN_APART = 0.5  # of the notes of all lists: the others may stand at the feet of pages


@dataclass(frozen=True, slots=True)
class _Mark:
    page: int
    order: int


@dataclass(frozen=True, slots=True)
class _ChapterList:
    """A list of notes.

    Attributes:
        start: The index of its first line.
        end: The index after its last line.
        notes: Its notes.
        marks: The marks in the text before it.
    """

    start: int
    end: int
    notes: Sequence[FoundNote]
    marks: Sequence[_Mark]


def find_chapter_lists(layout: Layout, result: PageNotes) -> None:
    """Add the notes of lists in small type whose marks stand in all of the text before.

    Such lists are told from notes at the feet of pages by their marks, most of which stand on
    earlier pages, or by text below them.

    Args:
        layout: The pages.
        result: Without notes; receives them and their lines.
    """
    lines = [line for page in layout.pages for block in page.blocks for line in block.lines]
    for find_marks in (find_raised_labels, find_bracketed_labels):
        lists = _list_candidates(lines, _SMALL_RATIO * layout.body_size, find_marks)
        apart = sum(_count_apart(chapter, lines, layout.body_size) for chapter in lists)
        if apart and apart >= _MIN_APART * sum(len(chapter.notes) for chapter in lists):
            for chapter in lists:
                result.list_starts.append(chapter.start)
                add_list(chapter.notes, result)
            return


def _list_candidates(
    lines: Sequence[PageLine], max_size: float, find_marks: _FindMarks
) -> list[_ChapterList]:
    """Return the lists of notes that the marks in the text before them count up to."""
    lists: list[_ChapterList] = []
    marks: list[_Mark] = []
    following = 1  # the number of the next note, if the next list does not begin anew
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.size > max_size:
            _add_marks(find_marks(line), line.page, marks, following)
        elif (
            marks
            and _begins_with(line, marks[0].order)
            and not _is_bibliography(lines[max(index - _MAX_BELOW_HEADING, 0) : index])
        ):
            note_list, end = read_list(lines, index, marks[0].order)
            if _are_marked(note_list.notes, marks):
                lists.append(_ChapterList(index, end, note_list.notes, marks))
                marks, following, index = [], note_list.order + 1, end
                continue
        index += 1
    return lists


def _add_marks(labels: Iterable[Label], page: int, marks: list[_Mark], following: int) -> None:
    """Add the labels of a line that go on with some marks, or begin to count."""
    for label in labels:
        order = parse_order(label.text)
        if not order or label.start == 0:
            continue
        if order == 1 or (not marks and order == following):
            marks[:] = [_Mark(page, order)]
        elif marks and marks[-1].order < order <= marks[-1].order + 1 + _MAX_MISSING:
            marks.append(_Mark(page, order))


def _is_bibliography(lines: Sequence[PageLine]) -> bool:
    """Return whether a heading among the lines before a list says that it is one of works."""
    return any(is_notes_heading(line.text, with_references=True) for line in lines)


def _begins_with(line: PageLine, order: int) -> bool:
    label = parse_note_label(line)
    return label is not None and parse_order(label.text) == order


def _are_marked(notes: Sequence[FoundNote], marks: Sequence[_Mark]) -> bool:
    """Return whether notes are numbered without a gap, as far as some marks and most are marked."""
    orders = [parse_order(note.label) for note in notes]
    is_whole = orders == list(range(marks[0].order, marks[0].order + len(orders)))
    return (
        len(orders) >= _MIN_NOTES
        and is_whole
        and orders[-1] >= marks[-1].order
        and len(marks) >= _MIN_MARKED * len(orders)
    )


def _count_apart(chapter: _ChapterList, lines: Sequence[PageLine], body_size: float) -> int:
    """Return how many notes of a list are certainly at no foot of the page of their mark.

    Those above a heading are, since a chapter ends with them.
    """
    last = lines[chapter.end - 1]
    below = lines[chapter.end] if chapter.end < len(lines) else None
    if below is not None and below.page == last.page and _is_below(below, last):
        is_heading = below.is_bold or below.size > _HEADING_RATIO * body_size
        return len(chapter.notes) if is_heading else 0
    pages = {mark.order: mark.page for mark in chapter.marks}
    return sum(pages.get(parse_order(note.label), note.page) < note.page for note in chapter.notes)


def _is_below(line: PageLine, other: PageLine) -> bool:
    is_over = line.box.x0 < other.box.x1 and other.box.x0 < line.box.x1
    return is_over and line.baseline > other.baseline

"""Find lists of notes at the end of chapters and files, by their headings or their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.pdf.found_notes import FoundNote, PageNotes
from index.readers.pdf.labels import Label, find_raised_labels, parse_note_label, parse_order
from index.readers.pdf.layout import Layout
from index.readers.pdf.lines import PageLine
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")

_MAX_HEADING_LENGTH = 40
_MIN_NOTES = 2
_MIN_LISTED = 3  # in a list without a heading
_MARK_SHARE = 0.6  # of raised figures, for marks that count up
_CLOSE = 1.8  # of the font size, between the baselines of lines of a note
_MAX_SKIPPED = 2  # lines between a heading and the first note: the head of a chapter
_LOOK_AHEAD = 12  # lines below one that may begin with the next number
_MAX_MISSING = 2  # numbers that a list may leave out
_APART = 1.6  # of the font size, between the baselines of a head and of the lines around it
_MIN_INSET = 3.0  # of the font size, of a centred line from where notes begin
_LARGE_RATIO = 1.12  # of the size of the notes: a larger line is a heading
_SIZE_TOLERANCE = 0.08  # of the size of the notes
_LABEL_TOLERANCE = 3.0  # points, between labels that are set below one another


@dataclass(slots=True)
class NoteList:
    """A list of notes, while lines are added.

    Attributes:
        first: The number of its first note.
        notes: Its notes so far.
        size: The font size of the first one.
        order: The number of the last one.
        labels: Where the last label begins and ends.
        stop: What follows the labels.
        headings: The lines of the heads of chapters in it.
    """

    first: int = 1
    notes: list[FoundNote] = field(default_factory=list)
    size: float = 0.0
    order: int = 0
    labels: list[tuple[float, float]] = field(default_factory=list)
    stop: str = ""
    headings: list[PageLine] = field(default_factory=list)


def find_endnotes(layout: Layout, result: PageNotes, *, with_references: bool) -> None:
    """Add the notes that stand in lists under headings such as Notes or 註釋.

    Args:
        layout: The pages.
        result: Receives the notes, their lines, and the lines of the headings.
        with_references: Whether lists of works count.
    """
    lines = [line for page in layout.pages for block in page.blocks for line in block.lines]
    result.order = {id(line): index for index, line in enumerate(lines)}
    index = 0
    while index < len(lines):
        if not is_notes_heading(lines[index].text, with_references=True):
            index += 1
            continue
        note_list, end = read_list(lines, index + 1)
        if len(note_list.notes) < _MIN_NOTES:
            index += 1
            continue
        if not is_notes_heading(lines[index].text, with_references=with_references):
            result.references.update(_list_entry_lines(note_list.notes, layout))
            index += 1
            continue
        result.headings |= {id(line) for line in (lines[index], *note_list.headings)}
        result.list_starts.append(index)
        add_list(note_list.notes, result)
        index = end


def _list_entry_lines(entries: Sequence[FoundNote], layout: Layout) -> Iterator[int]:
    """Yield the ids of the lines of all blocks in which a numbered work begins."""
    first_lines = {id(entry.lines[0]) for entry in entries}
    for block in (block for page in layout.pages for block in page.blocks):
        if any(id(line) in first_lines for line in block.lines):
            yield from map(id, block.lines)


def find_list_without_heading(layout: Layout, result: PageNotes) -> None:
    """Add the notes of a list after the text whose numbers are those of most raised figures.

    Some raised figures may be powers, and marks may stand again.

    Args:
        layout: The pages.
        result: Without notes; receives them and their lines.
    """
    lines = [line for page in layout.pages for block in page.blocks for line in block.lines]
    marks = [
        (index, label.text)
        for index, line in enumerate(lines)
        for label in find_raised_labels(line)
        if label.start > 0 and label.text.isdecimal()
    ]
    counted = _count_up(marks)
    if len(counted) < max(_MIN_LISTED, _MARK_SHARE * len(marks)):
        return
    numbers = [str(number) for number in range(1, len(counted) + 1)]
    start = _find_first_note(lines, counted[-1] + 1)
    notes = read_list(lines, start)[0].notes
    if [note.label for note in notes] == numbers:
        notes[-1].lines = notes[-1].lines[: _count_close_lines(notes[-1].lines)]
        result.list_starts.append(start)
        add_list(notes, result)


def _count_up(marks: Sequence[tuple[int, str]]) -> list[int]:
    """Return the indexes of the lines of the first marks that count up from one."""
    counted: list[int] = []
    for index, label in marks:
        if int(label) == len(counted) + 1:
            counted.append(index)
    return counted


def _find_first_note(lines: Sequence[PageLine], start: int) -> int:
    """Return the index of the first line with the label 1; the number of lines if none has it."""
    for index in range(start, len(lines)):
        label = parse_note_label(lines[index])
        if label and label.text == "1":
            return index
    return len(lines)


def _count_close_lines(lines: Sequence[PageLine]) -> int:
    """Return how many lines stand close below one another, or go on with a sentence."""
    pairs = enumerate(pairwise(lines), 1)
    return next(
        (
            index
            for index, (line, below) in pairs
            if not 0 < below.baseline - line.baseline < _CLOSE * line.size
            and detect_ending(line.text) is Ending.FINISHED
        ),
        len(lines),
    )


def add_list(notes: Sequence[FoundNote], result: PageNotes) -> None:
    """Add the notes of the last list that begins in a file.

    Args:
        notes: The notes.
        result: Receives them and their lines.
    """
    for note in notes:
        note.list_index = len(result.list_starts)
        result.lines |= {id(line) for line in note.lines}
    result.notes += notes


def is_notes_heading(text: str, *, with_references: bool) -> bool:
    """Return whether a line is the heading of a list of notes.

    Args:
        text: Of the line.
        with_references: Whether lists of works count.
    """
    if len(text) > _MAX_HEADING_LENGTH or not _PATTERNS["notes-heading"].fullmatch(text):
        return False
    return with_references or not _PATTERNS["references-heading"].fullmatch(text)


def read_list(lines: Sequence[PageLine], start: int, first: int = 1) -> tuple[NoteList, int]:
    """Return the notes that begin at a line or soon below it, and the index after the last line.

    Args:
        lines: All lines of a file, in reading order.
        start: The index of the line.
        first: The number of the first note.
    """
    note_list = NoteList(first)
    index = start
    while index < len(lines):
        line = lines[index]
        label = _find_next_label(lines, index, note_list)
        if _is_head_above_first(lines, index):
            note_list.headings.append(line)
            note_list.order = 0
        elif label is not None:
            _add_note(label, line, note_list)
        elif not note_list.notes:
            if index - start >= _MAX_SKIPPED:
                break
            note_list.headings.append(line)
        elif _PATTERNS["list-heading"].fullmatch("".join(line.text.split())):
            break
        elif _is_heading(line, note_list):
            length = _count_heading_lines(lines, index, note_list)
            if not length:
                break
            note_list.headings += lines[index : index + length]
            note_list.order = 0
            index += length - 1
        else:
            note_list.notes[-1].lines.append(line)
        index += 1
    return note_list, index


def _find_next_label(lines: Sequence[PageLine], index: int, note_list: NoteList) -> Label | None:
    """Return the label with which a line goes on with a list, or begins one."""
    label = parse_note_label(lines[index])
    if label is not None and _is_next(label, lines[index], note_list):
        skips = note_list.notes and parse_order(label.text) > note_list.order + 1
        return None if skips and _is_used_below(lines, index, note_list.order + 1) else label
    return _find_glued_label(lines, index, note_list)


def _is_used_below(lines: Sequence[PageLine], index: int, number: int) -> bool:
    """Return whether a line soon below another one begins with the number of a note."""
    labels = map(parse_note_label, lines[index + 1 : index + 1 + _LOOK_AHEAD])
    return any(label is not None and label.text == str(number) for label in labels)


def _is_head_above_first(lines: Sequence[PageLine], index: int) -> bool:
    """Return whether a line is the head of a chapter above the first note of it.

    It stands far in, or apart from the lines around it and in a font of its own.
    """
    if index + 1 >= len(lines) or lines[index].page != lines[index + 1].page:
        return False
    line, below = lines[index : index + 2]
    label = parse_note_label(below)
    if label is None or parse_order(label.text) != 1:
        return False
    if line.box.x0 - below.box.x0 > _MIN_INSET * below.size:
        return True
    is_apart = below.baseline - line.baseline > _APART * line.size and (
        line.page != lines[index - 1].page
        or abs(line.baseline - lines[index - 1].baseline) > _APART * line.size
    )
    return is_apart and detect_ending(line.text) is not Ending.FINISHED and line.font != below.font


def _find_glued_label(lines: Sequence[PageLine], index: int, note_list: NoteList) -> Label | None:
    """Return the next number of a list whose numbers have neither stop nor blank after them.

    It stands before a figure: 486 Fed. Reg. is note 4. The sentence before has ended, and no other
    line has the number.
    """
    if not note_list.notes or note_list.stop:
        return None
    first = note_list.notes[0]
    number = str(note_list.order + 1)
    if first.start >= len(first.lines[0].glyphs) or first.lines[0].has_blank_before(first.start):
        return None
    printed = lines[index].printed
    if not printed.startswith(number) or not printed[len(number) : len(number) + 1].isdecimal():
        return None
    if (
        _is_used_below(lines, index, int(number))
        or detect_ending(lines[index - 1].text) is not Ending.FINISHED
    ):
        return None
    return Label(number, 0, len(number), "plain")


def _add_note(label: Label, line: PageLine, note_list: NoteList) -> None:
    note_list.notes.append(FoundNote(label.text, line.page, label.form, [line], label.end))
    note_list.size = note_list.size or line.size
    note_list.stop = note_list.stop if len(note_list.notes) > 1 else label.stop
    note_list.order = parse_order(label.text)
    note_list.labels = [(line.box.x0, line.glyphs[label.end - 1].x1)]


def _is_next(label: Label, line: PageLine, note_list: NoteList) -> bool:
    """Return whether a label goes on with a list, or begins one."""
    order = parse_order(label.text)
    if note_list.notes and label.stop != note_list.stop:
        return False
    if not note_list.notes:
        return order == note_list.first
    if order == 1:
        return note_list.order != 1
    if not note_list.order < order <= note_list.order + 1 + _MAX_MISSING:
        return False
    return order == note_list.order + 1 or any(
        min(abs(line.box.x0 - x0), abs(line.glyphs[label.end - 1].x1 - x1)) < _LABEL_TOLERANCE
        for x0, x1 in note_list.labels
    )


def _is_heading(line: PageLine, note_list: NoteList) -> bool:
    """Return whether a line stands out of a list of notes."""
    is_bold = line.is_bold and not note_list.notes[0].lines[0].is_bold
    return line.size > _LARGE_RATIO * note_list.size or is_bold


def _count_heading_lines(lines: Sequence[PageLine], start: int, note_list: NoteList) -> int:
    """Return how many lines are the head of a chapter in a list, below which it begins anew.

    It is 0 where the list ends.
    """
    for index in range(start + 1, min(start + _MAX_SKIPPED + 2, len(lines))):
        line = lines[index]
        label = parse_note_label(line)
        if label and parse_order(label.text) == 1:
            has_size = abs(line.size - note_list.size) <= _SIZE_TOLERANCE * note_list.size
            return index - start if has_size else 0
    return 0

"""Find what looks like notes or marks and is not read as such."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.readers.notes import references
from index.readers.notes.mark_offsets import MarkOffsets
from index.readers.notes.readings import Reading
from index.readers.notes.runs import Run

_MIN_MARKS = 3  # that count up from one
_UNAMBIGUOUS_MARKS = frozenset({"annotation", "tortoise", "lenticular", "square"})


@dataclass(frozen=True, slots=True)
class UnreadNotes:
    """Lines that look like notes, but that nothing in the text marks.

    Attributes:
        first_line: The index of the first line.
        last_line: The index of the last line at which one begins.
        first_label: The label of the first.
        last_label: The label of the last.
    """

    first_line: int
    last_line: int
    first_label: str
    last_label: str


@dataclass(frozen=True, slots=True)
class UnreadMarks:
    """What counts up like the marks of notes, though the file has no such notes.

    Attributes:
        first_line: The index of the line of the first.
        last_line: The index of the line of the last.
        last_label: The label of the last; the first is 1.
    """

    first_line: int
    last_line: int
    last_label: str


def find_unread_notes(
    runs: Sequence[Run], readings: Sequence[Reading], lines: Sequence[str]
) -> Iterator[UnreadNotes]:
    """Yield the runs that look like notes though nothing marks them.

    Args:
        runs: Lines that may be notes.
        readings: Which of them are.
        lines: Of the file.
    """
    taken = {line.index for reading in readings for run in reading.runs for line in run.lines}
    last_line = -1
    for run in sorted(runs, key=lambda run: run.lines[0].index):
        first, last = run.lines[0], run.lines[-1]
        if first.index <= last_line or any(line.index in taken for line in run.lines):
            continue
        texts = [lines[line.index].strip()[line.opening.text_start :] for line in run.lines]
        citing = sum(references.is_citation(text.rstrip("。. ")) for text in texts)
        is_named = run.form == "annotation" or run.has_heading
        if run.form != "line" and len(texts) > 1 and (is_named or citing * 2 >= len(texts)):
            last_line = last.index
            yield UnreadNotes(first.index, last.index, first.opening.label, last.opening.label)


def find_unread_marks(
    marks: Sequence[MarkOffsets], offsets: Sequence[int]
) -> Iterator[UnreadMarks]:
    """Yield what counts up in the text as marks of notes do.

    Args:
        marks: The possible marks of the conventions that are not read.
        offsets: Where each line begins in the text.
    """
    for of_form in marks:
        counted = of_form.count_up() if of_form.form in _UNAMBIGUOUS_MARKS else []
        if len(counted) >= _MIN_MARKS:
            first, last = (
                bisect_right(offsets, offset) - 1 for offset in (counted[0], counted[-1])
            )
            yield UnreadMarks(first, last, str(len(counted)))

"""Find the lines at which notes begin, and the conventions by which a text marks them.

What begins like a note may also be an item of a list, a heading or a verse. So the lines of each
convention are gathered into runs of rising numbers, and marks in the text before a run show whether
its lines are notes: those of its own convention, or of another (⑴ in the text, 〔1〕 at the note).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from index.messages import MessageCatalogue
from index.readers.notes.conventions import NoteOpening, load_conventions
from index.readers.notes.mark_offsets import MarkOffsets
from index.readers.notes.readings import Reading, choose_readings
from index.readers.notes.runs import find_runs
from index.readers.notes.unread import (
    UnreadMarks,
    UnreadNotes,
    find_unread_labels,
    find_unread_marks,
    find_unread_notes,
)
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")


@dataclass(frozen=True, slots=True)
class DetectedNotes:
    """Where the notes of a file begin, and how it marks them.

    Attributes:
        openings: How each note begins, by the index of its line.
        mark_forms: The conventions of the marks, by the conventions of the notes.
        marked_lines: The index of the line on which the mark of a note was found, by the index of
            the note's line; only where it was.
        unread: What looks like notes besides, in order.
        unread_marks: What looks like marks besides.
    """

    openings: Mapping[int, NoteOpening] = field(default_factory=dict)
    mark_forms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    marked_lines: Mapping[int, int] = field(default_factory=dict)
    unread: tuple[UnreadNotes, ...] = ()
    unread_marks: tuple[UnreadMarks, ...] = ()


def detect_notes(lines: Sequence[str]) -> DetectedNotes:
    """Return where notes begin, and how they are marked.

    Args:
        lines: Of a whole file; those that hold no text (code, a table of contents) are empty.
    """
    text = "\n".join(lines)
    offsets = list(accumulate((len(line) + 1 for line in lines), initial=0))
    runs = find_runs(lines, offsets)
    openings = {(line.offset, run.form) for run in runs for line in run.lines}
    note_forms = dict.fromkeys(run.form for run in runs)
    conventions = load_conventions()
    marks = [
        marks
        for form, convention in conventions.items()
        if convention.mark and (marks := MarkOffsets(text, form, openings))
    ]
    readings = choose_readings(runs, list(note_forms), marks, lines)
    read_forms = {reading.mark_form for reading in readings}
    detected = _combine(readings, offsets)
    unread = list(find_unread_notes(runs, readings, lines))
    if not (unread or detected.openings):
        unread += find_unread_labels(lines)
    return replace(
        detected,
        unread=tuple(unread),
        unread_marks=tuple(
            find_unread_marks(
                [of_form for of_form in marks if of_form.form not in read_forms], offsets
            )
        ),
    )


def report_unread(detected: DetectedNotes, line_numbers: Sequence[int], report: Report) -> None:
    """Report what looks like notes or marks and was not read as such.

    Args:
        detected: The notes of a file.
        line_numbers: The number of each of its lines.
        report: Receives the findings.
    """
    for notes in detected.unread:
        first, last = line_numbers[notes.first_line], line_numbers[notes.last_line]
        report.add_finding(
            "unread-notes",
            first,
            _MESSAGES["finding.unread_notes"].format(
                line=first, last_line=last, number=notes.first_label, last_number=notes.last_label
            ),
        )
    for marks in detected.unread_marks:
        first, last = line_numbers[marks.first_line], line_numbers[marks.last_line]
        report.add_finding(
            "unread-marks",
            first,
            _MESSAGES["finding.unread_marks"].format(
                line=first, last_line=last, last_number=marks.last_label
            ),
        )


def _combine(readings: Sequence[Reading], offsets: Sequence[int]) -> DetectedNotes:
    """Return what readings say of the lines that begin at these offsets."""
    note_lines = [line for reading in readings for run in reading.runs for line in run.lines]
    mark_forms: dict[str, frozenset[str]] = {}
    marked_lines: dict[int, int] = {}
    for reading in readings:
        others = mark_forms.get(reading.note_form, frozenset())
        mark_forms[reading.note_form] = others | {reading.mark_form}
        for note, offset in reading.offsets.items():
            marked_lines[note] = bisect_right(offsets, offset) - 1
    return DetectedNotes(
        {line.index: line.opening for line in note_lines},
        mark_forms,
        marked_lines,
    )

"""Find what looks like notes or marks and is not read as such."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.readers.notes import references
from index.readers.notes.back_references import parse_back_reference
from index.readers.notes.conventions import load_conventions
from index.readers.notes.mark_offsets import MarkOffsets
from index.readers.notes.masking import mask
from index.readers.notes.readings import Reading
from index.readers.notes.runs import Run

_ENCLOSED = r"[\[［(（【〔《〈「<＜{#][#A-Za-z0-9一二三四五六七八九十]{1,8}[\]］)）】〕》〉」>＞}]?"
_LABEL_IN_TEXT = re.compile(rf"(?<=\w){_ENCLOSED}|(?<=[.,;:!?。，；：！？」』”’》]){_ENCLOSED}")
_LABEL_AT_START = re.compile(rf"\s*({_ENCLOSED})(?!\()[:：.]?(?=\s|[^\x00-\x7f])")
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
        citing = sum(_cites(text.rstrip("。. ")) for text in texts)
        if run.form != "line" and len(texts) > 1 and _look_like_notes(run, citing):
            last_line = last.index
            yield UnreadNotes(first.index, last.index, first.opening.label, last.opening.label)


def _look_like_notes(run: Run, citing: int) -> bool:
    """Return whether lines look like notes, of which some cite; items of lists may cite, too."""
    if run.form == "annotation" or run.has_heading:
        return True
    is_certain = load_conventions()[run.form].evidence in ("opening", "marks")
    return citing * 2 >= len(run.lines) + (not is_certain)


def find_unread_labels(lines: Sequence[str]) -> Iterator[UnreadNotes]:
    """Yield lines that cite and begin with labels of any form, if these stand in the text too.

    Args:
        lines: Of a file without notes.
    """
    in_text = {match[0] for line in lines for match in _LABEL_IN_TEXT.finditer(line)}
    labelled = [
        (index, match[1], line[match.end() :])
        for index, line in enumerate(lines)
        if (match := _LABEL_AT_START.match(line)) and match[1] in in_text
    ]
    if len({label for _, label, _ in labelled}) < _MIN_MARKS:
        return
    citing = sum(_cites(text.strip().rstrip("。. ")) for _, _, text in labelled)
    if citing * 2 >= len(labelled):
        (first, first_label, _), (last, last_label, _) = labelled[0], labelled[-1]
        yield UnreadNotes(first, last, first_label, last_label)


def _cites(text: str) -> bool:
    return references.is_citation(text) or parse_back_reference(mask(text)) is not None


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

"""Find the lines at which notes begin, and the conventions by which a text marks them.

What begins like a note may also be an item of a list, a heading or a verse. So the lines of each
convention are gathered into runs of rising numbers, and marks in the text before a run show whether
its lines are notes: those of its own convention, or of another (⑴ in the text, 〔1〕 at the note).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import accumulate

from index.messages import MessageCatalogue
from index.readers.notes import references
from index.readers.notes.conventions import (
    NoteOpening,
    find_marks,
    load_conventions,
    normalize_label,
    parse_opening,
    parse_ordinal,
)
from index.readers.report import Report
from index.text.characters import measure_width
from index.text.patterns import load_patterns

_MESSAGES = MessageCatalogue("index", "readers")
_PATTERNS = load_patterns("index.readers")
_FIRST_CHARACTER = re.compile(r"[0-9０-９註注⁰¹²³⁴-⁹①-⒇㉑-㊿❶-❿\[［〔﹝【（(<$^\\*＊※†‡]")
_MAX_HEADING_WIDTH = 60  # columns, of a numbered heading without a full stop
_MIN_MIXED = 2  # marks that lead to notes of another form
_MIN_MARKS = 3  # that count up from one
_UNAMBIGUOUS_MARKS = frozenset({"annotation", "tortoise", "lenticular", "square"})
_MAX_LOST = 2  # notes that may be missing between two runs
_HEADING_DISTANCE = 2  # lines that are not blank, up to the heading over notes
_LOOSE_NUMBER = re.compile(r"^[ \t]*[0-9０-９]{1,3}[ \t]*$", re.MULTILINE)
_NOTE_PUNCTUATION = re.compile(r"[，,《〈“：:*]")  # of references, hardly of headings
_FINAL_PUNCTUATION = tuple("。.！!？?）)」”】]>》；;")


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


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that begins as a note of a convention does."""

    index: int
    offset: int  # in the text of all lines
    ordinal: int
    opening: NoteOpening


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines of one convention with rising numbers, and no paragraph between them."""

    form: str
    lines: tuple[_Line, ...]
    has_heading: bool

    @property
    def first(self) -> int:
        return self.lines[0].ordinal

    @property
    def last(self) -> int:
        return self.lines[-1].ordinal


@dataclass(slots=True)
class _Reading:
    """The runs of a convention that are notes if another convention marks them."""

    note_form: str
    mark_form: str
    runs: list[_Run] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)  # of marks, by the line of their note

    @property
    def score(self) -> float:
        """How many marks lead to notes; a convention's own marks come first."""
        return len(self.offsets) * (1.25 if self.note_form == self.mark_form else 1)


class _Marks:
    """The places of the marks of one convention, by number or sign."""

    def __init__(self, text: str, form: str, openings: Set[tuple[int, str]]) -> None:
        self.form = form
        self._offsets: dict[int | str, list[int]] = {}
        for mark in find_marks(text, (form,)):
            if (mark.start, form) not in openings:
                for label in mark.labels:
                    self._offsets.setdefault(_get_key(label), []).append(mark.start)
        self._loose: dict[int | str, list[int]] = {}
        if load_conventions()[form].evidence == "marks":
            for match in _LOOSE_NUMBER.finditer(text):
                key = parse_ordinal(normalize_label(match[0].strip()))
                self._loose.setdefault(key, []).append(match.start())

    def __bool__(self) -> bool:
        return bool(self._offsets or self._loose)

    def remove(self, offsets: Mapping[int, int]) -> None:
        """Remove the marks that lead to notes."""
        taken = set(offsets.values())
        for key, listed in self._offsets.items():
            self._offsets[key] = [offset for offset in listed if offset not in taken]

    def match_any(self, run: _Run, start: int) -> dict[int, int]:
        """Return the marks of a run from an offset on, in any order, by the lines of the notes."""
        matched = {}
        for line in run.lines:
            offset = self._find_first(line, start, run.lines[0].offset)
            if offset is not None:
                matched[line.index] = offset
        return matched

    def match_in_order(self, run: _Run, start: int) -> dict[int, int]:
        """Return the marks of a run from an offset on that stand in the order of the notes."""
        backward, end = {}, run.lines[0].offset
        for line in reversed(run.lines):
            offset = self._find_last(line, start, end)
            if offset is not None:
                backward[line.index] = end = offset
        forward, begin = {}, start
        for line in run.lines:
            offset = self._find_first(line, begin, run.lines[0].offset)
            if offset is not None:
                forward[line.index], begin = offset, offset
        # At the end of a file the marks of the first list come first, at a page's foot last.
        choices = (forward, backward) if run.has_heading else (backward, forward)
        return max(choices, key=len)

    def _find_last(self, line: _Line, start: int, end: int) -> int | None:
        for offsets in self._list_offsets(line):
            index = bisect_left(offsets, end) - 1
            if index >= 0 and offsets[index] >= start:
                return offsets[index]
        return None

    def _find_first(self, line: _Line, start: int, end: int) -> int | None:
        for offsets in self._list_offsets(line):
            index = bisect_left(offsets, start)
            if index < len(offsets) and offsets[index] < end:
                return offsets[index]
        return None

    def _list_offsets(self, line: _Line) -> Iterator[list[int]]:
        """Yield the marks of a note's label, then the numbers alone on lines that may be some."""
        key = _get_key(line.opening.label)
        yield self._offsets.get(key, [])
        if line.opening.form == self.form:
            yield self._loose.get(key, [])

    def count_up(self) -> list[int]:
        """Return the offsets of marks that count up from one."""
        counted: list[int] = []
        while offsets := self._offsets.get(len(counted) + 1):
            index = bisect_left(offsets, counted[-1]) if counted else 0
            if index == len(offsets):
                break
            counted.append(offsets[index])
        return counted


def _get_key(label: str) -> int | str:
    return parse_ordinal(label) or label


def detect_notes(lines: Sequence[str]) -> DetectedNotes:
    """Return where notes begin, and how they are marked.

    Args:
        lines: Of a whole file; those that hold no text (code, a table of contents) are empty.
    """
    text = "\n".join(lines)
    offsets = list(accumulate((len(line) + 1 for line in lines), initial=0))
    runs = _find_runs(lines, offsets)
    openings = {(line.offset, run.form) for run in runs for line in run.lines}
    note_forms = dict.fromkeys(run.form for run in runs)
    conventions = load_conventions()
    marks = [
        marks
        for form, convention in conventions.items()
        if convention.mark and (marks := _Marks(text, form, openings))
    ]
    readings = _choose_readings(runs, list(note_forms), marks, lines)
    read_forms = {reading.mark_form for reading in readings}
    return replace(
        _combine(readings, offsets),
        unread=tuple(_find_unread(runs, readings, lines)),
        unread_marks=tuple(
            _find_unread_marks(
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


def _combine(readings: Sequence[_Reading], offsets: Sequence[int]) -> DetectedNotes:
    """Return what readings say of the lines that begin at these offsets."""
    note_lines = [line for reading in readings for run in reading.runs for line in run.lines]
    mark_forms: dict[str, frozenset[str]] = {}
    marked_lines: dict[int, int] = {}
    for reading in readings:
        mark_forms[reading.note_form] = frozenset((reading.mark_form,))
        for note, offset in reading.offsets.items():
            marked_lines[note] = bisect_right(offsets, offset) - 1
    return DetectedNotes(
        {line.index: line.opening for line in note_lines},
        mark_forms,
        marked_lines,
    )


def _find_runs(lines: Sequence[str], offsets: Sequence[int]) -> list[_Run]:
    """Return the runs of all conventions."""
    by_form: dict[str, list[_Line]] = {form: [] for form in load_conventions()}
    for index, line in enumerate(lines):
        stripped = line.lstrip()
        if not _FIRST_CHARACTER.match(stripped):
            continue
        offset = offsets[index] + len(line) - len(stripped)
        for form, listed in by_form.items():
            opening = parse_opening(stripped.rstrip(), (form,))
            if opening and (form != "line" or _has_text_below(lines, index)):
                listed.append(_Line(index, offset, parse_ordinal(opening.label), opening))
    paragraph_counts = list(accumulate(_starts_paragraph(lines, i) for i in range(len(lines))))
    runs: list[_Run] = []
    for form, listed in by_form.items():
        previous: _Run | None = None
        for run in _split_runs(form, listed, lines, paragraph_counts):
            is_listed = (
                previous is not None
                and previous.has_heading
                and _are_in_one_list(previous, run, lines)
            )
            previous = replace(run, has_heading=run.has_heading or is_listed)
            runs.append(previous)
    return runs


def _are_in_one_list(previous: _Run, run: _Run, lines: Sequence[str]) -> bool:
    """Return whether only headings, as of chapters, stand between two runs."""
    between = [line.strip() for line in lines[previous.lines[-1].index + 1 : run.lines[0].index]]
    if "" in between:
        between = between[between.index("") :]
    headings = list(filter(None, between))
    return len(headings) <= _HEADING_DISTANCE and all(
        measure_width(heading) < _MAX_HEADING_WIDTH and not heading.endswith(_FINAL_PUNCTUATION)
        for heading in headings
    )


def _has_text_below(lines: Sequence[str], index: int) -> bool:
    """Return whether the note of a number alone on its line stands below it."""
    below = [line.strip() for line in lines[index + 1 : index + 3]]
    text = next(filter(None, below), "")
    return len(text) > 1 and not text.isdecimal()


def _starts_paragraph(lines: Sequence[str], index: int) -> bool:
    """Return whether a paragraph that is no continuation of a note begins with a line."""
    line = lines[index]
    is_after_blank = index == 0 or not lines[index - 1].strip()
    return bool(line.strip()) and is_after_blank and not line.startswith(("  ", "\t", "\u3000"))


def _split_runs(
    form: str, listed: Sequence[_Line], lines: Sequence[str], paragraph_counts: Sequence[int]
) -> Iterator[_Run]:
    """Yield the runs of one convention: numbers that rise one by one, side by side."""
    current: list[_Line] = []
    for line in listed:
        if current:
            last = current[-1]
            starts_itself = _starts_paragraph(lines, line.index)
            between = paragraph_counts[line.index] - paragraph_counts[last.index] - starts_itself
            if form == "line" and not lines[last.index + 1].strip():
                between -= 1  # the text of the note
            is_same = form == "star" and line.opening.label == last.opening.label
            is_next = is_same or (line.ordinal == last.ordinal + 1 and line.ordinal > 1)
            if is_next and between == 0:
                current.append(line)
                continue
            if not starts_itself and between == 0 and line.ordinal > 1:
                continue  # a number at the start of a line that a paragraph happens to break
            yield _Run(form, tuple(current), _has_heading(lines, current[0].index))
        current = [line]
    if current:
        yield _Run(form, tuple(current), _has_heading(lines, current[0].index))


def _has_heading(lines: Sequence[str], index: int) -> bool:
    """Return whether a heading such as Notes or 註釋 stands over a line."""
    distance = 0
    for line_index in range(index - 1, max(index - 8, -1), -1):
        text = lines[line_index].strip()
        if text:
            if is_notes_heading(text):
                return True
            distance += 1
            if distance == _HEADING_DISTANCE or len(text) > _MAX_HEADING_WIDTH:
                return False
    return False


def is_notes_heading(text: str) -> bool:
    """Return whether a line is a heading over notes, such as 注 释, Notes or References.

    Args:
        text: A line without blanks at its ends.
    """
    return len(text) <= _MAX_HEADING_WIDTH and bool(_PATTERNS["notes-heading"].fullmatch(text))


def _choose_readings(
    runs: Sequence[_Run], note_forms: list[str], marks: Sequence[_Marks], lines: Sequence[str]
) -> list[_Reading]:
    """Return the readings that hold, the best first; no line and no mark is in two of them."""
    chosen: list[_Reading] = []
    taken: set[int] = set()
    while note_forms:
        readings = [
            reading
            for form in note_forms
            for reading in _list_readings(form, _find_free(runs, form, taken), marks, lines)
        ]
        best = max(readings, key=lambda reading: (reading.score, len(reading.runs)), default=None)
        if best is None or not best.runs:
            break
        chosen.append(best)
        note_forms.remove(best.note_form)
        taken |= {line.index for run in best.runs for line in run.lines}
        for of_form in marks:
            if of_form.form == best.mark_form:
                of_form.remove(best.offsets)
    return chosen


def _find_free(runs: Sequence[_Run], form: str, taken: Set[int]) -> list[_Run]:
    """Return the runs of a convention that share no line with notes."""
    return [
        run
        for run in runs
        if run.form == form and not any(line.index in taken for line in run.lines)
    ]


def _list_readings(
    form: str, runs: Sequence[_Run], marks: Sequence[_Marks], lines: Sequence[str]
) -> Iterator[_Reading]:
    """Yield for each convention of marks which runs are notes."""
    for of_form in marks:
        yield _read(form, runs, of_form, lines)
    if load_conventions()[form].evidence == "opening":
        yield _Reading(form, form, list(runs))


def _read(form: str, runs: Sequence[_Run], marks: _Marks, lines: Sequence[str]) -> _Reading:
    """Return which runs are notes if their marks are those of a convention."""
    evidence = load_conventions()[form].evidence
    reading = _Reading(form, marks.form)
    in_order = evidence == "order" or load_conventions()[marks.form].evidence == "order"
    match = marks.match_in_order if in_order and form != "star" else marks.match_any
    expected = last_mark = last_end = 0
    for run in runs:
        matched = match(run, last_end if run.first == 1 else last_mark)
        if run.first == 1 and len(matched) * 2 < len(run.lines):
            matched = max(matched, match(run, last_mark), key=len)
        continues = expected <= run.first <= expected + _MAX_LOST and expected > 1
        if evidence != "opening" and not _is_accepted(
            run, len(matched), marks, lines, reading, continues=continues
        ):
            continue
        reading.runs.append(run)
        reading.offsets |= matched
        expected, last_end = run.last + 1, run.lines[-1].offset
        last_mark = max((offset + 1 for offset in matched.values()), default=last_mark)
    if evidence != "opening" and _is_by_chance(reading):
        reading.runs, reading.offsets = [], {}
    return reading


def _is_by_chance(reading: _Reading) -> bool:
    """Return whether a single note and a mark of another form only seem to belong together."""
    return (
        reading.note_form not in (reading.mark_form, "line")
        and len(reading.offsets) < _MIN_MIXED
        and not any(run.has_heading for run in reading.runs)
    )


def _is_accepted(
    run: _Run,
    matched: int,
    marks: _Marks,
    lines: Sequence[str],
    reading: _Reading,
    *,
    continues: bool,
) -> bool:
    """Return whether enough marks lead to the lines of a run, for what else they may be."""
    count = len(run.lines)
    if run.has_heading and (run.first == 1 or continues):
        return matched * 3 >= count
    if run.form == "star":  # several are the items of a list
        return matched == count == 1
    has_certain_form = load_conventions()[run.form].evidence == "marks"
    if run.first > 1 and not continues:
        has_certain_marks = load_conventions()[marks.form].evidence != "order"
        return (has_certain_form or has_certain_marks) and matched == count > 1
    if has_certain_form and marks.form == run.form:
        read = sum(len(earlier.lines) for earlier in reading.runs)
        is_followed = continues and (len(reading.offsets) + matched) * 2 >= read + count
        return matched * 2 >= count or is_followed
    return _has_marks_in_order(run, matched, marks, lines, continues=continues)


def _has_marks_in_order(
    run: _Run, matched: int, marks: _Marks, lines: Sequence[str], *, continues: bool
) -> bool:
    """Return whether enough marks lead to lines of a form that also numbers other things."""
    count = len(run.lines)
    if _is_heading_like(run, lines):
        return False
    if marks.form != run.form and not continues and run.form != "line":
        return matched * 4 >= count * 3
    if count == 1 and run.form == "line":
        return matched == 1 and continues
    return matched * 3 >= count * 2


def _is_heading_like(run: _Run, lines: Sequence[str]) -> bool:
    """Return whether a run is one short line by itself, without a full stop."""
    if len(run.lines) > 1 or run.form == "line":
        return False
    index = run.lines[0].index
    text = lines[index].strip()
    has_line_below = index + 1 < len(lines) and bool(lines[index + 1].strip())
    return (
        not has_line_below
        and measure_width(text) < _MAX_HEADING_WIDTH
        and not text.endswith(_FINAL_PUNCTUATION)
        and not _NOTE_PUNCTUATION.search(text)
    )


def _find_unread(
    runs: Sequence[_Run], readings: Sequence[_Reading], lines: Sequence[str]
) -> Iterator[UnreadNotes]:
    """Yield the runs that look like notes though nothing marks them."""
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


def _find_unread_marks(marks: Sequence[_Marks], offsets: Sequence[int]) -> Iterator[UnreadMarks]:
    """Yield what counts up in the text as marks of notes do; offsets are those of the lines."""
    for of_form in marks:
        counted = of_form.count_up() if of_form.form in _UNAMBIGUOUS_MARKS else []
        if len(counted) >= _MIN_MARKS:
            first, last = (
                bisect_right(offsets, offset) - 1 for offset in (counted[0], counted[-1])
            )
            yield UnreadMarks(first, last, str(len(counted)))

"""Choose the runs that are notes, and the convention of the marks that lead to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from index.readers.notes import references
from index.readers.notes.back_references import parse_back_reference
from index.readers.notes.conventions import UNCOUNTED_FORMS, load_conventions
from index.readers.notes.mark_offsets import MarkOffsets
from index.readers.notes.masking import mask
from index.readers.notes.runs import (
    FINAL_PUNCTUATION,
    MAX_HEADING_WIDTH,
    NumberedLine,
    Run,
)
from index.text.characters import measure_width

_MIN_LABEL_LINES = 3  # with a label and nothing else, which hardly number anything but notes
_MIN_MIXED = 2  # marks that lead to notes of another form
_NOTE_PUNCTUATION = re.compile(r"[，,《〈“：:*]")  # of references, hardly of headings
_PAGE_NUMBER = re.compile(r"[-–—－·]?\s?\d{1,4}\s?[-–—－·]?")
_MAX_NOTE_LINES = 24  # of the last note of a page, and the blank ones below it
_MAX_READINGS = 3  # forms of marks that lead to notes of one form
_MAX_LOST = 2  # notes that may be missing between two runs


@dataclass(slots=True)
class Reading:
    """The runs of a convention that are notes if another convention marks them."""

    note_form: str
    mark_form: str
    runs: list[Run] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)  # of marks, by the line of their note
    line_count: int = 0  # of notes

    @property
    def score(self) -> float:
        """How many marks lead to notes; a convention's own marks come first."""
        return len(self.offsets) * (1.25 if self.note_form == self.mark_form else 1)


def choose_readings(
    runs: Sequence[Run], note_forms: list[str], marks: Sequence[MarkOffsets], lines: Sequence[str]
) -> list[Reading]:
    """Return the readings that hold, the best first; no line and no mark is in two of them.

    Args:
        runs: Lines that may be notes.
        note_forms: The conventions of the runs.
        marks: The possible marks of each convention.
        lines: Of the file.
    """
    chosen: list[Reading] = []
    taken: set[int] = set()
    remaining = Counter(dict.fromkeys(note_forms, _MAX_READINGS))
    while remaining:
        readings = [
            reading
            for form in remaining
            for reading in _list_readings(form, _find_free(runs, form, taken), marks, lines)
            if remaining[form] == _MAX_READINGS or _is_certain(reading)
        ]
        best = max(readings, key=lambda reading: (reading.score, len(reading.runs)), default=None)
        if best is None or not best.runs:
            break
        for reading in _part_by_marks(best, readings):
            chosen.append(reading)
            remaining[reading.note_form] -= 1
            taken |= {line.index for run in reading.runs for line in run.lines}
            for spans in (_list_mark_spans(reading, marks), _list_label_spans(reading)):
                for of_form in marks:
                    of_form.remove(spans)
        remaining = +remaining
    return chosen


def _part_by_marks(best: Reading, readings: Sequence[Reading]) -> list[Reading]:
    """Return a reading, and those of its runs to which marks of other conventions lead instead.

    An article may have marks of another convention before the same notes than the others have.
    """
    counted = [
        (other, _count_own_marks(other))
        for other in readings
        if other.note_form == best.note_form and other is not best
    ]
    own_counts = _count_own_marks(best)
    sources: dict[int, Reading] = {}
    for run in best.runs:
        index, count = run.lines[0].index, len(run.lines)
        better = (
            other
            for other, counts in counted
            if counts.get(index) == count >= 2 * own_counts[index]
            and (count >= _MIN_MIXED or _has_certain_marks(other))
        )
        sources[index] = next(better, best)
    others = {id(source): source for source in sources.values() if source is not best}
    for other in others.values():  # what only they read
        sources = {run.lines[0].index: other for run in other.runs} | sources
    return [
        part
        for reading in (best, *others.values())
        if (part := _select_runs(reading, sources)).runs
    ]


def _select_runs(reading: Reading, sources: Mapping[int, Reading]) -> Reading:
    """Return a reading with those of its runs of which it is the source, by their first lines."""
    runs = [run for run in reading.runs if sources.get(run.lines[0].index) is reading]
    lines = {line.index for run in runs for line in run.lines}
    offsets = {line: offset for line, offset in reading.offsets.items() if line in lines}
    return Reading(reading.note_form, reading.mark_form, runs, offsets, len(lines))


def _count_own_marks(reading: Reading) -> dict[int, int]:
    """Return how many marks lead to each run alone, by the index of its first line."""
    used: set[int] = set()
    counts: dict[int, int] = {}
    for run in reading.runs:
        offsets = {
            reading.offsets[line.index] for line in run.lines if line.index in reading.offsets
        }
        counts[run.lines[0].index] = len(offsets - used)
        used |= offsets
    return counts


def _is_certain(reading: Reading) -> bool:
    """Return whether a further form of marks leads to notes of a form that has another already."""
    return _has_certain_marks(reading) and len(reading.offsets) >= _MIN_MIXED


def _has_certain_marks(reading: Reading) -> bool:
    return _is_certain_form(reading.mark_form)


def _is_certain_form(form: str) -> bool:
    """Return whether the marks of a convention are hardly anything else."""
    return load_conventions()[form].evidence in ("opening", "marks")


def _list_mark_spans(reading: Reading, marks: Sequence[MarkOffsets]) -> list[tuple[int, int]]:
    """Return where the marks of a reading begin and end."""
    of_forms = [of_form for of_form in marks if of_form.form == reading.mark_form]
    return of_forms[0].list_spans(reading.offsets.values()) if of_forms else []


def _list_label_spans(reading: Reading) -> list[tuple[int, int]]:
    """Return where the labels of the notes of a reading begin and end."""
    return [
        (line.offset, line.offset + line.opening.text_start)
        for run in reading.runs
        for line in run.lines
    ]


def _find_free(runs: Sequence[Run], form: str, taken: Set[int]) -> list[Run]:
    """Return the runs of a convention that share no line with notes."""
    return [
        run
        for run in runs
        if run.form == form
        and (run.has_heading or load_conventions()[form].evidence != "heading")
        and not any(line.index in taken for line in run.lines)
    ]


def _list_readings(
    form: str, runs: Sequence[Run], marks: Sequence[MarkOffsets], lines: Sequence[str]
) -> Iterator[Reading]:
    """Yield for each convention of marks which runs are notes."""
    for of_form in marks:
        yield _read(form, runs, of_form, lines)
    if load_conventions()[form].evidence == "opening":
        yield Reading(form, form, list(runs))


@dataclass(slots=True)
class _Progress:
    """How far the runs of a reading have come; certain if its marks are hardly anything else."""

    is_certain: bool
    expected: int = 0  # the next number
    last_mark: int = 0  # its offset
    last_end: int = 0  # of the last note's line
    first_start: int = 0  # from where on there are marks since numbers began anew
    note_spans: list[tuple[int, int]] = field(default_factory=list)
    symbols: set[str] = field(default_factory=set)  # since they began anew

    def continues(self, run: Run) -> bool:
        """Return whether a run goes on where the last one ended."""
        return self.expected <= run.first <= self.expected + _MAX_LOST and self.expected > 1

    def match(
        self, run: Run, match: Callable[[Run, int, Sequence[tuple[int, int]]], dict[int, int]]
    ) -> dict[int, int]:
        """Return the marks of a run: below the last one where it begins anew, if enough are."""
        begins_anew = run.first == 1 or run.lines[0].opening.label in self.symbols
        start = self.last_end if begins_anew else self.last_mark
        matched = match(run, start, self.note_spans)
        if run.list_end > start and matched:  # notes of another form are between
            matched = max(match(run, run.list_end, self.note_spans), matched, key=len)
        if run.first == 1 and len(matched) * 2 < len(run.lines):
            return max(matched, match(run, self.last_mark, self.note_spans), key=len)
        if begins_anew:
            self.first_start = start
        elif self.is_certain and len(matched) < len(run.lines):  # the last may be marked again
            return max(matched, match(run, self.first_start, self.note_spans), key=len)
        return matched

    def add(self, run: Run, matched: dict[int, int]) -> None:
        """Go on after a run with these marks."""
        labels = {line.opening.label for line in run.lines} if run.first == 0 else set()
        self.symbols = labels if self.symbols & labels else self.symbols | labels
        self.note_spans += [(line.offset, line.end) for line in run.lines]
        self.expected, self.last_end = run.last + 1, run.lines[-1].offset
        self.last_mark = max(matched.values(), default=self.last_mark)  # it may be the next's too


def _read(form: str, runs: Sequence[Run], marks: MarkOffsets, lines: Sequence[str]) -> Reading:
    """Return which runs are notes if their marks are those of a convention."""
    evidence = load_conventions()[form].evidence
    reading = Reading(form, marks.form)
    is_certain = _is_certain_form(marks.form)
    needs_heading = load_conventions()[marks.form].evidence == "heading"
    in_order = evidence in ("order", "heading") or not is_certain
    match = marks.match_in_order if in_order and form not in UNCOUNTED_FORMS else marks.match_any
    progress = _Progress(is_certain)
    for run in runs:
        if needs_heading and not run.has_heading:
            continue
        matched = progress.match(run, match)
        if evidence != "opening" and not _is_accepted(
            run, len(matched), marks, lines, reading, continues=progress.continues(run)
        ):
            continue
        reading.runs.append(run)
        reading.line_count += len(run.lines)
        reading.offsets |= matched
        progress.add(run, matched)
    if evidence != "opening" and _is_by_chance(reading, marks, lines):
        reading.runs, reading.offsets = [], {}
    return reading


def _is_by_chance(reading: Reading, marks: MarkOffsets, lines: Sequence[str]) -> bool:
    """Return whether a single note and a mark of another form only seem to belong together.

    A mark that numbers an item of a list stands before the item, and not right after text.
    """
    if reading.note_form in (reading.mark_form, "line") or len(reading.offsets) >= _MIN_MIXED:
        return False
    conventions = load_conventions()
    if (
        any(run.has_heading for run in reading.runs)
        or conventions[reading.note_form].evidence == "marks"
    ):
        return False
    numbers_items = any(map(marks.numbers_item, reading.offsets.values()))
    may_be_item = numbers_items or not _is_certain_form(reading.mark_form)
    return may_be_item and not all(_reads_like_note(run, lines) for run in reading.runs)


def _is_accepted(
    run: Run,
    matched: int,
    marks: MarkOffsets,
    lines: Sequence[str],
    reading: Reading,
    *,
    continues: bool,
) -> bool:
    """Return whether enough marks lead to the lines of a run, for what else they may be."""
    count = len(run.lines)
    if run.has_heading and (run.first == 1 or continues):
        return matched * 3 >= count
    if run.form in UNCOUNTED_FORMS:  # one sign before several lines marks the items of a list
        return matched == count == len({line.opening.label for line in run.lines})
    has_certain_form = load_conventions()[run.form].evidence == "marks"
    if run.first > 1 and not continues:
        return matched == count > 1 and _may_begin_late(run, marks, lines)
    if has_certain_form and marks.form == run.form:
        is_followed = (
            continues and (len(reading.offsets) + matched) * 2 >= reading.line_count + count
        )
        return matched * 2 >= count or is_followed
    return _has_marks_in_order(run, matched, marks, lines, continues=continues)


def _may_begin_late(run: Run, marks: MarkOffsets, lines: Sequence[str]) -> bool:
    """Return whether lines that do not begin with 1, and are all marked, may be notes."""
    conventions = load_conventions()
    are_apart = run.form == "line" and len(run.lines) >= _MIN_LABEL_LINES
    return (
        conventions[run.form].evidence == "marks"
        or _is_certain_form(marks.form)
        or are_apart
        or _read_like_notes(run, lines)
        or (marks.form == run.form and _ends_page(run, lines))
    )


def _ends_page(run: Run, lines: Sequence[str]) -> bool:
    """Return whether the number of a page or nothing stands below the last line of a run."""
    index = run.lines[-1].index + 1
    below = [line.strip() for line in lines[index : index + _MAX_NOTE_LINES]]
    end = below.index("") if "" in below else len(below)
    text = next(filter(None, below[end:]), "")
    return end < _MAX_NOTE_LINES and (not text or bool(_PAGE_NUMBER.fullmatch(text)))


def _has_marks_in_order(
    run: Run, matched: int, marks: MarkOffsets, lines: Sequence[str], *, continues: bool
) -> bool:
    """Return whether enough marks lead to lines of a form that also numbers other things."""
    count = len(run.lines)
    if _is_heading_like(run, lines):
        return False
    if marks.form != run.form and not continues and run.form != "line":
        is_likely = matched * 2 >= count > 1 and _read_like_notes(run, lines)
        return matched * 4 >= count * 3 or is_likely
    if count == 1 and run.form == "line":
        return matched == 1 and (continues or _reads_like_note(run, lines))
    return matched * 3 >= count * 2


def _is_heading_like(run: Run, lines: Sequence[str]) -> bool:
    """Return whether a run is one short line by itself, without a full stop."""
    if len(run.lines) > 1 or run.form == "line":
        return False
    index = run.lines[0].index
    text = lines[index].strip()
    has_line_below = index + 1 < len(lines) and bool(lines[index + 1].strip())
    return (
        not has_line_below
        and measure_width(text) < MAX_HEADING_WIDTH
        and not text.endswith(FINAL_PUNCTUATION)
        and not _NOTE_PUNCTUATION.search(text)
    )


def _read_like_notes(run: Run, lines: Sequence[str]) -> bool:
    """Return whether most lines of a run cite works or refer to other notes."""
    citing = sum(_cites(line, run.form, lines) for line in run.lines)
    return citing * 4 >= len(run.lines) * 3


def _reads_like_note(run: Run, lines: Sequence[str]) -> bool:
    """Return whether the first line of a run cites a work or refers to another note."""
    return _cites(run.lines[0], run.form, lines)


def _cites(line: NumberedLine, form: str, lines: Sequence[str]) -> bool:
    text = lines[line.index].strip()[line.opening.text_start :]
    if form == "line":
        below = (line.strip() for line in lines[line.index + 1 : line.index + 3])
        text = next(filter(None, below), "")
    return (
        references.is_citation(text.rstrip("。. ")) or parse_back_reference(mask(text)) is not None
    )

"""Gather the lines of a text that begin as notes do into runs of rising numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import accumulate

from index.readers.notes.conventions import (
    UNPRINTED_FORMS,
    NoteOpening,
    add_more_labels,
    is_next_label,
    load_conventions,
    normalize_label,
    parse_opening,
    parse_ordinal,
)
from index.readers.notes.references import is_citation
from index.readers.notes.run_on import find_run_on_notes
from index.text.characters import SUPERSCRIPT_LETTERS, measure_width
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_FIRST_CHARACTER = re.compile(
    rf"[↑+0-9０-９註注腳脚尾本原⁰¹²³⁴-⁹①-⒛㉑-㊿❶-➓⓵-⓾ⓐ-ⓩⒶ-Ⓩⅰ-ⅻ{SUPERSCRIPT_LETTERS}\[［〔﹝【〖（(<$^\\*＊※†‡§¶‖＜〈{{㈠-㈩]"
    r"|[一二三四五六七八九十]{1,3}、|[甲乙丙丁戊己庚辛壬癸]、|[a-z]{1,6}[.)/]|[ivxl]{1,6}\s|N(?:ote|OTE)\s|(?:fn|FN|n)[.\s\d]|[-+•·]\s+[\[［〔【〖（(註注]"
)
MAX_HEADING_WIDTH = 60
"""Columns of a numbered heading without a full stop."""

_MAX_LOST = 2  # numbers of a run that may be missing
_MIN_PARAGRAPH = 16  # characters that hardly a heading has
_INDENTS = ("  ", "\t", "\u3000")
_HEADING_DISTANCE = 2  # lines that are not blank, up to the heading over notes
FINAL_PUNCTUATION = tuple("。.！!？?）)」”】]>》；;")
"""What headings do not end with."""


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """A line that begins as a note of a convention does."""

    index: int
    offset: int  # in the text of all lines
    end: int
    ordinal: int
    opening: NoteOpening


@dataclass(frozen=True, slots=True)
class Run:
    """Lines of one convention with rising numbers, and no paragraph between them.

    Attributes:
        form: The name of the convention.
        lines: The lines.
        has_heading: Whether a heading such as Notes stands over them.
        list_end: Where the last list of notes of another convention that has such a heading ends
            before them; 0 if there is none.
    """

    form: str
    lines: tuple[NumberedLine, ...]
    has_heading: bool
    list_end: int = 0

    @property
    def first(self) -> int:
        """The first number; 0 for signs."""
        return self.lines[0].ordinal

    @property
    def last(self) -> int:
        """The last number; 0 for signs."""
        return self.lines[-1].ordinal if self.first else 0


def find_runs(lines: Sequence[str], offsets: Sequence[int]) -> list[Run]:
    """Return the runs of all conventions.

    Args:
        lines: Of the file.
        offsets: Where each begins in their text, and where that ends.
    """
    by_form: dict[str, list[NumberedLine]] = {form: [] for form in load_conventions()}
    for index, line in enumerate(lines):
        stripped = line.lstrip()
        if not _FIRST_CHARACTER.match(stripped):
            continue
        offset = offsets[index] + len(line) - len(stripped)
        for form, listed in by_form.items():
            opening = parse_opening(stripped.rstrip(), (form,))
            opening = opening and _complete_opening(
                opening, stripped.rstrip(), listed, lines, index
            )
            if opening and (form != "line" or _has_text_below(lines, index)):
                listed.append(
                    NumberedLine(
                        index, offset, offsets[index + 1], _count(opening.label, listed), opening
                    )
                )
    starts = _find_paragraph_starts(lines)
    paragraph_counts = list(accumulate(starts))
    runs: list[Run] = []
    for form, listed in by_form.items():
        previous: Run | None = None
        for run in _split_runs(form, listed, lines, starts, paragraph_counts):
            is_listed = (
                previous is not None
                and previous.has_heading
                and _are_in_one_list(previous, run, lines)
            )
            previous = replace(run, has_heading=run.has_heading or is_listed)
            runs.append(previous)
    return list(_find_list_ends(runs))


def _find_list_ends(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield runs with the ends of the lists of other conventions before them, in the same order."""
    ends: dict[str, int] = {}
    list_ends: dict[int, int] = {}
    for run in sorted(runs, key=lambda run: run.lines[0].offset):
        others = (end for form, end in ends.items() if form != run.form)
        list_ends[id(run)] = max(others, default=0)
        if run.has_heading:
            ends[run.form] = run.lines[-1].end
    for run in runs:
        yield replace(run, list_end=list_ends.get(id(run), 0))


def _count(label: str, listed: Sequence[NumberedLine]) -> int:
    """Return the ordinal of a label: that of i is 9 after h, 1 elsewhere."""
    if listed and is_next_label(listed[-1].opening.label, label):
        return listed[-1].ordinal + 1
    return parse_ordinal(label)


def _complete_opening(
    opening: NoteOpening,
    text: str,
    listed: Sequence[NumberedLine],
    lines: Sequence[str],
    index: int,
) -> NoteOpening:
    """Return how a note begins with all its labels; one that prints none counts by its place."""
    if opening.form not in UNPRINTED_FORMS:
        return add_more_labels(opening, text)
    last = listed[-1] if listed else None
    begins_anew = last is None or any(
        is_notes_heading(line.strip()) for line in lines[last.index + 1 : index]
    )
    label = 1 if last is None or begins_anew else last.ordinal + 1
    return replace(opening, label=str(label), markup=f"{opening.label} {opening.markup}".strip())


def _are_in_one_list(previous: Run, run: Run, lines: Sequence[str]) -> bool:
    """Return whether only headings, as of chapters, stand between two runs."""
    between = [line.strip() for line in lines[previous.lines[-1].index + 1 : run.lines[0].index]]
    if "" in between:
        between = between[between.index("") :]
    headings = list(filter(None, between))
    return len(headings) <= _HEADING_DISTANCE and all(
        measure_width(heading) < MAX_HEADING_WIDTH and not heading.endswith(FINAL_PUNCTUATION)
        for heading in headings
    )


def _has_text_below(lines: Sequence[str], index: int) -> bool:
    """Return whether the note of a number alone on its line stands below it, unlabelled."""
    below = [line.strip() for line in lines[index + 1 : index + 3]]
    text = next(filter(None, below), "")
    opening = parse_opening(text)
    has_label = opening is not None and opening.label == normalize_label(lines[index].strip())
    return len(text) > 1 and not text.isdecimal() and not has_label


def _find_paragraph_starts(lines: Sequence[str]) -> list[bool]:
    """Return for each line whether a paragraph that is no continuation of a note begins with it.

    What is indented may continue a note, unless most long paragraphs are.
    """
    starts = [
        bool(line.strip()) and (index == 0 or not lines[index - 1].strip())
        for index, line in enumerate(lines)
    ]
    are_indented = [line.startswith(_INDENTS) for line in lines]
    long = [
        is_indented
        for line, starts_here, is_indented in zip(lines, starts, are_indented, strict=True)
        if starts_here and len(line) > _MIN_PARAGRAPH and not _FIRST_CHARACTER.match(line.lstrip())
    ]
    if sum(long) * 2 > len(long):
        return starts
    return [
        starts_here and not is_indented
        for starts_here, is_indented in zip(starts, are_indented, strict=True)
    ]


def _split_runs(
    form: str,
    listed: Sequence[NumberedLine],
    lines: Sequence[str],
    starts: Sequence[bool],
    paragraph_counts: Sequence[int],
) -> Iterator[Run]:
    """Yield the runs of one convention: numbers that rise one by one, side by side."""
    current: list[NumberedLine] = []
    claimed: set[int] = set()  # numbers that stand beside others in the run
    for index, line in enumerate(listed):
        if current:
            last = current[-1]
            starts_itself = starts[line.index]
            between = paragraph_counts[line.index] - paragraph_counts[last.index] - starts_itself
            if form == "line" and not lines[last.index + 1].strip():
                between -= 1  # the text of the note
            following = listed[index + 1 : index + 1 + _MAX_LOST]
            is_next = between == 0 and _is_next(current, line, claimed, following)
            is_next = is_next or _is_next_by_text(last, line, following, lines, between)
            if is_next:
                current.append(line)
                claimed |= set(map(parse_ordinal, line.opening.more_labels))
                continue
            is_alone = form == "line" and not lines[line.index - 1].strip()
            if not starts_itself and between == 0 and line.ordinal > 1 and not is_alone:
                continue  # a number at the start of a line that a paragraph happens to break
            yield Run(form, tuple(current), _has_heading(form, lines, current[0].index))
        current = [line]
        claimed = set(map(parse_ordinal, line.opening.more_labels))
    if current:
        yield Run(form, tuple(current), _has_heading(form, lines, current[0].index))


def _is_next(
    current: Sequence[NumberedLine],
    line: NumberedLine,
    claimed: Set[int],
    following: Sequence[NumberedLine],
) -> bool:
    """Return whether the label of a line follows those of a run, some of which may be missing."""
    last, label = current[-1], line.opening.label
    if line.opening.form in ("key", "star"):
        is_next = _is_next_symbol(current, label)
    else:
        is_next = is_next_label(last.opening.label, label)
    return is_next or _follows_claimed(last, line, claimed) or _goes_on(last, line, following)


def _is_next_by_text(
    last: NumberedLine,
    line: NumberedLine,
    following: Sequence[NumberedLine],
    lines: Sequence[str],
    between: int,
) -> bool:
    """Return whether texts show that a line goes on with a run though its number is not the next.

    Args:
        last: The last line of the run.
        line: The line.
        following: The next lines of the convention.
        lines: Of the file.
        between: How many paragraphs stand between the two.
    """
    if not following and _ends_list(last, line, lines):
        return True
    return between == 0 and _follows_run_on(last, line, lines)


def _follows_run_on(last: NumberedLine, line: NumberedLine, lines: Sequence[str]) -> bool:
    """Return whether all notes between two lines stand in the text of the first one."""
    missing = line.ordinal - last.ordinal - 1
    if missing < 1 or last.opening.form != line.opening.form:
        return False
    text = "\n".join(lines[last.index : line.index])[last.opening.text_start :]
    own, following = ((other.opening.label, other.opening.form) for other in (last, line))
    return len(find_run_on_notes(text, own, following, frozenset)) == missing


def _ends_list(last: NumberedLine, line: NumberedLine, lines: Sequence[str]) -> bool:
    """Return whether a line right below a note cites a work, though a number is missing between."""
    missing = line.ordinal - last.ordinal - 1
    if line.index != last.index + 1 or not 0 < missing <= _MAX_LOST:
        return False
    text = lines[line.index].strip()[line.opening.text_start :]
    return is_citation(text.rstrip("。. "))


def _follows_claimed(last: NumberedLine, line: NumberedLine, claimed: Set[int]) -> bool:
    """Return whether all numbers between two lines stand beside others: [1][3], [2], [4]."""
    between = range(last.ordinal + 1, line.ordinal)
    return 0 < len(between) <= len(claimed) and claimed >= set(between)


def _goes_on(last: NumberedLine, line: NumberedLine, following: Sequence[NumberedLine]) -> bool:
    """Return whether a run goes on with a line though one or two numbers before it are missing.

    Then the next number follows, and what is missing does not; or nothing follows a label that is
    hardly anything else.
    """
    missing = range(last.ordinal + 1, line.ordinal)
    ordinals = [other.ordinal for other in following]
    is_sure = line.ordinal + 1 in ordinals or (
        load_conventions()[line.opening.form].evidence == "marks" and not ordinals
    )
    return (
        last.ordinal > 0
        and 0 < len(missing) <= _MAX_LOST
        and is_sure
        and not any(ordinal in missing for ordinal in ordinals)
    )


def _is_next_symbol(current: Sequence[NumberedLine], symbol: str) -> bool:
    """Return whether a symbol begins a further note after others, or a further item of a list."""
    if len(current) > 1 and current[0].opening.label == current[-1].opening.label:
        return symbol == current[0].opening.label
    return len(current) == 1 or all(line.opening.label != symbol for line in current)


def _has_heading(form: str, lines: Sequence[str], index: int) -> bool:
    """Return whether a heading such as Notes or 註釋 stands over a line."""
    distance = 0
    for line_index in range(index - 1, max(index - 8, -1), -1):
        text = lines[line_index].strip()
        if text:
            if is_notes_heading(text):
                return True
            distance += 1
            if distance == _HEADING_DISTANCE or len(text) > MAX_HEADING_WIDTH:
                return False
            if load_conventions()[form].evidence == "heading" and parse_opening(text):
                return False  # the heading is that of other notes
    return False


def is_notes_heading(text: str) -> bool:
    """Return whether a line is a heading over notes, such as 注 释, Notes or References.

    Args:
        text: A line without blanks at its ends.
    """
    return len(text) <= MAX_HEADING_WIDTH and bool(_PATTERNS["notes-heading"].fullmatch(text))

"""Find the marks of notes in the text, and match them with the notes."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.readers.pdf.found_notes import FoundNote
from index.readers.pdf.labels import Label, find_bracketed_labels, find_raised_labels
from index.readers.pdf.lines import PageLine

_STRONG = 4.0  # a raised figure, a circled one, or one in brackets
_LONE = 3.0  # a figure alone in a line, in small type
_WEAK = 1.0  # a plain figure that follows a word or a stop without a blank
_WEAKEST = 0.5  # … with a blank
_UNIT = re.compile(r"(?:\d\s?|\b)(?:[kcdmnµ]?m|ft|in|[a-zA-Z])$")
_YEAR = re.compile(r"\b(?:1[0-9]|20)[0-9]{2}$")
_FIGURES_ALONE = re.compile(r"[0-9]+")
_FIGURES = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class PlacedMark:
    """A mark in a line of text.

    Attributes:
        line: The line.
        start: The index of its first character in the line.
        end: The index after its last one.
        label: As printed.
        note: The index of its note; None where the file prints none.
        tail: The next line and the number of its first characters that belong to the mark.
    """

    line: PageLine
    start: int
    end: int
    label: str
    note: int | None
    tail: tuple[PageLine, int] | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: PageLine
    label: Label
    weight: float
    tail: tuple[PageLine, int] | None = None


def match_marks(
    lines: Sequence[PageLine],
    notes: Sequence[tuple[int, FoundNote]],
    *,
    in_brackets: bool = False,
    are_certain: bool = False,
    taken: Sequence[PlacedMark] = (),
) -> list[PlacedMark]:
    """Return the marks in some lines, in their order.

    Notes and marks are aligned in order, so that the weights of the matched candidates have the
    greatest sum; then raised candidates that are left over are matched out of order, as those in
    tables are.

    Args:
        lines: In reading order, without those of notes.
        notes: The notes whose marks the lines hold, with their indexes.
        in_brackets: Whether the marks are figures in brackets.
        are_certain: Whether to return only marks that are raised, circled, or alone in a line.
        taken: Marks that were matched in these lines before.
    """
    candidates = _list_candidates(lines, notes, in_brackets=in_brackets)
    places = {(id(mark.line), mark.start) for mark in taken}
    candidates = [
        candidate
        for candidate in candidates
        if (not are_certain or candidate.weight >= _LONE)
        and (id(candidate.line), candidate.label.start) not in places
    ]
    matched = _align(candidates, notes)
    _match_out_of_order(candidates, notes, matched)
    return [
        PlacedMark(c.line, c.label.start, c.label.end, c.label.text, matched.get(position), c.tail)
        for position, c in enumerate(candidates)
        if position in matched or (not are_certain and _is_orphan(c))
    ]


def find_plain_marks(line: PageLine, wanted: set[str]) -> list[str]:
    """Return the plain figures of a line that follow a word or a stop without a blank.

    Args:
        line: A line of text.
        wanted: The labels of notes.
    """
    weighed = _find_plain_labels(line, wanted)
    return [label.text for label, weight in weighed if label.start > 0 and weight >= _WEAK / 2]


def match_sequence(
    lines: Sequence[PageLine], notes: Sequence[tuple[int, FoundNote]]
) -> list[PlacedMark]:
    """Return the marks of notes if the raised figures of a text are theirs, one after another.

    Args:
        lines: In reading order, without those of notes.
        notes: All notes whose marks the lines hold, with their indexes.
    """
    candidates = [
        candidate
        for candidate in _list_candidates(lines, notes, in_brackets=False)
        if candidate.weight >= _STRONG
    ]
    if [c.label.text for c in candidates] != [note.label for _, note in notes]:
        return []
    pairs = list(zip(candidates, notes, strict=True))
    if any(abs(candidate.line.page - note.page) > 1 for candidate, (_, note) in pairs):
        return []
    return [
        PlacedMark(c.line, c.label.start, c.label.end, c.label.text, index, c.tail)
        for c, (index, _) in pairs
    ]


def match_list(
    lines: Sequence[PageLine], notes: Sequence[tuple[int, FoundNote]]
) -> list[PlacedMark]:
    """Return the marks of a list of notes: figures in brackets, or raised ones, by what matches.

    Args:
        lines: In reading order, of the chapter or the file.
        notes: The notes of the list, with their indexes.
    """
    raised = match_marks(lines, notes, are_certain=True)
    bracketed = match_marks(lines, notes, in_brackets=True)
    return max(bracketed, raised, key=lambda marks: sum(mark.note is not None for mark in marks))


def _list_candidates(
    lines: Sequence[PageLine], notes: Sequence[tuple[int, FoundNote]], *, in_brackets: bool
) -> list[_Candidate]:
    """Return what may be marks of notes, in the order of the lines."""
    wanted = {note.label for _, note in notes}
    candidates = [
        candidate
        for line in lines
        for candidate in _find_candidates(line, wanted, in_brackets=in_brackets)
    ]
    if in_brackets:
        candidates += _find_broken_labels(lines, wanted)
    positions = {id(line): index for index, line in enumerate(lines)}
    return sorted(candidates, key=lambda c: (positions[id(c.line)], c.label.start))


def _match_out_of_order(
    candidates: Sequence[_Candidate],
    notes: Sequence[tuple[int, FoundNote]],
    matched: dict[int, int],
) -> None:
    """Match raised candidates that are left over with notes of their labels, in any order."""
    matched_notes = set(matched.values())
    left_over: defaultdict[str, list[int]] = defaultdict(list)
    for index, note in notes:
        if index not in matched_notes:
            left_over[note.label].append(index)
    for position, candidate in enumerate(candidates):
        is_free = position not in matched and candidate.weight >= _LONE
        if is_free and left_over[candidate.label.text]:
            matched[position] = left_over[candidate.label.text].pop(0)


def _is_orphan(candidate: _Candidate) -> bool:
    """Return whether a candidate is a mark even without a note: a circled number in a text."""
    return candidate.label.form == "circled" and candidate.label.start > 0


def _find_candidates(
    line: PageLine, wanted: set[str], *, in_brackets: bool
) -> Iterator[_Candidate]:
    if in_brackets:
        for label in find_bracketed_labels(line):
            if label.text in wanted:
                yield _Candidate(line, label, _STRONG)
    taken: set[int] = set()
    for label in find_raised_labels(line):
        merged = _extend_left(line, label, wanted)
        if merged.text in wanted or merged.form == "circled":
            taken.update(range(merged.start, merged.end))
            yield _Candidate(line, merged, _weigh_raised(line, merged))
    if in_brackets:
        return
    for label, weight in _find_plain_labels(line, wanted):
        if not taken.intersection(range(label.start, label.end)):
            yield _Candidate(line, label, weight)


def _find_broken_labels(lines: Sequence[PageLine], wanted: set[str]) -> Iterator[_Candidate]:
    """Yield figures in brackets that the end of a line cuts."""
    for line, following in pairwise(lines):
        joined = PageLine(line.page, line.glyphs + following.glyphs)
        for label in find_bracketed_labels(joined):
            length = len(line.glyphs)
            if label.text in wanted and label.start < length < label.end:
                head = Label(label.text, label.start, length, label.form)
                yield _Candidate(line, head, _STRONG, (following, label.end - length))


def _weigh_raised(line: PageLine, label: Label) -> float:
    """Return the weight of a raised label: less after a figure, least after a unit, as in m²."""
    before = line.extract_text(max(label.start - 8, 0), label.start)
    if label.form == "raised" and _UNIT.search(before):
        return _WEAKEST
    return _STRONG / 2 if before[-1:].isdigit() else _STRONG


def _extend_left(line: PageLine, label: Label, wanted: set[str]) -> Label:
    """Return a label with the plain figures before it, where only so it is that of a note."""
    start = label.start
    while start > 0 and _FIGURES.fullmatch(line.glyphs[start - 1].text):
        start -= 1
    text = "".join(glyph.text for glyph in line.glyphs[start : label.start]) + label.text
    if start < label.start and label.text.isdecimal() and text in wanted:
        return Label(text, start, label.end, "raised")
    return label


def _find_plain_labels(line: PageLine, wanted: set[str]) -> Iterator[tuple[Label, float]]:
    """Yield plain figures of the text that may be marks."""
    if not _FIGURES_ALONE.search(line.printed):
        return
    text = "".join([glyph.text[0] for glyph in line.glyphs])
    for match in _FIGURES_ALONE.finditer(text):
        weight = _weigh_plain(line, *match.span()) if match[0] in wanted else 0.0
        if weight:
            yield Label(match[0], *match.span(), "plain"), weight


def _weigh_plain(line: PageLine, start: int, end: int) -> float:
    """Return how likely a plain figure is a mark; 0 if it cannot be one."""
    if end < len(line.glyphs) and not line.has_blank_before(end) and _continues(line, end):
        return 0.0
    if start == 0:
        return _LONE if end == len(line.glyphs) else _weigh_first(line, end)
    previous = line.glyphs[start - 1].text[-1]  # the last letter of a ligature
    has_blank = line.has_blank_before(start)
    if previous in "$#-–/~,:=+(" or (previous == "." and not _is_sentence_end(line, start - 1)):
        return 0.0 if has_blank and previous != "." else _weigh_after_stop(line, start, end)
    category = unicodedata.category(previous)
    if category.startswith("P"):
        return _WEAK if not has_blank else _WEAKEST
    if category.startswith("L"):
        return _WEAK / 2 if not has_blank else _WEAKEST / 2
    return 0.0


def _weigh_after_stop(line: PageLine, start: int, end: int) -> float:
    """Return the weight of a figure right after a stop that may belong to another figure.

    1.3 may be "1." and a mark, where nothing else can be; 1845.3 The is more likely one.
    """
    stop = line.glyphs[start - 1].text[-1]
    ends_with_year = stop in ".,:" and _ends_with_year(line, start - 1, end)
    if stop == ".":
        return _WEAKEST if ends_with_year else _WEAKEST / 10
    if stop in ",:" and _is_sentence_end(line, start - 1):
        return _WEAK
    return _WEAKEST / 2 if ends_with_year else 0.0


def _weigh_first(line: PageLine, end: int) -> float:
    """Return the weight of a figure at the head of a line: none for the number of a heading."""
    following = line.extract_text(end, end + 2)
    return 0.0 if re.fullmatch(r"\.\s[^\W\d_]", following) else _WEAKEST / 4


def _ends_with_year(line: PageLine, stop: int, end: int) -> bool:
    """Return whether a stop after a year stands before a figure, and what follows it begins anew.

    After a full stop that is a sentence, after a comma any word.
    """
    before = line.extract_text(max(stop - 6, 0), stop)
    if end < len(line.glyphs):
        following = line.glyphs[end].text
        is_word = following.isalpha() and (line.glyphs[stop].text != "." or following.isupper())
        if not (line.has_blank_before(end) and (is_word or not following.isalnum())):
            return False
    return _YEAR.search(before) is not None


def _is_sentence_end(line: PageLine, index: int) -> bool:
    """Return whether a stop ends a sentence or clause rather than standing in a figure."""
    return index > 0 and unicodedata.category(line.glyphs[index - 1].text[-1])[0] in "LP"


def _continues(line: PageLine, end: int) -> bool:
    """Return whether what follows a figure belongs to it: 2nd, 3D, 1.5, 7%, 2,000."""
    following = line.glyphs[end].text
    if following in ".,":
        return end + 1 < len(line.glyphs) and line.glyphs[end + 1].text.isdigit()
    return following in "%:/-–~" or (following.isascii() and following.isalpha())


def _align(
    candidates: Sequence[_Candidate], notes: Sequence[tuple[int, FoundNote]]
) -> dict[int, int]:
    """Return the notes' indexes by the positions of their candidates, aligned in order."""
    rows, columns = len(candidates), len(notes)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        candidate = candidates[row]
        for column in range(columns - 1, -1, -1):
            score = max(best[row + 1][column], best[row][column + 1])
            if candidate.label.text == notes[column][1].label:
                score = max(score, candidate.weight + best[row + 1][column + 1])
            best[row][column] = score
    matched: dict[int, int] = {}
    row = column = 0
    while row < rows and column < columns:
        candidate = candidates[row]
        is_match = candidate.label.text == notes[column][1].label
        if is_match and best[row][column] == candidate.weight + best[row + 1][column + 1]:
            matched[row] = notes[column][0]
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return matched

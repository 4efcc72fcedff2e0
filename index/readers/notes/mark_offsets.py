"""Find the marks in a text that may lead to the notes of a run."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise

from index.readers.notes.conventions import (
    find_marks,
    load_conventions,
    normalize_label,
    parse_ordinal,
)
from index.readers.notes.runs import NumberedLine, Run

_LOOSE_NUMBER = re.compile(r"^[ \t]*[0-9０-９]{1,3}[ \t]*$", re.MULTILINE)
_CLAUSE_END = re.compile(r"[，。；：！？,;:!?]|[ \t\u3000]*$", re.MULTILINE)
_ITEM_OPENINGS = ("", "\n", " ", "\u3000", ":", "：")
_MAX_SKIPPED = 64  # marks of one label that stand in other notes


class MarkOffsets:
    """The places of the marks of one convention, by number or sign."""

    def __init__(self, text: str, form: str, openings: Set[tuple[int, str]]) -> None:
        self.form = form
        self._text = text
        self._offsets: dict[int | str, list[int]] = {}
        self._ends: dict[int, int] = {}
        for mark in find_marks(text, (form,)):
            if (mark.start, form) not in openings:
                self._ends[mark.start] = mark.end
                for label in mark.labels:
                    self._offsets.setdefault(_get_key(label), []).append(mark.start)
        self._loose: dict[int | str, list[int]] = {}
        if load_conventions()[form].evidence == "marks":
            for match in _LOOSE_NUMBER.finditer(text):
                key = parse_ordinal(normalize_label(match[0].strip()))
                self._loose.setdefault(key, []).append(match.start())

    def __bool__(self) -> bool:
        return bool(self._offsets or self._loose)

    def numbers_item(self, offset: int) -> bool:
        """Return whether what follows a mark may be an item of a list.

        Args:
            offset: Where the mark begins.
        """
        end = self._ends.get(offset, offset + 1)
        before = self._text[max(offset - 1, 0) : offset]
        return before in _ITEM_OPENINGS and not _CLAUSE_END.match(self._text, end)

    def list_spans(self, offsets: Iterable[int]) -> list[tuple[int, int]]:
        """Return where marks begin and end, in order.

        Args:
            offsets: Where they begin.
        """
        return [(offset, self._ends.get(offset, offset + 1)) for offset in sorted(set(offsets))]

    def remove(self, spans: Sequence[tuple[int, int]]) -> None:
        """Remove the marks that begin within spans of text.

        Args:
            spans: Where each begins and ends, in order.
        """
        for places in (self._offsets, self._loose):
            for key, listed in places.items():
                places[key] = [offset for offset in listed if not is_within(spans, offset)]

    def match_any(self, run: Run, start: int, notes: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Return the marks of a run in any order, by the lines of the notes.

        They stand before the run. Where text goes on between its lines, further ones stand there.

        Args:
            run: Lines that may be notes.
            start: The offset from which on the marks stand.
            notes: The spans of the lines at which other notes begin, in order; no mark is there.
        """
        matched = {}
        for line in run.lines:
            offset = self._find_first(line, start, run.lines[0].offset, notes)
            if offset is not None:
                matched[line.index] = offset
        if 0 < len(matched) < len(run.lines):
            matched |= self._match_between(run, matched)
        return matched

    def match_in_order(
        self, run: Run, start: int, notes: Sequence[tuple[int, int]]
    ) -> dict[int, int]:
        """Return the marks of a run that stand in the order of the notes, by their lines.

        They stand before the run. Where text goes on between its lines, further ones stand there.

        Args:
            run: Lines that may be notes.
            start: The offset from which on the marks stand.
            notes: The spans of the lines at which other notes begin, in order; no mark is there.
        """
        backward, end = {}, run.lines[0].offset
        for line in reversed(run.lines):
            offset = self._find_last(line, start, end, notes)
            if offset is not None:
                backward[line.index], end = offset, offset + 1
        forward, begin = {}, start
        for line in run.lines:
            offset = self._find_first(line, begin, run.lines[0].offset, notes)
            if offset is not None:
                forward[line.index], begin = offset, offset
        if 0 < len(max(forward, backward, key=len)) < len(run.lines):
            forward |= self._match_between(run, forward)
        # At the end of a file the marks of the first list come first, at a page's foot last.
        choices = (forward, backward) if run.has_heading else (backward, forward)
        return max(choices, key=len)

    def _match_between(self, run: Run, matched: Mapping[int, int]) -> dict[int, int]:
        """Return the marks that stand in order between the lines of a run, below its first one.

        Args:
            run: Lines that may be notes.
            matched: The marks of its first lines that stand before it.
        """
        spans = [(line.offset, line.end) for line in run.lines]
        between: dict[int, int] = {}
        begin = run.lines[0].end
        for previous, line in pairwise(run.lines):
            if line.index in matched:
                continue
            if not between:
                begin = previous.end
            offset = self._find_first(line, begin, line.offset, spans)
            if offset is None:
                break
            between[line.index], begin = offset, offset
        return between

    def _find_last(
        self, line: NumberedLine, start: int, end: int, notes: Sequence[tuple[int, int]]
    ) -> int | None:
        for offsets in self._list_offsets(line):
            last = bisect_left(offsets, end) - 1
            for index in range(last, max(last - _MAX_SKIPPED, -1), -1):
                if offsets[index] < start:
                    break
                if not is_within(notes, offsets[index]):
                    return offsets[index]
        return None

    def _find_first(
        self, line: NumberedLine, start: int, end: int, notes: Sequence[tuple[int, int]]
    ) -> int | None:
        for offsets in self._list_offsets(line):
            first = bisect_left(offsets, start)
            for index in range(first, min(first + _MAX_SKIPPED, len(offsets))):
                if offsets[index] >= end:
                    break
                if not is_within(notes, offsets[index]):
                    return offsets[index]
        return None

    def _list_offsets(self, line: NumberedLine) -> Iterator[list[int]]:
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


def is_within(spans: Sequence[tuple[int, int]], offset: int) -> bool:
    """Return whether an offset lies in one of several spans of text.

    Args:
        spans: Where each begins and ends, in order.
        offset: The offset.
    """
    index = bisect_right(spans, offset, key=lambda span: span[0]) - 1
    return index >= 0 and offset < spans[index][1]


def _get_key(label: str) -> int | str:
    return label if label.isascii() and label.isalpha() else parse_ordinal(label) or label

"""Part the numbers and the running heads of pages from the lines around them.

Where a text has no blank lines, a page's number and its head stand amid the lines of notes and
paragraphs. They get blank lines of their own here, so that what is read next begins anew.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from index.readers.notes.conventions import load_conventions, parse_opening
from index.readers.paged import block_kinds
from index.readers.paged.blocks import Line

_MIN_CHAIN = 2  # numbers that follow each other
_MIN_DISTANCE = 3  # printed lines between them
_TITLE_LINES = 2  # at the beginning of a file
_MAX_HEAD_LINES = 2


class _Link(NamedTuple):
    """The last number of a chain, and what comes before it."""

    length: int
    place: int
    before: _Link | None


def part_page_edges(lines: Sequence[Line]) -> list[Line]:
    """Return lines with blank ones around the numbers and running heads of pages.

    Args:
        lines: Of a file.
    """
    printed = [index for index, line in enumerate(lines) if line.text.strip()]
    numbers = _find_page_numbers(lines, printed)
    heads = list(_find_running_heads(lines, printed, numbers))
    starts = numbers.union(first for first, _ in heads)
    ends = numbers.union(last for _, last in heads)
    parted: list[Line] = []
    for index, line in enumerate(lines):
        if index and (index in starts or index - 1 in ends) and not line.starts_page:
            parted.append(Line(line.number, ""))
        parted.append(line)
    return parted


def _find_page_numbers(lines: Sequence[Line], printed: Sequence[int]) -> set[int]:
    """Return the indexes of the lines that are labels or stamps of pages, or their numbers.

    A number alone on a line may also be a mark that came loose, or stand over its note: that of a
    page stands below notes that begin on their own lines.
    """
    texts = [lines[index].text.strip() for index in printed]
    labelled = {
        index
        for index, text in zip(printed, texts, strict=True)
        if block_kinds.is_page_label(text) or block_kinds.is_database_stamp(text)
    }
    ends: dict[int, _Link] = {}
    last_note = last_number = -1
    for place, text in enumerate(texts):
        if block_kinds.is_number(text):
            value = int(unicodedata.normalize("NFKC", text))
            before = ends.get(value - 1)
            if before and place - before.place < _MIN_DISTANCE:
                before = None
            if last_note > last_number:
                ends[value] = _Link(before.length + 1 if before else 1, place, before)
            last_number = place
        elif parse_opening(text, _list_opening_forms()):
            last_note = place
    link = max(ends.values(), key=lambda end: end.length, default=None)
    chain = []
    while link:
        chain.append(printed[link.place])
        link = link.before
    return labelled | (set(chain) if len(chain) >= _MIN_CHAIN else set())


@cache
def _list_opening_forms() -> tuple[str, ...]:
    """Return the conventions of notes whose text stands beside the label."""
    return tuple(form for form in load_conventions() if form != "line")


def _find_running_heads(
    lines: Sequence[Line], printed: Sequence[int], numbers: set[int]
) -> Iterator[tuple[int, int]]:
    """Yield the indexes of the first and last lines of the running heads on pages."""
    titles = [
        key
        for index in printed[:_TITLE_LINES]
        if len(key := _build_key(lines[index])) >= block_kinds.MIN_TITLE
    ]
    groups = list(_find_first_lines(lines, printed, numbers))
    counts = Counter(_build_key(lines[index]) for group in groups for index in group)
    for group in groups:
        known = [
            index
            for index in group
            if counts[key := _build_key(lines[index])] > 1
            or any(title in key for title in titles)
            or block_kinds.is_numbered_running_line(lines[index].text.strip())
        ]
        if known:
            yield group[0], known[-1]


def _build_key(line: Line) -> str:
    return block_kinds.running_head_key(line.text)


def _find_first_lines(
    lines: Sequence[Line], printed: Sequence[int], numbers: set[int]
) -> Iterator[list[int]]:
    """Yield for each page the indexes of its first lines, if they may be running heads."""
    group: list[int] | None = None  # None where no page begins
    for previous, index in pairwise([-1, *printed]):
        if lines[index].starts_page or previous in numbers:
            if group:
                yield group
            group = []
        if group is None or index in numbers:
            continue
        is_short = block_kinds.is_short_running_line(lines[index].text.strip())
        if is_short and len(group) < _MAX_HEAD_LINES:
            group.append(index)
        else:
            if group:
                yield group
            group = None
    if group:
        yield group

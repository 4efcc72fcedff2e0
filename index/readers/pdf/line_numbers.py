"""Set the numbers of lines aside that stand in the left margin of drafts, bills and pleadings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from index.readers.pdf.glyphs import Glyph
from index.readers.pdf.pages import PrintedPage, arrange_lines

_MARGIN = 3.0  # of the font size, from the leftmost character to the left edge of a number
_MIN_GAP = 0.35  # of the font size, from a number to the text
_MIN_NUMBERS = 5  # on a page
_MIN_ROWS_SHARE = 0.5  # of the rows of a page
_MIN_PAGES_SHARE = 0.5  # of the pages with so many rows
_ALIGNMENT = 1.5  # points, between the right ends of numbers
_STEPS = (1, 5)


class _Number(NamedTuple):
    value: int
    glyphs: tuple[Glyph, ...]


def set_line_numbers_aside(pages: Sequence[PrintedPage]) -> list[PrintedPage]:
    """Return the pages without the numbers of their lines, which count as furniture.

    They stand one below another left of the text and rise evenly, on most pages.

    Args:
        pages: What stands on each page, in order.
    """
    numbers = [_find_numbers(page) for page in pages]
    long_pages = sum(_count_rows(page) >= _MIN_NUMBERS for page in pages)
    if not sum(map(bool, numbers)) > _MIN_PAGES_SHARE * long_pages:
        return list(pages)
    ends = [numbered[0].glyphs[-1].x1 for numbered in numbers if numbered]
    numbers = [
        numbered or _select_below(_list_first_numbers(page, 1), ends)
        for page, numbered in zip(pages, numbers, strict=True)
    ]
    return [_remove(page, numbered) for page, numbered in zip(pages, numbers, strict=True)]


def _select_below(numbers: Iterable[_Number], ends: Sequence[float]) -> list[_Number]:
    """Return the numbers of a short page that end where those of other pages do."""
    return [
        number
        for number in numbers
        if any(abs(number.glyphs[-1].x1 - end) < _ALIGNMENT for end in ends)
    ]


def _count_rows(page: PrintedPage) -> int:
    return len({round(line.baseline) for line in page.lines})


def _remove(page: PrintedPage, numbers: Sequence[_Number]) -> PrintedPage:
    removed = {id(glyph) for number in numbers for glyph in number.glyphs}
    if not removed:
        return page
    glyphs = [glyph for line in page.lines for glyph in line.glyphs]
    text = "".join(glyph.text for glyph in glyphs if id(glyph) in removed)
    lines = arrange_lines(page.number, [glyph for glyph in glyphs if id(glyph) not in removed])
    return replace(page, lines=lines, tilted=page.tilted + text)


def _find_numbers(page: PrintedPage) -> list[_Number]:
    """Return what may be the numbers of the lines of a page; nothing where they do not rise."""
    numbers = _list_first_numbers(page, _MIN_NUMBERS)
    if len(numbers) < _MIN_NUMBERS:
        return []
    for step in _STEPS:
        rising = [
            number for number, after in pairwise(numbers) if after.value - number.value == step
        ]
        if step * len(rising) > _MIN_ROWS_SHARE * _count_rows(page):
            end = median(number.glyphs[-1].x1 for number in rising)
            column = [n for n in numbers if abs(n.glyphs[-1].x1 - end) < _ALIGNMENT]
            return column if len(column) >= _MIN_NUMBERS else []
    return []


def _list_first_numbers(page: PrintedPage, least: int) -> list[_Number]:
    """Return the numbers that begin rows at the left edge of a page, from top to bottom.

    There are none where fewer lines than a least number begin with figures.
    """
    if sum(line.glyphs[0].text.isdecimal() for line in page.lines) < least:
        return []
    edge = min(line.box.x0 for line in page.lines)
    rows: defaultdict[int, list[Glyph]] = defaultdict(list)
    for line in page.lines:
        for glyph in line.glyphs:
            rows[round(glyph.baseline)].append(glyph)
    numbers = []
    for _, row in sorted(rows.items()):
        glyphs = sorted(row, key=lambda glyph: glyph.x0)
        if glyphs[0].x0 > edge + _MARGIN * glyphs[0].size:
            continue
        length = _count_digits(glyphs)
        if not 0 < length <= 4:
            continue
        gap = glyphs[length].x0 - glyphs[length - 1].x1 if length < len(glyphs) else edge
        if gap > _MIN_GAP * glyphs[0].size:
            digits = tuple(glyphs[:length])
            numbers.append(_Number(int("".join(glyph.text for glyph in digits)), digits))
    return numbers


def _count_digits(glyphs: Sequence[Glyph]) -> int:
    """Return how many characters at the start of a row make one number."""
    for index, glyph in enumerate(glyphs):
        previous = glyphs[max(index - 1, 0)]
        is_apart = glyph.x0 - previous.x1 > _MIN_GAP * previous.size
        if not glyph.text.isdecimal() or is_apart or glyph.size != glyphs[0].size:
            return index
    return len(glyphs)

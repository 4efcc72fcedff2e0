"""Find the areas of a page that drawings and pictures cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from index.document import Box

_CELL = 6.0  # points: drawings that are nearer belong together
_MAX_CELLS = 500
_MAX_AREAS = 200
_MAX_AREA_SHARE = 0.8  # of the page: what covers more is its background
_MIN_CELLS = 5  # of the width and height of an area


def join_drawings(boxes: Sequence[Box], width: float, height: float) -> tuple[Box, ...]:
    """Return the areas that neighbouring drawings and pictures cover together.

    Args:
        boxes: Around each of them.
        width: Of the page, in points.
        height: Of the page, in points.
    """
    rows: defaultdict[int, int] = defaultdict(int)  # bits of the cells that are covered
    for box in boxes:
        if (box.x1 - box.x0) * (box.y1 - box.y0) > _MAX_AREA_SHARE * width * height:
            continue
        first, last = (max(0, min(int(x / _CELL), _MAX_CELLS)) for x in (box.x0, box.x1))
        mask = (1 << (last + 1)) - (1 << first)
        upper, lower = (max(0, min(int(y / _CELL), _MAX_CELLS)) for y in (box.y0, box.y1))
        for row in range(upper, lower + 1):
            rows[row] |= mask
    return tuple(islice(_list_areas(rows), _MAX_AREAS))


def _list_areas(rows: dict[int, int]) -> Iterator[Box]:
    """Yield the boxes around connected cells."""
    remaining = dict(rows)
    while remaining:
        row = min(remaining)
        seed = remaining[row] & -remaining[row]
        component = _flood(remaining, row, seed)
        cells = 0
        for index, mask in component.items():
            cells |= mask
            rest = remaining[index] & ~mask
            if rest:
                remaining[index] = rest
            else:
                del remaining[index]
        first, end = (cells & -cells).bit_length() - 1, cells.bit_length()
        upper, lower = min(component), max(component) + 1
        if min(end - first, lower - upper) >= _MIN_CELLS:
            yield Box(first * _CELL, upper * _CELL, end * _CELL, lower * _CELL)


def _flood(rows: dict[int, int], row: int, seed: int) -> dict[int, int]:
    """Return the cells that are connected with some cells of a row, by rows."""
    component: dict[int, int] = {}
    waiting = [(row, seed)]
    while waiting:
        index, mask = waiting.pop()
        mask &= rows.get(index, 0) & ~component.get(index, 0)
        if not mask:
            continue
        mask = _fill_runs(rows[index], mask)
        component[index] = component.get(index, 0) | mask
        around = mask | mask << 1 | mask >> 1
        waiting += [(index - 1, around), (index + 1, around)]
    return component


def _fill_runs(cells: int, mask: int) -> int:
    """Return the runs of consecutive cells of a row that some of them are in, in doubling steps."""
    right = left = mask
    right_free = left_free = cells
    step = 1
    while right_free:
        right |= right_free & right << step
        left |= left_free & left >> step
        right_free &= right_free << step
        left_free &= left_free >> step
        step *= 2
    return right | left

"""Read pages whose characters stand in columns from top to bottom, from right to left (直排).

Such a page is turned a quarter anticlockwise, so that its columns are lines from top to bottom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from index.document import Box
from index.readers.pdf.glyphs import Glyph
from index.text.characters import is_fullwidth

_MIN_STEPS = 20  # from a character to the one below it
_MIN_SHARE = 0.7  # of the steps between full-width characters
_MAX_SHIFT = 0.5  # of the font size, sideways
_MAX_STOPS = 4  # in front of the first character of a column that is none
_MAX_ORIGIN = 0.9  # … from the origin of a stop or a bracket to that of its column
_MIN_STEP, _MAX_STEP = 0.6, 2.2  # of the font size, downwards
_ASCENT = 0.88  # of the font size: the part of a full-width character above its baseline
_MAX_COMPARED = 2_000_000  # pairs of characters
_MAX_RUN_WIDTH = 1.3  # of the font size, of figures side by side in a column


def is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Return whether most full-width characters of a page stand below one another.

    Args:
        glyphs: The upright ones in the order of the text stream.
    """
    wide = [glyph for glyph in glyphs if is_fullwidth(glyph.text[0])]
    down = across = 0
    for glyph, following in pairwise(wide):
        step = (following.baseline - glyph.baseline) / glyph.size
        shift = (following.x0 - glyph.x0) / glyph.size
        down += _MIN_STEP < step < _MAX_STEP and abs(shift) < _MAX_SHIFT
        across += abs(step) < _MAX_SHIFT and _MIN_STEP < shift < _MAX_STEP
    return down >= _MIN_STEPS and down > _MIN_SHARE * (down + across)


def turn_columns(glyphs: Sequence[Glyph], width: float) -> tuple[list[Glyph], str]:
    """Return the characters of a vertical page as they stand once it is turned, and the others.

    Figures side by side in a column follow one another; other characters side by side, as those of
    a page's number at its foot, belong to no column.

    Args:
        glyphs: The upright ones in the order of the text stream.
        width: Of the page, in points.
    """
    turned: list[Glyph] = []
    others = ""
    column: Glyph | None = None
    size = max((glyph.size for glyph in glyphs), default=0.0)
    rows = list(_list_rows(glyphs))
    for place, run in enumerate(rows):
        if not _is_in_column(run, size) or not _has_neighbour(rows, place):
            others += "".join(glyph.text for glyph in run) + "\n"
            continue
        # Vertical forms of stops and brackets have origins of their own.
        if column is None or not _is_below(run[0], column):
            ahead = (row[0] for row in rows[place : place + _MAX_STOPS])
            column = next((glyph for glyph in ahead if glyph.text.isalnum()), run[0])
            column = column if _is_below(column, run[0]) else run[0]
        left = column.x0
        column = replace(run[0], x0=left)
        turned += _turn_row(run, left, width)
    return turned, others


def _turn_row(run: Sequence[Glyph], left: float, width: float) -> Iterator[Glyph]:
    """Yield the characters that stand side by side in a column, one after the other."""
    right = run[-1].x1 if len(run) > 1 else left + run[0].size
    for index, glyph in enumerate(run):
        x0 = glyph.baseline - _ASCENT * glyph.size + index * glyph.size / len(run)
        yield replace(
            glyph,
            x0=x0,
            x1=x0 + glyph.size / len(run),
            y0=width - right,
            y1=width - left,
            baseline=width - left - (1 - _ASCENT) * glyph.size,
        )


def _is_in_column(run: Sequence[Glyph], size: float) -> bool:
    """Return whether characters side by side are so few and narrow that a column has room."""
    limit = _MAX_RUN_WIDTH * min(size, 1.4 * run[0].size)
    return len(run) == 1 or run[-1].x1 - run[0].x0 <= limit


def _has_neighbour(rows: Sequence[Sequence[Glyph]], place: int) -> bool:
    """Return whether characters are full-width, or others of the stream are close to them."""
    first = rows[place][0]
    near = [rows[index][0] for index in (place - 1, place + 1) if 0 <= index < len(rows)]
    return is_fullwidth(first.text[0]) or any(
        abs(other.x0 - first.x0) < first.size
        and abs(other.baseline - first.baseline) < _MAX_STEP * first.size
        for other in near
    )


def _is_below(glyph: Glyph, column: Glyph) -> bool:
    """Return whether a character follows another one in its column."""
    is_same_size = abs(glyph.size - column.size) < 0.1 * glyph.size
    shift = abs(glyph.x0 - column.x0)
    return is_same_size and glyph.baseline > column.baseline and shift < _MAX_ORIGIN * glyph.size


def insert_sideways(turned: Sequence[Glyph], sideways: Sequence[Glyph]) -> list[Glyph]:
    """Return the characters of a turned page with those that are set sideways in their columns.

    Args:
        turned: The others, in the order of the text stream.
        sideways: Figures and Latin letters, in that order.
    """
    if len(turned) * len(sideways) > _MAX_COMPARED:
        return [*turned, *sideways]
    following: dict[int, list[Glyph]] = {}
    place, rise, last = -1, 0.0, None
    for glyph in sideways:
        if last is None or not _continues(last, glyph):
            place, rise = _find_place(turned, glyph)
        last = glyph
        moved = replace(
            glyph, baseline=glyph.baseline + rise, y0=glyph.y0 + rise, y1=glyph.y1 + rise
        )
        following.setdefault(place, []).append(moved)
    result = following.get(-1, [])
    for index, glyph in enumerate(turned):
        result += [glyph, *following.get(index, ())]
    return result


def _continues(last: Glyph, glyph: Glyph) -> bool:
    """Return whether a character stands close after another one in its line."""
    return abs(glyph.baseline - last.baseline) < 1 and abs(glyph.x0 - last.x1) < 0.4 * glyph.size


def _find_place(turned: Sequence[Glyph], glyph: Glyph) -> tuple[int, float]:
    """Return the index of the character before another one in its line, and that one's rise to it.

    The index is -1 where no line is near. Only characters of one size have one baseline.
    """
    near = [
        (other.x0 > glyph.x0, abs(other.x0 - glyph.x0), index)
        for index, other in enumerate(turned)
        if abs(other.baseline - glyph.baseline) < 0.7 * other.size
    ]
    if not near:
        return -1, 0.0
    follows, _, index = min(near)
    other = turned[index]
    has_size = abs(other.size - glyph.size) < 0.1 * other.size
    return index - follows, other.baseline - glyph.baseline if has_size else 0.0


def _list_rows(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    """Yield the characters, those that stand side by side together."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and not (
            abs(glyph.baseline - run[-1].baseline) < 0.2 * glyph.size
            and abs(glyph.x0 - run[-1].x1) < 0.7 * glyph.size
        ):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def turn_back(box: Box, width: float) -> Box:
    """Return where a box of a turned page stands on the page as it is printed.

    Args:
        box: On the turned page.
        width: Of the page as it is printed, in points.
    """
    return Box(width - box.y1, box.x0, width - box.y0, box.x1)

"""Group the lines of a table into rows of cells, each with the lines that it is wrapped into."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from index.readers.pdf.lines import PageLine, group_rows

_ROW_TOLERANCE = 0.4  # of the font size
_BAND = 0.75  # of the font size: lines that are less far apart are in one row
_WRAP = 1.4  # of the font size, between the lines of a cell
_MAX_WRAPPED_SHARE = 0.5  # of the cells of a row: more make a row of their own
_MIN_INDENT = 0.5  # of the font size, of the further lines of a first cell
_MIN_LEADER = 3  # dots

TableRow = list[list[PageLine]]
"""The cells of a row from left to right, each the lines of a cell from top to bottom."""


def group_table_rows(lines: Sequence[PageLine]) -> list[TableRow]:
    """Return the rows of a table, from top to bottom.

    Args:
        lines: The lines of the table, in any order.
    """
    rows: list[TableRow] = []
    for group in group_rows(lines, _ROW_TOLERANCE):
        pieces = sorted(group, key=lambda line: line.box.x0)
        if rows and _continues(rows[-1], pieces):
            _add_pieces(rows[-1], pieces)
        else:
            rows.append([[piece] for piece in pieces])
    return rows


def measure_cell_width(line: PageLine) -> float:
    """Return the width of a line without the dots that lead to the next cell, in font sizes.

    Args:
        line: A line of a cell.
    """
    end = len(line.glyphs)
    while end > 1 and line.glyphs[end - 1].text == ".":
        end -= 1
    if len(line.glyphs) - end < _MIN_LEADER:
        end = len(line.glyphs)
    return (line.glyphs[end - 1].x1 - line.box.x0) / line.size


def measure_median_width(rows: Sequence[TableRow]) -> float:
    """Return the width of the lines of half the cells, in font sizes.

    Args:
        rows: One row or more.
    """
    return median(measure_cell_width(line) for row in rows for cell in row for line in cell)


def _continues(row: TableRow, pieces: Sequence[PageLine]) -> bool:
    """Return whether lines below a row are further ones of its cells, or stand beside them."""
    size = pieces[0].size
    distance = pieces[0].baseline - max(cell[-1].baseline for cell in row)
    if distance < _BAND * size:
        return True
    if len(row) < 2 or distance > _WRAP * size or len(pieces) > _MAX_WRAPPED_SHARE * len(row):
        return False
    first = row[0][0]
    return all(
        (cell := _find_cell(row, piece)) is not None
        and abs(piece.baseline - cell[-1].baseline) <= _WRAP * size
        and (cell is not row[0] or _is_wrapped(first, piece))
        for piece in pieces
    )


def _is_wrapped(first: PageLine, piece: PageLine) -> bool:
    """Return whether a line below the first cell of a row goes on from it: no cell of a new row."""
    return piece.box.x0 - first.box.x0 > _MIN_INDENT * piece.size or piece.text[0].islower()


def _find_cell(row: TableRow, piece: PageLine) -> list[PageLine] | None:
    """Return the only cell of a row that a line stands below, if there is one."""
    overlapped = [
        cell
        for cell in row
        if any(line.box.x0 < piece.box.x1 and piece.box.x0 < line.box.x1 for line in cell)
    ]
    return overlapped[0] if len(overlapped) == 1 else None


def _add_pieces(row: TableRow, pieces: Sequence[PageLine]) -> None:
    for piece in pieces:
        cell = _find_cell(row, piece)
        if cell is None:
            row.append([piece])
        else:
            cell.append(piece)
    row.sort(key=lambda cell: cell[0].box.x0)

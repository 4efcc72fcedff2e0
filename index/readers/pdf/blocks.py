"""Group the lines of a page into blocks, and bring these in reading order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from index.document import Box
from index.readers.pdf.glyphs import Rule
from index.readers.pdf.insets import is_inside
from index.readers.pdf.lines import (
    EMPTY_AFTER,
    EMPTY_BEFORE,
    LineBlock,
    PageLine,
    group_rows,
)
from index.readers.pdf.table_rows import group_table_rows

_ROW_TOLERANCE = 0.4  # of the font size
_LINE_GAP = 1.05  # of the line height: a greater gap separates blocks
_SHORT_LINE = 6.0  # of the font size, the width of a last line
_SIZE_RATIO = 1.12  # lines of greater difference are in different blocks
_MAX_OFF_CENTRE = 0.02  # of the width of the text
_MAX_CENTRED_LINES = 3
_MAX_SORTED_BLOCKS = 150  # each is compared with each pair of others


def build_blocks(
    lines: Sequence[PageLine],
    rules: Sequence[Rule],
    tables: Sequence[Box] = (),
    frames: Sequence[Box] = (),
) -> list[LineBlock]:
    """Return the blocks of a page in reading order.

    Lines belong to one block where they stand below one another, near and of one size; the order
    of the blocks is that of Breuel (2003, High Performance Document Layout Analysis).

    Args:
        lines: The lines of one page.
        rules: The page's rules, which separate blocks.
        tables: The areas of its tables, each of which is a block, row by row.
        frames: The areas whose text stands apart from that around them.
    """
    blocks: list[LineBlock] = []
    for area in tables:
        if cells := [line for line in lines if is_inside(line, area)]:
            blocks.append(_build_table(cells))
            lines = [line for line in lines if not is_inside(line, area)]
    for area in frames:
        blocks += _group_lines([line for line in lines if is_inside(line, area)], rules)
        lines = [line for line in lines if not is_inside(line, area)]
    return _sort_blocks([*blocks, *_group_lines(lines, rules)])


def _build_table(cells: Sequence[PageLine]) -> LineBlock:
    """Return the lines of a table as a block, row by row and cell by cell."""
    rows = [[line for cell in row for line in cell] for row in group_table_rows(cells)]
    row_starts = frozenset(id(row[0]) for row in rows)
    return LineBlock(tuple(line for row in rows for line in row), row_starts)


def _group_lines(lines: Sequence[PageLine], rules: Sequence[Rule]) -> list[LineBlock]:
    """Return the lines of a page that belong together."""
    ordered = sorted(lines, key=lambda line: (line.baseline, line.box.x0))
    parents = list(range(len(ordered)))

    def find_root(index: int) -> int:
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    for index, line in enumerate(ordered):
        for below_index in range(index + 1, len(ordered)):
            below = ordered[below_index]
            if below.baseline - line.baseline > 3 * line.size + 3:
                break
            if _belong_together(line, below, rules):
                parents[find_root(below_index)] = find_root(index)
    groups: defaultdict[int, list[PageLine]] = defaultdict(list)
    for index, line in enumerate(ordered):
        groups[find_root(index)].append(line)
    return [LineBlock(tuple(_sort_rows(group))) for group in groups.values()]


def _belong_together(line: PageLine, below: PageLine, rules: Sequence[Rule]) -> bool:
    sizes = sorted((line.size, below.size))
    if sizes[1] > _SIZE_RATIO * sizes[0]:
        return False
    start, end = _measure_ends(line)
    start_below, end_below = _measure_ends(below)
    # A short last line may end where the indented first line begins; a whole one is of a column.
    if end_below - start_below < _SHORT_LINE * sizes[0]:
        end_below = below.box.x1 + 0.3 * sizes[0]
    if end <= start_below or end_below <= start:
        return False
    gap = below.baseline - line.baseline - sizes[1]
    if gap > _LINE_GAP * sizes[1]:
        return False
    return not any(
        line.baseline < rule.y < below.baseline
        and rule.x0 < min(line.box.x1, below.box.x1)
        and rule.x1 > max(line.box.x0, below.box.x0)
        for rule in rules
    )


def _measure_ends(line: PageLine) -> tuple[float, float]:
    """Return where a line begins and ends, without the empty halves of signs."""
    half = 0.5 * line.size
    start = half if line.glyphs[0].text in EMPTY_BEFORE else 0.0
    end = half if line.glyphs[-1].text in EMPTY_AFTER else 0.0
    return line.box.x0 + start, line.box.x1 - end


def _sort_rows(lines: Sequence[PageLine]) -> list[PageLine]:
    """Return the lines from top to bottom, and those of one row from left to right."""
    rows = group_rows(lines, _ROW_TOLERANCE)
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.x0)]


def _sort_blocks(blocks: list[LineBlock]) -> list[LineBlock]:
    """Return blocks in reading order: those above before those below, left columns before right.

    A block precedes another that it overlaps horizontally and stands above, and one that is to its
    right, unless a third block that overlaps both horizontally stands between them. Two blocks with
    nothing beside them, as headings have, are read from top to bottom unless they are in columns
    side by side, and few lines that are centred and so count as wide as the text. More blocks than
    a page has, as damage scatters them, are read from top to bottom.
    """
    blocks = sorted(blocks, key=lambda block: (block.box.y0, block.box.x0))
    count = len(blocks)
    if count < 2 or count > _MAX_SORTED_BLOCKS:
        return blocks
    boxes = _widen_centred(blocks)
    columns = [block.box for block in blocks if len(block.lines) > _MAX_CENTRED_LINES]
    followers = _list_followers(boxes, columns)
    waiting = [0] * count
    for targets in followers:
        for target in targets:
            waiting[target] += 1
    result: list[LineBlock] = []
    remaining = list(range(count))
    while remaining:
        # A ring of precedences is broken at the uppermost block.
        chosen = next((index for index in remaining if not waiting[index]), remaining[0])
        remaining.remove(chosen)
        result.append(blocks[chosen])
        for target in followers[chosen]:
            waiting[target] -= 1
    return result


def _list_followers(boxes: Sequence[Box], columns: Sequence[Box]) -> list[set[int]]:
    """Return for each box those that it precedes."""
    single_rows = {index for index in range(len(boxes)) if _is_alone(boxes, index)}
    around = {index: _list_columns_around(boxes[index], columns) for index in single_rows}
    return [
        {
            second
            for second in range(len(boxes))
            if first != second
            and _precedes(
                boxes,
                first,
                second,
                are_rows={first, second} <= single_rows
                and not _are_beside(around[first], around[second]),
            )
        }
        for first in range(len(boxes))
    ]


def _list_columns(box: Box, columns: Sequence[Box]) -> list[Box]:
    """Return the blocks of several lines that reach as far to the left and the right as a box."""
    return [column for column in columns if column.x0 <= box.x0 and box.x1 <= column.x1]


def _list_columns_around(box: Box, columns: Sequence[Box]) -> list[Box]:
    """Return the blocks of the column in which a box stands; none if it is above all of them."""
    around = _list_columns(box, columns)
    return around if any(column.y1 < box.y1 for column in around) else []


def _are_beside(columns: Sequence[Box], others: Sequence[Box]) -> bool:
    """Return whether blocks stand beside others, and none of them below or above any."""
    pairs = [(column, other) for column in columns for other in others]
    return any(min(a.y1, b.y1) > max(a.y0, b.y0) for a, b in pairs) and not any(
        _overlap_horizontally(a, b) for a, b in pairs
    )


def _widen_centred(blocks: Sequence[LineBlock]) -> list[Box]:
    """Return the boxes of blocks, those of few lines as wide as the text or column around them.

    The text is as wide where they are centred in it, and nothing stands beside them.
    """
    boxes = [block.box for block in blocks]
    text = Box(min(box.x0 for box in boxes), 0.0, max(box.x1 for box in boxes), 0.0)
    columns = [block.box for block in blocks if len(block.lines) > _MAX_CENTRED_LINES]
    widened = []
    for index, (block, box) in enumerate(zip(blocks, boxes, strict=True)):
        off_centre = abs(box.x0 + box.x1 - text.x0 - text.x1)
        around = [text] if off_centre < _MAX_OFF_CENTRE * (text.x1 - text.x0) else []
        around += _list_columns(box, columns)
        target = next((wide for wide in around if _is_alone(boxes, index, wide)), box)
        is_few = len(block.lines) <= _MAX_CENTRED_LINES
        widened.append(box._replace(x0=target.x0, x1=target.x1) if is_few else box)
    return widened


def _is_alone(boxes: Sequence[Box], index: int, around: Box | None = None) -> bool:
    """Return whether nothing stands beside a box, or beside it in a column around it."""
    box = boxes[index]
    return not any(
        min(other.y1, box.y1) > max(other.y0, box.y0)
        and (around is None or (other.x0 < around.x1 and other.x1 > around.x0))
        for position, other in enumerate(boxes)
        if position != index
    )


def _precedes(boxes: Sequence[Box], first: int, second: int, *, are_rows: bool) -> bool:
    a, b = boxes[first], boxes[second]
    if are_rows or _overlap_horizontally(a, b):
        return (a.y0 + a.y1) < (b.y0 + b.y1)
    if a.x0 + a.x1 > b.x0 + b.x1:
        return False
    top, bottom = min(a.y1, b.y1), max(a.y0, b.y0)
    return not any(
        index not in (first, second)
        and top <= (box.y0 + box.y1) / 2 <= bottom
        and _overlap_horizontally(box, a)
        and _overlap_horizontally(box, b)
        for index, box in enumerate(boxes)
    )


def _overlap_horizontally(a: Box, b: Box) -> bool:
    return min(a.x1, b.x1) - max(a.x0, b.x0) > 0.1 * min(a.x1 - a.x0, b.x1 - b.x0)

"""Find what interrupts the text of a page: tables, figures with their labels, and captions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from index.document import Box
from index.readers.pdf.glyphs import Rule
from index.readers.pdf.labels import find_raised_labels
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.pages import PrintedPage
from index.readers.pdf.table_rows import group_table_rows, measure_median_width
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
InsetKind = Literal["byline", "caption", "label", "cell", "box"]
"""Authors below the title, a caption, a label in a figure, a cell of a table, or framed text."""

_SAME_END = 3.0  # points, between the ends of the rules of one table
_MAX_RULES = 500  # of a page: more are the shading of a drawing
_MIN_TABLE_ROWS = 2
_MIN_CELL_ROWS = 0.6  # of the rows of a table: those with several cells
_MIN_ROW_CELLS = 3  # of a row below the last rule of a table
_MAX_ROW_DISTANCE = 2.5  # of the font size, between such a row and the one above
_MAX_CELL_WIDTH = 10.0  # of the font size, of half the cells: columns of text are wider
_MAX_HEIGHT_SHARE = 0.75  # of the page: what is higher is a frame or a background
_MAX_LINES_SHARE = 0.6  # of the lines of the page
_MIN_LABELS = 4  # of a figure without a caption
_MAX_ALIGNED_SHARE = 0.5  # of the lines in a figure: text has more that begin in one place
_LABEL_REACH = 6.0  # points: a label may stand on the edge of its figure
_MAX_LABEL_SHARE = 0.6  # of the width of a figure: a label is shorter
_SMALL_RATIO = 0.95  # of the size of the text: a note is smaller
_RULE_DISTANCE = 3.0  # of the font size, from a rule to the first note under it
_CAPTION_DISTANCE = 4.0  # of the font size, between a figure and its caption
_MAX_CAPTION_LINES = 8


def find_table_areas(
    lines: Sequence[PageLine], rules: Sequence[Rule], drawings: Sequence[Box]
) -> list[Box]:
    """Return the areas of tables: short texts in rows between rules of one length, or in a grid.

    Args:
        lines: The lines of one page.
        rules: Its rules.
        drawings: The areas of its drawings.
    """
    areas = [area for area in drawings if _is_table(_list_inside(lines, area))]
    for run in _group_rules(rules) if len(rules) <= _MAX_RULES else ():
        start = 0
        for index, (upper, lower) in enumerate(pairwise(run)):
            between = Box(upper.x0, upper.y, upper.x1, lower.y)
            inside = _list_inside(lines, between)
            if not inside or not (
                _is_table(inside) or len(group_table_rows(inside)) < _MIN_TABLE_ROWS
            ):
                areas += _join_rules(run[start : index + 1], lines)
                start = index + 1
        areas += _join_rules(run[start:], lines)
    return areas


def _group_rules(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Yield the rules that begin and end in the same places, from top to bottom."""
    runs: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.y):
        run = next(
            (
                run
                for run in runs
                if abs(run[0].x0 - rule.x0) < _SAME_END and abs(run[0].x1 - rule.x1) < _SAME_END
            ),
            None,
        )
        if run is None:
            runs.append([rule])
        else:
            run.append(rule)
    yield from (run for run in runs if len(run) > 1)


def _join_rules(run: Sequence[Rule], lines: Sequence[PageLine]) -> list[Box]:
    """Return the area between the first and the last of some rules, if it is a table's.

    With two rules or more, rows of short texts below the last one belong to it, as on a page where
    the table does not end.
    """
    area = Box(run[0].x0, run[0].y, run[0].x1, run[-1].y)
    areas = [_extend(area, lines), area] if len(run) > 1 else [area]
    return [area for area in areas if _is_table(_list_inside(lines, area))][:1]


def _extend(area: Box, lines: Sequence[PageLine]) -> Box:
    """Return an area with the rows right below it that have several cells, all short."""
    end = area.y1
    below = _list_inside(lines, area._replace(y0=area.y1, y1=float("inf")))
    for row in group_table_rows(below):
        pieces = [line for cell in row for line in cell]
        size = pieces[0].size
        is_near = min(line.baseline for line in pieces) - end < _MAX_ROW_DISTANCE * size
        is_row = len(row) >= _MIN_ROW_CELLS and measure_median_width([row]) <= _MAX_CELL_WIDTH
        if not is_near or not is_row:
            break
        end = max(line.baseline for line in pieces)
    return area._replace(y1=end)


def _list_inside(lines: Sequence[PageLine], area: Box) -> list[PageLine]:
    return [line for line in lines if is_inside(line, area)]


def is_inside(line: PageLine, area: Box) -> bool:
    """Return whether the middle of a line is in an area.

    Args:
        line: A line.
        area: On its page.
    """
    x = (line.box.x0 + line.box.x1) / 2
    return area.x0 <= x <= area.x1 and area.y0 <= line.baseline - 0.3 * line.size <= area.y1


def _is_table(lines: Sequence[PageLine]) -> bool:
    """Return whether lines are cells: short, and several in most rows."""
    rows = group_table_rows(lines)
    if len(rows) < _MIN_TABLE_ROWS:
        return False
    is_divided = sum(len(row) > 1 for row in rows) >= _MIN_CELL_ROWS * len(rows)
    return is_divided and measure_median_width(rows) <= _MAX_CELL_WIDTH


def find_insets(
    blocks: Sequence[LineBlock], tables: Sequence[Box], page: PrintedPage, body_size: float
) -> dict[int, InsetKind]:
    """Return what interrupts the text of a page: the kinds of its lines, by their ids.

    Args:
        blocks: Those of the page.
        tables: The areas of its tables.
        page: The page.
        body_size: The font size of most of the text, in points.
    """
    captions = [
        block for block in blocks if _is_caption(block, [*tables, *page.drawings], body_size)
    ]
    insets: dict[int, InsetKind] = {id(line): "caption" for b in captions for line in b.lines}
    texts = [line for line in _list_texts(blocks, page, body_size) if id(line) not in insets]
    for area in tables:
        insets |= dict.fromkeys(map(id, _list_inside(texts, area)), "cell")
    frames = find_frames(page, texts)
    for area in page.drawings:
        around = Box(area.x0, area.y0 - _LABEL_REACH, area.x1, area.y1 + _LABEL_REACH)
        inside = [line for line in _list_inside(texts, around) if id(line) not in insets]
        if _are_labels(inside, area, captions, page.height):
            insets |= dict.fromkeys(map(id, inside), "label")
        elif area in frames:
            insets |= dict.fromkeys(map(id, _list_inside(inside, area)), "box")
    return insets


def _list_texts(
    blocks: Sequence[LineBlock], page: PrintedPage, body_size: float
) -> Iterator[PageLine]:
    """Yield the lines of blocks that are no notes below a rule."""
    for block in blocks:
        is_small = block.size < _SMALL_RATIO * body_size
        if not (is_small and _is_ruled_note(block, page.rules)):
            yield from block.lines


def _is_ruled_note(block: LineBlock, rules: Sequence[Rule]) -> bool:
    """Return whether a block begins with a raised label, below the left end of a rule."""
    label = next(find_raised_labels(block.lines[0]), None)
    return (
        label is not None
        and label.start == 0
        and any(
            0 < block.box.y0 - rule.y < _RULE_DISTANCE * block.size
            and abs(rule.x0 - block.box.x0) < _RULE_DISTANCE * block.size
            for rule in rules
        )
    )


def find_frames(page: PrintedPage, lines: Sequence[PageLine]) -> list[Box]:
    """Return the areas of drawings that are no background of the page and hold a part of its text.

    Args:
        page: The page.
        lines: Its lines.
    """
    limit = _MAX_HEIGHT_SHARE * page.height
    return [
        area
        for area in page.drawings
        if area.y1 - area.y0 <= limit
        and len(_list_inside(lines, area)) <= _MAX_LINES_SHARE * len(lines)
    ]


def _are_labels(
    lines: Sequence[PageLine], area: Box, captions: Sequence[LineBlock], page_height: float
) -> bool:
    """Return whether the lines in a drawing label it: they are short, and it has a caption.

    One without a caption has several labels that do not stand below one another.
    """
    limit = _MAX_LABEL_SHARE * (area.x1 - area.x0)
    labels = [line for line in lines if line.box.x1 - line.box.x0 < limit]
    is_background = area.y1 - area.y0 > _MAX_HEIGHT_SHARE * page_height
    if not labels or 2 * len(labels) < len(lines) or is_background:
        return False
    if any(_is_near(block, area) for block in captions):
        return True
    edges = Counter(round(line.box.x0) for line in lines)
    is_scattered = edges.most_common(1)[0][1] < _MAX_ALIGNED_SHARE * len(lines)
    return is_scattered and len(labels) >= _MIN_LABELS and lines[0].page > 1


def _is_near(block: LineBlock, area: Box) -> bool:
    """Return whether a block stands close above or below an area."""
    distance = max(block.box.y0 - area.y1, area.y0 - block.box.y1)
    overlap = min(block.box.x1, area.x1) - max(block.box.x0, area.x0)
    return distance < _CAPTION_DISTANCE * block.size and overlap > 0


def _is_caption(block: LineBlock, areas: Sequence[Box], body_size: float) -> bool:
    """Return whether a block begins as a caption does, and is none of the text."""
    text = block.lines[0].text
    if len(block.lines) > _MAX_CAPTION_LINES or not _PATTERNS["caption"].match(text):
        return False
    is_marked = _PATTERNS["marked-caption"].match(text) is not None
    is_small = block.size < _SMALL_RATIO * body_size
    return is_marked or is_small or any(_is_near(block, area) for area in areas)

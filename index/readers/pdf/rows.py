"""Join the words of justified lines, and numbers with the text after them, across wide gaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from index.readers.pdf.lines import EMPTY_AFTER, EMPTY_BEFORE, PageLine, group_rows

_ROW_TOLERANCE = 0.1  # of the font size
_MAX_GAP = 4.0  # of the font size, between words of a justified line
_MAX_LABEL_GAP = 3.0  # of the font size, after a number or a bullet
_GAP_TOLERANCE = 0.12  # of the font size, between the gaps of one line
_SIGN_TOLERANCE = 0.6  # … beside a sign of Chinese, whose empty half may be set or not
_EDGE_TOLERANCE = 1.5  # points
_MIN_WIDTH = 5.0  # of the font size, of lines that show where a column ends
_RAISED_RATIO = 0.85  # of the size of a line: the number of a note may be so small
_MIN_RISE, _MAX_RISE = 0.1, 0.7  # of the font size
_STOP_RATIO = 2.7  # of the other gaps of a line
_MANY_GAPS = 4  # that are equal show a justified line wherever it ends
_MIN_EDGE_LINES = 3  # that begin or end in one place
_MAX_ROW_GAP = 2.5  # of the font size, between rows of a table
_MIN_ALIGNED_SHARE = 0.5  # of the words of a row that stand below words: a table
_MAX_LABEL = 20  # characters
_LABEL = re.compile(
    r"[註注]?(?:\d{1,2}\.){0,4}\d{1,3}[.)、:]?|[IVXivx]{1,5}[.)、]?|[A-Za-z][.)]|§+|[•◦▪‣●■◆❖➢✓–—*†‡-]{1,2}"
    r"|[（(\[［〔【]\w{1,3}[)）\]］〕】]|[\u2460-\u24ff\u2776-\u2793]|第\w{1,3}[編编篇部章節节條条]|[一二三四五六七八九十壹貳參肆]{1,3}、"
)


def join_rows(lines: Sequence[PageLine]) -> list[PageLine]:
    """Return the lines of a page, the pieces of justified lines joined.

    A justified line can have gaps that are wider than those between columns, but they are equal,
    its ends stand at the edges of the text, and its words do not stand below one another as those
    of a table do.

    Args:
        lines: The lines of one page.
    """
    lines = _join_raised_labels(lines)
    rows = [sorted(row, key=lambda line: line.box.x0) for row in group_rows(lines, _ROW_TOLERANCE)]
    if all(len(row) == 1 for row in rows):
        return lines
    edges = _Edges(lines)
    done: list[list[PageLine]] = []
    for index, row in enumerate(rows):
        if len(row) == 1:
            done.append(row)
            continue
        near = [*done[-2:], *rows[index + 1 : index + 3]]
        joined: list[PageLine] = []
        for run in _split_at_columns(list(_join_labels(row, edges)), edges):
            is_line = len(run) > 1 and _is_justified(run, edges, near)
            joined += [_join(run)] if is_line else run
        done.append(joined)
    return [line for row in done for line in row]


def _join_raised_labels(lines: Sequence[PageLine]) -> list[PageLine]:
    """Return the lines, each raised number or sign that stands alone joined with the text after it.

    Notes of word processors hang so: their numbers stand in a column of their own.
    """
    labels = [line for line in lines if _is_label(line)]
    followers: dict[int, PageLine] = {}
    for label in labels:
        following = min(
            (line for line in lines if _is_hung(label, line)),
            key=lambda line: line.box.x0,
            default=None,
        )
        if following is not None:
            followers.setdefault(id(following), label)
    joined = {id(label) for label in followers.values()}
    return [
        _join([followers[id(line)], line]) if id(line) in followers else line
        for line in lines
        if id(line) not in joined
    ]


def _is_label(line: PageLine) -> bool:
    return len(line.glyphs) <= _MAX_LABEL and _LABEL.fullmatch(line.text) is not None


def _is_hung(label: PageLine, line: PageLine) -> bool:
    """Return whether a label is smaller, raised, and close to the left of a line."""
    rise = (line.baseline - label.baseline) / line.size
    return (
        label.size < _RAISED_RATIO * line.size
        and _MIN_RISE < rise < _MAX_RISE
        and 0 <= _measure_gap(label, line) < _MAX_LABEL_GAP
    )


def _join(lines: Sequence[PageLine]) -> PageLine:
    return PageLine(lines[0].page, tuple(glyph for line in lines for glyph in line.glyphs))


def _join_labels(row: Sequence[PageLine], edges: _Edges) -> Iterator[PageLine]:
    """Yield the lines of a row, a number or a bullet joined with the text after it.

    A number at the end of a column is none.
    """
    label: PageLine | None = None
    for line in row:
        if label is not None and _measure_gap(label, line) < _MAX_LABEL_GAP:
            yield _join([label, line])
            label = None
            continue
        if label is not None:
            yield label
        ends_column = edges.is_right(line.box.x1) and not edges.is_left(line.box.x0)
        label = line if _is_label(line) and not ends_column else None
        if label is None:
            yield line
    if label is not None:
        yield label


class _Edges:
    """The places where lines of a page begin and end."""

    def __init__(self, lines: Sequence[PageLine]) -> None:
        wide = [line for line in lines if line.box.x1 - line.box.x0 > _MIN_WIDTH * line.size]
        self._left = Counter(round(line.box.x0) for line in wide)
        self._right = Counter(round(line.box.x1) for line in wide)

    def is_left(self, x: float) -> bool:
        """Return whether several lines begin there."""
        return _count_near(self._left, x) >= _MIN_EDGE_LINES

    def has_column(self, first: PageLine, line: PageLine, following: PageLine) -> bool:
        """Return whether a column begins between two pieces of a row.

        Args:
            first: The first piece of the column before, whose indents do not count.
            line: A piece.
            following: The next one.
        """
        least = max(line.box.x1, first.box.x0 + _MIN_WIDTH * first.size)
        return any(
            least < x <= following.left + 1 and _count_near(self._left, x) >= _MIN_EDGE_LINES
            for x in self._left
        )

    def is_right(self, x: float) -> bool:
        """Return whether several lines end there."""
        return _count_near(self._right, x) >= _MIN_EDGE_LINES


def _count_near(counts: Counter[int], x: float) -> int:
    return sum(counts[round(x) + step] for step in (-1, 0, 1))


def _split_at_columns(row: Sequence[PageLine], edges: _Edges) -> Iterator[list[PageLine]]:
    """Yield the lines of a row that may be one, cut where columns end and sizes change."""
    run = [row[0]]
    for line, following in pairwise(row):
        gap = _measure_gap(line, following)
        is_cut = gap > _MAX_GAP or abs(line.size - following.size) > 0.1 * line.size
        if is_cut or edges.has_column(run[0], line, following):
            yield run
            run = []
        run.append(following)
    yield run


def _measure_gap(line: PageLine, following: PageLine) -> float:
    return (following.glyphs[0].x0 - line.glyphs[-1].x1) / max(line.size, following.size)


def _is_justified(
    run: Sequence[PageLine], edges: _Edges, near: Sequence[Sequence[PageLine]]
) -> bool:
    """Return whether the pieces of a row are words of a justified line."""
    gaps = [_measure_gap(line, following) for line, following in pairwise(run)]
    all_gaps = gaps + [gap for line in run for gap in _list_blanks(line)]
    usual = median(all_gaps)
    # Two pieces may be lines of two columns.
    allowance = _SIGN_TOLERANCE if len(gaps) > 1 else _GAP_TOLERANCE
    is_even = len(all_gaps) > 1 and all(
        _is_usual(gap, usual, (line, following), allowance)
        for gap, (line, following) in zip(gaps, pairwise(run), strict=True)
    )
    is_whole = _spans_like_neighbour(run, near) or (
        (edges.is_right(run[-1].box.x1) and (edges.is_left(run[0].box.x0) or is_even))
        or (is_even and len(all_gaps) >= _MANY_GAPS)
    )
    return is_whole and (is_even or len(all_gaps) == 1) and not _is_table_row(run, near)


def _is_usual(
    gap: float, usual: float, pieces: tuple[PageLine, PageLine], allowance: float
) -> bool:
    """Return whether a gap is as wide as most of its line; TeX sets wider ones after stops.

    Args:
        gap: The gap, as a share of the font size.
        usual: The middle one of its line.
        pieces: What it separates.
        allowance: How far one beside a sign of Chinese may be from it.
    """
    line, following = pieces
    ratio = _STOP_RATIO if _ends_with_stop(line) else 1.0
    is_at_sign = line.glyphs[-1].text in EMPTY_AFTER or following.glyphs[0].text in EMPTY_BEFORE
    is_at_sign |= line.glyphs[-1].text in EMPTY_BEFORE or following.glyphs[0].text in EMPTY_AFTER
    tolerance = allowance if is_at_sign else _GAP_TOLERANCE
    return usual - tolerance < gap < ratio * usual + tolerance


def _ends_with_stop(line: PageLine) -> bool:
    """Return whether a stop ends a line, before the mark of a note if one follows."""
    runs, end = line.raised_runs, len(line.glyphs)
    if runs and runs[-1].end == end:
        end = runs[-1].start
    return end > 0 and line.glyphs[end - 1].text in ".,:;?!"


def _list_blanks(line: PageLine) -> list[float]:
    """Return the widths of the blanks in a line, as shares of its size."""
    return [
        (line.glyphs[index].x0 - line.glyphs[index - 1].x1) / line.size
        for index in range(1, len(line.glyphs))
        if line.has_blank_before(index)
    ]


def _spans_like_neighbour(run: Sequence[PageLine], near: Sequence[Sequence[PageLine]]) -> bool:
    """Return whether a line above or below begins and ends where the row does."""
    return any(
        abs(line.box.x1 - run[-1].box.x1) < _EDGE_TOLERANCE
        and line.box.x0 - run[0].box.x0 < _EDGE_TOLERANCE
        and abs(line.size - run[0].size) < 0.1 * line.size
        and abs(line.baseline - run[0].baseline) < _MAX_ROW_GAP * line.size
        for row in near
        for line in row
    )


def _is_table_row(run: Sequence[PageLine], near: Sequence[Sequence[PageLine]]) -> bool:
    """Return whether most pieces but the first stand below, or above, others."""
    for row in near:
        if abs(row[0].baseline - run[0].baseline) > _MAX_ROW_GAP * run[0].size:
            continue
        aligned = sum(any(_is_aligned(line, other) for other in row[1:]) for line in run[1:])
        if len(row) > 1 and aligned > _MIN_ALIGNED_SHARE * (len(run) - 1):
            return True
    return False


def _is_aligned(line: PageLine, other: PageLine) -> bool:
    return (
        abs(line.box.x0 - other.box.x0) < _EDGE_TOLERANCE
        or abs(line.box.x0 + line.box.x1 - other.box.x0 - other.box.x1) < _EDGE_TOLERANCE
    )

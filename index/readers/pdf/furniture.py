"""Find running heads and feet."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.pdf.lines import PageLine

_MIN_PAGES = 3  # on which a line repeats
_EDGE_ROWS = 3  # rows at the top and at the foot of a page that may be running
_PLACE_STEP = 3.0  # points
_HEADING_RATIO = 1.15  # of the size of the text
_DETACHED_GAP = 1.6  # of the font size, from baseline to baseline


@dataclass(frozen=True, slots=True)
class _EdgeRow:
    """The lines of one baseline near the upper or lower edge of a page.

    Attributes:
        lines: At least one.
        edge: 1 at the upper edge, -1 at the lower one.
        is_detached: Whether it keeps more distance from the next row than lines of a text do.
    """

    lines: tuple[PageLine, ...]
    edge: int
    is_detached: bool

    @property
    def places(self) -> range:
        """The places that it counts for: steps of three points, one to either side included."""
        place = round(self.lines[0].baseline / _PLACE_STEP)
        return range(place - 1, place + 2)

    @property
    def size(self) -> float:
        """The greatest font size of its lines."""
        return max(line.size for line in self.lines)

    def build_keys(self, body_size: float) -> list[tuple[int, str]]:
        """Return the texts of its lines with its edge: without figures, if in small type."""
        return [
            (
                self.edge,
                line.text if line.size > _HEADING_RATIO * body_size else _normalize(line.text),
            )
            for line in self.lines
        ]


def find_running_lines(
    pages: Sequence[Sequence[PageLine]], body_size: float, title: str
) -> set[int]:
    """Return the ids (`id(line)`) of running heads, feet and page numbers.

    From the edge of a page inwards, a row of lines is running where its text, but for figures,
    repeats in the same place on three pages or more, or where it keeps its distance from the text
    and half of the pages have such a row in the same place, where few have a line of text. A line
    in larger type than the text is a heading unless it repeats with its figures.

    Args:
        pages: The lines of each page.
        body_size: The font size of most of the text.
        title: The title of the file, as its properties give it.
    """
    edges = [rows for lines in pages for rows in _find_edge_rows(lines)]
    counts = _EdgeCounts(body_size, sum(bool(lines) for lines in pages))
    for row in (row for rows in edges for row in rows):
        counts.add(row)
    running: set[int] = set()
    for rows in edges:
        for row in rows:
            is_in_short_file = len(pages) < _MIN_PAGES and row.is_detached
            if not counts.is_running(row) and not (
                is_in_short_file and _is_number_or_title(row, title)
            ):
                break
            running |= {id(line) for line in row.lines}
    return running


class _EdgeCounts:
    """Counts the pages on which rows near the edges stand in the same places."""

    def __init__(self, body_size: float, printed_pages: int) -> None:
        self._body_size = body_size
        self._min_pages = max(_MIN_PAGES, 0.5 * printed_pages)
        self._text_pages: defaultdict[tuple[int, str, int], set[int]] = defaultdict(set)
        self._detached_pages: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._attached_pages: defaultdict[tuple[int, int], set[int]] = defaultdict(set)

    def add(self, row: _EdgeRow) -> None:
        """Count a row."""
        page = row.lines[0].page
        for place in row.places:
            for edge, key in row.build_keys(self._body_size):
                self._text_pages[edge, key, place].add(page)
            if not row.is_detached:
                self._attached_pages[row.edge, place].add(page)
            elif self._is_small(row):
                self._detached_pages[row.edge, place].add(page)

    def is_running(self, row: _EdgeRow) -> bool:
        """Return whether a row repeats, or stands in a margin."""
        place = row.places[1]
        keys = row.build_keys(self._body_size)
        if max(len(self._text_pages[edge, key, place]) for edge, key in keys) >= _MIN_PAGES:
            return True
        detached = len(self._detached_pages[row.edge, place])
        attached = len(self._attached_pages[row.edge, place])
        is_margin = detached >= max(self._min_pages, 2 * attached)
        return row.is_detached and self._is_small(row) and is_margin

    def _is_small(self, row: _EdgeRow) -> bool:
        return row.size <= _HEADING_RATIO * self._body_size


def _is_number_or_title(row: _EdgeRow, title: str) -> bool:
    """Return whether a row of a file of one or two pages is a page number, or the file's title."""
    text = " ".join(line.text for line in row.lines)
    is_title = bool(title) and _normalize(text) == _normalize(title) and row.edge == 1
    is_number = row.edge == -1 and re.fullmatch(r"[-–—\s]*\d{1,4}[-–—\s]*", text) is not None
    return is_number or is_title


def _find_edge_rows(lines: Sequence[PageLine]) -> list[list[_EdgeRow]]:
    """Return the outermost rows at the upper and at the lower edge of a page, from the edge on."""
    rows: list[list[PageLine]] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if rows and line.baseline - rows[-1][0].baseline < 0.5 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    result = []
    for edge in (1, -1):
        ordered = rows[::edge]
        edge_rows = []
        for index, row in enumerate(ordered[:_EDGE_ROWS]):
            following = ordered[index + 1][0].baseline if index + 1 < len(ordered) else math.inf
            gap = abs(following - row[0].baseline)
            edge_rows.append(_EdgeRow(tuple(row), edge, gap > _DETACHED_GAP * row[0].size))
        result.append(edge_rows)
    return result


def _normalize(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", re.sub(r"\s+", "", folded))

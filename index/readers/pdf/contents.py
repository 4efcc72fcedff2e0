"""Find the tables of contents that a PDF prints."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from index.readers.line_joining import choose_separator, join_lines
from index.readers.paged.blocks import Line
from index.readers.paged.people import parse_names
from index.readers.pdf.lines import LineBlock, PageLine
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")

_LEADER_SIGN = "[.·‧•…．・﹒⋯_]"
_LEADER = rf"(?<!{_LEADER_SIGN})(?<!{_LEADER_SIGN}\s)(?:{_LEADER_SIGN}\s?+){{4,}}+"
_PAGE = r"(?:\d{1,4}|[ivxlc]{1,7}|[（(]\d{1,4}[)）])$"
_HAS_LEADERS = re.compile(rf"{_LEADER}(?:[^.…]{{0,60}}?\t?{_PAGE}|\s*$)")
_ENDS_IN_PAGE = re.compile(rf"\S.*?[\s.·…]{_PAGE}")
_NAMES_AND_PAGE = re.compile(
    rf"(?:.*(?:\t[^\S\t]*+|{_LEADER}\s*+)|\s*)(?P<names>[^\W\d](?:[^\t.…]|\.(?!\s?\.))*?)(?<=\w)\W*{_PAGE}"
)
_MIN_ROWS = 3
_LARGE_RATIO = 1.3
_MAX_STEP = 150  # pages, from the last entry to one without leaders
_LAST_NUMBER = re.compile(r"(?<!\d)\d{1,4}$")
_NEAR_RATIO = 0.85
_MAX_GAP = 2.5  # of the font size, from baseline to baseline of the rows of a title
_FULL = 2.0  # of the font size: a title that ends nearer to the edge fills its row
_MAX_ROWS_BETWEEN = 2  # other rows between two rows of the contents: entries of several lines


@dataclass(frozen=True, slots=True)
class PrintedContents:
    """The tables of contents of a file.

    Attributes:
        lines: The ids (`id(line)`) of their lines.
        entries: Their headings and entries in order, each as one line with tabs between its title,
            its author and its page.
    """

    lines: frozenset[int]
    entries: tuple[Line, ...]


def find_contents(blocks: Sequence[LineBlock], titles: Collection[str]) -> PrintedContents:
    """Return the tables of contents.

    A table of contents is a run of rows with leaders, or of rows that end in numbers below a
    heading such as Contents or 目錄, or of rows with a title, names and a number. A heading that
    the outline names is a heading of the text, and not part of the table.

    Args:
        blocks: The blocks of text in reading order.
        titles: Those of the outline.
    """
    kept = [run for run in _find_runs(blocks, titles) if len(run.ends) >= _MIN_ROWS]
    return PrintedContents(
        frozenset(id(line) for run in kept for row in run.rows[: run.length] for line in row),
        tuple(
            Line(line.number, line.text, index)
            for index, line in enumerate(line for run in kept for line in run.build_entries())
        ),
    )


def _find_runs(blocks: Sequence[LineBlock], titles: Collection[str]) -> list[_ContentsRun]:
    """Return runs of rows that may be tables of contents; many are empty."""
    runs = [_ContentsRun()]
    for row in _iterate_rows(blocks):
        run = runs[-1]
        text = "\t".join(line.text for line in row)
        if _PATTERNS["contents-heading"].match(text):
            is_listed = text.strip() in titles
            heading = [] if is_listed else [row]
            runs.append(_ContentsRun(heading, len(heading), is_below_heading=True))
        elif _is_entry(text, has_heading=run.is_below_heading) and run.may_hold(row, text):
            run.rows.append(row)
            run.ends.append(len(run.rows))
        elif run.is_open and len(run.rows) - run.length < _MAX_ROWS_BETWEEN:
            run.rows.append(row)
        else:
            runs.append(_ContentsRun())
    return runs


def _is_entry(text: str, *, has_heading: bool) -> bool:
    """Return whether a row is an entry of the contents, or the end of one."""
    if _HAS_LEADERS.search(text) or (has_heading and _ENDS_IN_PAGE.match(text)):
        return True
    match = _NAMES_AND_PAGE.fullmatch(text)
    return match is not None and text.count("\t") > 1 and parse_names(match["names"]) is not None


@dataclass(slots=True)
class _ContentsRun:
    """Rows that may be a table of contents.

    Attributes:
        rows: The heading, if it belongs to the table, and entries of one or more rows.
        heading_count: How many of the rows are the heading: 0 or 1.
        is_below_heading: Whether a heading stands over the entries.
        ends: The number of rows up to the end of each entry.
    """

    rows: list[list[PageLine]] = field(default_factory=list)
    heading_count: int = 0
    is_below_heading: bool = False
    ends: list[int] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it has begun."""
        return bool(self.rows) or self.is_below_heading

    def may_hold(self, row: Sequence[PageLine], text: str) -> bool:
        """Return whether a row is no larger than the entries, and its page soon follows theirs.

        The heading of a chapter is larger, and a line of the text may end in any number.
        """
        if not self.ends:
            return True
        entries = [self.rows[end - 1] for end in self.ends]
        if row[0].size > _LARGE_RATIO * max(entry[0].size for entry in entries):
            return False
        page = _LAST_NUMBER.search(text)
        pages = [_LAST_NUMBER.search(entry[-1].text) for entry in entries]
        last = max((int(match[0]) for match in pages if match), default=0)
        return page is None or bool(_HAS_LEADERS.search(text)) or int(page[0]) <= last + _MAX_STEP

    @property
    def length(self) -> int:
        """The number of rows up to the end of the last entry."""
        if not self.ends:
            return self.heading_count
        end = self.ends[-1]
        is_wrapped = len(self.rows) > end and self._is_wrapped(*self.rows[end - 1 : end + 1])
        return end + is_wrapped

    def build_entries(self) -> Iterator[Line]:
        """Yield the heading and each entry as a line."""
        start = self.heading_count
        if start:
            yield Line(self.rows[0][0].page, "\t".join(line.text for line in self.rows[0]))
        for end in self.ends:
            last = end
            while self._goes_on(last):
                last += 1
            rows = self.rows[start:last]
            yield Line(rows[0][0].page, _join_entry(rows[: end - start], rows[end - start :]))
            start = last

    def _goes_on(self, index: int) -> bool:
        """Return whether a row that ends no entry belongs to the row above it."""
        if index >= self.length or index + 1 in self.ends:
            return False
        row, below, *following = self.rows[index - 1 : index + 2]
        is_near = bool(following) and index < self.ends[-1] and _is_near(row, below, following[0])
        return is_near or self._is_wrapped(row, below)

    def _is_wrapped(self, row: Sequence[PageLine], below: Sequence[PageLine]) -> bool:
        """Return whether a title fills its column, left of its page, and goes on in a short row."""
        gap = below[0].baseline - row[0].baseline
        is_below = 0 < gap < _MAX_GAP * row[0].size and below[0].page == row[0].page
        if len(row) == 1 or not is_below or abs(below[0].box.x0 - row[0].box.x0) > row[0].size:
            return False
        edge = max(row[0].box.x1 for row in self.rows if len(row) > 1) - _FULL * row[0].size
        return below[0].box.x1 < edge < row[0].box.x1


def _is_near(
    row: Sequence[PageLine], below: Sequence[PageLine], next_row: Sequence[PageLine]
) -> bool:
    """Return whether a row stands nearer to the one above it than to the one below it."""
    gap = below[0].baseline - row[0].baseline
    return 0 < gap < _NEAR_RATIO * (next_row[0].baseline - below[0].baseline)


def _join_entry(rows: Sequence[Sequence[PageLine]], further: Sequence[Sequence[PageLine]]) -> str:
    """Return the rows of an entry as one line; names in the last row stand for themselves.

    Args:
        rows: Up to the one with the page.
        further: The rows below it, in which the title goes on.
    """
    text = ""
    for row in rows:
        pieces = [line.text for line in row]
        if row is rows[-1]:
            pieces[0] = join_lines([pieces[0], *(line.text for row in further for line in row)])
        row_text = "\t".join(pieces)
        match = _NAMES_AND_PAGE.fullmatch(row_text) if row is rows[-1] else None
        has_names = match is not None and parse_names(match["names"].strip()) is not None
        text += ("\t" if text and has_names else choose_separator(text, row_text)) + row_text
    return text


def _iterate_rows(blocks: Sequence[LineBlock]) -> Iterator[list[PageLine]]:
    """Yield the lines of each page that stand on one baseline, from top to bottom."""
    lines = [line for block in blocks for line in block.lines]
    for _, of_page in groupby(lines, key=lambda line: line.page):
        row: list[PageLine] = []
        for line in sorted(of_page, key=lambda line: (round(line.baseline), line.box.x0)):
            if row and line.baseline - row[0].baseline > 0.4 * line.size:
                yield sorted(row, key=lambda line: line.box.x0)
                row = []
            row.append(line)
        if row:
            yield sorted(row, key=lambda line: line.box.x0)

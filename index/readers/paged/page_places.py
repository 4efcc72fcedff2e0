"""Find the pages of paged text: by its form feeds, and by the numbers printed on its pages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from index.document import PageRef, PageRegion
from index.page_numbers import PrintedNumber, infer_page_labels, parse_printed_numbers
from index.readers.paged.blocks import Block, Line

Position = tuple[int, int]
"""A place in the order of the file, see `Line.position`."""

_MIN_PAGES = 3  # whose numbers follow each other
_EDGE_LINES = 3  # at the head and at the foot of a page, among which a running line stands
_SMALLEST_PAGE, _LARGEST_PAGE = (
    0.2,
    2.5,
)  # of a usual page: all are between these
_WHOLE_PAGE = 0.6  # of a usual page: as much text is a page of its own
_REMAINDER = 0.4  # of a usual page: less text is not
_SEVERAL_PAGES = 1.6  # of a usual page: more text is several pages


@dataclass(frozen=True, slots=True)
class PageMap:
    """The pages of a file.

    Attributes:
        starts: Where each of `pages` begins, in order.
        pages: The pages; None for a part of the file whose page is not known.
    """

    starts: tuple[Position, ...] = ()
    pages: tuple[PageRef | None, ...] = ()

    def find(self, position: Position) -> PageRef | None:
        """Return the page of a place; None if it is not known.

        Args:
            position: The place.
        """
        index = bisect_right(self.starts, position) - 1
        return self.pages[index] if index >= 0 else None

    def build_regions(self, pieces: Iterable[tuple[int, Position]]) -> tuple[PageRegion, ...]:
        """Return where a text stands: a region for each page, none if a page is not known.

        Args:
            pieces: The offset and the place of each piece of the text, in order.
        """
        regions: list[PageRegion] = []
        for offset, position in pieces:
            page = self.find(position)
            if page is None:
                return ()
            if not regions or regions[-1].page != page.index:
                regions.append(PageRegion(offset, page.index, page.label))
        return tuple(regions)


def find_pages(
    lines: Sequence[Line], body: Sequence[Block], furniture: Iterable[tuple[Position, str]]
) -> PageMap:
    """Return the pages of a file.

    Form feeds part them, and numbers in running heads or feet that keep a constant offset over at
    least three pages are their labels. Without form feeds, at least three such numbers that follow
    each other part the pages, if it is clear whether they stand at their heads or at their feet.

    Args:
        lines: All lines of the file.
        body: The blocks of its articles, in order.
        furniture: The place and the text of each running head, running foot and page number.
    """
    numbers = sorted((position, parse_printed_numbers(text)) for position, text in furniture)
    starts = [line.position for line in lines if line.starts_page]
    if not starts:
        return _split_at_numbers(numbers, body)
    starts.insert(0, (0, 0))
    on_pages: list[set[PrintedNumber]] = [set() for _ in starts]
    edges = _find_edges(lines)
    for position, printed in numbers:
        if position in edges:
            on_pages[bisect_right(starts, position) - 1] |= printed
    labels = infer_page_labels(on_pages)
    return PageMap(
        tuple(starts), tuple(PageRef(index, label) for index, label in enumerate(labels, 1))
    )


def _find_edges(lines: Sequence[Line]) -> set[Position]:
    """Return the places of the first and of the last lines of each page."""
    edges: set[Position] = set()
    page: list[Position] = []
    for line in lines:
        if line.starts_page:
            edges.update(page[:_EDGE_LINES], page[-_EDGE_LINES:])
            page = []
        if line.text.strip():
            page.append(line.position)
    return edges.union(page[:_EDGE_LINES], page[-_EDGE_LINES:])


def _split_at_numbers(
    numbers: Sequence[tuple[Position, frozenset[PrintedNumber]]], body: Sequence[Block]
) -> PageMap:
    """Return the pages that the longest chain of numbers parts; none if it may be by chance."""
    chain = _find_chain(numbers)
    if len(chain) < _MIN_PAGES:
        return PageMap()
    places = [position for position, _ in chain]
    sizes = [0] * (len(chain) + 1)
    for block in body:
        sizes[bisect_right(places, block.position)] += len(block.text)
    before, *between, after = sizes
    usual = median(between)
    if any(not _SMALLEST_PAGE * usual < size < _LARGEST_PAGE * usual for size in between):
        return PageMap()
    pages: list[PageRef | None] = [
        PageRef(index, str(value)) for index, (_, value) in enumerate(chain, 1)
    ]
    if before >= _WHOLE_PAGE * usual and after < _REMAINDER * usual:  # they stand at the feet
        if before > _SEVERAL_PAGES * usual:
            pages[0] = None
        return PageMap(((0, 0), *places), (*pages, None))
    if after >= _WHOLE_PAGE * usual and before < _REMAINDER * usual:
        if after > _SEVERAL_PAGES * usual:
            pages[-1] = None
        return PageMap(tuple(places), tuple(pages))
    return PageMap()


class _Link(NamedTuple):
    """The last number of a chain, and what comes before it."""

    length: int
    position: Position
    value: int
    before: _Link | None


def _find_chain(
    numbers: Sequence[tuple[Position, frozenset[PrintedNumber]]],
) -> list[tuple[Position, int]]:
    """Return the places and values of the most numbers that follow each other, one by one."""
    ends: dict[int, _Link] = {}
    for position, printed in numbers:
        for number in sorted(printed, reverse=True):
            if number.is_roman:
                continue
            before = ends.get(number.value - 1)
            length = before.length + 1 if before else 1
            if number.value not in ends or length > ends[number.value].length:
                ends[number.value] = _Link(length, position, number.value, before)
    link = max(ends.values(), key=lambda end: end.length, default=None)
    chain = []
    while link:
        chain.append((link.position, link.value))
        link = link.before
    return chain[::-1]

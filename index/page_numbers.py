"""Find the page on which text stands, its place there, and the numbers printed on pages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from index.document import Article, Box, PageRegion, Passage, Span
from index.text.roman import format_roman, parse_roman

_MIN_PAGES = 3  # on which printed numbers keep their offset to the pages' indexes

_NUMBER = re.compile(
    r"(?<![^\W\u3400-\u9fff])(?<!\.)(?<!\d[-–])"
    r"(\d{1,6}|[ivxlc]{1,7})(?!\.?[^\W\u3400-\u9fff])(?![-–]\d)"
)


class PrintedNumber(NamedTuple):
    """A number in a running head or foot."""

    value: int
    is_roman: bool = False

    @property
    def label(self) -> str:
        """The number as pages print it."""
        return format_roman(self.value).lower() if self.is_roman else str(self.value)


class TextPlace(NamedTuple):
    """Where a part of a text stands.

    Attributes:
        page: The index of its page in the file, counted from 1.
        label: The page's printed number, "" where it has none or it is not known.
        box: Its place on the page; None where only the page is known.
    """

    page: int
    label: str = ""
    box: Box | None = None


class MarkedPage(NamedTuple):
    """A page with the places of some text on it.

    Attributes:
        page: Its index in the file, counted from 1.
        boxes: The places.
    """

    page: int
    boxes: tuple[Box, ...] = ()


def find_places(regions: Sequence[PageRegion], span: Span) -> Iterator[TextPlace]:
    """Yield where a part of a text stands; nothing where the file has no pages.

    Args:
        regions: Where the text stands, by offset.
        span: The part; what begins or ends inside a region gets its share of the region's width.

    >>> regions = (PageRegion(0, 4, "12", Box(0, 0, 100, 9)), PageRegion(20, 5, "13"))
    >>> for place in find_places(regions, Span(5, 30)):
    ...     print(place)
    TextPlace(page=4, label='12', box=Box(x0=25.0, y0=0, x1=100, y1=9))
    TextPlace(page=5, label='13', box=None)
    """
    ends = [region.offset for region in regions[1:]]
    for region, end in zip(regions, [*ends, max(span.end, span.start + 1)], strict=bool(regions)):
        if region.offset < span.end and end > span.start:
            yield TextPlace(region.page, region.label, _crop(region, end, span))


def _crop(region: PageRegion, end: int, span: Span) -> Box | None:
    """Return the box of the part of a region that is in a span."""
    box = region.box
    if box is None:
        return None
    left, right = box.x0, box.x1
    share = (right - left) / (end - region.offset)
    if span.start > region.offset:
        left += share * (span.start - region.offset)
    if span.end < end - 1:  # the blank at the end of a line has no width
        right -= share * (end - span.end)
    return Box(round(left, 1), box.y0, round(right, 1), box.y1)


def find_places_in_passage(
    article: Article, passage: Passage, span: Span, note: str | None = None
) -> list[TextPlace]:
    """Return where a part of a passage, or of one of its notes, stands.

    Args:
        article: The passage's article.
        passage: The passage.
        span: The part.
        note: The number of the note; None for the passage itself.

    Raises:
        KeyError: If the article has no such note.
    """
    if note is not None:
        return list(find_places(article.get_note(note).regions, span))
    places: list[TextPlace] = []
    begin, end = passage.start.offset + span.start, passage.start.offset + span.end
    section = article.sections[passage.section_index]
    for paragraph in section.paragraphs[passage.start.paragraph :]:
        length = len(paragraph.text)
        if begin <= length:
            places += find_places(paragraph.regions, Span(max(begin, 0), min(end, length)))
        begin -= length + 1
        end -= length + 1
        if end < 0:
            break
    return places


def group_by_page(places: Iterable[TextPlace]) -> tuple[MarkedPage, ...]:
    """Return the pages with places on them, in order.

    Args:
        places: Those without a box are left out.
    """
    boxes: dict[int, list[Box]] = {}
    for place in places:
        if place.box is not None:
            boxes.setdefault(place.page, []).append(place.box)
    return tuple(MarkedPage(page, tuple(on_page)) for page, on_page in sorted(boxes.items()))


def parse_printed_numbers(text: str) -> frozenset[PrintedNumber]:
    """Return the numbers in a running head or foot, in Arabic figures or small Roman ones.

    Args:
        text: A line.

    >>> sorted(parse_printed_numbers("第 12 期　雙月刊　第27頁"))
    [PrintedNumber(value=12, is_roman=False), PrintedNumber(value=27, is_roman=False)]
    """
    tokens = _NUMBER.findall(unicodedata.normalize("NFKC", text))
    numbers = (
        PrintedNumber(int(token)) if token.isdecimal() else PrintedNumber(parse_roman(token), True)
        for token in tokens
    )
    # "civil" has the letters of a numeral, but is none.
    return frozenset(number for number in numbers if not number.is_roman or number.label in tokens)


def infer_page_labels(numbers: Sequence[Collection[PrintedNumber]]) -> list[str]:
    """Return the printed number of each page, "" where it is not known.

    A number is a page's if it keeps a constant offset to the indexes of at least three pages, and
    no other one does so, too; a page without a number has that between its neighbours'.

    Args:
        numbers: The numbers in the running heads and feet of each page, in order.

    >>> pages = [{3}, {2024, 4}, {2024}, {2024, 6}]
    >>> infer_page_labels([{PrintedNumber(value) for value in values} for values in pages])
    ['3', '4', '5', '6']
    """
    offsets = Counter(
        (number.value - index, number.is_roman)
        for index, page in enumerate(numbers)
        for number in set(page)
    )
    labels = []
    for index, page in enumerate(numbers):
        constant = [
            number
            for number in set(page)
            if offsets[number.value - index, number.is_roman] >= _MIN_PAGES
        ]
        labels.append(constant[0].label if len(constant) == 1 else "")
    return _fill_gaps(labels)


def _fill_gaps(labels: Sequence[str]) -> list[str]:
    """Return the labels with those of pages that print no number but stand between two that do."""
    result = list(labels)
    known = [index for index, label in enumerate(labels) if label.isdecimal()]
    for before, after in pairwise(known):
        offset = int(labels[before]) - before
        if int(labels[after]) - after != offset:
            continue
        for index in range(before + 1, after):
            if not labels[index]:
                result[index] = str(index + offset)
    return result

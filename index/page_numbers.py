"""Find the page on which text stands, and the numbers that are printed on pages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from index.document import PageRef, PageRegion, Section, TextPosition
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


def find_page(regions: Sequence[PageRegion], offset: int) -> PageRef | None:
    """Return the page of a character of a text; None where the file has no pages.

    Args:
        regions: Where the text stands, by offset.
        offset: The character.

    >>> regions = (PageRegion(0, 4, "12"), PageRegion(80, 5, "13"))
    >>> find_page(regions, 79), find_page(regions, 80)
    (PageRef(index=4, label='12'), PageRef(index=5, label='13'))
    """
    page = None
    for region in regions:
        if page is not None and region.offset > offset:
            break
        page = PageRef(region.page, region.label)
    return page


def find_page_in_section(section: Section, start: TextPosition, offset: int) -> PageRef | None:
    """Return the page of a character of a passage; None where the file has no pages.

    Args:
        section: The passage's section.
        start: Where the passage begins in it.
        offset: The character of the passage.
    """
    position = start.offset + offset
    for paragraph in section.paragraphs[start.paragraph :]:
        if position <= len(paragraph.text):
            return find_page(paragraph.regions, position)
        position -= len(paragraph.text) + 1
    return None


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

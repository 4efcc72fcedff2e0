"""Tests that the page of a passage's sentence is found."""

from __future__ import annotations

from index.document import PageRef, PageRegion, Paragraph, Section, TextPosition
from index.page_numbers import find_page, find_page_in_section

FIRST = Paragraph("0123456789", regions=(PageRegion(0, 3, "1"), PageRegion(6, 4, "2")))
SECOND = Paragraph("abcd", regions=(PageRegion(0, 4, "2"),))
PLAIN = Paragraph("efgh")


def test_text_without_pages_has_no_page_number() -> None:
    assert find_page((), 3) is None
    section = Section((), (FIRST, PLAIN))
    assert find_page_in_section(section, TextPosition(1, 0), 2) is None


def test_page_applies_from_its_offset_onwards() -> None:
    assert [find_page(FIRST.regions, offset) for offset in (0, 5, 6, 9)] == [
        PageRef(3, "1"),
        PageRef(3, "1"),
        PageRef(4, "2"),
        PageRef(4, "2"),
    ]


def test_page_is_found_from_any_start_in_the_section() -> None:
    section = Section((), (FIRST, SECOND))
    assert find_page_in_section(section, TextPosition(0, 4), 1) == PageRef(3, "1")
    assert find_page_in_section(section, TextPosition(0, 4), 2) == PageRef(4, "2")
    assert find_page_in_section(section, TextPosition(0, 4), 8) == PageRef(4, "2")
    assert find_page_in_section(section, TextPosition(1, 0), 0) == PageRef(4, "2")

"""Tests that the place of a passage's sentence is found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import (
    Article,
    Box,
    Note,
    PageRegion,
    Paragraph,
    Passage,
    Section,
    Span,
    TextPosition,
)
from index.page_numbers import (
    MarkedPage,
    TextPlace,
    find_places,
    find_places_in_passage,
    group_by_page,
)

FIRST = Paragraph("0123456789", regions=(PageRegion(0, 3, "1"), PageRegion(6, 4, "2")))
SECOND = Paragraph("abcd", regions=(PageRegion(0, 4, "2"),))
PLAIN = Paragraph("efgh")
NOTE = Note("5", "A note.", regions=(PageRegion(0, 9, "7", Box(0, 0, 70, 8)),))
ARTICLE = Article("Tides", sections=(Section((), (FIRST, SECOND, PLAIN)),), notes=(NOTE,))


def build_passage(paragraph: int, offset: int, text: str = "") -> Passage:
    return Passage("p", "x", 0, 0, TextPosition(paragraph, offset), text, (), (), "")


def test_text_without_pages_has_no_place() -> None:
    assert list(find_places((), Span(0, 3))) == []
    assert find_places_in_passage(ARTICLE, build_passage(2, 0), Span(0, 3)) == []


def test_a_page_holds_from_its_offset_on() -> None:
    characters = [Span(offset, offset + 1) for offset in (0, 5, 6, 9)]
    places = [place for character in characters for place in find_places(FIRST.regions, character)]
    assert places == [TextPlace(3, "1"), TextPlace(3, "1"), TextPlace(4, "2"), TextPlace(4, "2")]


def test_a_passage_begins_anywhere_in_its_section() -> None:
    def pages(start: TextPosition, span: Span) -> list[int]:
        passage = build_passage(*start)
        return [place.page for place in find_places_in_passage(ARTICLE, passage, span)]

    assert pages(TextPosition(0, 4), Span(0, 2)) == [3]
    assert pages(TextPosition(0, 4), Span(1, 3)) == [3, 4]
    assert pages(TextPosition(0, 4), Span(2, 4)) == [4]
    assert pages(TextPosition(0, 4), Span(7, 9)) == [4]  # in the second paragraph
    assert pages(TextPosition(0, 4), Span(2, 9)) == [4, 4]
    assert pages(TextPosition(1, 0), Span(0, 4)) == [4]


def test_a_note_has_places_of_its_own() -> None:
    places = find_places_in_passage(ARTICLE, build_passage(0, 0), Span(0, 7), "5")
    assert places == [TextPlace(9, "7", Box(0, 0, 70, 8))]
    with pytest.raises(KeyError):
        find_places_in_passage(ARTICLE, build_passage(0, 0), Span(0, 7), "6")


def test_places_are_grouped_by_page_and_need_a_box() -> None:
    first, second = Box(0, 0, 9, 9), Box(0, 10, 9, 19)
    places = [TextPlace(4, "2", second), TextPlace(3, "1", first), TextPlace(4, "2", first)]
    assert group_by_page([*places, TextPlace(5)]) == (
        MarkedPage(3, (first,)),
        MarkedPage(4, (second, first)),
    )


@given(
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    start=st.integers(0, 100),
    length=st.integers(1, 100),
)
def test_boxes_lie_in_their_lines_and_cover_the_part(
    sizes: list[int], start: int, length: int
) -> None:
    offsets = [sum(sizes[:index]) for index in range(len(sizes))]
    lines = [Box(0, 10 * row, size, 10 * row + 9) for row, size in enumerate(sizes)]
    regions = [PageRegion(offset, 1, "", box) for offset, box in zip(offsets, lines, strict=True)]
    total = sum(sizes)
    span = Span(min(start, total - 1), min(start + length, total))
    boxes = [place.box for place in find_places(regions, span)]
    widths = 0.0
    for box in boxes:
        assert box in lines or any(
            line.x0 <= box.x0 <= box.x1 <= line.x1 and line.y0 == box.y0 for line in lines if box
        )
        widths += box.x1 - box.x0 if box else 0
    assert widths >= span.end - span.start - 0.2 * len(boxes)

"""Tests of pages whose characters stand in columns from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence

from index.document import Box
from index.readers.pdf.glyphs import Glyph
from index.readers.pdf.pages import arrange_lines
from index.readers.pdf.vertical import insert_sideways, is_vertical, turn_back, turn_columns

from .pages import WIDTH, set_line


def set_column(text: str, x: float, top: float, size: float = 10.0) -> list[Glyph]:
    """Return characters below one another; stops have origins at the right of their cells."""
    glyphs = []
    for index, char in enumerate(text):
        baseline = top + (index + 0.88) * size
        x0 = x + 0.7 * size if char in "，。" else x
        ink = (x0, baseline - 0.8 * size, x0 + size, baseline + 0.05 * size)
        glyphs.append(Glyph(char, *ink, baseline, size, "Serif", False, False))
    return glyphs


def set_columns(*columns: str) -> list[Glyph]:
    """Return columns from right to left."""
    return [
        glyph
        for index, text in enumerate(columns)
        for glyph in set_column(text, 300 - 18 * index, 60)
    ]


def turn_sideways(text: str, x: float, top: float, size: float) -> list[Glyph]:
    """Return characters that are turned with the page, at a place of the page as printed."""
    return set_line(text, top, WIDTH - x - 0.2 * size, size)


def read_lines(glyphs: Sequence[Glyph]) -> list[str]:
    return [line.text for line in arrange_lines(1, glyphs)]


COLUMNS = ("港務局設有兩本帳冊，一記稅收", "，一記工資。議會關閉外港", "商人爭論了十年。")


def test_columns_of_characters_are_told_from_lines() -> None:
    assert is_vertical(set_columns(*COLUMNS))
    assert not is_vertical([g for row in range(4) for g in set_line(COLUMNS[0], 40, 60 + 15 * row)])
    assert not is_vertical(set_columns("渡船"))


def test_columns_become_lines_from_right_to_left() -> None:
    turned, others = turn_columns(set_columns(*COLUMNS), WIDTH)
    assert read_lines(turned) == list(COLUMNS)
    assert not others


def test_number_of_the_page_is_in_no_column() -> None:
    glyphs = [*set_columns(*COLUMNS), *set_line("— 127 —", 180, 560)]
    turned, others = turn_columns(glyphs, WIDTH)
    assert read_lines(turned) == list(COLUMNS)
    assert "127" in others


def test_figures_that_are_set_sideways_stand_in_their_column() -> None:
    column = set_column("議會於年關閉外港", 300, 60)
    upper, lower = column[:3], set_column("年關閉外港", 300, 110)
    figures = turn_sideways("1921", 300, 90, 10)
    turned, _ = turn_columns([*upper, *lower], WIDTH)
    assert read_lines(insert_sideways(turned, figures)) == ["議會於1921年關閉外港"]


def test_boxes_stand_where_they_are_printed() -> None:
    glyph = set_column("渡", 300, 60)[0]
    turned, _ = turn_columns([glyph], WIDTH)
    box = turn_back(Box(turned[0].x0, turned[0].y0, turned[0].x1, turned[0].y1), WIDTH)
    assert (round(box.x0), round(box.y0), round(box.x1), round(box.y1)) == (300, 60, 310, 70)

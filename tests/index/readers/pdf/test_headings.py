"""Tests of the headings of PDF files."""

from __future__ import annotations

from index.readers.pdf.blocks import build_blocks
from index.readers.pdf.front_matter import FrontMatter
from index.readers.pdf.headings import OutlineEntry, find_headings

from .pages import build_page, set_line

FULL = "word " * 11 + "end of a full line of text"


def test_headings_are_found_by_outline_or_size() -> None:
    page = build_page(
        set_line("A Chapter of It", 40, 60, 16),
        *(set_line(FULL, 40, 90 + 12 * row) for row in range(4)),
    )
    blocks = build_blocks(page.lines, ())
    for outline in ([], [OutlineEntry("A Chapter of It", 1, 1)]):
        headings = find_headings(blocks, outline, 10.0, FrontMatter())
        assert [[line.text for line in heading.lines] for heading in headings.values()] == [
            ["A Chapter of It"]
        ]


def test_a_wrapped_heading_goes_on_in_a_line_that_is_a_name_of_sections() -> None:
    for second, expected in (
        ("Annex", [["Of Specific Systems", "Annex"]]),
        ("Chapter 2. Quays", [["Of Specific Systems"], ["Chapter 2. Quays"]]),
    ):
        page = build_page(
            set_line("Of Specific Systems", 40, 60, 16),
            set_line(second, 40, 78, 16),
            *(set_line(FULL, 40, 110 + 12 * row) for row in range(4)),
        )
        headings = find_headings(build_blocks(page.lines, ()), [], 10.0, FrontMatter())
        lines_of_heading = {
            id(heading): [line.text for line in heading.lines] for heading in headings.values()
        }
        assert list(lines_of_heading.values()) == expected

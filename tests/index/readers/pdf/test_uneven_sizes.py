"""Text layers of scans, whose words have uneven sizes, are read like even text."""

from __future__ import annotations

import random
from dataclasses import replace

from index.readers.pdf.glyphs import Glyph
from index.readers.pdf.layout import lay_out_pages
from index.readers.pdf.page_notes import find_page_notes
from index.readers.pdf.pages import PrintedPage, arrange_lines

from .pages import build_page, set_line

TEXT = "The keeper of the lamp counts every ship that passes at night"
NAMES = ["Harbour", "Lantern", "Orchard", "Bridge", "Archive", "Keeper"]
NOTES = ["1Harbour Board, Annual Report, 1901, p. 4.", "2Ada Merrow, The Salt Roads, p. 9."]


def shake(page: PrintedPage, seed: int) -> PrintedPage:
    """The page with another size and baseline for each word, as programs measure them."""
    drawn = random.Random(seed)
    glyphs: list[Glyph] = []
    scale = rise = 0.0
    for line in page.lines:
        for index, glyph in enumerate(line.glyphs):
            if index == 0 or glyph.follows_space:
                scale, rise = drawn.uniform(0.88, 1.12), drawn.uniform(-0.6, 0.6)
            baseline = glyph.baseline + rise
            y0, y1 = baseline + (glyph.y0 - glyph.baseline) * scale, baseline
            moved = (glyph.text, glyph.x0, y0, glyph.x1, y1, baseline, glyph.size * scale)
            glyphs.append(Glyph(*moved, "OCR", is_bold=False, follows_space=glyph.follows_space))
    return replace(page, lines=arrange_lines(page.number, glyphs))


def make_pages(seed: int) -> list[PrintedPage]:
    pages = []
    for number in (1, 2, 3):
        rows = [set_line(TEXT[number:], 40, 80 + 14 * row) for row in range(12)]
        rows[3] = set_line(TEXT[:40] + "ships.1 Then", 40, 80 + 14 * 3)
        rows[7] = set_line(TEXT[:40] + "at sea,2 and", 40, 80 + 14 * 7)
        notes = [set_line(note, 40, 500 + 11 * row, 8) for row, note in enumerate(NOTES)]
        pages.append(shake(build_page(*rows, *notes, number=number), seed + number))
    return pages


def test_the_words_of_a_line_get_one_size_and_baseline() -> None:
    layout = lay_out_pages(make_pages(1))
    for page in layout.pages:
        lines = [line for block in page.blocks for line in block.lines]
        assert [line.text for line in lines][:3] == [TEXT[page.number :].strip()] * 3
        assert len({line.size for line in lines}) == 2
        assert all(len({glyph.baseline for glyph in line.glyphs}) == 1 for line in lines)


def test_notes_at_the_foot_of_uneven_pages_are_found() -> None:
    for seed in range(10, 60, 10):
        notes = find_page_notes(lay_out_pages(make_pages(seed))).notes
        assert [note.label for note in notes] == ["1", "2"] * 3
        assert {"".join(line.text for line in note.lines) for note in notes} == set(NOTES)


def test_a_large_short_row_that_stands_apart_stays_larger() -> None:
    rows = [set_line(TEXT, 40, 120 + 14 * row) for row in range(14)]
    heading = set_line("2. The Salt Pans", 40, 96, 11.4)
    head = [set_line(TEXT, 40, 44 + 14 * row) for row in range(2)]
    pages = [shake(build_page(*head, heading, *rows, number=n), n) for n in (1, 2)]
    layout = lay_out_pages(pages)
    lines = [line for page in layout.pages for block in page.blocks for line in block.lines]
    sizes = [line.size for line in lines if line.text.startswith("2. The")]
    assert len(sizes) == 2
    assert min(sizes) >= 1.12 * layout.body_size


def test_even_pages_are_left_as_they_are() -> None:
    rows = [set_line(TEXT, 40, 80 + 14 * row) for row in range(12)]
    page = build_page(*rows, set_line("^1^A note in smaller type.", 40, 500, 8))
    layout = lay_out_pages([page])
    assert {round(line.size, 1) for b in layout.pages[0].blocks for line in b.lines} == {8.0, 10.0}


def test_notes_at_the_feet_of_both_columns_of_uneven_pages_are_found() -> None:
    pages = []
    for number in (1, 2, 3):
        rows = []
        for column, x in enumerate((30, 215)):
            texts = [TEXT[number : number + 30].strip()] * 14
            texts[4] = TEXT[:22] + f"at sea.{column + 1}"
            rows += [set_line(text, x, 80 + 14 * row) for row, text in enumerate(texts)]
            note = f"{column + 1}{NAMES[number]} Board, Report on"
            rows += [set_line(note, x, 450, 8), set_line(f"{NAMES[-number]} Pans.", x, 461, 8)]
        pages.append(shake(build_page(*rows, number=number), number))
    notes = find_page_notes(lay_out_pages(pages)).notes
    assert [(note.label, len(note.lines)) for note in notes] == [("1", 2), ("2", 2)] * 3

"""Tests of lists of notes, tables of contents and chapter heads on synthetic pages."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from index.readers.paged.blocks import Line
from index.readers.paged.contents import find_contents
from index.readers.pdf.blocks import build_blocks
from index.readers.pdf.contents import find_contents as find_printed_contents
from index.readers.pdf.front_matter import FrontMatter
from index.readers.pdf.glyphs import Glyph, Rule
from index.readers.pdf.headings import find_headings
from index.readers.pdf.layout import lay_out_pages
from index.readers.pdf.lines import LineBlock
from index.readers.pdf.page_notes import find_page_notes
from index.readers.pdf.pages import PrintedPage

from .pages import build_page, set_line

FULL = "word " * 11 + "end of a full line of text"


def build_list(lines: Sequence[str]) -> PrintedPage:
    """Return a page with a heading and lines below it; those after an asterisk are bold."""
    rows: list[list[Glyph]] = [set_line("Notes", 40, 60, 12, is_bold=True)]
    for index, line in enumerate(lines):
        is_bold = line.startswith("*")
        rows.append(set_line(line.removeprefix("*"), 40, 90 + 13 * index, is_bold=is_bold))
    return build_page(*rows)


def test_lines_that_begin_with_a_date_are_no_notes_of_a_list() -> None:
    page = build_list(["1. The ledger, 2020 年", "3 月 3 日，頁 4。", "2. Ibid."])
    notes = find_page_notes(lay_out_pages([page])).notes
    assert [(note.label, len(note.lines)) for note in notes] == [("1", 2), ("2", 1)]


def test_other_stops_after_a_number_begin_no_note_of_a_list() -> None:
    page = build_list(["1. The ledger, volume", "2 of the second series.", "2. Ibid."])
    notes = find_page_notes(lay_out_pages([page])).notes
    assert [(note.label, len(note.lines)) for note in notes] == [("1", 2), ("2", 1)]


def test_heads_of_chapters_in_a_list_of_notes_are_set_aside() -> None:
    lines = ["*Notes to Chapter 1", "1. The ledger.", "2. Ibid."]
    page = build_list([*lines, "*Notes to Chapter 2", "1. The roll.", "2. Ibid."])
    layout = lay_out_pages([page])
    notes = find_page_notes(layout)
    assert [note.label for note in notes.notes] == ["1", "2", "1", "2"]
    printed = [line for block in layout.pages[0].blocks for line in block.lines]
    assert [line.text for line in printed if id(line) in notes.headings] == [
        "Notes",
        "Notes to Chapter 1",
        "Notes to Chapter 2",
    ]


def test_numbered_heads_of_chapters_in_another_font_part_a_list_of_notes() -> None:
    rows = [set_line("Notes", 40, 60, 14)]
    baseline = 90
    for number, head in enumerate(("The Gauge", "Floods of Paper"), 1):
        slanted = [
            replace(glyph, font="Italic") for glyph in set_line(f"{number} {head}", 40, baseline)
        ]
        rows += [slanted, set_line("1. The ledger.", 40, baseline + 20)]
        rows.append(set_line("2. The roll.", 40, baseline + 33))
        baseline += 53
    layout = lay_out_pages([build_page(*rows)])
    notes = find_page_notes(layout)
    assert [(note.label, len(note.lines)) for note in notes.notes] == [
        ("1", 1),
        ("2", 1),
        ("1", 1),
        ("2", 1),
    ]
    printed = [line for block in layout.pages[0].blocks for line in block.lines]
    heads = [line.text for line in printed if id(line) in notes.headings]
    assert heads == ["Notes", "1 The Gauge", "2 Floods of Paper"]


def test_chapter_label_and_the_title_below_it_are_one_heading() -> None:
    text = [set_line(FULL, 40, 160 + 13 * row) for row in range(6)]
    for label in ("Chapter 3", "第三章"):
        page = build_page(set_line(label, 40, 60, 16), set_line("The Tide", 40, 100, 20), *text)
        blocks = build_blocks(page.lines, ())
        headings = find_headings(blocks, (), 10, FrontMatter())
        texts = [[line.text for line in heading.lines] for heading in headings.values()]
        assert texts == [[label, "The Tide"]]


def test_large_chapter_head_ends_the_contents() -> None:
    rows = [set_line("Contents", 40, 60, 14)]
    rows += [set_line(f"{n} The Tide {n} . . . . . . . {n}", 40, 80 + 13 * n) for n in range(1, 5)]
    rows.append(set_line("Chapter 1", 40, 200, 20))
    lines = build_page(*rows).lines
    contents = find_printed_contents([LineBlock((line,)) for line in lines], set())
    assert [line.text for line in lines if id(line) not in contents.lines] == ["Chapter 1"]


def test_contents_with_names_before_the_page_in_brackets() -> None:
    texts = ["目錄", "潮汐史 …… 王守義（5）", "渡船 …… 陳海生/17", "燈塔 …… 林德山 29"]
    contents = find_contents([Line(1, text, index) for index, text in enumerate(texts)])
    rows = [(row.title, row.author, row.page) for row in contents.first_list]
    assert rows == [("潮汐史", "王守義", 5), ("渡船", "陳海生", 17), ("燈塔", "林德山", 29)]


def test_wide_gap_after_a_mark_at_a_stop_is_part_of_a_justified_line() -> None:
    row: list[Glyph] = []
    x = 40.0
    for word in ("some", "long", "weeks.^3^", "The", "tide", "turned"):
        row += set_line(word, x, 112)
        x = row[-1].x1 + (20 if "^" in word else 9)
    assert [line.text for line in build_page(row).lines] == ["some long weeks.3 The tide turned"]


def test_signs_of_chinese_leave_gaps_of_other_widths_in_a_justified_line() -> None:
    row: list[Glyph] = []
    x = 40.0
    for piece, gap in (
        ("〈", 15.0),
        ("港口白書", 15.0),
        ("〉", 10.5),
        ("，", 15.0),
        ("港報，", 0.0),
    ):
        row += set_line(piece, x, 60)
        x = row[-1].x1 + gap
    (line,) = build_page(row).lines
    assert line.printed == "〈港口白書〉，港報，"


def test_lines_of_two_columns_that_end_and_begin_with_signs_stay_apart() -> None:
    left, right = "港口的白書 與港報，", "「港報」與 白書的港。"
    row = [*set_line(left, 40, 60), *set_line(right, 145, 60)]
    assert [line.text for line in build_page(row).lines] == [left, right]


def test_title_centred_in_its_column_is_read_where_it_stands() -> None:
    left = [set_line("left column line of text", 40, 120 + 12 * row) for row in range(5)]
    right = [set_line("right column line", 240, 60 + 12 * row) for row in range(10)]
    title, heading = set_line("Title", 90, 60, 16), set_line("One", 40, 90, 12)
    blocks = build_blocks(build_page(title, heading, *left, *right).lines, ())
    assert [block.lines[0].text.split()[0] for block in blocks] == ["Title", "One", "left", "right"]


def test_a_list_without_a_heading_is_read_beside_powers_and_repeated_marks() -> None:
    rows = ["The port fell dry^1^ and lost^2^ 10^3^ tons.", "It was sold^3^ twice^1^ at once."]
    rows += ["1. The ledger.", "2. Ibid.", "3. The roll."]
    page = build_page(*(set_line(row, 40, 60 + 13 * index) for index, row in enumerate(rows)))
    notes = find_page_notes(lay_out_pages([page])).notes
    assert [note.label for note in notes] == ["1", "2", "3"]


def test_raised_figures_that_do_not_count_up_lead_to_no_list() -> None:
    rows = ["It is 10^3^ m^2^ wide, 10^3^ m^2^ deep and 10^1^ m^2^ long.", "And 10^3^ m^2^ more."]
    rows += ["1. The ledger.", "2. The bridge.", "3. The roll."]
    page = build_page(*(set_line(row, 40, 60 + 13 * index) for index, row in enumerate(rows)))
    assert find_page_notes(lay_out_pages([page])).notes == []


def build_chapters(*heads: str) -> list[PrintedPage]:
    """Return chapters of two pages, which end in small notes; heads stand over these notes."""
    pages = []
    for chapter, head in enumerate(heads):
        title = set_line(f"The {chapter + 1}. Chapter", 40, 60, 14)
        text = [set_line(FULL, 40, 90 + 13 * row) for row in range(6)]
        first = set_line("It was sold^1^ twice^2^ at once.", 40, 300)
        pages.append(build_page(title, *text, first, number=2 * chapter + 1))
        lines = [set_line(head, 40, 250)] if head else []
        for row, note in enumerate(["1. The ledger.", "2. Ibid.", "3. The roll."]):
            lines.append(set_line(note, 40, 280 + 10 * row, 8))
        last = set_line("And then^3^ no more.", 40, 200)
        rules = [Rule(40, 110, 262)]
        pages.append(build_page(*text, last, *lines, number=2 * chapter + 2, rules=rules))
    return pages


def test_small_notes_at_the_ends_of_chapters_need_no_heading() -> None:
    page_notes = find_page_notes(lay_out_pages(build_chapters("", "")))
    assert [note.label for note in page_notes.notes] == list("123123")
    assert [note.list_index for note in page_notes.notes] == [1, 1, 1, 2, 2, 2]


def test_small_works_under_a_heading_at_the_ends_of_chapters_are_no_chapter_lists() -> None:
    page_notes = find_page_notes(lay_out_pages(build_chapters("References", "References")))
    assert not page_notes.list_starts


def test_one_small_note_alone_is_no_list_of_a_chapter() -> None:
    text = [set_line(FULL, 40, 60 + 13 * row) for row in range(6)]
    marked = build_page(*text, set_line("It was sold^1^ at once.", 40, 200))
    note = set_line("1 The ledger.", 40, 500, 8)
    page = build_page(*text, note, number=2, rules=[Rule(40, 110, 488)])
    assert not find_page_notes(lay_out_pages([marked, page])).list_starts

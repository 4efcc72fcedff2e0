"""Tests of turned pages, line numbers, page numbers, running heads, and headings set apart."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst
from msgspec.structs import replace

from index.readers.pdf import read
from index.readers.pdf.blocks import build_blocks
from index.readers.pdf.front_matter import FrontMatter
from index.readers.pdf.glyphs import Glyph
from index.readers.pdf.headings import PdfHeading, find_headings, split_run_in_heads
from index.readers.pdf.layout import lay_out_pages
from index.readers.pdf.lines import LineBlock
from index.readers.pdf.marks import PlacedMark
from index.readers.pdf.pages import PrintedPage
from index.readers.pdf.paragraphs import count_line_edges, split_paragraphs
from index.readers.pdf.running_heads import find_part_heads, insert_heads, put_below

from .pages import build_page, set_line

WORDS = "harbour lantern tide keeper bridge archive orchard ferry".split()
FULL = "word " * 11 + "end of a full line of text"


@pytest.mark.parametrize("angle", [-90, 90, 180])
def test_text_of_turned_pages_is_read(angle: int) -> None:
    text = "The harbour opened in spring.#footnote[Its ledger is purple.] It closed in autumn."
    page = (
        "#set page(width: 300pt, height: 300pt)\n"
        f"#rotate({angle}deg, reflow: true)[#block(width: 200pt)[{text}]]"
    )
    publication, _ = read(typst.compile(page.encode()), Path("turned.pdf"))
    section = publication.articles[0].sections[0]
    shown = " ".join(paragraph.text for paragraph in section.paragraphs)
    assert "The harbour opened in spring." in shown
    assert "It closed in autumn." in shown


def test_numbers_of_lines_are_set_aside() -> None:
    pages = []
    for number in (1, 2):
        rows: list[list[Glyph]] = []
        for row in range(12):
            figures = set_line(str(row + 1), 26 if row < 9 else 22, 60 + 13 * row, 8)
            rows += [figures, set_line(f"{WORDS[row % 8]} line {number}", 40, 60 + 13 * row)]
        pages.append(build_page(*rows, number=number))
    layout = lay_out_pages(pages)
    lines = [line.text for page in layout.pages for block in page.blocks for line in block.lines]
    assert lines[:2] == ["harbour line 1", "lantern line 1"]
    assert layout.pages[0].tilted == "123456789101112"
    last = build_page(set_line("13", 22, 60, 8), set_line("harbour line 3", 40, 60), number=3)
    (*_, short) = lay_out_pages([*pages, last]).pages
    assert short.tilted == "13"


def test_ranks_in_a_table_are_no_numbers_of_lines() -> None:
    table = [
        [*set_line(str(row), 40, 60 + 13 * row), *set_line(WORDS[row], 80, 60 + 13 * row)]
        for row in range(1, 7)
    ]
    text = [[set_line(f"{FULL} {row}", 40, 40 + 13 * row) for row in range(8)] for _ in range(3)]
    pages = [build_page(*rows, number=n + 2) for n, rows in enumerate(text)]
    layout = lay_out_pages([build_page(*table), *pages])
    assert not any(page.tilted for page in layout.pages)


def test_the_number_of_a_page_is_known_on_a_single_page() -> None:
    rows = [set_line(f"{WORDS[row]} {FULL}", 40, 60 + 13 * row) for row in range(6)]
    pages = [
        build_page(*rows, set_line("- 1 -", 190, 580)),
        build_page(*rows[:3], number=2),
        build_page(set_line("One line alone.", 40, 60), number=3),
        build_page(set_line("Another one alone.", 40, 60), number=4),
    ]
    running = [[line.text for line in page.running] for page in lay_out_pages(pages).pages]
    assert running == [["- 1 -"], [], [], []]


@pytest.mark.parametrize(
    ("feet", "running"),
    [
        (["Only the ferry knew.", "燈塔在冬天熄了。", "Who kept the ledger?”"], 0),
        (["On ferries", "燈塔", "The ledger of A. Smith et al."], 3),
    ],
)
def test_a_last_line_that_ends_a_sentence_is_no_running_foot(feet: list[str], running: int) -> None:
    pages = [
        build_page(
            *(set_line(f"{word} line {foot}", 40, 60 + 13 * row) for row, word in enumerate(WORDS)),
            set_line(foot, 60, 200),
            number=number,
        )
        for number, foot in enumerate(feet, start=1)
    ]
    assert sum(len(page.running) for page in lay_out_pages(pages).pages) == running


def test_numbers_of_pages_in_large_type_are_running() -> None:
    pages = [
        build_page(
            *(set_line(WORDS[(row + number) % 8], 40, 60 + 13 * row) for row in range(8)),
            set_line(f"p. {number + 40}", 180, 400, 13),
            number=number,
        )
        for number in range(1, 4)
    ]
    layout = lay_out_pages(pages)
    assert [page.running[0].text for page in layout.pages] == ["p. 41", "p. 42", "p. 43"]


def build_chapter(number: int, head: list[Glyph], foot: str = "") -> PrintedPage:
    """Return a page with a line at its head, apart from its text, and perhaps one at its foot."""
    rows = [
        set_line(f"{FULL} {chr(96 + number)}{chr(97 + row)}", 40, 90 + 13 * row)
        for row in range(20)
    ]
    return build_page(head, *rows, *([set_line(foot, 190, 560)] if foot else []), number=number)


def list_running(pages: list[PrintedPage]) -> list[list[str]]:
    """Return the texts of the running lines of each page."""
    return [[line.text for line in page.running] for page in lay_out_pages(pages).pages]


def test_bold_headings_in_one_place_of_all_pages_are_no_running_heads() -> None:
    heads = [set_line(f"Letter of the {word}", 40, 60, is_bold=True) for word in WORDS[:5]]
    pages = [build_chapter(number, head) for number, head in enumerate(heads, 1)]
    assert list_running(pages) == [[]] * 5
    repeated = [build_chapter(number, heads[0]) for number in range(1, 6)]
    assert list_running(repeated) == [["Letter of the harbour"]] * 5


def test_heads_whose_page_number_changes_sides_are_one_running_head() -> None:
    heads = ["2 The Harbour", "The Harbour 3", "4 The Harbour"]
    pages = [build_chapter(n, set_line(head, 40, 60, 9)) for n, head in enumerate(heads, 2)]
    plain = [build_chapter(n, set_line(f"{FULL} {chr(96 + n)}", 40, 77)) for n in range(5, 15)]
    assert list_running([*pages, *plain])[:3] == [[head] for head in heads]


def test_the_number_at_the_foot_of_the_first_page_goes_on_with_those_at_the_heads() -> None:
    first = build_chapter(1, set_line("The harbour", 150, 60, 16), "611")
    pages = [build_chapter(n, set_line(str(610 + n), 340, 60)) for n in range(2, 7)]
    assert list_running([first, *pages])[0] == ["611"]
    other = build_chapter(1, set_line("The harbour", 150, 60, 16), "1890")
    assert list_running([other, *pages])[0] == []


def build_opinion(number: int, head: str) -> PrintedPage:
    rows = [set_line(f"{WORDS[(number + row) % 8]} {FULL}", 40, 70 + 13 * row) for row in range(6)]
    title = "CITE AS: 3 AVERIL 14" if number % 2 else "QUAYLE v. HARBOUR"
    return build_page(set_line(title, 130, 20), set_line(head, 150, 36, 8), *rows, number=number)


def test_parts_that_only_running_heads_name_become_headings() -> None:
    texts = ["Syllabus"] * 3 + ["Opinion of the Court"] * 4
    layout = lay_out_pages([build_opinion(n, head) for n, head in enumerate(texts, 1)])
    heads = find_part_heads(layout, ())
    assert [(line.page, line.text) for line in heads] == [
        (1, "Syllabus"),
        (4, "Opinion of the Court"),
    ]
    blocks = [block for page in layout.pages for block in page.blocks]
    assert next(block.lines[0].text for block in insert_heads(blocks, heads)) == "Syllabus"
    own = PdfHeading(blocks[0].lines[:1], 1)
    levels = {
        heading.lines[0].text: heading.level for heading in put_below({1: own}, heads).values()
    }
    assert levels == {own.lines[0].text: 3, "Syllabus": 2, "Opinion of the Court": 2}
    assert put_below({1: own}, ()) == {1: own}
    book = lay_out_pages([build_opinion(n, "A Book of Harbours") for n in range(1, 8)])
    assert find_part_heads(book, ()) == []


def find_heading_texts(page: PrintedPage) -> list[str]:
    blocks = build_blocks(page.lines, ())
    headings = find_headings(blocks, [], 10.0, FrontMatter())
    return [heading.lines[0].text for heading in headings.values()]


def in_italics(glyphs: list[Glyph]) -> list[Glyph]:
    return [replace(glyph, font="Serif-Italic") for glyph in glyphs]


def test_headings_of_the_size_of_the_text_are_found_where_they_are_set_apart() -> None:
    text = [
        set_line(f"{WORDS[row % 8]} {FULL}", 40, 80 + 13 * row + 40 * (row // 3))
        for row in range(9)
    ]
    heads = [
        in_italics(set_line(title, 40, 62 + 79 * n))
        for n, title in enumerate(("Tolls", "Tides", "Ice"))
    ]
    assert find_heading_texts(build_page(*heads, *text)) == ["Tolls", "Tides", "Ice"]
    assert find_heading_texts(build_page(*heads[:1], *text)) == []
    middle = (40 + max(line[-1].x1 for line in text)) / 2
    numbers = [
        set_line(title, middle - 5, 62 + 79 * n) for n, title in enumerate(("I", "II", "III"))
    ]
    assert find_heading_texts(build_page(*numbers, *text)) == ["I", "II", "III"]
    acronyms = [set_line(f"PORT{'潮汐與燈塔' * 4}", 40, 62 + 79 * n) for n in range(3)]
    assert find_heading_texts(build_page(*acronyms, *text)) == []


def test_headings_above_headings_are_found() -> None:
    text = [set_line(FULL, 40, 92 + 13 * row + 80 * (row // 3)) for row in range(9)]
    middle = (40 + text[0][-1].x1) / 2
    heads = [
        set_line(title, middle - 5 * len(title) / 2, 60 + 106 * n)
        for n, title in enumerate(("I. TOLLS", "II. TIDES"))
    ]
    below = [in_italics(set_line(f"{n + 1}. Early Years", 40, 76 + 106 * n)) for n in range(2)]
    texts = find_heading_texts(build_page(*heads, *below, *text))
    assert texts == ["I. TOLLS", "1. Early Years", "II. TIDES", "2. Early Years"]


def test_headings_in_capitals_far_above_others_in_capitals_are_found() -> None:
    rows = [set_line("THE WEIR", 206, 60), set_line("A CHARTER", 204, 108)]
    rows += [set_line(FULL, 40, 130 + 13 * row) for row in range(6)]
    rows += [set_line("A QUARREL", 204, 230)]
    rows += [set_line(FULL, 40, 252 + 13 * row) for row in range(6)]
    again = [set_line("THE KEEPERS", 199, 60)]
    again += [set_line(FULL, 40, 108 + 13 * row) for row in range(6)]
    blocks = [
        block
        for page in lay_out_pages([build_page(*rows), build_page(*again, number=2)]).pages
        for block in page.blocks
    ]
    headings = find_headings(blocks, [], 10, FrontMatter())
    texts = [" ".join(line.text for line in heading.lines) for heading in headings.values()]
    assert sorted(texts) == ["A CHARTER", "A QUARREL", "THE KEEPERS", "THE WEIR"]


def test_a_bold_line_in_small_letters_goes_not_on_with_one_in_capitals() -> None:
    rows = [set_line("DEPARTMENT OF HARBOURS", 40, 60, is_bold=True)]
    rows += [set_line("Navigation in the port", 40, 72, is_bold=True)]
    rows += [set_line(FULL, 40, 90 + 13 * row) for row in range(6)]
    assert find_heading_texts(build_page(*rows)) == [
        "DEPARTMENT OF HARBOURS",
        "Navigation in the port",
    ]


def test_numbered_bold_heads_that_open_a_paragraph_are_headings() -> None:
    number, text = set_line("1.2.", 40, 60), set_line("The harbour opened in spring.", 125, 60)
    head = set_line("Early Years.", 64, 60, is_bold=True)
    (line,) = build_page([*number, *head, *text]).lines
    lines = split_run_in_heads(LineBlock((line,))).lines
    assert [piece.text for piece in lines] == ["1.2. Early Years.", "The harbour opened in spring."]


def test_small_capitals_have_the_size_of_the_capitals_beside_them() -> None:
    capitals, small = set_line("T", 40, 60, 10), set_line("OLLS", 45, 60, 8)
    (line,) = build_page([*capitals, *small]).lines
    assert line.size == 10
    (line,) = build_page([*set_line("T", 40, 60, 24), *set_line("OLLS" * 4, 52, 60, 8)]).lines
    assert line.size == 8


def test_a_raised_sign_beside_small_capitals_stands_in_their_line() -> None:
    name, star = set_line("NORTHCOTE", 40, 60, 8.7), set_line("*", 79.5, 56.2, 8)
    (line,) = build_page(name, star).lines
    assert (line.text, len(line.raised_runs)) == ("NORTHCOTE*", 1)


def test_ragged_lines_that_end_with_a_sentence_end_no_paragraph() -> None:
    rows = [
        "The harbour opened in the spring of the next year,",
        "and it was closed in the autumn of it.",
        "Understandably, the keeper left and sold his bridge.",
    ]
    page = build_page(*[set_line(row, 40, 60 + 13 * n) for n, row in enumerate(rows)])
    assert len(split(page)) == 1


def split(page: PrintedPage) -> list[str]:
    blocks = build_blocks(page.lines, ())
    paragraphs = split_paragraphs(blocks, count_line_edges(blocks), {})
    return [" ".join(line.text for line in lines) for lines in paragraphs]


def test_paragraphs_of_letters_and_ragged_text() -> None:
    page = build_page(
        set_line("Harbour Institute", 40, 40),
        set_line("Dear Dr. Quayle,", 40, 66),
        set_line("The scale has steps from 1 to", 40, 92),
        set_line("7. Each of them is well-known", 40, 105),
        set_line("here.", 40, 118),
    )
    assert split(page) == [
        "Harbour Institute",
        "Dear Dr. Quayle,",
        "The scale has steps from 1 to 7. Each of them is well-known here.",
    ]


def test_a_mark_and_a_stop_alone_in_a_line_end_its_paragraph() -> None:
    page = build_page(set_line("一二三四五六七八九十", 40, 60), set_line("^3^。", 40, 73))
    blocks = build_blocks(page.lines, ())
    line = blocks[0].lines[-1]
    marks = {id(line): [PlacedMark(line, 0, 1, "3", 0)]}
    assert len(list(split_paragraphs(blocks, count_line_edges(blocks), marks))) == 1


def test_the_cells_of_a_row_make_one_paragraph() -> None:
    rows = [("Year", "Tolls"), ("1894", "1,204"), ("1895", "998")]
    table = [
        set_line(cell, 40 + 60 * column, 60 + 13 * row)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
    ]
    page = build_page(*table, set_line("Text begins again below it.", 40, 99))
    assert split(page) == ["Year Tolls", "1894 1,204", "1895 998", "Text begins again below it."]


def test_a_small_head_on_two_of_three_pages_is_running() -> None:
    head = "Papers of the Harbour"
    pages = [
        build_page(
            *([set_line(head, 40, 30, 8)] if number > 1 else []),
            *(set_line(f"{FULL} {WORDS[row % 8][number:]}", 40, 60 + 12 * row) for row in range(9)),
            number=number,
        )
        for number in (1, 2, 3)
    ]
    assert list_running(pages) == [[], [head], [head]]

"""Tests of notes beside other small type: columns, addresses, drawings, signs, named numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import typst

from index.document import Box
from index.readers.pdf import read
from index.readers.pdf.glyphs import Glyph, Rule
from index.readers.pdf.labels import parse_note_label
from index.readers.pdf.layout import lay_out_pages
from index.readers.pdf.page_notes import find_page_notes
from index.readers.pdf.pages import PrintedPage

from .pages import build_page, set_line

FULL = "word " * 11 + "end of a full line of text"


def list_notes(*pages: PrintedPage) -> list[tuple[str, list[str]]]:
    notes = find_page_notes(lay_out_pages(pages)).notes
    return [(note.label, [line.text for line in note.lines]) for note in notes]


def set_body(last: str, count: int = 8) -> list[list[Glyph]]:
    return [set_line(text, 40, 60 + 13 * row) for row, text in enumerate([FULL] * count + [last])]


def test_numbers_beside_the_text_do_not_go_on_with_a_note() -> None:
    beside = [set_line(str(row + 2), 370, 60 + 13 * row, 8) for row in range(6)]
    body = [set_line("Chapter " + "word " * 8, 40, 60 + 13 * row) for row in range(8)]
    note = set_line("*See https://tide.example/report", 40, 500, 8)
    mark = set_line("by Ada Merrow^*^", 40, 200)
    page = build_page(*body, mark, note, *beside, rules=[Rule(40, 120, 488)])
    assert list_notes(page) == [("*", ["*See https://tide.example/report"])]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_note_goes_on_in_the_next_column_that_ends_higher(rows: int) -> None:
    text = [
        set_line("word " * 5 + f"end^{column}^", x, 60 + 13 * row)
        for column, x in ((1, 40), (2, 220))
        for row in range(10)
    ]
    words = [
        "^1^A note of the left column",
        "that goes on for a while",
        "and does not end",
        "here, as",
    ]
    left = [set_line(line, 40, 490 + 10 * row, 8) for row, line in enumerate(words)]
    right = [set_line(f"more of it {row}", 220, 490 + 10 * row, 8) for row in range(rows)]
    page = build_page(*text, *left, *right, rules=[Rule(40, 100, 478), Rule(220, 280, 478)])
    ((label, lines),) = list_notes(page)
    assert label == "1"
    assert lines[4:] == [f"more of it {row}" for row in range(rows)]


def test_an_address_in_smaller_type_is_part_of_its_note() -> None:
    rows: Sequence[Sequence[Glyph]] = [
        set_line("^1^There are several of these styles, and others can be had", 40, 500, 8),
        [
            *set_line("by means of styles (", 40, 510, 8),
            *set_line("https://tide.example/a/very/long/address/of/a/file", 116, 510, 6),
        ],
        set_line("which is of the same author as all of the others are.", 40, 520, 8),
    ]
    page = build_page(*set_body("a mark^1^"), *rows, rules=[Rule(40, 120, 488)])
    ((_, lines),) = list_notes(page)
    assert len(lines) == 3


def test_a_note_below_a_drawing_that_reaches_to_its_rule_is_no_label_of_it() -> None:
    note = set_line("^1^A note on the axes.", 40, 500, 8)
    places = {"0": (60, 400), "y": (90, 380), "x": (150, 460), "1": (140, 420)}
    labels = [set_line(text, x, y) for text, (x, y) in places.items()]
    page = build_page(*set_body("a mark^1^"), *labels, note, number=2, rules=[Rule(40, 120, 488)])
    page = replace(page, drawings=(Box(36, 360, 380, 530),))
    first = build_page(*set_body("An end."))
    assert list_notes(first, page) == [("1", ["1A note on the axes."])]


@pytest.mark.parametrize("label", ["*", "†", "§", "††"])
def test_signs_without_a_rule_are_notes_where_a_mark_has_them(label: str) -> None:
    note = set_line(f"{label} A note.", 40, 500, 8)
    marked = build_page(*set_body(f"a mark^{label}^"), note)
    assert list_notes(marked) == [(label, [f"{label} A note."])]
    assert not list_notes(build_page(*set_body("no mark"), note))


def test_numbers_of_sections_in_small_type_are_no_notes() -> None:
    page = build_page(*set_body("a mark^§^"), set_line("§ 12 of the Harbour Act", 40, 500, 8))
    assert not list_notes(page)


@pytest.mark.parametrize("labels", ["註1　,註2　,註3　", "註一：,註二：,註三：", "注1.,注2.,注3."])
def test_notes_may_be_named_before_their_numbers(labels: str) -> None:
    texts = ["港務局檔案。", "林澄，頁 3。", "同上。"]
    notes = [
        set_line(label.replace("\u3000", " ") + text, 40, 300 + 13 * row, 9)
        for row, (label, text) in enumerate(zip(labels.split(","), texts, strict=True))
    ]
    body = [set_line("港口淤積已久，" * 5, 40, 60 + 13 * row) for row in range(8)]
    page = build_page(*body, set_line("註釋", 40, 260, 12), *notes)
    numbers = [label[1] for label in labels.split(",")]
    assert [label for label, _ in list_notes(page)] == numbers


def test_narrow_gaps_between_columns_part_them() -> None:
    rows = [(30, 212), (34, 224)] * 3  # the characters to the left, the start of those to the right
    left = [set_line("w" * count, 40, 60 + 13 * row) for row, (count, _) in enumerate(rows)]
    right = [set_line("w" * 30, start, 60 + 13 * row) for row, (_, start) in enumerate(rows)]
    blocks = lay_out_pages([build_page(*left, *right)]).pages[0].blocks
    assert [len(block.lines) for block in blocks] == [6, 6]


def test_a_short_last_line_with_a_stop_belongs_to_the_indented_line_above() -> None:
    body = [set_line("山" * 16, 40, 60 + 13 * row) for row in range(6)]
    lines = set_line("鼓風渡海礦松場菊", 56, 200, 8), set_line("川。", 40, 210, 8)
    blocks = lay_out_pages([build_page(*body, *lines)]).pages[0].blocks
    assert [[line.text for line in block.lines] for block in blocks][1:] == [
        ["鼓風渡海礦松場菊", "川。"]
    ]


def test_a_wide_quotation_mark_in_the_margin_does_not_join_columns() -> None:
    left = [set_line("word and words of a column,", 40, 60 + 13 * row) for row in range(8)]
    right = [set_line("word and words of a column", 178, 60 + 13 * row) for row in range(8)]
    (mark,) = set_line("“", 173, 112)
    right[4] = [
        msgspec.structs.replace(mark, x1=183.0),
        *set_line("The timber of an old vows", 183, 112),
    ]
    lines = build_page(*left, *right).lines
    assert [line.text for line in lines if line.text.startswith(("“", "word and words “"))] == [
        "“The timber of an old vows"
    ]


@pytest.mark.parametrize("text", ["5×10^3^噸", "5>; Edda Teague, “The Ferry”"])
def test_numbers_in_formulas_and_ends_of_addresses_are_no_labels(text: str) -> None:
    (line,) = build_page(set_line(text, 40, 60)).lines
    assert parse_note_label(line) is None


_BROWSER = """
#set page(width: 300pt, height: 260pt, margin: 40pt,
  header: text(6pt)[11/27/26, 9:17 PM #h(1fr) Port Averil – Tide Notes #h(1fr)],
  footer: context text(6pt)[https://tide.example/averil #h(1fr)
    #counter(page).display("1/1", both: true)])
#set text(size: 9pt)
"""


@pytest.mark.parametrize("repeats", [1, 4])
def test_what_browsers_print_around_pages_is_set_aside(repeats: int) -> None:
    text = "The harbour opened in spring.#super[1] Its ledger is kept in ink.#super[2] " + (
        "Rope, tar and canvas are stored behind the custom house, where nobody looks. " * 4
    )
    notes = "#text(7pt)[1. Ledger, fol. 3. #sym.arrow.t\\ 2. Ibid., 4.]"
    source = _BROWSER + (text + "\n\n") * repeats + notes
    data = typst.compile(source.encode(), format="pdf", pdf_tags=False)
    shown = read(data, Path("page.pdf"))[0].articles
    texts = [p.text for article in shown for part in article.sections for p in part.paragraphs]
    texts += [note.text for article in shown for note in article.notes]
    assert not [line for line in texts if "tide.example" in line or "PM" in line or "1/1" in line]


def test_links_back_of_printed_encyclopedias_are_no_text() -> None:
    text = "".join(f'Sentence {"abc"[n]}.#super("[{n + 1}]") ' for n in range(3))
    notes = ["1. ^ Ledger, fol. 3.", "2. ^ a b Merrow, 4.", "3. ↑ A note."]
    listed = "\n\n".join(f'#"{note}"' for note in notes)
    source = f"#set page(width: 300pt, height: 300pt)\n= Averil\n{text}\n= References\n{listed}"
    (article,) = read(typst.compile(source.encode()), Path("page.pdf"))[0].articles
    assert [note.text for note in article.notes] == ["Ledger, fol. 3.", "Merrow, 4.", "A note."]


def test_notes_in_the_type_of_the_text_without_a_rule_are_known_by_raised_numbers() -> None:
    notes = [set_line(f"^{n}^A note, {n}.", 40, 500 + 12 * n) for n in (1, 2)]
    marked = build_page(*set_body("a mark^1^ and one^2^"), *notes)
    assert [label for label, _ in list_notes(marked)] == ["1", "2"]
    assert not list_notes(build_page(*set_body("no mark"), *notes))


@pytest.mark.parametrize("end", ["店，{}年），頁{}。", "Press, {}), {}.", "{}{}."])
def test_last_lines_of_notes_that_differ_in_numbers_alone_are_no_running_feet(end: str) -> None:
    pages = [
        build_page(
            *set_body(f"text {word}^1^"),
            set_line(f"^1^A note on {word},", 40, 500, 8),
            set_line(end.format(1900 + number, number), 40, 509, 8),
            set_line(str(number), 200, 580, 8),
            number=number,
        )
        for number, word in enumerate(["silt", "sand", "mud", "clay"], start=1)
    ]
    assert [len(lines) for _, lines in list_notes(*pages)] == [2] * 4


def test_numbers_begin_anew_where_a_chapter_does_on_the_page() -> None:
    notes = [f"{label} A note, {label}." for label in "2312"]
    page = build_page(
        *set_body("that ends^3^ and a chapter that begins^1^ with^2^ marks"),
        *[set_line(text, 40, 500 + 10 * row, 8) for row, text in enumerate(notes)],
        rules=[Rule(40, 120, 490)],
        number=2,
    )
    before = build_page(
        *set_body("text^1^ and^2^"),
        set_line("1 A note, 1.", 40, 500, 8),
        rules=[Rule(40, 120, 490)],
    )
    assert [label for label, _ in list_notes(before, page)] == list("12312")


def test_notes_in_the_type_of_the_text_go_on_below_the_first_under_a_rule() -> None:
    texts = ["^7^A note whose mark is on the page before,", "and its second paragraph.", "^8^See."]
    page = build_page(
        *set_body("text^8^"),
        *[set_line(text, 40, 440 + 30 * row) for row, text in enumerate(texts)],
        rules=[Rule(40, 120, 425)],
    )
    assert [(label, len(lines)) for label, lines in list_notes(page)] == [("7", 2), ("8", 1)]


def test_notes_with_one_text_above_the_foot_of_a_short_page_are_no_running_feet() -> None:
    pages = [
        build_page(
            *set_body(f"text^{2 * number - 1}^ {word}^{2 * number}^", 8 // number),
            set_line(f"{2 * number - 1} See above.", 40, 520, 8),
            set_line(f"{2 * number} Ibid., 45.", 40, 530, 8),
            set_line(str(number), 200, 580, 8),
            number=number,
        )
        for number, word in enumerate(["silt", "sand", "mud", "clay"], start=1)
    ]
    assert [label for label, _ in list_notes(*pages)] == list("12345678")


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (["^1^Ledger, 3. ^2^Ibid., 4. ^3^A roll,", "and more. ^4^Ibid."], "1234"),
        (["^1^See p. 3. ^9^Be and x. ^3^Be.", "^2^See", "^3^Ibid. ^4^Ibid."], "1234"),
        (["①帳簿。②同上。", "③名冊。④同上。"], "①②③④"),
    ],
)
def test_notes_that_follow_one_another_in_a_line(texts: list[str], labels: str) -> None:
    marks = "①②③④" if "①" in labels else "a^1^ b^2^ c^3^ d^4^"
    page = build_page(
        *set_body(f"text {marks}"),
        *[set_line(text, 40, 500 + 10 * row, 8) for row, text in enumerate(texts)],
        rules=[Rule(40, 120, 488)],
    )
    assert [label for label, _ in list_notes(page)] == list(labels)


def test_text_without_a_label_above_the_notes_of_a_page_is_no_part_of_a_paragraph() -> None:
    texts = ["The author is with the Harbour Institute.", "^1^Ledger, 3."]
    page = build_page(
        *set_body("and a mark^1^"),
        *[set_line(text, 40, 500 + 10 * row, 8) for row, text in enumerate(texts)],
        rules=[Rule(40, 120, 488)],
    )
    layout = lay_out_pages([page])
    asides = find_page_notes(layout).asides
    lines = [line for block in layout.pages[0].blocks for line in block.lines]
    assert [line.text for line in lines if id(line) in asides] == texts[:1]


def test_text_before_a_number_amid_a_line_of_small_type_is_kept() -> None:
    page = build_page(
        *set_body("and a mark^1^"),
        set_line("In small type. ^1^Ledger, 3.", 40, 500, 8),
        set_line("^1^Ledger, 4.", 40, 510, 8),
        rules=[Rule(40, 120, 488)],
    )
    assert list_notes(page) == [("1", ["1Ledger, 4."])]


def test_a_number_without_a_blank_before_figures_is_known_by_its_mark() -> None:
    body = set_body("word^1^ word^2^")
    notes = [set_line("1 The roll.", 40, 500, 8), set_line("285 Fed. Reg. 425.", 40, 511, 8)]
    rules = [Rule(40, 100, 488)]
    first = build_page(*body, *notes, rules=rules)
    assert list_notes(first)[1] == ("2", ["285 Fed. Reg. 425."])

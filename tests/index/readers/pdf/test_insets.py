"""Tests of tables, figures, captions and boxes that interrupt the text, on synthetic pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.document import Box
from index.readers.pdf.drawings import join_drawings
from index.readers.pdf.glyphs import Glyph, Rule
from index.readers.pdf.layout import PageLayout, lay_out_pages
from index.readers.pdf.paragraph_text import LineJoiner
from index.readers.pdf.paragraphs import count_line_edges, split_paragraphs

from .pages import HEIGHT, WIDTH, build_page, set_line

FULL = "word " * 11 + "end of a full line of text"
FILLER = [FULL] * 6


def set_text(lines: Sequence[str], top: float) -> list[list[Glyph]]:
    return [set_line(line, 40, top + 13 * row) for row, line in enumerate(lines)]


def lay_out(
    *lines: Sequence[Glyph],
    rules: Sequence[Rule] = (),
    drawings: Sequence[Box] = (),
    number: int = 1,
) -> PageLayout:
    page = replace(build_page(*lines, number=number, rules=rules), drawings=tuple(drawings))
    return lay_out_pages([page]).pages[0]


def list_kinds(page: PageLayout) -> list[tuple[str, str]]:
    lines = [line for block in page.blocks for line in block.lines]
    return [(line.text, page.insets[id(line)]) for line in lines if id(line) in page.insets]


def list_paragraphs(*pages: PageLayout) -> list[str]:
    blocks = [block for page in pages for block in page.blocks]
    insets = {line: kind for page in pages for line, kind in page.insets.items()}
    paragraphs = split_paragraphs(blocks, count_line_edges(blocks), {}, insets)
    return [" ".join(line.text for line in lines) for lines in paragraphs]


def test_far_columns_between_rules_are_a_table_that_is_read_by_rows() -> None:
    cells = [("Parish", "Tolls"), ("Mole", "204"), ("Quay", "311")]
    table = [
        set_line(text, x, 220 + 13 * row)
        for row, texts in enumerate(cells)
        for text, x in zip(texts, (40, 300), strict=True)
    ]
    rules = [Rule(40, 340, 208), Rule(40, 340, 223), Rule(40, 340, 250)]
    page = lay_out(*set_text(FILLER, 60), *table, rules=rules)
    assert list_kinds(page) == [(text, "cell") for texts in cells for text in texts]
    assert list_paragraphs(page)[1:] == [" ".join(texts) for texts in cells]


TOLLS = [
    *(("Parish", 40, 0), ("Tolls", 150, 0), ("in all", 220, 4), ("Paid", 300, 0)),
    *(("in crowns", 300, 8), ("Mole ..........", 40, 26), ("each 4 gold", 150, 26)),
    *(("204", 220, 26), ("yes", 300, 26), ("a day", 150, 36)),
    *(("Quay by the old", 40, 46), ("311", 150, 46), ("300", 220, 46), ("no", 300, 46)),
    *(("harbour", 48, 56), ("Weir", 40, 66), ("9", 150, 66), ("7", 220, 66), ("no", 300, 66)),
]
TOLL_ROWS = [
    "Parish Tolls in all Paid in crowns",
    "Mole .......... each 4 gold a day 204 yes",
    "Quay by the old harbour 311 300 no",
    "Weir 9 7 no",
]


def test_wrapped_cells_are_whole_and_a_table_goes_on_below_its_last_rule() -> None:
    table = [set_line(text, x, 220 + y) for text, x, y in TOLLS]
    rules = [Rule(40, 340, 208), Rule(40, 340, 232)]
    after = set_text(
        ["This text is below the table, and", "no row of it: the tolls of weirs."], 310
    )
    whole = lay_out(*set_text(FILLER, 60), *table, *after, rules=[*rules, Rule(40, 340, 290)])
    assert list_paragraphs(whole)[-4:] == TOLL_ROWS
    cut = lay_out(*set_text(FILLER, 60), *table, *after, rules=rules)
    assert list_paragraphs(cut)[-4:] == TOLL_ROWS


def test_cells_of_chinese_are_separate_words() -> None:
    cells = [("系统", "平台"), ("价格", "免费")]
    table = [
        set_line(text, x, 220 + 13 * row)
        for row, texts in enumerate(cells)
        for text, x in zip(texts, (40, 300), strict=True)
    ]
    page = lay_out(*set_text(FILLER, 60), *table, rules=[Rule(40, 340, 208), Rule(40, 340, 250)])
    lines = page.blocks[-1].lines
    text, _, _ = LineJoiner(lines).join(lines[:2], {}, {}, {})
    assert text == "系统 平台"


def test_columns_of_text_between_rules_of_the_page_are_no_table() -> None:
    columns = [
        set_line("all the words of a column of text", x, 60 + 13 * n)
        for n in range(6)
        for x in (40, 230)
    ]
    assert not list_kinds(lay_out(*columns, rules=[Rule(40, 360, 40), Rule(40, 360, 150)]))


def test_paragraph_is_whole_around_a_figure_with_a_caption() -> None:
    labels = [set_line("North", 90, 60, 16), set_line("12", 150, 90), set_line("Lamp", 200, 130)]
    caption = set_line("Figure 1. The lamps", 100, 160)
    first = lay_out(*set_text([*FILLER[:5], FULL], 60))
    figure = Box(80, 40, 260, 140)
    second = lay_out(
        *labels, caption, *set_text(["goes on.", *FILLER], 200), drawings=[figure], number=2
    )
    assert [kind for _, kind in list_kinds(second)] == ["label"] * 3 + ["caption"]
    paragraphs = list_paragraphs(first, second)
    assert paragraphs[0].endswith("of text goes on.")
    assert paragraphs[1:-1] == ["North", "12 Lamp", "Figure 1. The lamps"]


def test_text_that_names_a_table_is_no_caption() -> None:
    lines = ["Table 2 shows the tolls of the harbour.", *FILLER]
    assert not list_kinds(lay_out(*set_text(lines, 60)))


def test_text_in_a_frame_beside_the_text_is_apart() -> None:
    left = [set_line("beside the frame", 40, 60 + 13 * row) for row in range(4)]
    frame = [set_line("in the frame", 240, 64 + 13 * row) for row in range(3)]
    page = lay_out(*left, *frame, *set_text(FILLER, 130), drawings=[Box(230, 50, 360, 100)])
    assert {text for text, kind in list_kinds(page)} == {"in the frame"}
    assert all(len({"frame" in line.text for line in block.lines}) for block in page.blocks)
    assert "in the frame in the frame in the frame" in list_paragraphs(page)


def test_paragraphs_with_a_gap_between_are_apart_though_the_line_before_is_full() -> None:
    first_lines = set_text([FULL, FULL.replace(" text", " it.")], 60)
    page = lay_out(*first_lines, *set_text(["Another one.", *FILLER], 110))
    assert len(list_paragraphs(page)) > 1


def test_ragged_line_goes_on_where_the_next_word_finds_no_room() -> None:
    first = lay_out(*set_text([*FILLER, FULL.removesuffix(" of text")], 60))
    for word, count in (("Thorold", 1), ("A", 2)):
        second = lay_out(*set_text([f"{word} went on."], 60), number=2)
        assert len(list_paragraphs(first, second)) == count


def test_drawings_that_touch_are_one_area_and_backgrounds_are_none() -> None:
    boxes = [Box(60, 60, 120, 120), Box(118, 90, 200, 150), Box(0, 0, WIDTH, HEIGHT)]
    far = Box(60, 300, 160, 380)
    areas = join_drawings([*boxes, far, Box(40, 500, 300, 501)], WIDTH, HEIGHT)
    assert len(areas) == 2
    assert areas[0].x0 <= 60
    assert areas[0].x1 >= 200

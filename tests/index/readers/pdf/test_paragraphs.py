"""Tests of where paragraphs begin: in lists, quotations and Chinese, and over pages."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2 as pdfium
import typst

from index.readers.pdf.blocks import build_blocks
from index.readers.pdf.glyphs import Glyph, fold
from index.readers.pdf.lines import measure_first_word
from index.readers.pdf.paragraphs import count_line_edges, split_paragraphs
from index.readers.pdf.structure_tags import read_structure_tags

from .pages import build_page, set_line

FULL = "The keeper of the lamp counts every ship at nights"
"""A line of some 240 points."""
SET_IN = "The keeper counts every ship that goes past."
"""A line of some 210 points."""
ZH = "燈塔的看守人每天夜裡數著經過外堤的每一艘船並且記在帳冊裡"


def split_pages(*pages: Sequence[Sequence[Glyph]]) -> list[list[str]]:
    """Return the lines of each paragraph."""
    blocks = [
        block
        for number, lines in enumerate(pages, 1)
        for block in build_blocks(build_page(*lines, number=number).lines, ())
    ]
    paragraphs = split_paragraphs(blocks, count_line_edges(blocks), {})
    return [[line.text for line in lines] for lines in paragraphs]


def set_lines(*lines: tuple[str, float], top: float = 60, pitch: float = 13) -> list[list[Glyph]]:
    return [set_line(text, x, top + pitch * row) for row, (text, x) in enumerate(lines)]


def test_sentences_that_fill_their_lines_do_not_cut_a_quotation() -> None:
    text = set_lines((FULL, 40), (FULL, 40), ("It ends.", 40))
    quotation = set_lines((SET_IN, 55), (SET_IN, 55), ("And so on.", 55), top=99)
    rest = set_lines((FULL, 52), (FULL, 40), ("It ends.", 40), top=138)
    assert [len(lines) for lines in split_pages([*text, *quotation, *rest])] == [3, 3, 3]


def test_quotation_goes_on_over_a_page() -> None:
    text = set_lines((FULL, 40), (FULL, 40), ("It ends.", 40))
    first = set_lines((SET_IN[:-1], 55), (SET_IN[:-1], 55), top=99)
    rest = set_lines((SET_IN, 55), ("And so on.", 55))
    more = set_lines((FULL, 40), (FULL, 40), top=130)
    assert [len(lines) for lines in split_pages([*text, *first], [*rest, *more])] == [3, 4, 2]


def test_items_begin_at_their_labels_and_their_sentences_do_not() -> None:
    full = FULL[:-7] + "so."
    lines = set_lines(
        (FULL, 40), ("And so:", 40), (f"1. {full}", 52), (full, 65), (full, 65), (f"2. {full}", 52)
    )
    assert [len(texts) for texts in split_pages(lines)] == [2, 3, 1]


def test_item_goes_on_in_the_next_column() -> None:
    text = set_lines((ZH, 20), ("他數船。", 20), pitch=20)
    first = set_lines((f"• {ZH[:-2]}", 26), (ZH[:-2], 40), top=100, pitch=20)
    rest = set_lines((ZH[:-2], 360), ("也是如此。", 360), pitch=20)
    more = set_lines((ZH, 340), (ZH, 340), top=140, pitch=20)
    assert [len(lines) for lines in split_pages([*text, *first, *rest, *more])] == [2, 4, 2]


def test_chinese_line_ends_a_paragraph_where_a_character_finds_room() -> None:
    assert measure_first_word(build_page(set_line("「燈塔」的看守人", 40, 60)).lines[0]) == 20
    lines = set_lines((ZH, 40), ("他數船。", 40), (ZH, 40), ("也數燈。", 40), pitch=20)
    assert [len(texts) for texts in split_pages(lines)] == [2, 2]


def test_little_more_than_the_distance_of_lines_begins_a_paragraph_after_a_sentence() -> None:
    ending = FULL[:-1] + "."
    lines = set_lines((FULL, 40), (FULL, 40), (ending, 40))
    below = set_lines((FULL, 40), (FULL, 40), top=102)
    assert [len(texts) for texts in split_pages([*lines, *below])] == [3, 2]


def test_bullets_of_fonts_of_symbols_are_read_as_such() -> None:
    assert "".join(map(fold, "\uf0b7\uf0a7\uf0d8")) == "•▪➢"


def test_tags_say_that_a_paragraph_with_an_element_inside_began_before() -> None:
    sentence = "The keeper counts the boats. "
    source = (
        "#set page(width: 220pt, height: 150pt, margin: 20pt)\n#set text(size: 10pt)\n"
        f"{sentence * 3}\n\n#emph[{sentence * 12}]\n\n{sentence * 3}"
    )
    document = pdfium.PdfDocument(typst.compile(source.encode(), pdf_tags=True))
    tags = [sorted(set(read_structure_tags(page).values())) for page in document]
    assert [[tag.endswith("+") for tag in of_page] for of_page in tags] == [
        [False] * 2,
        [True, False],
    ]


def test_numbers_in_the_margin_begin_paragraphs_that_stand_in() -> None:
    first, second = f"1.1 {FULL[:40]}", f"1.2 {FULL[:40]}"
    numbered = [set_line("1.1", 40, 60), set_line("1.2", 40, 60 + 3 * 13)]
    texts = [(FULL, 68.0), (FULL, 68.0), ("and so it ends at night.", 68.0)]
    lines = set_lines(*texts, *texts)
    rows = [[*numbered[0], *lines[0]], *lines[1:3], [*numbered[1], *lines[3]], *lines[4:]]
    paragraphs = split_pages(rows)
    assert [len(paragraph) for paragraph in paragraphs] == [3, 3]
    assert [paragraph[0][: len(first)] for paragraph in paragraphs] == [first, second]

"""Tests of layouts of journals, reports and books: columns, hung labels, initials, covers."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from index.document import Publication
from index.readers.pdf import read
from index.readers.pdf.blocks import build_blocks
from index.readers.pdf.front_matter import find_front_matter
from index.readers.pdf.glyphs import _TEX_CODES, Glyph, Rule
from index.readers.pdf.layout import lay_out_pages
from index.readers.pdf.lines import LineBlock
from index.readers.pdf.numbered_lines import find_numbered_headings
from index.readers.pdf.page_notes import find_page_notes
from index.readers.pdf.paragraphs import count_line_edges, split_paragraphs

from .pages import build_page, set_line

FULL = "word " * 11 + "end of a full line of text"
HALF = "half of a line of"


def set_text(*lines: str, x: float = 40, top: float = 60) -> list[list[Glyph]]:
    return [set_line(line, x, top + 13 * row) for row, line in enumerate(lines)]


def split(*blocks: LineBlock) -> list[str]:
    paragraphs = split_paragraphs(blocks, count_line_edges(blocks), {})
    return [" ".join(line.text for line in lines) for lines in paragraphs]


def typeset(source: str) -> Publication:
    return read(typst.compile(source.encode(), pdf_tags=False), Path("a.pdf"))[0]


def test_a_column_whose_line_sticks_out_does_not_take_the_line_beside_it() -> None:
    left = set_text(*[HALF] * 5)
    left[2] = set_line(f"{HALF} it", 40, 86)
    right = set_text(*[HALF] * 5, x=left[2][-1].x1 + 4)
    texts = [line.text for line in build_page(*left, *right).lines]
    assert f"{HALF} it" in texts
    assert len(texts) == 10


def test_a_number_that_ends_a_justified_column_is_no_label_of_the_next_one() -> None:
    left = set_text(*[HALF + " text 9"] * 5)
    right = set_text(*[HALF] * 5, x=140)
    row = [*set_line("wide gaps", 40, 73), *set_line("97", left[1][-1].x1 - 10, 73)]
    texts = [line.text for line in build_page(*left[:1], row, *left[2:], *right).lines]
    assert texts.count(HALF) == 5


@pytest.mark.parametrize("label", ["①", "➀", "❶"])
def test_a_circled_number_that_hangs_before_a_note_is_its_label(label: str) -> None:
    text = set_text(*[FULL] * 8)
    number, note = set_line(label, 40, 497, 6), set_line("《港報》，1921年，頁7。", 58, 500, 8)
    page = build_page(*text, number, note, rules=[Rule(40, 120, 488)])
    notes = find_page_notes(lay_out_pages([page])).notes
    assert [note.label for note in notes] == [label]
    assert notes[0].lines[0].text.endswith("頁7。")


def test_works_below_the_notes_of_an_article_are_no_notes() -> None:
    marked = [f"It was sold^{number}^ at once." for number in (1, 2, 3)]
    rows = ["注释：", "〔1〕港报，第1页。", "〔2〕同上。", "〔3〕港史，第3页。"]
    works = ["参考文献：", "[1] 甲：《港史》。", "[2] 乙：《海关》。"]
    small = [set_line(row, 40, 300 + 11 * index, 8) for index, row in enumerate([*rows, *works])]
    page = build_page(*set_text(*[FULL] * 8, *marked), *small)
    notes = find_page_notes(lay_out_pages([page])).notes
    assert [note.label for note in notes] == ["1", "2", "3"]
    assert notes[-1].lines[-1].text == rows[-1]


def test_numbered_heads_of_chapters_stand_in_a_list_of_notes() -> None:
    rows = ["1. The ledger.", "2. Id. at 9."]
    first, second = set_line("1. BRINE", 150, 90, 9), set_line("2. CARRIERS", 145, 150, 9)
    notes = [set_line(row, 40, y, 9) for y, row in zip((110, 122, 170, 182), rows * 2, strict=True)]
    title = set_line("Notes", 150, 60, 14)
    page = build_page(title, first, *notes[:2], second, *notes[2:], number=2)
    text = build_page(*set_text(*[FULL] * 8, "It was^1^ sold^2^ at once."))
    result = find_page_notes(lay_out_pages([text, page]))
    texts = [[line.text for line in note.lines] for note in result.notes]
    assert texts == [[row] for row in rows * 2]


def test_numbers_of_endnotes_touch_figures_with_which_notes_begin() -> None:
    marked = [f"It was sold^{number}^ at once." for number in (1, 2, 3)]
    first = build_page(*set_text(*[FULL] * 8, *marked))
    rows = ["1The ledger of the port.", "286 Tide Reg. 327 (1921),", "in full.", "3Id. at 9."]
    last = build_page(*set_text(*rows), number=2)
    notes = find_page_notes(lay_out_pages([first, last])).notes
    assert [note.label for note in notes] == ["1", "2", "3"]
    assert notes[1].lines[0].extract_text(notes[1].start, 99) == "86 Tide Reg. 327 (1921),"


def test_notes_in_one_paragraph_go_on_after_a_line_that_begins_with_a_figure() -> None:
    marks = "It was^1^ sold^2^ twice^3^ at once."
    rows = ["^1^ Harbour, para. 24. ^2^ Id. at", "283. ^3^ The ledger of the port."]
    notes = [set_line(row, 40, 500 + 10 * index, 8) for index, row in enumerate(rows)]
    page = build_page(*set_text(*[FULL] * 8, marks), *notes, rules=[Rule(40, 120, 488)])
    notes_read = find_page_notes(lay_out_pages([page])).notes
    assert [note.label for note in notes_read] == ["1", "2", "3"]
    assert [line.text for line in notes_read[1].lines] == ["2 Id. at", "283."]


def test_text_beside_and_below_an_initial_is_one_paragraph() -> None:
    initial = set_line("T", 40, 73, 25)
    first, second = set_line("HE word " + "word " * 14, 60, 60), set_line("then ends.", 60, 73)
    rest = set_text(FULL, "Its last line.", FULL, x=40, top=86)
    page = build_page([*initial, *first], second, *rest)
    assert len(split(*build_blocks(page.lines, ()))) == 2


def test_an_indented_line_after_one_that_begins_like_an_item_begins_a_paragraph() -> None:
    rows = set_text(FULL + " in Dunmore", "v. Thackeray was " + "word " * 13 + "sold.")
    page = build_page(*rows, set_line(FULL, 58, 86), *set_text(FULL, top=99))
    assert len(split(LineBlock(page.lines))) == 2


def test_a_title_in_the_type_of_the_text_is_known_by_its_place() -> None:
    lines = build_page(set_line("Harbour Dues of Averil", 173, 60), *set_text(*[FULL] * 8, top=90))
    assert find_front_matter(build_blocks(lines.lines, ()), 10).title == "Harbour Dues of Averil"
    sentence = build_page(set_line("The harbour is dry.", 183, 60), *set_text(*[FULL] * 8, top=90))
    assert not find_front_matter(build_blocks(sentence.lines, ()), 10).title


def test_lines_of_a_cover_are_no_headings_and_an_author_is_no_part_of_the_text() -> None:
    text = "The ledger was kept by hand until the spring of that year. " * 9
    source = (
        '#set page(width: 420pt, height: 300pt)\n#set text(font: "DejaVu Serif", size: 10pt)\n'
        "#set par(justify: true)\n#align(center)[#text(14pt)[University of Averil]\\ \\ "
        "#text(20pt)[Harbour Dues]\\ \\ #text(14pt)[Submitted for the degree]]\n#pagebreak()\n"
    )
    cover = typeset(source + f"#text(14pt)[The Ledger]\n\n{text}\n\n" + text)
    assert [section.path for article in cover.articles for section in article.sections if
            section.path] == [("The Ledger",)]  # fmt: skip
    signed = typeset(
        '#set page(width: 420pt)\n#set text(font: "DejaVu Serif", size: 10pt)\n'
        f"#align(center)[#text(18pt)[Harbour Dues]\\ Ada Merrow]\n\n{text}\n\n{text}"
    )
    texts = [p.text for a in signed.articles for s in a.sections for p in s.paragraphs]
    assert all(not text.startswith("Ada Merrow The") for text in texts)
    assert [author.name for author in signed.articles[0].authors] == ["Ada Merrow"]


def test_a_sign_of_section_in_old_fonts_of_tex_is_read() -> None:
    assert _TEX_CODES[0x9F] == "§"


SENTENCE = "word " * 13 + "that ends here."


def set_numbered(*heads: str) -> list[LineBlock]:
    rows = [row for head in heads for row in (head, FULL, SENTENCE)]
    return build_blocks(build_page(*set_text(*rows)).lines, ())


def test_numbers_that_follow_one_another_make_headings_in_the_type_of_the_text() -> None:
    blocks = set_numbered("1.1 The port", "1.2 The town", "2.1 The ledger")
    texts = [lines[0].text for lines, _ in find_numbered_headings(blocks, 10, ())]
    assert texts == ["1.1 The port", "1.2 The town", "2.1 The ledger"]


@pytest.mark.parametrize(
    "last", ["3.4 The ledger", "2.1 ledgers, the sum of which is,", "2.1 " + FULL]
)
def test_other_numbers_before_lines_make_no_headings(last: str) -> None:
    assert not find_numbered_headings(set_numbered("1.1 The port", "1.2 The town", last), 10, ())


def test_the_number_of_a_page_stands_above_the_end_of_a_note_in_the_margin() -> None:
    notes = set_text(*["a note in the", "margin that is"] * 3, x=340, top=500)
    pages = []
    for number, word in enumerate(("port ", "mole ", "quay ", "dock ", "pier "), 1):
        text = set_text(*[word * 9 + str(row) * 3 for row in range(8)])
        margin = notes if number == 3 else []
        page_number = set_line(str(number + 6), 180, 540)
        pages.append(build_page(*text, page_number, *margin, number=number))
    layout = lay_out_pages(pages)
    running = [[line.text for line in page.running] for page in layout.pages]
    assert running == [["7"], ["8"], ["9"], ["10"], ["11"]]
    assert list(layout.labels.values()) == ["7", "8", "9", "10", "11"]


def test_a_hyphen_of_its_own_code_is_read_as_the_usual_one() -> None:
    text = "The ledger of the port was kept by hand in a well\u2010known house. " * 9
    publication = typeset(f'#set page(width: 300pt)\n#set text(font: "DejaVu Serif")\n{text}')
    (paragraph,) = publication.articles[0].sections[0].paragraphs
    assert paragraph.text.count("well-known house") == 9


def test_a_figure_at_the_head_of_a_line_is_no_number_while_a_lower_one_follows() -> None:
    marked = [f"It was sold^{number}^ at once." for number in range(1, 5)]
    rows = ["1 The law,", "4 TIDE REV. 353 (1939).", "2 Id. at 9.", "3 The roll.", "4 The map."]
    notes = [set_line(row, 40, 80 + 11 * index, 8) for index, row in enumerate(rows)]
    page = build_page(set_line("Endnotes", 40, 60, 14), *notes, number=2)
    text = build_page(*set_text(*[FULL] * 8, *marked))
    result = find_page_notes(lay_out_pages([text, page])).notes
    assert [note.label for note in result] == ["1", "2", "3", "4"]


def test_notes_with_named_numbers_may_lack_one() -> None:
    rows = ["注1：港史，第1页。", "注3：同上。"]
    notes = [set_line(row, 40, 500 + 12 * index, 8) for index, row in enumerate(rows)]
    text = set_text(*[FULL] * 8, "港口（注1）。", "码头（注3）。")
    page = build_page(*text, *notes, rules=[Rule(40, 120, 488)])
    result = find_page_notes(lay_out_pages([page])).notes
    assert [note.label for note in result] == ["1", "3"]


def test_names_with_initials_and_names_over_the_next_column_are_no_headings() -> None:
    title = set_line("Tariffs and Tides of Averil", 100, 60, 20)
    left, right = set_line("H. Calloway", 60, 90, 12), set_line("Ruth Farnham", 240, 90, 12)
    heading = set_line("Introduction", 40, 120, 14, is_bold=True)
    columns = [line for x in (40, 230) for line in set_text(*[HALF + " text"] * 8, x=x, top=140)]
    blocks = build_blocks(build_page(title, left, right, heading, *columns).lines, ())
    front = find_front_matter(blocks, 10)
    assert front.authors[-1] == "Ruth Farnham"
    assert [line.text for line in front.author_lines] == ["H. Calloway", "Ruth Farnham"]

"""Tests of lines, blocks, running lines, notes, marks and paragraphs on synthetic pages."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from index.readers.pdf.blocks import build_blocks
from index.readers.pdf.contents import find_contents
from index.readers.pdf.found_notes import FoundNote
from index.readers.pdf.front_matter import (
    find_front_matter,
    is_file_title,
)
from index.readers.pdf.glyphs import Glyph, Rule, fold
from index.readers.pdf.labels import (
    find_bracketed_labels,
    find_raised_labels,
    parse_note_label,
    parse_order,
)
from index.readers.pdf.layout import lay_out_pages
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.mark_places import place_marks
from index.readers.pdf.marks import PlacedMark, match_marks
from index.readers.pdf.page_notes import PageNotes, find_page_notes
from index.readers.pdf.pages import PrintedPage
from index.readers.pdf.paragraph_text import LineJoiner
from index.readers.pdf.paragraphs import count_line_edges, split_paragraphs

from .pages import build_page, set_line

WORDS = "harbour lantern tide keeper bridge archive orchard ferry".split()
FULL = "word " * 11 + "end of a full line of text"


def make_line(text: str, x: float = 40, baseline: float = 100, size: float = 10) -> PageLine:
    return PageLine(1, tuple(set_line(text, x, baseline, size)))


def read_notes(pages: Sequence[PrintedPage]) -> tuple[list[LineBlock], PageNotes]:
    layout = lay_out_pages(pages)
    notes = find_page_notes(layout)
    blocks = [
        LineBlock(lines)
        for page in layout.pages
        for block in page.blocks
        if (lines := tuple(line for line in block.lines if id(line) not in notes.lines))
    ]
    return blocks, notes


def build_text(number: int, lines: Sequence[str], notes: Sequence[str]) -> PrintedPage:
    """Return a page of text with notes in small type below a rule."""
    text: list[list[Glyph]] = [set_line(line, 40, 60 + 13 * i) for i, line in enumerate(lines)]
    feet = [set_line(note, 40, 500 + 10 * i, 8) for i, note in enumerate(notes)]
    return build_page(*text, *feet, number=number, rules=[Rule(40, 140, 488)])


def test_centred_lines_are_read_before_what_stands_below_them_to_the_left() -> None:
    wide = "over the whole width of the page"
    lines = [(f"A title {wide}", 40), ("An Author", 110), ("Topics", 40), (f"Text {wide}", 40)]
    page = build_page(*(set_line(t, x, 60 + 30 * i) for i, (t, x) in enumerate(lines)))
    blocks = build_blocks(page.lines, ())
    assert [block.lines[0].text for block in blocks] == [text for text, _ in lines]


def test_columns_are_read_one_after_the_other() -> None:
    left = [set_line("left column line", 40, 100 + 12 * row) for row in range(3)]
    right = [set_line("right column line", 220, 100 + 12 * row) for row in range(3)]
    page = build_page(*(line for pair in zip(left, right, strict=True) for line in pair))
    blocks = build_blocks(page.lines, ())
    assert [[line.text for line in block.lines] for block in blocks] == [
        ["left column line"] * 3,
        ["right column line"] * 3,
    ]


def test_title_over_both_columns_comes_first() -> None:
    title = set_line("A title that is set over both of the columns", 60, 60, 16)
    right = [set_line("right column line", 220, 100 + 12 * row) for row in range(3)]
    left = [set_line("left column line", 40, 100 + 12 * row) for row in range(3)]
    blocks = build_blocks(build_page(*right, title, *left).lines, ())
    assert [block.lines[0].text.split()[0] for block in blocks] == ["A", "left", "right"]


def test_superscript_later_in_the_stream_is_placed_by_position() -> None:
    line = set_line("海，^3^「山", 40, 100)
    mark = next(glyph for glyph in line if glyph.text == "3")
    others = [glyph for glyph in line if glyph.text != "3"]
    # The bracket is set on half its width, so that it leaves no gap.
    others[2:] = [replace(glyph, x0=glyph.x0 - 4, x1=glyph.x1 - 4) for glyph in others[2:]]
    assert [line.text for line in build_page(others, [mark]).lines] == ["海，3「山"]


def test_running_heads_and_numbers_are_set_apart_and_give_the_labels() -> None:
    pages = [
        build_page(
            set_line("A Running Head", 150, 20, 8),
            *(set_line(f"{WORDS[page]} {WORDS[i]} {FULL}", 40, 60 + 12 * i) for i in range(8)),
            set_line(str(page + 6), 195, 580, 8),
            number=page,
        )
        for page in (1, 2, 3, 4)
    ]
    layout = lay_out_pages(pages)
    assert [[line.text for line in page.running] for page in layout.pages] == [
        ["A Running Head", str(page + 6)] for page in (1, 2, 3, 4)
    ]
    assert [page.label for page in layout.pages] == ["7", "8", "9", "10"]


def test_orphan_line_above_a_heading_is_not_a_running_head() -> None:
    pages = []
    for number in range(1, 5):
        lines = [f"{WORDS[number]} {WORDS[row]} {FULL}" for row in range(6)]
        first, gap = ("Alone.", 18) if number == 1 else (lines[0], 0)
        rows = [set_line(line, 40, 52 + gap + 12 * row) for row, line in enumerate(lines[1:])]
        pages.append(build_page(set_line(first, 40, 40), *rows, number=number))
    assert all(not page.running for page in lay_out_pages(pages).pages)


def test_raised_and_bracketed_labels_are_found() -> None:
    labels = list(find_raised_labels(make_line("text^19,20^ and ① more^*^")))
    assert [(label.text, label.form) for label in labels] == [
        ("19", "raised"),
        ("20", "raised"),
        ("①", "circled"),
        ("*", "raised"),
    ]
    assert [label.text for label in find_bracketed_labels(make_line("so [9] and［註 3］"))] == [
        "9",
        "3",
    ]
    assert parse_note_label(make_line("plain text")) is None


def test_marks_are_matched_in_order_and_exponents_ignored() -> None:
    lines = ["an area of 40 m^2^ there^1^", "and then more^2^"]
    page = build_text(1, lines, ["^1^One.", "^2^Two."])
    blocks, notes = read_notes([page])
    marks = place_marks(blocks, notes)
    placed = [(mark.label, mark.note) for line in blocks[0].lines for mark in marks[id(line)]]
    assert placed == [("1", 0), ("2", 1)]
    assert marks[id(blocks[0].lines[0])][0].start > 15


def test_note_is_found_on_the_page_after_or_before_its_mark() -> None:
    pages = [
        build_text(1, [FULL, "first^1^ second^2^"], ["^1^One."]),
        build_text(2, [FULL, "third^3^"], ["^2^Two.", "^3^Three.", "^4^Four."]),
        build_text(3, ["fourth^4^", FULL], []),
    ]
    blocks, notes = read_notes(pages)
    marks = place_marks(blocks, notes)
    placed = [mark for line_marks in marks.values() for mark in line_marks]
    pairs = sorted((mark.line.page, mark.note) for mark in placed)
    assert pairs == [(1, 0), (1, 1), (2, 2), (3, 3)]


def test_numbers_that_restart_lead_to_notes_in_the_order_of_all_marks() -> None:
    pages = [
        build_text(1, [FULL, "first^1^ second^2^"], ["^1^One.", "^2^Two.", "^1^Moved."]),
        build_text(2, [FULL, "third^1^ fourth^2^"], ["^2^Four.", "^1^Moved too."]),
        build_text(3, ["fifth^1^", FULL], []),
    ]
    marks = place_marks(*read_notes(pages))
    placed = [mark for line_marks in marks.values() for mark in line_marks]
    assert sorted((mark.line.page, mark.note) for mark in placed) == [
        (1, 0),
        (1, 1),
        (2, 2),
        (2, 3),
        (3, 4),
    ]


def test_a_short_last_line_and_an_indented_one_below_it_are_of_one_note() -> None:
    lines = [set_line("^1^A note whose last word", 40, 500, 8), set_line("is", 40, 510, 8)]
    page = build_page(
        *(set_line(FULL, 40, 60 + 13 * row) for row in range(6)),
        set_line("a mark^1^", 40, 138),
        *lines,
        set_line("followed by a paragraph of it.", 56, 524, 8),
        rules=[Rule(40, 120, 490)],
    )
    (note,) = read_notes([page])[1].notes
    assert len(note.lines) == 3


def test_note_is_continued_on_the_next_page() -> None:
    pages = [
        build_text(1, [FULL, "a mark^1^"], ["^1^A note that ends a sentence."]),
        build_text(2, [FULL, FULL], ["And another paragraph of it."]),
    ]
    _, notes = read_notes(pages)
    assert [[line.text for line in note.lines] for note in notes.notes] == [
        ["1A note that ends a sentence.", "And another paragraph of it."]
    ]


def test_exponent_at_the_start_of_a_line_does_not_begin_a_note() -> None:
    notes = ["^1^A note with 5 ×", "10^3^ barrels in it.", "^2^Another."]
    _, page_notes = read_notes([build_text(1, [FULL, "a^1^ b^2^"], notes)])
    assert [note.label for note in page_notes.notes] == ["1", "2"]


def test_paragraphs_of_one_line_are_split_by_their_indents() -> None:
    page = build_page(
        *(set_line("The first one fills all of its line, and ends so.", 60, y) for y in (60, 73)),
        set_line("flush", 40, 200),
        set_line("flush", 40, 213),
    )
    blocks = build_blocks(page.lines, ())
    paragraphs = list(split_paragraphs(blocks[:1], count_line_edges(blocks), {}))
    assert [len(lines) for lines in paragraphs] == [1, 1]


def test_hyphen_at_a_line_end_is_removed_if_the_word_occurs_without() -> None:
    lines = [make_line("a light-"), make_line("house, a well-"), make_line("known one")]
    others = [make_line("lighthouse and well-known")]
    joiner = LineJoiner([*lines, *others])
    assert joiner.join(lines, {}, {}, {})[0] == "a lighthouse, a well-known one"
    assert joiner.dropped_hyphens == {1: 1}


def test_text_after_a_label_and_its_marks_are_counted_from_its_first_character() -> None:
    line = make_line("1 A note.^2^")
    mark = PlacedMark(line, 7, 8, 1, "2")
    text, marks, regions = LineJoiner([line]).join([line], {id(line): [mark]}, {}, {id(line): 1})
    assert (text, marks[0].offset, regions[0].offset) == ("A note.", 7, 0)


def test_ligatures_radicals_and_vertical_forms_are_folded() -> None:
    assert [fold(char) for char in "ﬃ⼈︵ａ①¹"] == ["ffi", "人", "(", "ａ", "①", "¹"]


def test_a_stop_between_marks_in_a_line_of_their_own_is_of_the_size_of_the_text() -> None:
    glyphs = tuple(set_line("^10^。^11^", 40, 100))
    assert (PageLine(1, glyphs).size, PageLine(1, glyphs).baseline) == (10, 100)


def test_plain_figures_after_ligatures_may_be_marks() -> None:
    line = make_line("The sheri1 and the sheri.1")
    glyphs = [replace(glyph, text="ff") if glyph.text == "i" else glyph for glyph in line.glyphs]
    line = PageLine(1, tuple(glyphs))
    marks = match_marks([line], [(0, FoundNote("1", 1, "plain"))])
    assert [line.extract_text(0, mark.start) for mark in marks] == ["The sherff1 and the sherff."]


def test_plain_marks_after_years_and_commas_are_found() -> None:
    notes = [(index, FoundNote(str(index + 1), 1, "plain")) for index in range(3)]
    texts = ["1. Of ships.", "It sank in 1845.1 The sea,2 and in 1846,3 too, was calm."]
    lines = [make_line(text) for text in texts]
    marks = match_marks(lines, notes)
    before = [mark.line.extract_text(0, mark.start) for mark in marks]
    assert before == [
        "It sank in 1845.",
        "It sank in 1845.1 The sea,",
        "It sank in 1845.1 The sea,2 and in 1846,",
    ]


def test_notes_under_a_heading_at_the_end_have_their_marks_in_all_of_the_text() -> None:
    text = [f"{FULL}^{number}^" for number in (1, 2, 3)]
    notes = ["Notes", "1. One.", "2. Two begins,", "2003 being its year.", "3. Three."]
    pages = [
        build_page(*(set_line(t, 40, 60 + 13 * i) for i, t in enumerate(text)), number=1),
        build_page(*(set_line(t, 40, 60 + 13 * i) for i, t in enumerate(notes)), number=2),
    ]
    blocks, page_notes = read_notes(pages)
    assert [[line.text for line in note.lines] for note in page_notes.notes] == [
        ["1. One."],
        ["2. Two begins,", "2003 being its year."],
        ["3. Three."],
    ]
    marks = place_marks(blocks, page_notes)
    assert [mark.note for line in blocks[0].lines for mark in marks[id(line)]] == [0, 1, 2]


def test_a_list_without_a_heading_is_known_by_the_numbers_of_all_marks() -> None:
    pages = [
        build_text(1, [FULL, "first^1^ second^2^ third^3^"], []),
        build_text(2, ["1. One.", "2. Two that goes", "on.", "3. Three."], []),
        build_text(3, ["And a text that is none."], []),
    ]
    blocks, notes = read_notes(pages)
    assert [len(note.lines) for note in notes.notes] == [1, 2, 1]
    assert [mark.note for marks in place_marks(blocks, notes).values() for mark in marks] == [
        0,
        1,
        2,
    ]
    _, of_fewer = read_notes([build_text(1, [FULL, "first^1^ third^3^"], []), *pages[1:]])
    assert not of_fewer.notes


def test_notes_at_the_foot_keep_a_last_paragraph_that_stands_apart() -> None:
    page = build_page(
        *(set_line(FULL, 40, 60 + 13 * row) for row in range(6)),
        set_line("one^1^ two^2^ three^3^", 40, 138),
        *(set_line(f"^{n}^A note of the page.", 40, 500 + 10 * n, 8) for n in (1, 2, 3)),
        set_line("And a paragraph of the last one.", 40, 548, 8),
        rules=[Rule(40, 120, 490)],
    )
    assert [len(note.lines) for note in read_notes([page])[1].notes] == [1, 1, 2]


def test_a_number_that_a_file_has_lost_does_not_end_its_notes() -> None:
    page = build_text(1, [FULL, "one^1^ two^2^ three^3^ four^4^"], ["1. A.", "3. B.", "4. C."])
    assert [note.label for note in read_notes([page])[1].notes] == ["1", "3", "4"]


def test_references_are_no_notes_where_there_are_notes() -> None:
    references = [set_line(f"[{n}] Smith, Tides.", 40, 60 + 13 * n) for n in (1, 2)]
    page = build_page(set_line("References", 40, 60), *references, number=2)
    first = build_text(1, [FULL, "a mark^1^"], ["^1^A note."])
    assert [note.label for note in read_notes([first, page])[1].notes] == ["1"]
    assert [note.label for note in read_notes([page])[1].notes] == ["1", "2"]


def test_notes_without_rule_or_raised_number_are_known_by_their_marks() -> None:
    text = [set_line(f"{FULL}^{n}^", 40, 60 + 13 * n) for n in (1, 2)]
    feet = [set_line(f"{n}. Note {n}.", 34, 500 + 10 * n, 8) for n in (1, 2)]
    _, notes = read_notes([build_page(*text, *feet)])
    assert [note.label for note in notes.notes] == ["1", "2"]


def test_words_of_a_justified_line_are_joined_and_cells_are_not() -> None:
    wide = set_line(WORDS[0], 40, 87)
    for word in WORDS[1:6]:
        wide += set_line(word, wide[-1].x1 + 13, 87)
    lines = [set_line("x" * 60, wide[-1].x1 - 300, y) for y in (61, 74, 100)]
    table = [
        set_line(word, 40 + 90 * column, 200 + 13 * row)
        for row in range(3)
        for column, word in enumerate(WORDS[:4])
    ]
    texts = [line.text for line in build_page(*lines, wide, *table).lines]
    assert " ".join(WORDS[:6]) in texts
    assert texts.count(WORDS[0]) == 3


def test_notes_that_repeat_at_the_feet_of_pages_are_no_running_feet() -> None:
    pages = [
        build_text(n, [f"{WORDS[n + i]} {FULL}^{n}^" for i in range(4)], [f"^{n}^Ibid., p. {n}."])
        for n in (1, 2, 3, 4)
    ]
    layout = lay_out_pages(pages)
    assert not any(page.running for page in layout.pages)


def test_raised_ligatures_are_no_labels() -> None:
    line = build_page(set_line("text^xi^", 40, 60)).lines[0]
    ligature = replace(line.glyphs[-2], text="ffi")
    raised = PageLine(1, (*line.glyphs[:-2], ligature, line.glyphs[-1]))
    labels = list(find_raised_labels(raised))
    assert all(label.end <= len(raised.glyphs) for label in labels)


def test_signs_and_controls_of_fonts_of_tex() -> None:
    assert [fold(char) for char in "\u2217\u2225"] == ["*", "\u2016"]
    assert parse_order("xiv") == 14
    assert parse_order("③") == 3
    assert parse_order("ill") == 0


def test_marks_lead_to_the_notes_of_their_own_chapter_in_brackets() -> None:
    """One chapter's notes stand in a list, the next one's at its end without a heading."""
    lines = [
        PageLine(page, tuple(set_line(f"{WORDS[page]} text[註{number}] goes on", 40, 100)))
        for page, number in ((1, 1), (3, 1), (3, 2), (5, 1), (5, 2))
    ]
    notes = PageNotes(
        [
            FoundNote("1", 2, "bracketed"),
            FoundNote("1", 4, "bracketed", list_index=1),
            FoundNote("2", 4, "bracketed", list_index=1),
            FoundNote("1", 6, "bracketed"),
            FoundNote("2", 6, "bracketed"),
        ],
        list_starts=[30],
        order={id(line): 10 * line.page for line in lines},
    )
    placed = place_marks([LineBlock((line,)) for line in lines], notes)
    assert [[mark.note for mark in placed[id(line)]] for line in lines] == [[0], [1], [2], [3], [4]]


def test_title_authors_and_date_are_read_from_the_first_page() -> None:
    page = build_page(
        set_line("Ferries and Their Keepers^*^", 80, 60, 18),
        set_line("Agnes Quayle and Owen Brandvold", 80, 90, 12),
        set_line("14 May 2019", 150, 110, 11),
        *(set_line(FULL, 40, 150 + 13 * row) for row in range(5)),
    )
    front = find_front_matter(build_blocks(page.lines, ()), 10.0)
    assert (front.title, front.authors) == (
        "Ferries and Their Keepers",
        ("Agnes Quayle", "Owen Brandvold"),
    )
    assert front.date_printed == "14 May 2019"
    titles = ("Microsoft Word - a.doc", "Tides.indd", "scan 7.png", "Tides")
    assert [is_file_title(title) for title in titles] == [True, True, True, False]


def test_tables_of_contents_are_known_by_leaders_and_by_their_heading() -> None:
    rows = [f"{i} {WORDS[i]} . . . . . . . . {10 + i}" for i in range(1, 5)]
    page = build_page(
        set_line("Contents", 40, 60, 14),
        *(set_line(row, 40, 90 + 13 * i) for i, row in enumerate(rows)),
        set_line(FULL, 40, 200),
    )
    blocks = build_blocks(page.lines, ())
    for titles, headings in (((), []), (("Contents", "Quay"), ["Contents"])):
        contents = find_contents(blocks, titles)
        lines = [line for block in blocks for line in block.lines]
        assert [line.text for line in lines if id(line) not in contents.lines] == [*headings, FULL]


def test_stretched_lines_may_have_wider_gaps_after_stops() -> None:
    lines = [set_line("x" * 60, 40, y) for y in (61, 74, 100)]
    gaps = (13, 13, 29, 13)
    words = ["harbour", "lantern", "tide.", "Keeper", "bridge"]
    row = set_line(words[0], 40, 87)
    for gap, word in zip(gaps, words[1:], strict=True):
        row += set_line(word, row[-1].x1 + gap, 87)
    shift = lines[0][-1].x1 - row[-1].x1
    lines = [
        [replace(glyph, x0=glyph.x0 - shift, x1=glyph.x1 - shift) for glyph in line]
        for line in lines
    ]
    lines = [[glyph for glyph in line if glyph.x0 >= 40] for line in lines]
    assert " ".join(words) in [line.text for line in build_page(*lines, row).lines]


def read_blocks(page: PrintedPage) -> list[list[str]]:
    return [[line.text for line in block.lines] for block in build_blocks(page.lines, ())]


def test_raised_numbers_that_hang_before_their_notes_are_their_labels() -> None:
    notes = [
        set_line(text, x, 400 + 12 * row, 10)
        for row in range(3)
        for x, text in ((40, f"^註{row + 1}^"), (60, f"Note {row}."))
    ]
    labels = [parse_note_label(line) for line in build_page(*notes).lines]
    assert [label.text for label in labels if label] == ["1", "2", "3"]


def test_signs_that_hang_out_of_a_column_do_not_join_it_with_the_next() -> None:
    left = [
        set_line("一二三四五六七八九十" + end, 40, 100 + 13 * i) for i, end in enumerate("，一。")
    ]
    right = [set_line("《百百百百百百百百百》", 151, 102 + 13 * i) for i in range(3)]
    blocks = read_blocks(build_page(*left, *right))
    assert [len(lines) for lines in blocks] == [3, 3]
    assert blocks[0][0].startswith("一")


def test_rows_with_nothing_beside_them_are_read_from_top_to_bottom() -> None:
    page = build_page(
        set_line("A date at the right", 240, 60),
        set_line("A heading", 40, 90, 14),
        set_line(FULL, 40, 120),
    )
    assert [lines[0] for lines in read_blocks(page)] == ["A date at the right", "A heading", FULL]


def test_headings_of_columns_with_nothing_beside_them_stay_in_their_columns() -> None:
    def set_column(x: float, count: int, heading: str, baseline: float) -> list[PageLine]:
        text = [make_line("word " * 6, x, 60 + 12 * row) for row in range(count)]
        below = [make_line("more " * 6, x, baseline + 20 + 12 * row) for row in range(4)]
        return [*text, make_line(heading, x, baseline, 14), *below]

    lines = [*set_column(40, 8, "First", 300), *set_column(220, 4, "Second", 200)]
    texts = [block.lines[0].text.split()[0] for block in build_blocks(lines, ())]
    assert texts == ["word", "First", "more", "word", "Second", "more"]


def test_narrow_blanks_of_tightly_set_lines_separate_words() -> None:
    glyphs: list[Glyph] = []
    for word in ("tightly", "set", "words"):
        start = glyphs[-1].x1 + 1.5 if glyphs else 40
        glyphs += [replace(glyph, follows_space=False) for glyph in set_line(word, start, 100)]
    assert PageLine(1, tuple(glyphs)).text == "tightly set words"


def test_numbers_that_restart_on_pages_after_a_note_of_the_page_before() -> None:
    pages = [
        build_text(1, [FULL, "a[1] b[2]"], ["[1] One.", "[2] Two."]),
        build_text(2, [FULL, "c[1] d[2]"], ["[1] Three.", "[2] Four."]),
        build_text(3, [FULL, "e[1] f[2]"], ["[3] Of the page before.", "[1] Five.", "[2] Six."]),
    ]
    _, notes = read_notes(pages)
    assert "".join(note.label for note in notes.notes) == "1212312"

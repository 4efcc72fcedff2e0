"""Forms of notes, headings and lists that authors and programs give Word files."""

from __future__ import annotations

import pytest

from index.document import NoteMark, Publication
from tests.helpers.word_files import mark, notes, paragraph, raise_text, read_word, run, styles

REPORT, SILT, TIDE = "Harbour Board, Report (1901), 12.", "Silt and Sand, 3–4.", "Tides, 5."
MARK_NUMBER = "<w:r><w:footnoteRef/></w:r>"
MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


def put_marks(text: str, marks: tuple[NoteMark, ...]) -> str:
    for item in sorted(marks, key=lambda item: item.offset)[::-1]:
        text = f"{text[: item.offset]}{{{item.note}}}{text[item.offset :]}"
    return text


def show(publication: Publication) -> list[str]:
    """Return headings with a # for item level, paragraphs, and notes, with marks in braces."""
    shown = []
    for article in publication.articles:
        for section in article.sections:
            shown += ["#" * len(section.path) + section.path[-1]] if section.path else []
            shown += [put_marks(item.text, item.marks) for item in section.paragraphs]
        shown += [f"[{note.number}] {note.text}" for note in article.notes]
    return shown


def note(*runs: str, number: int = 0) -> str:
    return f'<w:footnote w:id="{number}">{paragraph(*runs)}</w:footnote>'


@pytest.mark.parametrize("heading", ["Heading{}", "标题{}", "berschrift{}"])
def test_styles_that_a_file_lacks_are_known_by_their_ids(heading: str) -> None:
    publication = read_word(
        paragraph(run("Quay"), style="Title")
        + paragraph(run("Silt"), style=heading.format(1))
        + paragraph(run("It rained"), mark(0), run("."))
        + paragraph(run("Sand"), style=heading.format(2))
        + paragraph(run("It dried.")),
        footnotes=notes("footnote", REPORT),
    )
    assert publication.articles[0].title == "Quay"
    assert show(publication) == ["#Silt", "It rained{1}.", "##Sand", "It dried.", f"[1] {REPORT}"]


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        ([raise_text("[")], [raise_text("]")], [run("["), MARK_NUMBER, run("] ")]),
        ([run("〔註")], [run("〕")], [run("〔註"), MARK_NUMBER, run("〕")]),
        ([raise_text("注")], [], [run("注"), MARK_NUMBER, run("：")]),
        ([], [], [MARK_NUMBER, run(") ")]),
        ([], [], [run("Note "), MARK_NUMBER, run(". ")]),
    ],
)
def test_what_stands_around_automatic_numbers_is_no_text(
    before: list[str], after: list[str], label: list[str]
) -> None:
    publication = read_word(
        paragraph(run("It rained"), *before, mark(0), *after, run(" (at night).")),
        footnotes=note(*label, run(REPORT)),
    )
    assert show(publication) == ["It rained{1} (at night).", f"[1] {REPORT}"]


def test_marks_in_one_bracket_are_parted_by_no_text() -> None:
    parted = (mark(0), raise_text(","), mark(1), raise_text("–"), mark(2))
    publication = read_word(
        paragraph(run("It rained"), raise_text("["), *parted, raise_text("]"), run(".")),
        footnotes=notes("footnote", REPORT, SILT, TIDE),
    )
    assert show(publication)[0] == "It rained{1}{2}{3}."
    prose = read_word(
        paragraph(run("It rained (or so"), mark(0), run(").")),
        footnotes=notes("footnote", REPORT),
    )
    assert show(prose)[0] == "It rained (or so{1})."


STAR = '<w:sym w:font="Symbol" w:char="F02A"/>'


@pytest.mark.parametrize(
    ("inside", "following", "printed", "number"),
    [
        (STAR, "", f"<w:r>{STAR}</w:r>", "*"),
        ("", raise_text("†"), raise_text("†"), "†"),
        ("<w:t>7</w:t>", "", raise_text("7"), "7"),
        ("<w:t>[a]</w:t>", "", run("[a]"), "a"),
    ],
)
def test_signs_that_authors_set_are_no_text(
    inside: str, following: str, printed: str, number: str
) -> None:
    symbol = f'<w:r><w:footnoteReference w:customMarkFollows="1" w:id="0"/>{inside}</w:r>'
    publication = read_word(
        paragraph(run("It rained"), symbol, following, run(" on."), mark(1)),
        footnotes=note(printed, run(" " + REPORT)) + note(run(SILT), number=1),
    )
    assert show(publication) == [
        f"It rained{{{number}}} on.{{1}}",
        f"[{number}] {REPORT}",
        f"[1] {SILT}",
    ]


def set_numbers(form: str, restart: str = "continuous") -> str:
    restarts = f'<w:numRestart w:val="{restart}"/>'
    return f'<w:footnotePr><w:numFmt w:val="{form}"/>{restarts}</w:footnotePr>'


def test_each_section_numbers_its_notes() -> None:
    first = f"<w:sectPr>{set_numbers('lowerRoman')}</w:sectPr>"
    publication = read_word(
        paragraph(run("Preface"), mark(0), run("."), properties=first)
        + paragraph(run("It rained"), mark(1), run("."))
        + f"<w:sectPr>{set_numbers('decimal', 'eachSect')}</w:sectPr>",
        footnotes=notes("footnote", REPORT, SILT),
    )
    assert show(publication)[:2] == ["Preface{i}.", "It rained{1}."]


def test_notes_begin_anew_on_the_pages_that_the_file_knows() -> None:
    page = "<w:r><w:lastRenderedPageBreak/></w:r>"
    publication = read_word(
        paragraph(run("It rained"), mark(0), run(" twice"), mark(1), run("."))
        + paragraph(page, run("It dried"), mark(2), run(".")),
        footnotes=notes("footnote", REPORT, SILT, TIDE),
        settings=set_numbers("decimalEnclosedCircleChinese", "eachPage"),
    )
    assert show(publication)[:2] == ["It rained{①} twice{②}.", "It dried{①′}."]


@pytest.mark.parametrize(
    ("form", "numbers"),
    [("chicago", "* † ‡ § **"), ("ideographTraditional", "甲 乙 丙 丁 戊")],
)
def test_notes_are_numbered_in_signs_and_stems(form: str, numbers: str) -> None:
    publication = read_word(
        paragraph(run("It rained"), *map(mark, range(5)), run(".")),
        footnotes=notes("footnote", *map(str, range(1901, 1906))),
        settings=set_numbers(form),
    )
    assert [item.number for item in publication.articles[0].notes] == numbers.split()


def test_the_number_of_a_note_in_superscript_is_its_mark_again() -> None:
    kinds = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate")]
    code = "<w:r><w:instrText> NOTEREF _Ref1 \\h </w:instrText></w:r>"
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    publication = read_word(
        paragraph(
            run("It rained"),
            '<w:bookmarkStart w:id="0" w:name="_Ref1"/>',
            mark(0),
            '<w:bookmarkEnd w:id="0"/>',
            run(" twice"),
            f"{kinds[0]}{code}{kinds[1]}{raise_text('1')}{end}",
            run("."),
        ),
        footnotes=notes("footnote", REPORT),
    )
    assert show(publication) == ["It rained{1} twice{1}.", f"[1] {REPORT}"]


def test_what_is_to_be_filled_in_is_set_aside() -> None:
    control = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    publication = read_word(
        control.format(paragraph(run("Enter a title.")))
        + paragraph(run("It rained"), mark(0), run("."), control.format(run("[Place]"))),
        footnotes=notes("footnote", REPORT),
    )
    assert show(publication) == ["It rained{1}.", f"[1] {REPORT}"]
    assert [item.text for item in publication.set_aside] == ["Enter a title.", "[Place]"]


def test_what_is_printed_where_notes_go_on_is_set_aside() -> None:
    notice = paragraph(run("(continued)"))
    publication = read_word(
        paragraph(run("It rained"), mark(0), run(".")),
        footnotes=f'<w:footnote w:type="continuationNotice" w:id="9">{notice}</w:footnote>'
        + notes("footnote", REPORT),
    )
    assert show(publication) == ["It rained{1}.", f"[1] {REPORT}"]
    assert [item.text for item in publication.set_aside] == ["(continued)"]


def test_equations_are_written_on_one_line() -> None:
    def write(name: str, *parts: str) -> str:
        return f"<m:{name}>{''.join(f'<m:e>{part}</m:e>' for part in parts)}</m:{name}>"

    def letters(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    power = write("sSup", letters("x"), letters("2"))
    half = write("f", write("d", letters("a+b")), letters("c-d"))
    publication = read_word(
        paragraph(run("So "), f"<m:oMath {MATH}>{power}{letters('=')}{half}</m:oMath>", run("."))
    )
    assert show(publication) == ["So x^2=(a+b)/(c-d)."]


def test_characters_of_the_symbol_font_are_read() -> None:
    letter = '<w:r><w:sym w:font="Symbol" w:char="F06D"/></w:r>'
    assert show(read_word(paragraph(run("Some 5 "), letter, run("m.")))) == ["Some 5 μm."]


def test_lists_of_one_definition_count_on_unless_told_otherwise() -> None:
    def item(text: str, number: int) -> str:
        return paragraph(run(text), properties=f'<w:numPr><w:numId w:val="{number}"/></w:numPr>')

    level = '<w:lvl w:ilvl="0"><w:lvlText w:val="%1."/></w:lvl>'
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    kind = '<w:abstractNumId w:val="0"/>'
    publication = read_word(
        item("silt", 1) + item("sand", 2) + item("mud", 3) + item("clay", 3),
        numbering=f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        f'<w:num w:numId="1">{kind}</w:num><w:num w:numId="2">{kind}</w:num>'
        f'<w:num w:numId="3">{kind}{restart}</w:num>',
    )
    assert show(publication) == ["1. silt", "2. sand", "1. mud", "2. clay"]


def test_lines_of_large_type_are_headings_where_no_style_names_any() -> None:
    def size(points: int) -> str:
        return f'<w:sz w:val="{2 * points}"/>'

    text = "港口三年沒有疏濬，泥沙淤塞，大船都進不來了。"
    publication = read_word(
        paragraph(run("港口調查", size(22)))
        + paragraph(run("淤沙", size(16)))
        + paragraph(run(text, size(12)), mark(0))
        + paragraph(run("沙洲", size(16)))
        + paragraph(run("此段只有一行大字而已", size(14)))
        + paragraph(run(text, size(12))),
        footnotes=notes("footnote", REPORT),
    )
    assert publication.articles[0].title == "港口調查"
    assert show(publication)[:3] == ["#淤沙", f"{text}{{1}}", "#沙洲"]
    assert "此段只有一行大字而已" in show(publication)


def test_runs_are_bold_and_raised_by_their_styles() -> None:
    raised = '<w:style w:styleId="r"><w:name w:val="footnote reference"/></w:style>'
    bold = '<w:style w:styleId="b"><w:name w:val="x"/><w:rPr><w:b/></w:rPr></w:style>'
    publication = read_word(
        paragraph(run("Quay"), style="Title")
        + paragraph(run("Silt"), style="b")
        + paragraph(run("It rained"), run("1", '<w:rStyle w:val="r"/>'), run(" on 5 m"))
        + paragraph(run("It dried"), run("2", '<w:position w:val="6"/>'), run("."))
        + paragraph(run("Notes"))
        + paragraph(run(f"1. {REPORT}"))
        + paragraph(run(f"2. {SILT}")),
        styles=styles(Title="Title") + raised + bold,
    )
    shown = ["#Silt", "It rained{1} on 5 m", "It dried{2}.", f"[1] {REPORT}", f"[2] {SILT}"]
    assert show(publication) == shown


def test_prose_in_the_style_of_headings_is_text() -> None:
    """Authors type numbered paragraphs in a style of headings, to have their numbers."""
    prose = (
        "Quays are the works along which ships lie, built by harbours, merchants and the state, in "
        "their own ways, from stone or from timber, so that goods come ashore dry. They are older "
        "than the harbours that we know, and most were built twice."
    )
    long_heading = f"On {'the building of quays and ' * 8}piers"
    body = "".join(
        paragraph(run(text), properties='<w:outlineLvl w:val="0"/>')
        for text in ("Quays", prose, long_heading, "碼頭" * 40 + "。")
    )
    publication = read_word(body + paragraph(run("The end.")))
    headings = [
        text
        for article in publication.articles
        for text in (article.title, *(section.heading for section in article.sections))
        if text
    ]
    assert headings == ["Quays", long_heading]

"""Word files as many programs write them, each made here of the parts that matter."""

from __future__ import annotations

import pytest

from tests.helpers.word_files import (
    mark,
    notes,
    paragraph,
    raise_text,
    read_word,
    run,
    styles,
)

REPORT, SILT = "Harbour Board, Report (1901), 12.", "Ada Merrow, Silt and Sand, 3–4."


@pytest.mark.parametrize("title", ["Title", "标题", "標題", "Titel"])
@pytest.mark.parametrize("heading", ["heading 1", "标题 1", "Überschrift 1"])
def test_styles_are_known_by_their_names_in_many_languages(title: str, heading: str) -> None:
    publication = read_word(
        paragraph(run("Quay"), style="t")
        + paragraph(run("Ada Merrow"), style="a")
        + paragraph(run("Silt"), style="h")
        + paragraph(run("It rained"), mark(0), run(".")),
        footnotes=notes("footnote", REPORT),
        styles=styles(t=title, a="Author", h=heading),
    )
    (article,) = publication.articles
    assert (publication.title, article.title) == ("Quay", "Quay")
    assert [author.name for author in article.authors] == ["Ada Merrow"]
    assert article.sections[-1].heading == "Silt"
    assert dict(publication.metadata_sources) == {"title": "heading", "authors": "byline"}


def test_authors_and_dates_by_style_are_no_headings() -> None:
    based = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>'
        '<w:basedOn w:val="Title"/></w:style>'
        for name in ("Author", "Date")
    )
    publication = read_word(
        paragraph(run("Quay"), style="Title")
        + paragraph(run("Ada Merrow"), style="Author")
        + paragraph(run("4 March 2020"), style="Date")
        + paragraph(run("It rained"), mark(0), run(".")),
        footnotes=notes("footnote", REPORT),
        styles=styles(Title="Title") + based,
    )
    (article,) = publication.articles
    assert [section.path for section in article.sections] == [()]
    assert (publication.title, publication.date_printed) == ("Quay", "4 March 2020")
    assert dict(publication.metadata_sources)["date"] == "byline"


@pytest.mark.parametrize("numbering", ["typed", "automatic"])
def test_raised_numbers_lead_to_a_list_at_the_end(numbering: str) -> None:
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    entries = [
        paragraph(run(f"[{number}] {text}"))
        if numbering == "typed"
        else paragraph(run(text), properties=listed)
        for number, text in ((1, REPORT), (2, SILT))
    ]
    publication = read_word(
        paragraph(run("It rained"), raise_text("[1]"), run(" on 5 m"), raise_text("2"), run("."))
        + paragraph(run("It dried"), raise_text("[2]"), run("."))
        + paragraph(run("References"))
        + "".join(entries),
        numbering='<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/>'
        '<w:lvlText w:val="[%1]"/></w:lvl></w:abstractNum><w:num w:numId="1">'
        '<w:abstractNumId w:val="0"/></w:num>',
    )
    (article,) = publication.articles
    assert [(note.number, note.text) for note in article.notes] == [("1", REPORT), ("2", SILT)]
    first, second = article.sections[0].paragraphs[:2]
    assert (first.text, second.text) == ("It rained on 5 m2.", "It dried.")
    assert [(item.offset, item.note) for item in first.marks] == [(9, "1")]
    assert [(item.offset, item.note) for item in second.marks] == [(8, "2")]


def test_notes_have_the_numbers_that_the_file_asks_for() -> None:
    publication = read_word(
        paragraph(run("It rained"), mark(0), mark(0, "endnote"), run(".")),
        footnotes=notes("footnote", REPORT),
        endnotes=notes("endnote", "in 1901."),
        settings='<w:footnotePr><w:numFmt w:val="decimalEnclosedCircle"/></w:footnotePr>',
    )
    (article,) = publication.articles
    assert [(note.number, note.text) for note in article.notes] == [
        ("①", REPORT),
        ("i", "in 1901."),
    ]


def test_signs_that_mark_notes_are_no_text() -> None:
    printed = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="0"/><w:t>*</w:t></w:r>'
    note = paragraph(raise_text("*"), run(" " + REPORT))
    publication = read_word(
        paragraph(run("It rained"), printed, run(" on 5 March.")),
        footnotes=f'<w:footnote w:id="0">{note}</w:footnote>',
    )
    (article,) = publication.articles
    (first,) = article.sections[0].paragraphs
    assert first.text == "It rained on 5 March."
    assert [(item.offset, item.note) for item in first.marks] == [(9, "*")]
    assert [note.text for note in article.notes] == [REPORT]


def test_deleted_ends_of_paragraphs_and_rows_are_gone() -> None:
    deleted = "<w:rPr><w:del/></w:rPr>"
    row = "<w:tr>{}<w:tc>" + paragraph(run("{}")) + "</w:tc></w:tr>"
    publication = read_word(
        paragraph(run("It rained"), properties=deleted)
        + paragraph(run(" all day"), mark(0), run("."))
        + f"<w:tbl>{row.format('<w:trPr><w:del/></w:trPr>', 'old')}{row.format('', 'new')}</w:tbl>",
        footnotes=notes("footnote", REPORT),
    )
    first, table = publication.articles[0].sections[0].paragraphs
    assert (first.text, table.text) == ("It rained all day.", "new")
    assert [(item.offset, item.note) for item in first.marks] == [(17, "1")]


def test_fields_that_repeat_a_number_are_marks_where_they_are_printed_so() -> None:
    def refer(switch: str, printed: str) -> str:
        kinds = [
            f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate")
        ]
        code = f"<w:r><w:instrText> NOTEREF _Ref1 {switch} </w:instrText></w:r>"
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        return f"{kinds[0]}{code}{kinds[1]}{printed}{end}"

    bookmark = '<w:bookmarkStart w:id="0" w:name="_Ref1"/>{}<w:bookmarkEnd w:id="0"/>'
    publication = read_word(
        paragraph(
            run("It rained"),
            bookmark.format(mark(0)),
            run(" twice"),
            refer(r"\f", raise_text("1")),
            run("; see note "),
            refer(r"\h", run("1")),
            run("."),
        ),
        footnotes=notes("footnote", REPORT),
    )
    (first,) = publication.articles[0].sections[0].paragraphs
    assert first.text == "It rained twice; see note 1."
    assert [(item.offset, item.note) for item in first.marks] == [(9, "1"), (15, "1")]


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        (r"eq \o\ac(○,{})", "①②"),
        (r" EQ \o(○, {} ) ", "①②"),
        (r"eq \f({},2)", ""),
    ],
)
def test_numbers_that_fields_set_in_circles_are_read(code: str, printed: str) -> None:
    def circle(number: int) -> str:
        field = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
        text = f"<w:r><w:instrText>{code.format(number)}</w:instrText></w:r>"
        return field.format("begin") + text + field.format("end")

    body = paragraph(run("港口淤積"), circle(1), run("，船改道"), circle(2), run("。"))
    listed = paragraph(circle(1), run("《帳簿》，頁3。")) + paragraph(circle(2), run("同上。"))
    (article,) = read_word(body + paragraph(run("註釋")) + listed).articles
    marks = article.sections[0].paragraphs[0].marks
    assert [(item.offset, item.note) for item in marks] == ([(4, "1"), (8, "2")] if printed else [])
    assert len(article.notes) == len(printed)


def test_readings_of_characters_are_left_out() -> None:
    ruby = (
        f"<w:r><w:ruby><w:rt>{run('yū')}</w:rt><w:rubyBase>{run('淤')}</w:rubyBase></w:ruby></w:r>"
    )
    (article,) = read_word(paragraph(run("港口"), ruby, run("積。"))).articles
    assert article.sections[0].paragraphs[0].text == "港口淤積。"


@pytest.mark.parametrize("kind", ["footnote", "endnote"])
def test_notes_without_marks_and_marks_without_notes_are_named(kind: str) -> None:
    deleted = f"<w:del>{mark(3, kind)}</w:del>"
    parts = {
        f"{kind}s": notes(kind, REPORT, "Lost, 5.", SILT, "Dropped, 6."),
        "settings": f'<w:{kind}Pr><w:numFmt w:val="decimal"/></w:{kind}Pr>',
        "header": paragraph(run("Quay"), mark(1, kind)),
        "comments": f"<w:comment>{paragraph(run('Is it so?'))}</w:comment>",
    }
    text = paragraph(run("It rained"), mark(0, kind), deleted, mark(2, kind), mark(9, kind))
    publication = read_word(text, **parts)
    (article,) = publication.articles
    read = [(note.number, note.text) for note in article.notes]
    assert read == [("1", REPORT), ("2", SILT), ("?1", "Lost, 5.")]
    (paragraph_read,) = article.sections[0].paragraphs
    assert [item.note for item in paragraph_read.marks] == ["1", "2", "3"]
    assert {finding.kind for finding in publication.findings} == {"missing-note", "missing-mark"}
    aside = {piece.text: piece.reason for piece in publication.set_aside}
    assert aside == {"Quay": "furniture", "Is it so?": "markup", "Dropped, 6.": "markup"}
    unmarked = read_word(paragraph(run("It rained.")), **parts)
    assert [note.number for note in unmarked.articles[0].notes] == ["1", "2", "3", "4"]

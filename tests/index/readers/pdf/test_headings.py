"""Tests of the headings of PDF files."""

from __future__ import annotations

from pathlib import Path

import typst

from index.readers.pdf import read
from index.readers.pdf.blocks import build_blocks
from index.readers.pdf.front_matter import FrontMatter, find_front_matter, list_bylines
from index.readers.pdf.headings import OutlineEntry, find_headings

from .pages import build_page, set_line

FULL = "word " * 11 + "end of a full line of text"


def test_headings_are_found_by_outline_or_size() -> None:
    page = build_page(
        set_line("A Chapter of It", 40, 60, 16),
        *(set_line(FULL, 40, 90 + 12 * row) for row in range(4)),
    )
    blocks = build_blocks(page.lines, ())
    for outline in ([], [OutlineEntry("A Chapter of It", 1, 1)]):
        headings = find_headings(blocks, outline, 10.0, FrontMatter())
        assert [[line.text for line in heading.lines] for heading in headings.values()] == [
            ["A Chapter of It"]
        ]


def test_a_wrapped_heading_goes_on_in_a_line_that_is_a_name_of_sections() -> None:
    for second, expected in (
        ("Annex", [["Of Specific Systems", "Annex"]]),
        ("Chapter 2. Quays", [["Of Specific Systems"], ["Chapter 2. Quays"]]),
    ):
        page = build_page(
            set_line("Of Specific Systems", 40, 60, 16),
            set_line(second, 40, 78, 16),
            *(set_line(FULL, 40, 110 + 12 * row) for row in range(4)),
        )
        headings = find_headings(build_blocks(page.lines, ()), [], 10.0, FrontMatter())
        lines_of_heading = {
            id(heading): [line.text for line in heading.lines] for heading in headings.values()
        }
        assert list(lines_of_heading.values()) == expected


def test_lines_in_italics_between_paragraphs_are_headings() -> None:
    body = "The keeper of the lamp counts every ship that passes at night. " * 4
    source = f"""
#set page(width: 400pt, height: 500pt, margin: 40pt)
#set text(font: "Libertinus Serif", size: 10pt)
#set par(first-line-indent: (amount: 1.5em, all: true), spacing: 0.65em, justify: true)
#par(first-line-indent: 0pt)[#text(16pt)[The Salt Roads]]
#par(first-line-indent: 0pt)[by]
#par(first-line-indent: 0pt)[Ada Merrow]
#par(first-line-indent: 0pt)[#emph[The harbour]]

{body}

{body}

#par(first-line-indent: 0pt)[#emph[The salt pans]]

{body}
"""
    publication, _ = read(typst.compile(source.encode()), Path("salt.pdf"))
    (article,) = publication.articles
    assert [section.path[-1] for section in article.sections if section.path] == [
        "The harbour",
        "The salt pans",
    ]
    assert [author.name for author in article.authors] == ["Ada Merrow"]


def test_labelled_names_below_headings_are_bylines() -> None:
    page = build_page(
        set_line("The Salt Pans", 40, 60, 16),
        set_line("文／林知遠", 40, 84, 11),
        *(set_line(FULL, 40, 100 + 12 * row) for row in range(4)),
        set_line("By Ada Merrow", 40, 190, 11),
        set_line(FULL, 40, 206),
    )
    blocks = build_blocks(page.lines, ())
    headings = find_headings(blocks, [], 10.0, FrontMatter())
    ids = {id(line) for heading in headings.values() for line in heading.lines}
    assert [line.text for line in list_bylines(blocks, ids)] == ["文／林知遠"]


def test_blanks_after_the_marks_of_authors_are_kept() -> None:
    page = build_page(
        set_line("The Salt Pans of the Bay", 40, 60, 16),
        set_line("Ada Merrow^*^ and Ina Voss^†^", 40, 84),
        *(set_line(FULL, 40, 120 + 12 * row) for row in range(6)),
    )
    front = find_front_matter(build_blocks(page.lines, ()), 10.0)
    assert front.authors == ("Ada Merrow", "Ina Voss")


def test_names_beside_a_date_or_an_institute_are_authors() -> None:
    for line, expected in (
        ("Ada Merrow, 3 May 2019", ("Ada Merrow",)),
        ("林知遠（東港大學歷史系教授）", ("林知遠",)),
    ):
        page = build_page(
            set_line("The Salt Pans of the Bay", 40, 60, 16),
            set_line(line, 40, 84),
            *(set_line(FULL, 40, 120 + 12 * row) for row in range(6)),
        )
        assert find_front_matter(build_blocks(page.lines, ()), 10.0).authors == expected

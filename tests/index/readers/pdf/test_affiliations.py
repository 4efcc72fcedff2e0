"""Tests of institutes below authors, to which raised figures lead."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from index.readers.pdf import read
from index.readers.pdf.affiliations import find_affiliations
from index.readers.pdf.layout import lay_out_pages

from .pages import build_page, set_line

NAMES = "Ada Whitcombe^1,2^, Ben Zielinski^1^"


def test_institutes_are_found_below_names_that_have_all_their_labels() -> None:
    institutes = ["^1^Department of Rivers", "^2^Institute of Tides"]
    rows = [set_line(text, 40, 60 + 15 * row) for row, text in enumerate([NAMES, *institutes])]
    (page,) = lay_out_pages([build_page(*rows)]).pages
    affiliations = find_affiliations(page.blocks)
    assert [line.text for line in affiliations.names] == ["Ada Whitcombe1,2, Ben Zielinski1"]
    assert (len(affiliations.institutes), affiliations.labels) == (2, {"1", "2"})
    (page,) = lay_out_pages([build_page(*rows[:2])]).pages
    assert not find_affiliations(page.blocks).labels


@pytest.mark.parametrize("mark", ["", '#footnote(numbering: "*")[Who answers letters.]'])
def test_labels_of_institutes_are_no_marks_of_notes(mark: str) -> None:
    paragraph = "The harbour opened in spring and closed in autumn. " * 5
    source = (
        "#set page(width: 300pt, height: 500pt)\n#align(center)[#text(18pt)[Tides] \\ #v(5pt)"
        f" Ada Whitcombe#super[1,2]{mark}, Ben Zielinski#super[1] \\"
        " #super[1]Department of Rivers \\ #super[2]Institute of Tides]\n"
        f"{'#counter(footnote).update(0)' if mark else ''}\n\n"
        f"{paragraph}#footnote[The first roll.]\n\n{paragraph}#footnote[The second roll.]"
    )
    article = read(typst.compile(source.encode()), Path("tides.pdf"))[0].articles[0]
    marks = [
        (paragraph.text[: mark.offset][-7:], mark.note)
        for section in article.sections
        for paragraph in section.paragraphs
        for mark in paragraph.marks
    ]
    assert [author.name for author in article.authors] == ["Ada Whitcombe", "Ben Zielinski"]
    assert marks[-2:] == [("autumn.", "1"), ("autumn.", "2")]
    assert len(marks) == 2 + bool(mark)

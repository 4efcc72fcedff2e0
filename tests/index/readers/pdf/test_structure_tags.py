"""Tests of what is read of the structure tags of files, and of tags that are not trusted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import typst
from msgspec.structs import replace

from index.document import Publication
from index.readers.pdf import read
from index.readers.pdf.lines import PageLine
from index.readers.pdf.pages import read_page
from index.readers.pdf.structure_tags import has_structure_tags, read_structure_tags
from index.readers.pdf.trusted_tags import TrustedTags, _has_room, find_trusted_tags

from .pages import build_page, set_line

NOTE = "Its ledger is purple."
LAYOUT = """
#set page(width: 220pt, height: 150pt, margin: 20pt, header: [Harbour papers])
#set text(size: 10pt)
#set footnote.entry(separator: none)
#set heading(bookmarked: false)
#show heading: it => block(text(10pt, weight: "regular", it.body))
#show footnote.entry: set text(size: 10pt)
"""
TEXT = f"""
= Of lamps
The harbour opened in spring.#footnote[{NOTE}] It closed in autumn.

== Of keepers
{"The keeper counts the boats. " * 12}
"""


@cache
def read_typeset(*, tags: bool) -> Publication:
    data = typst.compile((LAYOUT + TEXT).encode(), format="pdf", pdf_tags=tags)
    return read(data, Path("harbour.pdf"))[0]


def test_headings_and_notes_in_the_type_of_the_text_are_read_by_their_tags() -> None:
    (article,) = read_typeset(tags=True).articles
    assert article.title == "Of lamps"
    assert [section.path for section in article.sections] == [(), ("Of keepers",)]
    assert [note.text for note in article.notes] == [NOTE]
    texts = [paragraph.text for section in article.sections for paragraph in section.paragraphs]
    assert texts == [
        "The harbour opened in spring. It closed in autumn.",
        " ".join(["The keeper counts the boats."] * 12),
    ]


def test_without_tags_nothing_tells_these_headings_from_text() -> None:
    headings = {
        section.heading
        for article in read_typeset(tags=False).articles
        for section in article.sections
    }
    assert "Of keepers" not in headings


def test_the_tags_of_a_page_say_what_begins_before_it() -> None:
    document = pdfium.PdfDocument(typst.compile((LAYOUT + TEXT).encode(), format="pdf"))
    assert has_structure_tags(document)
    tags = [set(read_structure_tags(page).values()) for page in document]
    kinds = [{tag.partition(".")[0] for tag in of_page} for of_page in tags]
    assert kinds[0] == {"heading1", "heading2", "paragraph", "note"}
    assert [any(tag.endswith("+") for tag in of_page) for of_page in tags] == [
        number > 0 for number in range(len(tags))
    ]


def tag_lines(tag: Callable[[int], str]) -> TrustedTags:
    """Return what is trusted of twelve lines of one text, each with a tag by its index."""
    lines = [
        [
            replace(glyph, tag=tag(row))
            for glyph in set_line(
                "the keeper counted all the boats that came in by night", 40, 60 + 13 * row
            )
        ]
        for row in range(12)
    ]
    return find_trusted_tags([build_page(*lines).lines])


@pytest.mark.parametrize(
    "tag",
    [
        lambda row: f"paragraph.{row}",  # each line by itself
        lambda _: "artifact",
        lambda row: f"heading2.{row // 2}",
        lambda row: f"note.{row // 3}",  # without labels
        lambda row: "paragraph.1" if row < 3 else "",
    ],
)
def test_tags_that_only_guess_are_not_trusted(tag: Callable[[int], str]) -> None:
    trusted = tag_lines(tag)
    assert not trusted.headings
    assert not trusted.notes
    assert not trusted.paragraphs
    assert not trusted.artifacts


def test_plausible_tags_are_trusted() -> None:
    trusted = tag_lines(lambda row: f"paragraph.{row // 4}")
    assert len(trusted.paragraphs) == 12


def test_a_paragraph_over_two_columns_is_trusted() -> None:
    texts = [*["the boats that come", "by night. The keeper"] * 3, "them all."]
    columns = [
        [
            replace(glyph, tag="paragraph.0")
            for glyph in set_line(text, 40 + 160 * column, 160 - 100 * column + 13 * row)
        ]
        for column in (0, 1)
        for row, text in enumerate(texts)
    ]
    last = [replace(glyph, tag="paragraph.1") for glyph in set_line("The end.", 200, 260)]
    trusted = find_trusted_tags([build_page(*columns, last).lines])
    assert len(trusted.paragraphs) == 2 * len(texts) + 1


def test_slanted_letters_are_upright_text() -> None:
    source = "#set page(width: 300pt, height: 100pt)\nThe #skew(ax: -15deg)[purple] ledger."
    document = pdfium.PdfDocument(typst.compile(source.encode(), format="pdf"))
    page = read_page(document, 0)
    assert {"The", "purple", "ledger."} == {line.text for line in page.lines}
    assert not page.tilted


def test_a_damaged_line_without_width_is_read() -> None:
    first, second = (
        PageLine(1, tuple(replace(glyph, x0=40, x1=40) for glyph in set_line(text, 40, baseline)))
        for text, baseline in (("The keeper", 100), ("counts boats.", 112))
    )
    assert not _has_room(first, second, (first, second))

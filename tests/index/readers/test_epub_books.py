"""EPUB books as programs write them: title pages, dates, headings by style sheets alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.document import Publication
from index.readers import read_data
from index.readers.accounting import audit_characters
from tests.helpers.hostile import pack

BODY = "The keeper slept by day, and at night he read the log of the harbour aloud."
LISTED = (
    '<h1>Contents</h1><p><a href="b.xhtml">Dams</a> Ari Bolt</p>'
    '<p><a href="c.xhtml">Fords</a> Cy Dunn</p>'
)


def read_book(
    files: dict[str, str], metadata: str = "", ncx: dict[str, str] | None = None, css: str = ""
) -> Publication:
    """Return a book of files by name, listed by an NCX of labels by file."""
    points = "".join(
        f'<navPoint><navLabel><text>{label}</text></navLabel><content src="{file}"/></navPoint>'
        for file, label in (ncx or {}).items()
    )
    items = "".join(
        f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in files
    )
    items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    items += '<item id="css" href="style.css" media-type="text/css"/>'
    spine = "".join(f'<itemref idref="{name}"/>' for name in files)
    data = pack(
        {
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="book.opf"/>'
            "</rootfiles></container>",
            "book.opf": f'<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{metadata}'
            f"</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
            "toc.ncx": f"<ncx><navMap>{points}</navMap></ncx>",
            "style.css": css,
            **{name: f"<html><body>{body}</body></html>" for name, body in files.items()},
        }
    )
    publication, text = read_data(data, Path("quay.epub"))
    assert audit_characters(text, publication).is_balanced
    return publication


def test_title_page_contents_and_copyright_are_no_articles() -> None:
    publication = read_book(
        {
            "t.xhtml": "<h1>Rivers and Power</h1><p>Edited by Lena Ostrow</p><p>Delta Press</p>",
            "i.xhtml": "<p>© 2013 Delta Press</p><p>ISBN 978-0-00-000000-0</p>",
            "a.xhtml": LISTED,
            "b.xhtml": f"<h1>Dams</h1><p>Ari Bolt</p><p>{BODY}</p>",
            "c.xhtml": f"<h1>Fords</h1><p>Cy Dunn</p><p>{BODY}</p>",
        },
        "<dc:title>Rivers and Power</dc:title><dc:creator>Lena Ostrow</dc:creator>",
        {"t.xhtml": "Title Page", "i.xhtml": "Copyright", "b.xhtml": "Dams", "c.xhtml": "Fords"},
    )
    assert publication.title == "Rivers and Power"
    read = [(a.title, [author.name for author in a.authors]) for a in publication.articles]
    assert read == [("Dams", ["Ari Bolt"]), ("Fords", ["Cy Dunn"])]
    assert publication.imprint.endswith("ISBN 978-0-00-000000-0")


@pytest.mark.parametrize(
    ("modified", "printed"), [("2024-05-06T07:08:09Z", ""), ("2025-01-01T00:00:00Z", "2024-05-06")]
)
def test_time_at_which_a_program_wrote_a_book_is_no_date(modified: str, printed: str) -> None:
    meta = f'<meta property="dcterms:modified">{modified}</meta>'
    date = "<dc:date>2024-05-06T07:08:09Z</dc:date>"
    publication = read_book({"a.xhtml": f"<p>{BODY}</p>"}, meta + date)
    assert publication.date_printed[:10] == printed


CHAPTER = '<p class="c">{}</p><p class="t">{}</p><p class="s">{}</p><p class="t">{}</p>'


@pytest.mark.parametrize(
    "css",
    [
        ".c {font-size: 1.6em; font-weight: bold} .s {font-size:1.2em} .t{text-indent:1em}",
        "p.c{font-size:20pt} p.s{font-weight:700} /* p.t{font-size:40pt} */",
        "@media all {.c, .x {font-size:160%}} .s{font-size:larger}",
    ],
)
def test_headings_are_known_by_their_type_alone(css: str) -> None:
    files = {
        "a.xhtml": CHAPTER.format("Spring", BODY, "Tools", BODY),
        "b.xhtml": CHAPTER.format("Autumn", BODY, "Storage", BODY),
    }
    publication = read_book(files, "<dc:title>Year</dc:title>", {"a.xhtml": "Start"}, css)
    paths = [
        (article.title, *section.path)
        for article in publication.articles
        for section in article.sections
    ]
    assert [path[-2:] for path in paths if path[-1] in ("Tools", "Storage")] == [
        ("Spring", "Tools"),
        ("Autumn", "Storage"),
    ]


def test_lines_of_larger_type_that_are_most_of_the_text_are_no_headings() -> None:
    poem = "".join(f'<p class="v">The lamp of year {n} burns low</p>' for n in range(9))
    publication = read_book({"a.xhtml": f"<p>{BODY}</p>{poem}"}, css=".v{font-size:1.3em}")
    assert len(publication.articles[0].sections) == 1


def test_identifiers_that_begin_with_toc_are_no_contents() -> None:
    files = {
        "a.xhtml": f'<h1 id="sigil_toc_id_1"><a href="#x" id="tocto1">Clay</a></h1><p>{BODY}</p>',
        "b.xhtml": f'<h1 id="toc-2">Fire</h1><p>{BODY}</p><p class="toc-like">It rained.</p>',
    }
    publication = read_book(files)
    assert [article.title for article in publication.articles] == ["Clay", "Fire"]
    assert publication.articles[1].sections[0].paragraphs[-1].text == "It rained."


def test_sections_and_sidebars_of_htmlbook_are_read_in_their_chapter() -> None:
    chapter = (
        '<section data-type="chapter"><h1>{0}</h1><p>{1}</p><section data-type="sect1">'
        "<h1>Bends of {0}</h1><p>{1}</p></section>"
        '<aside data-type="sidebar" class="sidebar"><h1>History</h1><p>Weavers.</p></aside>'
        "</section>"
    )
    files = {f"{name}.xhtml": chapter.format(name, BODY) for name in ("Knots", "Hitches")}
    publication = read_book(files)
    assert [article.title for article in publication.articles] == ["Knots", "Hitches"]
    last = publication.articles[0].sections[-1]
    assert (last.path, last.paragraphs[0].text) == (("Bends of Knots", "History"), "Weavers.")


def test_names_that_programs_give_to_files_are_no_headings() -> None:
    files = {"a.xhtml": f"<p>{BODY}</p>", "b.xhtml": f"<p>{BODY}</p>"}
    publication = read_book(files, ncx={"a.xhtml": "Section 1", "b.xhtml": "Section 2"})
    assert [section.path for a in publication.articles for section in a.sections] == [()]

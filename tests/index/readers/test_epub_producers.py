"""EPUB books whose navigation says what their text does not: headings, pages, people."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from index.document import Publication
from index.readers import read_data

NAV = (
    '<html xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="toc"><ol>'
    '<li><a href="two.xhtml#c">Two</a></li></ol></nav><nav epub:type="page-list"><ol>'
    '<li><a href="two.xhtml#p">12</a></li></ol></nav></body></html>'
)
NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Two</text>'
    '</navLabel><content src="two.xhtml#c"/></navPoint></navMap><pageList><pageTarget><navLabel>'
    '<text>12</text></navLabel><content src="two.xhtml#p"/></pageTarget></pageList></ncx>'
)
METADATA = (
    '<dc:title>Quay</dc:title><dc:creator id="a">Ada Merrow</dc:creator>'
    '<dc:creator id="b">Bo Sel</dc:creator><meta refines="#b" property="role">trl</meta>'
    '<dc:date opf:event="conversion">2020-01-01</dc:date>'
    '<dc:date opf:event="publication">1911-02-03</dc:date>'
)


def read_book(table: str, content: str, properties: str, *, heading: str = "Two") -> Publication:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>',
        )
        archive.writestr(
            "book.opf",
            '<package xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xmlns:opf="http://www.idpf.org/2007/opf"><metadata>{METADATA}</metadata><manifest>'
            '<item id="one" href="one.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/>'
            f'<item id="table" href="{table}" {properties}/></manifest>'
            '<spine><itemref idref="one"/><itemref idref="two"/></spine></package>',
        )
        archive.writestr(table, content)
        archive.writestr("one.xhtml", "<html><body><p>It rained.</p></body></html>")
        text = f'<p id="c">{heading}</p>' if heading else '<span id="c"></span>'
        text += '<p class="x2"><span id="p"></span>It dried.</p>'
        archive.writestr("two.xhtml", f"<html><body>{text}</body></html>")
    return read_data(buffer.getvalue(), Path("quay.epub")).publication


@pytest.mark.parametrize(
    ("table", "content", "properties"),
    [
        ("nav.xhtml", NAV, 'properties="nav" media-type="application/xhtml+xml"'),
        ("toc.ncx", NCX, 'media-type="application/x-dtbncx+xml"'),
    ],
)
def test_navigation_gives_headings_and_pages(table: str, content: str, properties: str) -> None:
    publication = read_book(table, content, properties)
    section = publication.articles[-1].sections[-1]
    assert section.heading == "Two" or publication.articles[-1].title == "Two"
    assert section.paragraphs[-1].text == "It dried."
    assert section.paragraphs[-1].regions[0].label == "12"
    assert [author.name for author in publication.articles[0].authors] == ["Ada Merrow"]
    assert str(publication.date) == "1911-02-03"


def test_headings_that_the_text_lacks_are_those_of_the_navigation() -> None:
    nav = NAV.replace("</ol></nav>", '<li><a href="one.xhtml">One</a></li></ol></nav>', 1)
    properties = 'properties="nav" media-type="application/xhtml+xml"'
    for heading in ("", '<img src="two.png" alt=""/>'):
        publication = read_book("nav.xhtml", nav, properties, heading=heading)
        assert [article.title for article in publication.articles] == ["One", "Two"]
        texts = [article.sections[0].paragraphs[0].text for article in publication.articles]
        assert texts == ["It rained.", "It dried."]


TEXTS = ("Harbour Board, Report (1901), 12.", "Silt and Sand, 3–4.", "Tides, 7.")


def read_files(files: dict[str, str], spine: list[str]) -> Publication:
    """Return a book of files by name, of which the spine lists some."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>',
        )
        items = "".join(
            f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>'
            for name in files
        )
        references = "".join(f'<itemref idref="{name}"/>' for name in spine)
        archive.writestr(
            "book.opf",
            f"<package><manifest>{items}</manifest><spine>{references}</spine></package>",
        )
        for name, body in files.items():
            archive.writestr(name, f"<html><body>{body}</body></html>")
    return read_data(buffer.getvalue(), Path("quay.epub")).publication


@pytest.mark.parametrize(
    ("mark", "note", "head", "is_listed"),
    [
        ("<sup>{n}</sup>", "<p>{n}. {text}</p>", "<h2>{title}</h2>", True),
        ("[{n}]", "<p>[{n}]{text}</p>", "<h2>{title}</h2>", True),
        ('<a href="fn.xhtml#{id}">{n}</a>', '<p id="{id}">{n} {text}</p>', "", False),
        (
            '<a id="r{id}" href="fn.xhtml#{id}">{n}</a>',
            '<p id="{id}"><a href="{file}#r{id}">{n}</a>. {text}</p>',
            "<h2>{title}</h2>",
            True,
        ),
    ],
)
def test_notes_stand_in_a_file_of_their_own(
    mark: str, note: str, head: str, is_listed: bool
) -> None:
    marks = [mark.format(n=n, id=f"{chapter}-{n}") for chapter, n in ((1, 1), (1, 2), (2, 1))]
    files = {
        "one.xhtml": f"<h1>One</h1><p>Rain{marks[0]} and silt{marks[1]}.</p>",
        "two.xhtml": f"<h1>Two</h1><p>Dry{marks[2]}.</p>",
        "fn.xhtml": "<h1>Notes</h1>",
    }
    for title, chapter, n, text in (("One", 1, 1, 0), ("", 1, 2, 1), ("Two", 2, 1, 2)):
        values = {"n": n, "id": f"{chapter}-{n}", "text": TEXTS[text]}
        files["fn.xhtml"] += head.format(title=title) if title else ""
        files["fn.xhtml"] += note.format(file=["one", "two"][chapter - 1] + ".xhtml", **values)
    publication = read_files(files, [*files][: 3 if is_listed else 2])
    read = [
        (article.title, [(item.number, item.text) for item in article.notes])
        for article in publication.articles
    ]
    assert read == [
        ("One", [("1", TEXTS[0]), ("2", TEXTS[1])]),
        ("Two", [("1", TEXTS[2])]),
    ]
    (first,) = publication.articles[0].sections[0].paragraphs
    assert first.text == "Rain and silt."
    assert [(item.offset, item.note) for item in first.marks] == [(4, "1"), (13, "2")]


@pytest.mark.parametrize("damage", [b"&#xD800;", b"&#56320;", b"\xed\xa0\x80"])
def test_halves_of_characters_in_the_list_of_files_are_left_out(damage: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "META-INF/container.xml",
            b'<container><rootfiles><rootfile full-path="'
            + damage
            + b'book.opf"/></rootfiles></container>',
        )
        archive.writestr(
            "book.opf",
            '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
            '</manifest><spine><itemref idref="a"/></spine></package>',
        )
        archive.writestr("a.xhtml", "<html><body><p>It rained.</p></body></html>")
    publication = read_data(buffer.getvalue(), Path("quay.epub")).publication
    assert publication.articles[0].sections[0].paragraphs[0].text == "It rained."

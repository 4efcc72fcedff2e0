"""What stands around marks, notes and pages in HTML of many producers belongs to none of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.document import PageRegion
from index.readers import read_data
from index.readers.accounting import audit_characters

LINK = '<a href="#{0}" id="r{0}">{0}</a>'

MARKS = {
    "brackets outside": f"[{LINK}]",
    "brackets in a sup": f"<sup>[{LINK}]</sup>",
    "a blank before": f" {LINK}",
    "brackets after a blank": f" ({LINK})",
    "full-width brackets": f"〔{LINK}〕",
}
NOTES = {
    "paragraph": '<p id="{0}">{0}. {1}</p>',
    "label that leads back": '<p id="{0}"><a href="#r{0}">{0}</a>. {1}</p>',
    "label in brackets": '<aside id="{0}" role="note"><span>[<a href="#r{0}">{0}</a>]</span>'
    "<p>{1}</p></aside>",
    "caret": '<li id="{0}">^ <a href="#r{0}">a</a> {1}</li>',
    "table": '<table id="{0}"><tr><td><a href="#r{0}">[{0}]</a></td><td>{1}</td></tr></table>',
}


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("mark", MARKS)
def test_marks_and_notes_lose_what_stands_around_them(mark: str, note: str) -> None:
    body = f"<h1>Quay</h1><p>The basin silted up{MARKS[mark].format(1)}. It rained.</p>"
    html = body + NOTES[note].format(1, "Harbour Board, Report.")
    publication, text = read_data(html.encode(), Path("quay.html"))
    (article,) = publication.articles
    (paragraph,) = article.sections[0].paragraphs
    assert paragraph.text == "The basin silted up. It rained."
    assert [(item.offset, item.note) for item in paragraph.marks] == [(19, "1")]
    assert [(item.number, item.text) for item in article.notes] == [("1", "Harbour Board, Report.")]
    assert audit_characters(text, publication).is_balanced


@pytest.mark.parametrize("note", NOTES)
def test_notes_without_marks_and_marks_without_notes_are_named(note: str) -> None:
    marks = [f"<sup>{LINK.format(number)}</sup>" for number in (1, 2, 9)]
    notes = [NOTES[note].format(number, f"Report {number}0.") for number in (1, 2, 3)]
    page = f"<h1>Quay</h1><p>Silt{marks[0]}. Mud{marks[1]}. Sand{marks[2]}.</p>{''.join(notes)}"
    publication, text = read_data(page.encode(), Path("quay.html"))
    (article,) = publication.articles
    read = [(item.number, item.text) for item in article.notes]
    assert read == [(str(number), f"Report {number}0.") for number in (1, 2, 3)]
    (paragraph,) = article.sections[0].paragraphs
    assert paragraph.text == "Silt. Mud. Sand."
    assert [item.note for item in paragraph.marks] == ["1", "2", "9"]
    assert [finding.kind for finding in publication.findings] == ["missing-note", "missing-mark"]
    assert audit_characters(text, publication).is_balanced


def test_commas_between_raised_marks_are_no_text() -> None:
    links = ", ".join(LINK.format(number) for number in (1, 2, 3))
    notes = "".join(NOTES["paragraph"].format(number, "Report.") for number in (1, 2, 3))
    html = f"<p>The basin<sup>{links}</sup> silted up.</p>{notes}"
    (article,) = read_data(html.encode(), Path("quay.html")).publication.articles
    (paragraph,) = article.sections[0].paragraphs
    assert paragraph.text == "The basin silted up."
    assert [item.note for item in paragraph.marks] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "page_break",
    [
        '<span epub:type="pagebreak" id="page12" title="12"/>',
        '<span role="doc-pagebreak" aria-label="Page 12"></span>',
        '<a epub:type="pagebreak" id="p12"></a>',
        '<span class="pagenum">[Pg 12]</span>',
    ],
)
def test_page_breaks_give_printed_pages(page_break: str) -> None:
    html = (
        '<p><span role="doc-pagebreak" title="xi"></span>The basin silted up.</p>'
        f"<p>It rained, {page_break}and it was dredged.{LINK.format(1)}</p><p>Again.</p>"
        '<p id="1">1. Report.</p>'
    )
    publication, text = read_data(f"<html><body>{html}".encode(), Path("quay.html"))
    (article,) = publication.articles
    first, second, third = article.sections[0].paragraphs
    assert second.text == "It rained, and it was dredged."
    assert first.regions == (PageRegion(0, 1, "xi"),)
    assert second.regions == (PageRegion(0, 1, "xi"), PageRegion(11, 2, "12"))
    assert third.regions == article.notes[0].regions == (PageRegion(0, 2, "12"),)
    assert audit_characters(text, publication).is_balanced


def test_note_of_nothing_but_links_keeps_its_text() -> None:
    links = ", ".join(f'<a href="c{number}.html">Part {number} of it</a>' for number in range(4))
    html = (
        f"<p>{'The basin silted up. ' * 20}</p>"
        '<p>Silt.<a href="#n1" id="r1">1</a> Mud.<a href="#n2" id="r2">2</a></p>'
        f'<ol><li id="n1"><p>{links} <a href="#r1">↩</a></p></li>'
        '<li id="n2"><p>Board, p. 4. <a href="#r2">↩</a></p></li></ol>'
    )
    (article,) = read_data(html.encode(), Path("quay.html")).publication.articles
    assert article.notes[0].text.startswith("Part 0 of it, Part 1")


def test_addresses_that_are_none_lead_nowhere() -> None:
    html = "<h1>Quay</h1><p>It rained<a href='//[^1]#n1'>1</a>.</p>"
    publication, _ = read_data(html.encode(), Path("quay.html"))
    assert publication.articles[0].sections[0].paragraphs[0].text == "It rained1."


def test_control_characters_in_titles_of_marks_are_left_out() -> None:
    title = 'title="Harbour&#1; Board, Report."'
    html = f"<h1>Quay</h1><p>It rained<sup {title}>1</sup> twice&#2;.</p>"
    publication, _ = read_data(html.encode(), Path("quay.html"))
    (article,) = publication.articles
    assert [note.text for note in article.notes] == ["Harbour Board, Report."]


DISTILL = "<p>Drops blur<d-footnote>At speed.</d-footnote> near.</p>"
THANKS = (
    '<p>Drops blur<span class="ltx_note ltx_role_thanks"><sup class="ltx_note_mark">†</sup><span>'
    '<sup class="ltx_note_mark">†</sup><span class="ltx_note_type">thanks: </span>At speed.</span>'
    "</span> near.</p>"
)
CITED = (
    '<p>Drops blur <a class="reference internal" href="#c99" id="i4"><span>[Chen99]</span></a> '
    'near.</p><div class="citation" id="c99" role="doc-biblioentry"><span>[<a href="#i4" '
    'role="doc-backlink">Chen99</a>]</span><p>At speed.</p></div>'
)
FN_GROUP = (
    '<p>Drops blur<sup><a href="#FN2">a</a></sup> near.</p>'
    '<div class="fn" id="FN2"><sup>a</sup><p>At speed.</p></div>'
)
LOOKED_UP = (
    '<p>Drops blur [<a href="#R1">1</a>] near.</p><ul><li id="R1"><span>1.</span>At speed. '
    '<a href="https://x.example/1">DOI</a> <a href="https://x.example/2">Google Scholar</a></li>'
    "</ul>"
)
MARGIN = (
    '<p>Drops blur<a href="#fn1" id="r1" role="doc-noteref"><sup>1</sup></a> near.</p>'
    '<div class="column-margin column-container"><div id="fn1"><p><sup>1</sup> At speed.</p></div>'
    "<div><p>Aside.</p></div></div>"
)


@pytest.mark.parametrize("body", [DISTILL, THANKS, CITED, FN_GROUP, LOOKED_UP, MARGIN])
def test_notes_of_journals_and_papers_are_whole_and_alone(body: str) -> None:
    page = f"<html><body><h1>Rain</h1>{body}<p>It rained.</p></body></html>"
    publication, text = read_data(page.encode(), Path("rain.html"))
    assert audit_characters(text, publication).is_balanced
    (article,) = publication.articles
    assert [note.text for note in article.notes] == ["At speed."]
    first = article.sections[0].paragraphs[0]
    assert first.text == "Drops blur near."
    assert [mark.offset for mark in first.marks] == [len("Drops blur")]


def test_headings_below_the_text_and_beside_it_leave_bold_lines_headings() -> None:
    text = "The keeper of the lamp counts every ship that passes the harbour at night."
    sections = "".join(f"<p><strong>{name}</strong></p><p>{text}</p>" for name in ("One", "Two"))
    page = (
        f"<body><h1>Salt</h1>{sections}<div><h3>Read on</h3><ul><li><a href='/a'>A</a></ul></div>"
        "<aside><h3>Popular</h3></aside></body>"
    )
    publication = read_data(page.encode(), Path("salt.html")).publication
    paths = [section.path for article in publication.articles for section in article.sections]
    assert [path[0] for path in paths if path][:2] == ["One", "Two"]


def test_a_bold_line_between_linked_notes_is_no_part_of_them() -> None:
    marks = "".join(f'<a id="r{n}" href="#n{n}"><sup>{n}</sup></a> Rain. ' for n in (1, 2))
    notes = [f'<p><a id="n{n}" href="#r{n}">{n}</a>. Harbour Board, {n}.</p>' for n in (1, 2)]
    page = f"<body><p>{marks}</p>{notes[0]}<p><b>2. The Salt Pans</b></p>{notes[1]}</body>"
    publication = read_data(page.encode(), Path("salt.html")).publication
    (article,) = publication.articles
    assert [note.text for note in article.notes] == ["Harbour Board, 1.", "Harbour Board, 2."]

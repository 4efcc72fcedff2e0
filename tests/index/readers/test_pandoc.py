"""Tests of the formats that pandoc converts."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from index import readers
from index.errors import ReadError
from index.readers import pandoc
from index.readers.accounting import audit_characters
from index.readers.pandoc import find_pandoc

_LATEX = r"""
\documentclass{article}
\title{The Dry Harbour\thanks{Read at Port Sel.}}
\author{Ada Merrow}
\begin{document}
\maketitle
\section{Silt}
The harbour fell dry.\footnote{Merrow, \emph{Silt} (Port Sel: Tide Press, 2001), 3.}
Nobody dredged it.\footnote{Ibid.}
\end{document}
"""


@pytest.mark.skipif(find_pandoc() is None, reason="pandoc is not installed")
def test_notes_of_a_latex_title_have_signs_and_no_numbers(tmp_path: Path) -> None:
    file = tmp_path / "harbour.tex"
    file.write_text(_LATEX)
    articles = readers.read(file).articles
    assert [note.number for article in articles for note in article.notes] == ["*", "1", "2"]
    (mark_numbers,) = [
        [mark.note for mark in paragraph.marks]
        for article in articles
        for section in article.sections
        for paragraph in section.paragraphs
        if "harbour fell" in paragraph.text
    ]
    assert mark_numbers == ["1", "2"]


@pytest.mark.skipif(find_pandoc() is None, reason="pandoc is not installed")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tex", _LATEX.replace(r"\thanks{Read at Port Sel.}", "")),
        ("b.rst", ":Title: The Dry Harbour\n:Author: Ada Merrow\n\nSilt\n====\n\nIt fell dry.\n"),
        ("c.rst", "PEP: 8\nTitle: The Dry Harbour\nStatus: Final\n\nIt fell dry.\n"),
    ],
)
def test_titles_that_a_source_states(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    publication = readers.read(file)
    assert publication.title == publication.articles[0].title == "The Dry Harbour"
    assert len(publication.articles) == 1


_ODT = """<?xml version="1.0"?><office:document-content office:version="1.3"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><office:automatic-styles>
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>
</office:automatic-styles><office:body><office:text>
<text:p text:style-name="P1">The Dry Harbour</text:p>
<text:h text:outline-level="1">Silt</text:h><text:p>It fell dry.<text:note text:id="f1"
 text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>
<text:p>Merrow, 3.</text:p></text:note-body></text:note></text:p>
<text:h text:outline-level="1">Sand</text:h><text:p>It rose.</text:p>
</office:text></office:body></office:document-content>"""
_ODT_STYLES = """<?xml version="1.0"?><office:document-styles
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"><office:styles>
<style:style style:name="Title" style:family="paragraph"/></office:styles>
</office:document-styles>"""
_ODT_PROPERTIES = """<?xml version="1.0"?><office:document-meta
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"><office:meta>
<meta:initial-creator>Ada Merrow</meta:initial-creator>
<meta:creation-date>2020-03-04T12:00:00</meta:creation-date></office:meta></office:document-meta>"""


@pytest.mark.skipif(find_pandoc() is None, reason="pandoc is not installed")
def test_title_authors_and_date_of_a_text_of_libreoffice(tmp_path: Path) -> None:
    file = tmp_path / "harbour.odt"
    with ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", _ODT)
        archive.writestr("styles.xml", _ODT_STYLES)
        archive.writestr("meta.xml", _ODT_PROPERTIES)
    publication = readers.read(file)
    (article,) = publication.articles
    assert (publication.title, article.title) == ("The Dry Harbour", "The Dry Harbour")
    assert [author.name for author in article.authors] == ["Ada Merrow"]
    assert publication.date_printed == "2020-03-04"
    assert [section.heading for section in article.sections] == ["Silt", "Sand"]
    assert [note.text for note in article.notes] == ["Merrow, 3."]


def test_pandoc_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pandoc"
    program.write_text("#!/bin/sh\nwhile :; do :; done\n")
    program.chmod(0o755)
    monkeypatch.setattr(pandoc, "find_pandoc", lambda: str(program))
    monkeypatch.setattr(pandoc, "_PROCESSOR_SECONDS", 1)
    with pytest.raises(ReadError, match="did not finish"):
        pandoc.read(_LATEX.encode(), Path("harbour.tex"))


REPORT, GAUGE = "Harbour Board, Report (1901), 12.", "The gauge had been moved."
_TEX = r"\begin{document}%s\end{document}"
SOURCES = {
    "commands.tex": _TEX % (rf"Silt\endnote{{{REPORT}}} rose\sidenote[2]{{{GAUGE}}}."),
    "marks.tex": _TEX
    % (
        rf"Silt\footnotemark[1] rose\footnotemark\ on\footnotemark[1].\footnotetext[1]{{{REPORT}}}"
        rf"\footnotetext{{{GAUGE}}}"
    ),
    "labels.rst": f"Silt [#a]_ rose [#b]_ on [#a]_.\n\n.. [#a] {REPORT}\n.. [#b] {GAUGE}\n",
    "numbers.rst": f"Silt [2]_ rose [#]_.\n\n.. [2] {REPORT}\n.. [#] {GAUGE}\n",
    "twice.qmd": f"Silt[^a] rose[^b] on[^a].\n\n[^a]: {REPORT}\n\n[^b]: {GAUGE}\n",
    "labels.typ": f"Silt#footnote[{REPORT}]<a> rose#footnote[{GAUGE}] on#footnote(<a>).\n",
}


@pytest.mark.skipif(find_pandoc() is None, reason="pandoc is not installed")
@pytest.mark.parametrize("name", SOURCES)
def test_notes_of_many_commands_are_read_once(name: str) -> None:
    publication, text = readers.read_data(SOURCES[name].encode(), Path(name))
    (article,) = publication.articles
    assert [note.text for note in article.notes] == [REPORT, GAUGE]
    marks = [mark for section in article.sections for mark in section.paragraphs[0].marks]
    notes = [article.get_note(mark.note).text for mark in marks]
    assert notes[1:]
    assert notes == [REPORT, GAUGE, REPORT][: len(notes)]
    assert audit_characters(text, publication).is_balanced


@pytest.mark.skipif(find_pandoc() is None, reason="pandoc is not installed")
@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.rst", "Silt [1]_ rose [2]_.\n\n.. include:: b.rst\n\n.. [1] Report.\n.. [9] Lost.\n"),
        ("a.qmd", "Silt[^1] rose[^2].\n\n{{< include b.qmd >}}\n\n[^1]: Report.\n\n[^9]: Lost.\n"),
    ],
)
def test_what_is_lost_is_named(name: str, source: str) -> None:
    publication = readers.read_data(source.encode(), Path(name)).publication
    assert [note.text for note in publication.articles[0].notes] == ["Report.", "Lost."]
    kinds = {finding.kind for finding in publication.findings}
    assert kinds == {"missing-file", "missing-note", "missing-mark"}


@pytest.mark.skipif(find_pandoc() is None, reason="pandoc is not installed")
def test_authors_with_affiliations_are_named() -> None:
    authors = "author:\n  - name: 溫如\n    affiliation: Board\n"
    source = f"---\ntitle: Silt\n{authors}---\n\nIt settles.\n"
    publication, _ = readers.read_data(source.encode(), Path("silt.qmd"))
    assert [author.name for author in publication.articles[0].authors] == ["溫如"]

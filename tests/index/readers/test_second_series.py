"""Tests of a second series of notes that is typed beside that of the format: ① beside 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.readers import FileReading, read_with_text
from index.readers.accounting import audit_characters
from tests.helpers.note_texts import list_marks
from tests.helpers.word_files import mark, notes, paragraph, read_word, run

_PAGE = """<h1>Salt and Tax</h1>
<p>Salt was taxed<sup><a href="#n1" id="r1">1</a></sup> early{0[0]}. So was iron.</p>
<p>Then it was not<sup><a href="#n2" id="r2">2</a></sup>. Tea was{0[1]}.</p>
{1}
<h2>Notes</h2>
<ol><li id="n1">Ada Okell, <i>Salt</i> (Sel: Port Press, 2003), 14. <a href="#r1">↑</a></li>
<li id="n2">Ibid. <a href="#r2">↑</a></li></ol>"""


def _read_page(tmp_path: Path, marks: tuple[str, str], *last: str) -> FileReading:
    path = tmp_path / "salt.html"
    paragraphs = "".join(f"<p>{text}</p>" for text in last)
    page = _PAGE.format(marks, paragraphs)
    path.write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    reading = read_with_text(path)
    assert audit_characters(reading.text, reading.publication).is_balanced
    return reading


@pytest.mark.parametrize(
    ("marks", "labels"),
    [
        (("①", "②"), ("①", "②")),
        (("［①］", "［②］"), ("①", "②")),
        (("（註1）", "（註2）"), ("註1", "註2")),
        (("〔1〕", "〔2〕"), ("1′", "2′")),
    ],
)
def test_a_second_series_stands_beside_that_of_a_page(
    marks: tuple[str, str], labels: tuple[str, str], tmp_path: Path
) -> None:
    reading = _read_page(tmp_path, marks, f"{marks[0]} The editor's.", f"{marks[1]} Ibid.")
    (article,) = reading.publication.articles
    read = {note.number: note for note in article.notes}
    assert list_marks(article) == ["1", labels[0], "2", labels[1]]
    assert read[labels[0]].text == "The editor's."
    assert read["2"].resolves_to == "1"
    assert read[labels[1]].resolves_to in (labels[0], None)  # the editor cites nothing


def test_a_second_series_stands_beside_that_of_word() -> None:
    body = paragraph(run("Salt was taxed"), mark(1), run(" early①, and tea②."))
    body += paragraph(run("① By law.")) + paragraph(run("② By custom."))
    (article,) = read_word(body, footnotes=notes("footnote", "Zero.", "See Braudel.")).articles
    assert {note.text for note in article.notes} >= {"By law.", "By custom.", "See Braudel."}
    assert [text for section in article.sections for text in section.paragraphs][1:] == []


@pytest.mark.parametrize(
    ("marks", "last"),
    [
        (("①", "②"), ["① The editor's."]),
        (("①", ""), ["① The editor's.", "② The editor's too."]),
        (("①", "①"), ["① The editor's."]),
        (("", ""), ["① An item.", "② Another."]),
        (("②", "③"), ["② An item.", "③ Another."]),
    ],
)
def test_what_does_not_fit_stays_text(
    marks: tuple[str, str], last: list[str], tmp_path: Path
) -> None:
    (article,) = _read_page(tmp_path, marks, *last).publication.articles
    assert [note.number for note in article.notes] == ["1", "2"]

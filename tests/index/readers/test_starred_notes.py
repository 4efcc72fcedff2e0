"""Notes that authors type with signs, beside those of the format."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.document import Publication
from index.readers import read_data
from index.readers.accounting import audit_characters
from tests.helpers.word_files import mark, notes, paragraph, read_word, run, styles

TITLE = styles(t="Title", h="heading 1")
FOOTNOTES = notes("footnote", "Zero.", "Held by the customs.", "See Braudel.")


def _read(author: str, *last: str) -> Publication:
    body = [paragraph(run("New Ways of Harbour History"), style="t"), paragraph(run(author))]
    body += [paragraph(run("Sources"), style="h"), paragraph(run("Rich"), mark(1), run("."))]
    body += [paragraph(run("They are lost"), mark(2), run("."))]
    body += [paragraph(run(text)) for text in last]
    return read_word("".join(body), footnotes=FOOTNOTES, styles=TITLE)


@pytest.mark.parametrize("label", ["*", "＊", "†", "**"])
@pytest.mark.parametrize("blank", ["", " "])
@pytest.mark.parametrize("name", ["Ada Merrow", "蘇文彬"])
def test_typed_note_on_an_author_is_read_beside_those_of_word(
    label: str, blank: str, name: str
) -> None:
    note = f"{label}{blank}Associate professor, who thanks the board."
    (article,) = _read(f"{name}{label}", note).articles
    read = {item.number: item.text for item in article.notes}
    assert read[label] == "Associate professor, who thanks the board."
    assert len(read) == 3 + 1  # the note "Zero." has no mark
    assert [author.name for author in article.authors] == [name]
    first = article.sections[0].paragraphs[0]
    assert (first.text, first.marks[0].offset, first.marks[0].note) == (name, len(name), label)


def test_signs_of_several_authors_are_taken_out_of_one_line() -> None:
    (article,) = _read("Ada Merrow† and Bo Sel‡", "‡ Of the board.", "† Of the port.").articles
    first = article.sections[0].paragraphs[0]
    assert first.text == "Ada Merrow and Bo Sel"
    assert [(mark.offset, mark.note) for mark in first.marks] == [(10, "†"), (21, "‡")]
    read = {item.number: item.text for item in article.notes}
    assert (read["†"], read["‡"]) == ("Of the port.", "Of the board.")


@pytest.mark.parametrize(
    ("author", "last"),
    [
        ("Ada Merrow", ["* An aside that nothing marks."]),
        ("Ada Merrow*", ["* One item of a list.", "* Another item of it."]),
        ("Ada Merrow* and Bo Sel*", ["* Both are of the board."]),
        ("Ada Merrow*", []),
        ("Ada Merrow*", ["*** A line between parts."]),
    ],
)
def test_signs_that_are_no_pair_stay(author: str, last: list[str]) -> None:
    (article,) = _read(author, *last).articles
    texts = [paragraph.text for section in article.sections for paragraph in section.paragraphs]
    names = " and ".join(author.name for author in article.authors)
    assert author in texts or names == author.replace("*", "")
    assert [text for text in last if text not in texts] == []
    assert not any("*" in item.number for item in article.notes)


def test_typed_note_is_read_in_pages() -> None:
    page = (
        '<h1>Silt</h1><p>Ada Merrow*</p><p>Silt settles<sup><a href="#f1" id="r1">1</a></sup>, '
        'and so does sand.</p><p>* Of the board.</p><p id="f1"><a href="#r1">1</a> In calm.</p>'
    )
    publication, text = read_data(f"<html><body>{page}</body></html>".encode(), Path("quay.html"))
    assert audit_characters(text, publication).is_balanced
    (article,) = publication.articles
    read = [(item.number, item.text) for item in article.notes]
    assert sorted(read) == [("*", "Of the board."), ("1", "In calm.")]

"""Tests of short documents of many kinds, in both scripts: their notes, marks and what they mean.

`labelled/documents.txt` holds them: a line `=== name.suffix what it shows`, the text, a line
`---`, and what is expected:

- `m`: the notes to which the marks lead, in order; ` // ` parts articles
- `n`: the notes; `2=1` cites one source, `3>2` repeats note 2, `4&1,2` points to notes, `5?` is
  unresolved, `6e` explains. What is not written is not compared.
- `f`: what the file is reported for, besides metadata and joined paragraphs; nothing by default
- `h`: the headings, in order
- `p`: the number of paragraphs
- `t`: the number of a note and its text, ` / ` for a line's end
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from index import readers
from index.document import Article, Note, Publication
from index.text.scripts import convert_to_simplified
from tests.helpers.note_texts import list_marks, list_texts

_DOCUMENTS = Path(__file__).with_name("labelled") / "documents.txt"
_EXPECTED_NOTE = re.compile(
    r"(?P<number>[^=>&?]+?)(?:=(?P<sources>\d))?(?:>(?P<repeated>[^=>&?e]+))?"
    r"(?:&(?P<pointers>[^=>?e]+))?(?P<unresolved>\?)?(?P<explains>e)?"
)


@dataclass(frozen=True)
class Document:
    """A document and what is expected of it, by key."""

    name: str
    text: str
    expected: dict[str, str]


def load_documents() -> list[Document]:
    documents = []
    for part in re.split(r"^=== ", _DOCUMENTS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("\n")
        text, _, expected = rest.partition("\n---\n")
        lines = (line.partition(":") for line in expected.strip().split("\n") if line)
        values = {key: value.strip() for key, _, value in lines}
        documents.append(Document(name.strip(), f"{text}\n", values))
    return documents


def convert_document(document: Document) -> Document:
    expected = {key: convert_to_simplified(value) for key, value in document.expected.items()}
    text = convert_to_simplified(document.text)
    is_same = text == document.text
    return document if is_same else Document(f"{document.name} (simplified)", text, expected)


def find_difference(expected: str, note: Note) -> str:
    match = _EXPECTED_NOTE.fullmatch(expected)
    assert match, expected
    wanted = match.groupdict()
    checks = {
        "number": wanted["number"] == note.number,
        "sources": wanted["sources"] in (None, str(len(note.sources))),
        "repeated": wanted["repeated"] == note.resolves_to,
        "pointers": wanted["pointers"] in (None, ",".join(note.see_also)),
        "unresolved": bool(wanted["unresolved"]) == note.is_unresolved,
        "explains": not wanted["explains"] or bool(note.explanation),
    }
    return ", ".join(name for name, is_right in checks.items() if not is_right)


def compare_notes(expected: str, articles: tuple[Article, ...]) -> list[str]:
    wanted = [part.split() for part in expected.split("//")]
    assert [len(part) for part in wanted] == [len(article.notes) for article in articles]
    return [
        f"{item}: {difference} of {note}"
        for part, article in zip(wanted, articles, strict=True)
        for item, note in zip(part, article.notes, strict=True)
        if (difference := find_difference(item, note))
    ]


def list_findings(publication: Publication) -> str:
    kinds = {finding.kind for finding in publication.findings} - {"no-metadata", "joined"}
    return " ".join(sorted(kinds))


def load_in_both_scripts() -> list[Document]:
    documents = load_documents()
    converted = [convert_document(document) for document in documents]
    return documents + [document for document in converted if document not in documents]


@pytest.mark.parametrize("document", load_in_both_scripts(), ids=lambda document: document.name)
def test_documents_are_read_as_labelled(document: Document, tmp_path: Path) -> None:
    path = tmp_path / document.name.split()[0]
    path.write_text(document.text, encoding="utf-8")
    publication = readers.read(path)
    expected = document.expected
    marks = " // ".join(" ".join(list_marks(article)) for article in publication.articles)
    assert marks == expected.get("m", "")
    assert compare_notes(expected.get("n", ""), publication.articles) == []
    assert list_findings(publication) == expected.get("f", "")
    texts = [text for article in publication.articles for text in list_texts(article)]
    assert "p" not in expected or len(texts) == int(expected["p"])
    if "h" in expected:
        sections = [item for article in publication.articles for item in article.sections]
        headings = [item.heading for item in sections if item.heading]
        assert " | ".join(headings) == expected["h"]
    if "t" in expected:
        number, _, text = expected["t"].partition(" ")
        assert publication.articles[0].get_note(number).text == text.replace(" / ", "\n")

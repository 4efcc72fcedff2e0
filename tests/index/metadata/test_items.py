"""Tests of reading the items of a citation manager."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings

from index.errors import ReadError
from index.metadata.items import CatalogueItem, parse_items, read_items
from index.metadata.zotero import fetch_items
from index.references.model import Person, Reference
from rag.works.formats import export
from tests.helpers.references import items as draw_items

ENTRIES = [
    {
        "data": {
            "key": f"K{number}",
            "itemType": "journalArticle",
            "title": f"Ferries {number}",
            "creators": [
                {"creatorType": "author", "lastName": "沈", "firstName": "一帆"},
                {"creatorType": "editor", "lastName": "Voss", "firstName": "Kit"},
                {"creatorType": "author", "name": "Harbour Board"},
            ],
            "publicationTitle": "Northern Review",
            "date": "2011-05",
        }
    }
    for number in range(120)
] + [
    {"data": {"key": "A1", "itemType": "attachment", "parentItem": "K7", "filename": "seven.pdf"}},
    {
        "data": {
            "key": "A2",
            "itemType": "attachment",
            "parentItem": "K8",
            "path": "C:\\x\\eight.pdf",
        }
    },
    {"data": {"key": "N", "itemType": "note", "parentItem": "K8"}},
]


def simplify(reference: Reference, name: str) -> Reference:
    """Returns a reference without what a format does not keep."""
    date = reference.date
    people = {
        kind: tuple(simplify_person(person, name) for person in getattr(reference, kind))
        for kind in ("authors", "translators")
    }
    return replace(
        reference,
        text="",
        date=date and replace(date, printed=""),
        pages=reference.pages.replace("–", "-"),
        **people,
    )


def simplify_person(person: Person, name: str) -> Person:
    """Returns a person; one name alone is in RIS that of a person or of a body."""
    return Person(person.name) if name == "ris" and not person.given else person


@given(draw_items)
@settings(max_examples=60, deadline=None)
def test_our_files_are_read_back_equal(items: list[tuple[str, Reference]]) -> None:
    for name in ("ris", "csl-json"):
        read = parse_items(export(items, name).encode())
        assert [(item.id, simplify(item.reference, name)) for item in read] == [
            (identifier, simplify(reference, name)) for identifier, reference in items
        ]


def test_attachments_of_ris_files_are_named() -> None:
    text = "TY  - BOOK\r\nTI  - Tides\r\nL1  - files/12/tides.pdf\r\nER  - \r\n"
    (item,) = parse_items(text.encode("utf-8-sig"))
    assert item.files == ("tides.pdf",)
    assert item.reference.type == "book"


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\x00", b"{}", b"[1]", b'[{"issued": [1]}]', b'[{"issued": {"date-parts": [7]}}]'],
)
def test_anything_else_is_no_failure(data: bytes, tmp_path: Path) -> None:
    for item in parse_items(data):
        assert item == CatalogueItem("", Reference(""))
    path = tmp_path / "items.ris"
    path.write_bytes(b"nothing")
    with pytest.raises(ReadError, match=r"no items in RIS or CSL-JSON"):
        read_items(path)


class ZoteroStub(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        start, limit = int(query["start"][0]), int(query["limit"][0])
        content = json.dumps(ENTRIES[start : start + limit]).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def zotero() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), ZoteroStub)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_all_items_of_a_running_zotero_are_read(zotero: str) -> None:
    items = fetch_items(zotero)
    assert len(items) == 120
    assert items[7].files == ("seven.pdf",)
    assert items[8].files == ("eight.pdf",)
    reference = items[0].reference
    assert [person.name for person in reference.authors] == ["沈一帆", "Harbour Board"]
    assert (reference.container, reference.type) == ("Northern Review", "article-journal")
    assert reference.date
    assert (reference.date.year, reference.date.month, reference.date.day) == (2011, 5, 0)


def test_a_zotero_that_does_not_run_is_one_line() -> None:
    with pytest.raises(ReadError, match="Zotero does not answer at"):
        fetch_items("http://127.0.0.1:9")

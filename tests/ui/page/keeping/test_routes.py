"""Tests of the pages of saved passages and shared answers, without a browser."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui.conversations.model import Turn
from ui.conversations.store import ConversationStore
from ui.page.keeping.collections import build_collection_routes
from ui.page.keeping.shares import build_share_routes
from ui.page.visitor import VISITOR_COOKIE
from ui.service.query import Query
from ui.service.service import Service

ANNA, BEN = "a" * 43, "b" * 43
QUESTION = "鯨門潮汐電廠何時開始商轉？"


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Iterator[Service]:
    with Service(sample_library) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore.open(tmp_path / "store.sqlite3")


@pytest.fixture
def client(service: Service, store: ConversationStore) -> Iterator[TestClient]:
    routes = [
        *build_collection_routes(service, store.collections),
        *build_share_routes(store.shares),
    ]
    with TestClient(Starlette(routes=routes), cookies={VISITOR_COOKIE: ANNA}) as opened:
        yield opened


def as_stranger(client: TestClient, address: str) -> str:
    client.cookies = {VISITOR_COOKIE: BEN}
    try:
        response = client.get(address)
        assert response.status_code == 404
        return response.text
    finally:
        client.cookies = {VISITOR_COOKIE: ANNA}


def test_a_passage_is_saved_exported_and_taken_out(service: Service, client: TestClient) -> None:
    (citation, *_) = service.ask(Query(QUESTION, 1)).citations
    form = client.get("/save", params={"passage": citation.passage_id, "mark": "0-5"})
    assert f'value="{citation.passage_id}"' in form.text
    assert "<select" not in form.text
    fields = {"passage": citation.passage_id, "mark": "0-5", "remark": "看 <b>", "name": "潮汐"}
    page = client.post("/save", data=fields)
    assert page.status_code == 200
    assert "<h1" in page.text
    assert "看 &lt;b&gt;" in page.text
    assert f"<mark>{citation.text[:5]}</mark>" in page.text
    (identifier,) = set(re.findall(r'name="id" value="(\w+)"', page.text))
    assert "潮汐" in client.get("/collections").text
    assert f'<option value="{identifier}"' in client.get("/save").text
    ris = client.get(f"/collections/{identifier}/passages/ris")
    assert ris.headers["content-type"].startswith("application/x-research-info-systems")
    assert "N1  - 看 <b>" in ris.text
    assert client.get(f"/collections/{identifier}/sources/gbt7714").text.startswith("[1] ")
    word = client.get(f"/collections/{identifier}/passages/word").content
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        assert "看 &lt;b&gt;" in archive.read("word/document.xml").decode()
    assert client.get(f"/collections/{identifier}/passages/odt").status_code == 404
    for address in (f"/collection?id={identifier}", f"/collections/{identifier}/passages/ris"):
        assert "belongs to another browser" in as_stranger(client, address)
    change = {"id": identifier, "passage": citation.passage_id}
    remarked = client.post("/collection", data={**change, "change": "remark", "remark": "新"})
    assert "新</textarea>" in remarked.text
    assert (
        "港口"
        in client.post("/collection", data={**change, "change": "rename", "name": "港口"}).text
    )
    removed = client.post("/collection", data={**change, "change": "remove"})
    assert "Nothing is in this collection any more" in removed.text
    deleted = client.post("/collection", data={**change, "change": "delete"})
    assert "Nothing has been saved yet" in deleted.text


def test_a_form_in_place_is_answered_by_a_line(service: Service, client: TestClient) -> None:
    (citation, *_) = service.ask(Query(QUESTION, 1)).citations
    fields = {"passage": citation.passage_id, "mark": "", "remark": "", "name": ""}
    line = client.post("/save?pane=1&lang=zh", data=fields).text
    assert "已收入「" in line
    assert ">收藏的段落</a>" in line
    assert "<html" not in line
    assert client.post("/save", data={"passage": "no such one"}).status_code == 404
    client.cookies = {}
    assert client.post("/save", data=fields).status_code == 403
    assert "cookie" in client.get("/save").text


def test_an_answer_is_shared_at_an_address_without_private_ids(
    service: Service, store: ConversationStore, client: TestClient
) -> None:
    conversation = store.add_question(ANNA, "", QUESTION)
    store.save_answer(ANNA, conversation, Turn(QUESTION, service.ask(Query(QUESTION, 2))))
    place = {"conversation": conversation, "turn": "1"}
    assert "Make an address" in client.get("/share", params=place).text
    shared = client.post("/share", data={**place, "change": "share"})
    (address,) = re.findall(r'readonly value="([^"]+)"', shared.text)
    assert conversation not in address
    assert ANNA not in address
    client.cookies = {}
    page = client.get(address)
    assert QUESTION in page.text
    assert "<form" not in page.text
    assert conversation not in page.text
    assert 'content="noindex"' in page.text
    for stranger in ({"turn": "1"}, {**place, "turn": "2"}, {**place, "turn": "x"}, place):
        assert client.get("/share", params=stranger).status_code == 404
    assert client.post("/share", data={**place, "change": "revoke"}).status_code == 404
    client.cookies = {VISITOR_COOKIE: ANNA}
    revoked = client.post("/share", data={**place, "change": "revoke"})
    assert "Make an address" in revoked.text
    assert client.get(address).status_code == 404

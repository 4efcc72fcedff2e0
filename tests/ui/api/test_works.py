"""Tests of the HTTP routes of works."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ui.api.app import build_app
from ui.asgi.api_keys import ApiKeys
from ui.asgi.origin import OriginPolicy
from ui.asgi.request_limits import AccessPolicy
from ui.service.limits import Limits
from ui.service.service import Service


@pytest.fixture(scope="module")
def client(sample_library: Path) -> Iterator[TestClient]:
    policy = AccessPolicy(ApiKeys([]), OriginPolicy(frozenset({"testserver"})))
    app = build_app(Service(sample_library), Limits(), policy)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_works_are_listed_and_shown_with_their_notes_and_sentences(client: TestClient) -> None:
    works = client.get("/v1/works").json()
    assert len(works) == 56
    assert works[0]["item"]["title"] == "鯨門潮汐電廠 2022 年度營運報告"
    shown = client.get(f"/v1/works/{works[0]['id']}").json()
    assert shown["work"] == works[0]
    assert len(shown["citations"]) == 2
    assert any(item["repeats"] for item in shown["citations"])
    assert shown["sentences"][0]["text"]
    assert client.get("/v1/works/nothing").json()["detail"].startswith("No note cites a work")


def test_works_are_chosen_by_words_and_filters(client: TestClient) -> None:
    found_works = client.get("/v1/works", params={"text": "Marlowe", "author": "溫沛霖"}).json()
    assert [work["item"]["author"][0]["family"] for work in found_works] == ["Marlowe"]
    assert client.get("/v1/works", params={"after": "2999-01-01"}).json() == []
    assert client.get("/v1/works", params={"after": "soon"}).status_code == 422
    assert client.get("/v1/works", params={"colour": "red"}).status_code == 422


def test_works_are_counted_and_exported(client: TestClient) -> None:
    outlets = client.get("/v1/works/counts/outlet").json()
    assert outlets[0] == {"name": "汐望晨報", "works": 6, "notes": 7, "articles": 4}
    response = client.get("/v1/works/export/csl-json", params={"text": "Marlowe"})
    assert response.headers["content-type"].startswith("application/vnd.citationstyles.csl+json")
    assert 'filename="works.json"' in response.headers["content-disposition"]
    assert len(json.loads(response.text)) == 1
    assert client.get("/v1/works/export/ris").text.startswith("TY  - ")
    assert client.get("/v1/works/export/docx").status_code == 422


def test_articles_and_passages_are_exported(client: TestClient) -> None:
    response = client.get("/v1/publications/export/ris", params={"author": "溫沛霖"})
    assert response.headers["content-type"].startswith("application/x-research-info-systems")
    assert response.text.count("TY  - JOUR") == 1
    answer = client.post("/v1/ask", json={"question": "鯨門潮汐電廠何時開始商轉？", "k": 2}).json()
    passages = [("passage", item["passage_id"]) for item in answer["citations"]]
    bibtex = client.get("/v1/passages/export/passages/bibtex", params=passages)
    assert bibtex.headers["content-type"].startswith("application/x-bibtex")
    assert answer["citations"][0]["text"][:20] in bibtex.text
    sources = client.get("/v1/passages/export/sources/csl-json", params=passages).json()
    assert sources[0]["title"]
    assert client.get("/v1/passages/export/sources/ris").status_code == 422
    unknown = client.get("/v1/passages/export/sources/ris", params={"passage": "x"})
    assert unknown.json()["detail"].startswith("The library has no passage x")
    word = client.get("/v1/passages/export/word", params=[*passages, ("title", "電廠")])
    assert "wordprocessingml" in word.headers["content-type"]
    assert word.content.startswith(b"PK")


def test_a_wrong_format_names_all_that_there_are(client: TestClient) -> None:
    for language, choices in (
        ("en", "csl-json, ris, bibtex, gbt7714, chicago, taiwan."),
        ("zh-TW", "csl-json、ris、bibtex、gbt7714、chicago、taiwan。"),
    ):
        response = client.get("/v1/works/export/docx", headers={"accept-language": language})
        assert response.status_code == 422
        assert response.json()["detail"].endswith(choices)

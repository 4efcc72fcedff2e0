"""Tests of the HTTP routes and of their error responses."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from starlette.testclient import TestClient

from index import sample
from index.errors import LibraryError, damaged_library_error
from index.messages import Message
from rag.answer.serialization import from_dict, schema, to_dict
from tests.helpers.paths import ROOT
from tests.helpers.serving import ANSWER, MARK, QUESTION
from ui.api.app import build_app
from ui.asgi.api_keys import ApiKeys
from ui.asgi.origin import OriginPolicy
from ui.asgi.request_limits import AccessPolicy
from ui.service.limits import Limits
from ui.service.requests import AskRequest, parse_request
from ui.service.service import Service

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Service:
    return Service(sample_library)


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    app = build_app(
        service, Limits(), AccessPolicy(ApiKeys([]), OriginPolicy(frozenset({"testserver"})))
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def ask(client: TestClient, question: str = QUESTION, **settings: Any) -> dict[str, Any]:
    response = client.post("/v1/ask", json={"question": question, **settings})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """Return the problem of a response, checked to be one line without internal details."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["detail"]
    assert "\n" not in body["detail"]
    assert "Traceback" not in response.text
    assert str(ROOT) not in response.text
    return body


def test_answer_validates_against_the_schema(client: TestClient) -> None:
    answer = ask(client, k=2)
    jsonschema.validate(answer, schema())
    assert answer["answered"]
    assert len(answer["citations"]) == 2
    assert ANSWER in answer["citations"][0]["text"]
    assert from_dict(answer).citations[0].evidence


def test_http_answer_equals_the_service_answer(client: TestClient, service: Service) -> None:
    sent = {"question": QUESTION, "k": 2, "history": None, "filters": {"topic": "能源"}}
    given = {name: value for name, value in sent.items() if value is not None}
    assert (
        to_dict(service.ask(parse_request(AskRequest, sent).to_query()))
        == client.post("/v1/ask", json=given).json()
    )


def test_batch_answers_equal_single_answers(client: TestClient) -> None:
    questions = [QUESTION, "Who wrote about the lighthouse?"]
    response = client.post("/v1/batch", json={"questions": questions, "k": 1})
    assert response.json()["answers"] == [ask(client, question, k=1) for question in questions]


def test_answers_are_cached_by_question_and_settings(client: TestClient, service: Service) -> None:
    first = ask(client, "潮汐", k=3)
    hits = service.get_cache_statistics()[0]
    assert ask(client, "潮汐", k=3) == first
    assert service.get_cache_statistics()[0] == hits + 1
    assert len(ask(client, "潮汐", k=2)["citations"]) == 2
    assert ask(client, "潮汐", k=3, threshold=1)["threshold"] == 1


def test_filters_and_history_reach_the_retriever(client: TestClient) -> None:
    author = ask(client, k=1)["citations"][0]["article"]["authors"][0]["name"]
    filtered = ask(client, "為什麼？這是什麼原因？", k=9, filters={"author": author})
    names = [
        [author_values["name"] for author_values in c["article"]["authors"]]
        for c in filtered["citations"]
    ]
    assert names
    assert all(author in author_values for author_values in names)
    nothing_left = ask(client, filters={"after": "2999-01-01"})
    assert not nothing_left["citations"]
    assert nothing_left["filters_match_nothing"]
    assert not filtered["filters_match_nothing"]
    standalone = ask(client, "那何時呢？", k=1)
    in_context = ask(client, "那何時呢？", k=1, history=[QUESTION])
    assert in_context["citations"][0]["article"]["title"].startswith(MARK)
    assert standalone != in_context


def test_all_articles_sections_and_notes_can_be_read(client: TestClient) -> None:
    (publication,) = client.get("/v1/publications").json()
    contents = client.get(f"/v1/publications/{publication['id']}").json()
    assert len(contents["articles"]) == publication["articles"] == 7
    notes = 0
    for article in contents["articles"]:
        article_path = f"/v1/publications/{publication['id']}/articles/{article['index']}"
        whole = client.get(article_path).json()
        notes += len(whole["notes"])
        for section in whole["sections"]:
            assert (
                client.get(f"{article_path}/sections/{section['index']}").json()["section"]
                == section
            )
        for note in whole["notes"]:
            assert client.get(f"{article_path}/notes/{note['number']}").json()["note"] == note
    assert notes == publication["notes"] == 66


def test_passage_and_note_have_the_same_form_as_in_an_answer(client: TestClient) -> None:
    for cited in ask(client, "同註", k=50)["citations"]:
        passage = client.get(f"/v1/passages/{cited['passage_id']}").json()
        assert passage == cited | {"evidence": [], "score": 0, "score_parts": []}
        article_path = (
            f"/v1/publications/{cited['publication']['id']}/articles/{cited['article']['index']}"
        )
        for note in cited["notes"]:
            assert client.get(f"{article_path}/notes/{note['number']}").json()["note"] == note


def test_browser_gets_a_passage_as_plain_text(client: TestClient) -> None:
    cited = ask(client, k=1)["citations"][0]
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "zh-TW"}
    response = client.get(f"/v1/passages/{cited['passage_id']}", headers=browser)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert cited["article"]["title"] in response.text
    assert ANSWER in response.text


def test_responses_do_not_reveal_the_library_path(client: TestClient, sample_library: Path) -> None:
    (publication,) = client.get("/v1/publications").json()
    paths = ["/v1/publications", f"/v1/publications/{publication['id']}", "/version", "/metrics"]
    paths += [f"/v1/publications/{publication['id']}/articles/0", "/ready", "/openapi.json"]
    for path in paths:
        response = client.get(path)
        assert response.status_code == 200
        assert str(sample_library.parent) not in response.text
        assert sample.get_path().name not in response.text


def test_health_version_and_metrics_are_reported(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ok"}
    version = client.get("/version").json()
    assert version["counts"]["publications"] == 1
    ask(client)
    figures = client.get("/metrics").text
    assert 'tongzhu_requests_total{method="POST",route="/v1/ask",status="200"}' in figures
    assert "tongzhu_library_generation 1.0" in figures
    assert QUESTION not in figures


@pytest.mark.parametrize(
    ("body", "status", "where", "en", "zh"),
    [
        (b"", 422, None, "The request is missing", "缺少 請求"),
        (b"{", 400, None, "send JSON", "JSON"),
        (b'{"question": "\xe8\xaa"}', 400, None, "UTF-8", "UTF-8"),
        (b"[" * 100_000, 400, None, "send JSON", "JSON"),
        (b"[]", 422, None, "must be an object", "須為物件"),
        (b'{"question": "\\ud83d"}', 422, "#/question", "half a character", "不完整"),
        (b'{"question": ""}', 422, "#/question", "is empty", "是空的"),
        (b'{"question": " \\t"}', 422, "#/question", "no words", "沒有文字"),
        ('{"question": "？！…"}'.encode(), 422, "#/question", "no words", "沒有文字"),
        (b'{"question": "' + b"a" * 2_001 + b'"}', 422, "#/question", "2000", "2000"),
        (b'{"question": 7}', 422, "#/question", "must be text", "須為文字"),
        (b'{"question": ["a"]}', 422, "#/question", "must be text", "須為文字"),
        (b'{"question": "a", "k": 0}', 422, "#/k", "at least 1", "不得小於 1"),
        (b'{"question": "a", "k": 1000000}', 422, "#/k", "at most 50", "不得大於 50"),
        (b'{"question": "a", "k": "5"}', 422, "#/k", "whole number", "整數"),
        (b'{"question": "a", "k": true}', 422, "#/k", "whole number", "整數"),
        (b'{"question": "a", "k": 2.5}', 422, "#/k", "whole number", "整數"),
        (b'{"question": "a", "k": 1' + b"0" * 9_999 + b"}", 400, None, "send JSON", "JSON"),
        (b'{"question": "a", "threshold": NaN}', 422, "#/threshold", "number", "數字"),
        (b'{"question": "a", "threshold": 2}', 422, "#/threshold", "at most 1", "不得大於 1"),
        (
            b'{"question": "a", "filters": {"topic": "!"}}',
            422,
            "#/filters/topic",
            "no words",
            "沒有文字",
        ),
        (b'{"question": "a", "filters": 1}', 422, "#/filters", "object", "物件"),
        (
            b'{"question": "a", "filters": {"after": "2025-02-30"}}',
            422,
            "#/filters/after",
            "a day",
            "日期",
        ),
        (b'{"question": "a", "filters": {"after": 0}}', 422, "#/filters/after", "a day", "日期"),
        (b'{"question": "a", "history": "b"}', 422, "#/history", "a list", "陣列"),
        (b'{"question": "a", "history": [""]}', 422, "#/history/0", "is empty", "是空的"),
        (b'{"question": "a", "x\\u001b[2J": 1}', 422, "#/x␛[2J", "leave it out", "刪去"),
    ],
)
def test_invalid_request_is_refused_in_one_line(
    client: TestClient, body: bytes, status: int, where: str | None, en: str, zh: str
) -> None:
    english = problem(client.post("/v1/ask", content=body, headers=JSON), status)
    assert en in english["detail"]
    headers = JSON | {"accept-language": "zh-TW,en;q=0.5"}
    response = client.post("/v1/ask", content=body, headers=headers)
    chinese = problem(response, status)
    assert zh in chinese["detail"]
    assert response.headers["content-language"] == "zh-Hant"
    assert chinese["type"] == english["type"]
    assert english.get("pointer") == where


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/v1/ask", 405),
        ("GET", "/v1/publications/", 404),
        ("GET", "/v1/publications/nothing", 404),
        ("GET", "/v1/publications/..%2F..%2Fetc%2Fpasswd", 404),
        ("GET", "/v1/publications/%00", 404),
        ("GET", "/v1/publications/%FF%FE", 404),
        ("GET", "/v1/publications/' OR 1=1 --", 404),
        ("GET", "/v1/publications/ID/articles/7", 404),
        ("GET", "/v1/publications/ID/articles/-1", 422),
        ("GET", "/v1/publications/ID/articles/x", 422),
        ("GET", "/v1/publications/ID/articles/1000000000000000000000", 422),
        ("GET", "/v1/publications/ID/articles/0/sections/999", 404),
        ("GET", "/v1/publications/ID/articles/0/notes/999", 404),
        ("GET", "/v1/publications/ID/articles/0/notes/" + "9" * 300, 422),
        ("GET", "/v1/passages/0123456789abcdef", 404),
    ],
)
def test_unknown_path_gets_a_problem_response(
    client: TestClient, method: str, path: str, status: int
) -> None:
    (publication,) = client.get("/v1/publications").json()
    problem(client.request(method, path.replace("ID", publication["id"])), status)


def test_body_without_json_content_type_is_refused(client: TestClient) -> None:
    body = b'{"question": "a"}'
    refused = client.post("/v1/ask", content=body, headers={"content-type": "text/plain"})
    assert "Content-Type: application/json" in problem(refused, 400)["detail"]


@pytest.mark.parametrize(
    ("path", "what", "where"),
    [
        ("publications/nope", "no publication nope", "list of publications"),
        ("publications/ID/articles/7", "no article 7", "list of its articles"),
        ("publications/ID/articles/0/sections/999", "no section 999", "whole article"),
        ("publications/ID/articles/0/notes/999", "no note 999", "whole article"),
        ("passages/0123456789abcdef", "no passage 0123456789abcdef", "ask again"),
    ],
)
def test_not_found_response_says_where_to_look(
    client: TestClient, path: str, what: str, where: str
) -> None:
    (publication,) = client.get("/v1/publications").json()
    refused = problem(client.get(f"/v1/{path.replace('ID', publication['id'])}"), 404)
    assert what in refused["detail"]
    assert where in refused["detail"]


def test_unexpected_error_shows_only_the_request_id(
    client: TestClient,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(_: object) -> None:
        raise RuntimeError("a secret of /srv/library")

    monkeypatch.setattr(service, "ask", fails)
    response = client.post("/v1/ask", json={"question": QUESTION})
    assert "secret" not in response.text
    assert problem(response, 500)["type"] == "urn:tongzhu:problem:unexpected-error"
    assert "a secret of /srv/library" in caplog.text


def test_damaged_library_is_not_ready(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise damaged_library_error(Path("/srv/library"), "tokens.npy", "/srv/library is odd")

    for name in ("check_ready", "ask"):
        monkeypatch.setattr(service, name, fails)
    for response in (
        client.get("/ready", headers={"Accept-Language": "zh"}),
        client.get("/ready"),
        client.post("/v1/ask", json={"question": QUESTION}),
    ):
        body = problem(response, 503)
        assert body["type"] == "urn:tongzhu:problem:library-damaged"
        assert "tokens.npy" in body["detail"]
        assert "/srv" not in response.text
    assert client.get("/health").json() == {"status": "ok"}


def test_library_error_is_logged_and_not_shown(
    client: TestClient,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails(_: object) -> None:
        raise LibraryError(Message("/srv/library: damaged", "/srv/library：已損壞"))

    monkeypatch.setattr(service, "ask", fails)
    with caplog.at_level(logging.ERROR):
        response = client.post("/v1/ask", json={"question": QUESTION})
    assert "/srv" not in response.text
    assert response.headers["retry-after"] == "30"
    assert problem(response, 503)["type"] == "urn:tongzhu:problem:library-unavailable"
    assert "/srv/library: damaged" in caplog.text

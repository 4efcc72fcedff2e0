"""Tests of what a language model writes over HTTP, with a scripted endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from starlette.testclient import TestClient

from rag.answer.serialization import from_dict
from rag.written.endpoint import Endpoint
from tests.helpers.serving import ANSWER, QUESTION, serve_app
from tests.helpers.stub_endpoint import serve_replies, stream_pieces, write_sentences
from ui.api.app import build_app
from ui.api.openai import WRITTEN_MODEL
from ui.asgi.api_keys import ApiKeys
from ui.asgi.origin import OriginPolicy
from ui.asgi.request_limits import AccessPolicy
from ui.service.limits import Limits
from ui.service.service import Service
from ui.service.writing import WRITTEN_SCHEMA, Writer

TRUE, FALSE = "鯨門潮汐電廠於 2021 年 11 月 6 日開始商轉。", "電廠於 *1820* 年由拿破崙建成。"
ALSO_TRUE = "鯨門潮汐電廠在 2021 年 11 月 6 日開始商轉。"
ACCESS = AccessPolicy(ApiKeys([]), OriginPolicy(frozenset({"testserver", "127.0.0.1"})))


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Service:
    return Service(sample_library)


@contextmanager
def connect(
    service: Service, endpoint: Endpoint | None, limits: Limits | None = None
) -> Iterator[TestClient]:
    writer = Writer(service, endpoint) if endpoint else None
    app = build_app(service, limits or Limits(), ACCESS, writer)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def reply(service: Service) -> str:
    """A sentence that is supported, and one that is not, with what the library gives for them."""
    with serve_replies("{}") as stub, connect(service, stub.endpoint) as client:
        client.post("/v1/write", json={"question": QUESTION})
        sent = json.loads(stub.requests[0]["messages"][1]["content"])["sentences"]
    number = next(item["number"] for item in sent if ANSWER in item["text"])
    return write_sentences((TRUE, [number]), (FALSE, [number]), (ALSO_TRUE, [number]))


def read_events(text: str) -> list[tuple[str, Any]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [
        (event.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for event, data in blocks
    ]


def test_an_answer_is_written_as_json_and_as_events(service: Service, reply: str) -> None:
    pieces = [reply[start : start + 9] for start in range(0, len(reply), 9)]
    with serve_replies(stream_pieces(*pieces)) as stub, connect(service, stub.endpoint) as client:
        values = client.post("/v1/write", json={"question": QUESTION, "k": 2}).json()
        body = {"question": QUESTION, "k": 2, "stream": True}
        response = client.post("/v1/write", json=body)
        described = client.get("/openapi.json").json()["paths"]["/v1/write"]["post"]
    assert len(from_dict(values["answer"]).citations) == 2
    written = values["written"]
    assert [item["supported"] for item in written["sentences"]] == [True, False, True]
    assert (written["model"], written["host"]) == ("stub", stub.endpoint.host)
    schema = {"type": "object", "properties": WRITTEN_SCHEMA, "additionalProperties": True}
    jsonschema.validate(values, schema)
    assert stub.endpoint.host in described["description"]
    assert response.headers["content-type"].startswith("text/event-stream")
    events = read_events(response.text)
    assert [name for name, _ in events] == ["answer", *["sentence"] * 3, "written"]
    assert [value for name, value in events if name == "sentence"] == written["sentences"]
    assert events[-1][1] == written


def test_a_quotation_is_translated(service: Service) -> None:
    reply = write_sentences(("The plant began to operate on 6 November 2021.", [1]))
    with serve_replies(reply) as stub, connect(service, stub.endpoint) as client:
        body = {"question": QUESTION, "task": "translation"}
        written = client.post("/v1/write", json=body).json()["written"]
        assert written["task"] == "translation"
        assert written["sentences"][0]["cites"][0]["citation"] == 0
        assert client.post("/v1/write", json=body | {"task": "poem"}).status_code == 422
        assert len(stub.requests) == 1


@pytest.mark.parametrize(
    ("failure", "requests"), [((429, "later"), 3), ((500, "no"), 3), ((200, "<html>"), 1)]
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_fails_leaves_the_answer(
    service: Service, failure: tuple[int, str], requests: int, stream: bool
) -> None:
    with serve_replies(failure) as stub, connect(service, stub.endpoint) as client:
        headers = {"accept-language": "zh-TW"}
        body = {"question": QUESTION, "stream": stream}
        response = client.post("/v1/write", json=body, headers=headers)
        assert response.status_code == 200
        values = dict(read_events(response.text)) if stream else response.json()
        assert values["answer"]["answered"]
        assert values.get("written") is None
        assert values["problem"]["code"] == "language-model"
        assert stub.endpoint.host in values["problem"]["detail"]
        assert "語言模型" in values["problem"]["detail"]
        assert len(stub.requests) == requests


def test_nothing_is_sent_where_the_library_has_no_answer(service: Service) -> None:
    body = {"question": QUESTION, "threshold": 1.0}
    with serve_replies("{}") as stub, connect(service, stub.endpoint) as client:
        values = client.post("/v1/write", json=body).json()
        assert (values["written"], values["problem"]) == (None, None)
        stream = client.post("/v1/write", json=body | {"stream": True}).text
        assert [name for name, _ in read_events(stream)] == ["answer", "written"]
        client.post("/v1/ask", json={"question": QUESTION})
        assert client.post("/v1/write", json={"question": ""}).status_code == 422
        assert stub.requests == []


def test_without_a_model_there_is_neither_route_nor_model(service: Service) -> None:
    with connect(service, None) as client:
        assert client.post("/v1/write", json={"question": QUESTION}).status_code == 404
        assert len(client.get("/v1/models").json()["data"]) == 1
        refused = complete(client)
        assert refused.status_code == 404
        assert refused.json()["error"]["message"].endswith("one of these: tongzhu.")


def complete(client: TestClient, **settings: Any) -> httpx.Response:
    messages = [{"role": "user", "content": QUESTION}]
    body = {"model": WRITTEN_MODEL, "messages": messages} | settings
    return client.post("/v1/chat/completions", json=body)


def test_chat_clients_get_the_quotation_then_what_was_written_then_the_citations(
    service: Service, reply: str
) -> None:
    with serve_replies(reply) as stub, connect(service, stub.endpoint) as client:
        assert [item["id"] for item in client.get("/v1/models").json()["data"]] == [
            "tongzhu",
            WRITTEN_MODEL,
        ]
        assert client.get(f"/v1/models/{WRITTEN_MODEL}").status_code == 200
        message = complete(client).json()["choices"][0]["message"]
        options = {"include_usage": True}
        stream = complete(client, stream=True, stream_options=options).text
        plain = complete(client, model="tongzhu").json()["choices"][0]["message"]
        assert len(stub.requests) == 2
    content = message["content"]
    lead, origin, paragraph, *_ = content.split("\n\n")
    assert plain["content"].startswith(f"{lead}\n\n")
    assert ANSWER in lead
    assert "stub" in origin
    assert TRUE in paragraph
    assert ALSO_TRUE in paragraph
    assert paragraph.endswith("[1]")
    assert "1820" not in content
    assert "略去的句子：1" in content
    for annotation in message["annotations"]:
        citation = annotation["url_citation"]
        part = content[citation["start_index"] : citation["end_index"]]
        assert part.startswith(("**", "<"))
    chunks = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {")]
    texts = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks[:-1]]
    assert "".join(texts) == content
    assert texts[1].startswith(lead)
    assert {chunk["model"] for chunk in chunks} == {WRITTEN_MODEL}
    assert chunks[-1]["usage"]["completion_tokens"] > 0


def test_a_chat_client_is_told_in_a_line_that_the_model_fails(service: Service) -> None:
    failure = (500, "no <b>luck</b> [x](http://evil.example) www.evil.example _now_")
    with serve_replies(failure) as stub, connect(service, stub.endpoint) as client:
        content = complete(client).json()["choices"][0]["message"]["content"]
    line = content.split("\n\n")[1]
    assert stub.endpoint.host in line.replace("\\", "")
    assert "no luck x now" in line


def test_too_little_that_is_supported_is_not_shown_to_chat_clients(service: Service) -> None:
    reply = write_sentences((FALSE, [1]), (FALSE, [99]))
    with serve_replies(reply) as stub, connect(service, stub.endpoint) as client:
        content = complete(client).json()["choices"][0]["message"]["content"]
    assert "1820" not in content
    assert "0 句" in content


def test_a_slow_model_has_more_time_than_other_requests(service: Service, reply: str) -> None:
    limits = Limits(timeout_seconds=2)
    pieces = stream_pieces(*[reply[start : start + 60] for start in range(0, len(reply), 60)])
    with (
        serve_replies(pieces, delay=2.2) as stub,
        connect(service, stub.endpoint, limits) as client,
    ):
        assert client.post("/v1/write", json={"question": QUESTION}).json()["written"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/write", {"question": QUESTION, "stream": True}),
        ("/v1/write", {"question": QUESTION}),
        (
            "/v1/chat/completions",
            {
                "model": WRITTEN_MODEL,
                "messages": [{"role": "user", "content": QUESTION}],
                "stream": True,
            },
        ),
    ],
)
def test_a_client_that_leaves_ends_the_request_to_the_model(
    service: Service, path: str, body: dict[str, Any]
) -> None:
    with (
        serve_replies(stream_pieces(*[" "] * 2_000), pause=0.01) as stub,
        serve_app(build_app(service, Limits(), ACCESS, Writer(service, stub.endpoint))) as address,
    ):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}{path}", json=body, timeout=httpx.Timeout(20, read=0.8))
        assert stub.is_left.wait(10)
        assert len(stub.requests) == 1

"""Tests of API keys and of the limits on size, rate and duration of requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.helpers.serving import QUESTION
from ui.api.app import build_app
from ui.asgi.api_keys import ApiKeys
from ui.asgi.origin import OriginPolicy
from ui.asgi.request_limits import AccessPolicy, RequestLimits
from ui.service.limits import Limits
from ui.service.service import Service

KEY = "correct-horse-battery"
REQUEST_BODY = {"question": QUESTION, "k": 1}


@pytest.fixture(scope="module")
def service(sample_library: Path) -> Service:
    return Service(sample_library)


@contextmanager
def serving(service: Service, limits: Limits | None = None, **access: Any) -> Iterator[TestClient]:
    policy = OriginPolicy(frozenset({"testserver"}))
    settings = {"api_keys": ApiKeys([]), "origin_policy": policy} | access
    app = build_app(service, limits or Limits(), AccessPolicy(**settings))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def code(response: Any) -> str:
    return str(response.json()["type"]).rpartition(":")[2]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": f"Bearer {KEY}"}, 200),
        ({"authorization": f"bearer  {KEY} "}, 200),
        ({"x-api-key": KEY}, 200),
        ({"authorization": f"Basic {KEY}"}, 401),
        ({"authorization": "Bearer"}, 401),
        ({"authorization": "Bearer wrong-horse-battery"}, 401),
        ({"authorization": f"Bearer {KEY[:-1]}"}, 401),
        ({"x-api-key": ""}, 401),
        ({"x-api-key": "wrong", "authorization": f"Bearer {KEY}"}, 401),
        ({"x-api-key": b"\xff\xfe"}, 401),
    ],
)
def test_requests_need_a_valid_api_key(
    service: Service, headers: dict[str, Any], status: int
) -> None:
    with serving(service, api_keys=ApiKeys([KEY, "another-key"])) as client:
        response = client.post("/v1/ask", json=REQUEST_BODY, headers=headers)
        assert response.status_code == status
        if status == 401:
            assert response.headers["www-authenticate"].startswith("Bearer")
            assert code(response) == "key"
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == 200
        description = client.get("/openapi.json", headers={"x-api-key": KEY}).json()
    assert description["paths"]["/v1/ask"]["post"]["security"]
    assert "security" not in description["paths"]["/health"]["get"]


def test_openai_routes_refuse_with_an_openai_error(service: Service) -> None:
    with serving(service, api_keys=ApiKeys([KEY])) as client:
        response = client.get("/v1/models")
    assert response.status_code == 401
    assert response.json()["error"]["type"] == "authentication_error"


def test_host_and_origin_are_checked_on_every_route(service: Service) -> None:
    policy = OriginPolicy(frozenset({"testserver"}), frozenset({"https://reading-room.example"}))
    origin = {"origin": "https://reading-room.example"}
    with serving(service, origin_policy=policy) as client:
        for path in ("/health", "/openapi.json", "/v1/publications", "/v1/models", "/nowhere"):
            refused = client.get(path, headers={"host": "evil.example"})
            assert refused.status_code == 421
            assert client.get(path, headers={"origin": "null"}).status_code == 403
        assert code(client.get("/health", headers={"host": "evil.example"})) == "host"
        allowed = client.post("/v1/ask", json=REQUEST_BODY, headers=origin)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == origin["origin"]
        # Headers that OpenAI's client for browsers sends besides the key.
        preflight = origin | {
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,x-stainless-lang",
        }
        assert client.options("/v1/ask", headers=preflight).status_code == 200


def test_large_body_is_refused_with_or_without_content_length(service: Service) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"question": "'
        for _ in range(200):
            yield b"a" * 1_000

    with serving(service, Limits(max_body_bytes=10_000)) as client:
        declared = client.post("/v1/ask", content=b"x" * 10_001)
        assert (declared.status_code, code(declared)) == (413, "too-large")
        assert client.post("/v1/ask", content=chunks()).status_code == 413
        huge = client.post("/v1/ask", content=b"x", headers={"content-length": "9" * 30})
        assert huge.status_code == 413


def test_client_over_the_rate_limit_is_refused_with_retry_after(service: Service) -> None:
    with serving(service, Limits(requests_per_minute=3), api_keys=ApiKeys([KEY])) as client:
        key = {"x-api-key": KEY}
        statuses = [client.get("/version", headers=key).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        response = client.get("/version", headers=key)
        assert 1 <= int(response.headers["retry-after"]) <= 20
        assert code(response) == "rate"
        # Requests with wrong keys count towards the rate limit, too.
        guesses = [client.get("/version").status_code for _ in range(4)]
        assert guesses == [401, 401, 401, 429]
        assert client.get("/health").status_code == 200


def test_slow_request_ends_with_a_timeout_error(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "ask", lambda _: time.sleep(0.5))
    with serving(service, Limits(timeout_seconds=0.1)) as client:
        response = client.post("/v1/ask", json=REQUEST_BODY)
        assert (response.status_code, code(response)) == (503, "timeout")
        assert "0.1 seconds" in response.json()["detail"]
        assert client.get("/health").status_code == 200


def test_requests_over_the_queue_limit_are_refused_at_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(service, Limits(max_pending=0)) as client:
        response = client.post("/v1/ask", json=REQUEST_BODY)
        assert (response.status_code, code(response)) == (503, "busy")
        assert response.headers["retry-after"] == "1"


def test_safe_request_id_is_kept_and_others_are_replaced(service: Service) -> None:
    with serving(service) as client:
        given_id = client.get("/health", headers={"x-request-id": "abc-1.2_3"})
        assert given_id.headers["x-request-id"] == "abc-1.2_3"
        for odd in ("a b", "x" * 65, '"}{', ""):
            response = client.get("/health", headers={"x-request-id": odd})
            assert response.headers["x-request-id"] != odd


def test_request_is_cancelled_when_the_client_disconnects() -> None:
    ended = []

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    messages = [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        raise AssertionError("nobody is there any more")

    scope = {"type": "http", "path": "/", "method": "GET", "headers": [], "client": None}
    guard = RequestLimits(slow, Limits(), ApiKeys([]))
    asyncio.run(asyncio.wait_for(guard(scope, receive, send), 5))
    assert ended == ["cancelled"]

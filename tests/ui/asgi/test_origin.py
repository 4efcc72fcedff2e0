"""Tests of the checks of host and origin."""

from __future__ import annotations

import socket
from typing import Any

import anyio
import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from ui.asgi.origin import (
    OriginCheck,
    OriginPolicy,
    build_origin_policy,
    is_direct_local_request,
    is_loopback_host,
)


@pytest.mark.parametrize(
    ("headers", "local"),
    [
        ({"host": "127.0.0.1:7860"}, True),
        ({"host": "localhost"}, True),
        ({"host": "[::1]:7860"}, True),
        ({"host": "library.example"}, False),
        ({"host": "localhost.evil.example:7860"}, False),
        ({"host": "127.0.0.1:7860", "via": "1.1 proxy"}, False),
        ({}, False),
    ],
)
def test_direct_local_requests_are_detected(headers: dict[str, str], local: bool) -> None:
    assert is_direct_local_request(headers) is local


def test_loopback_hosts_are_detected() -> None:
    assert [is_loopback_host(name) for name in ("127.0.0.1", "::1", "localhost", "127.9.9.9")]
    assert not any(is_loopback_host(name) for name in ("0.0.0.0", "::", "", "example.org"))


def fetch(
    headers: dict[str, str],
    policy: OriginPolicy | None = None,
    *,
    method: str = "POST",
    scheme: str = "http",
) -> tuple[int, dict[str, str]]:
    """The status and headers of what a server answers; 200 where the request is let through."""
    seen: list[str | None] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(Headers(scope=scope).get("origin"))
        await PlainTextResponse("text")(scope, receive, send)

    async def send_request() -> Response:
        transport = ASGITransport(OriginCheck(app, policy or OriginPolicy()))
        async with AsyncClient(transport=transport, base_url=f"{scheme}://localhost") as client:
            return await client.request(method, "/", headers=headers)

    response = anyio.run(send_request)
    assert bool(seen) <= (response.status_code == 200)
    assert not any(seen)  # the application does not see the Origin header
    return response.status_code, dict(response.headers)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:7860", 200),
        ("LocalHost:7860", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:7860", 200),
        ("", 421),
        ("localhost.", 421),
        ("localhost.:7860", 421),
        ("127.0.0.2:7860", 421),
        ("127.1", 421),
        ("[::2]", 421),
        ("[::1", 421),
        ("::1", 421),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("localhost@evil.example", 421),
        ("192.0.2.7:7860", 421),
        ("0.0.0.0:7860", 421),
    ],
)
def test_local_server_accepts_local_host_names_only(host: str, status: int) -> None:
    assert fetch({"host": host})[0] == status


def test_public_server_accepts_addresses_and_allowed_names() -> None:
    policy = build_origin_policy("0.0.0.0", ["library.example"])
    for host in ("192.0.2.7:7860", "[2001:db8::7]", "library.example:80", socket.gethostname()):
        assert fetch({"host": host}, policy)[0] == 200
    for host in ("evil.example", "1.evil.example", "2001:db8::7", "[192.0.2.7]", ""):
        assert fetch({"host": host}, policy)[0] == 421


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://localhost:7860", 200),
        ("https://localhost:7860", 200),  # a proxy in front may speak https
        ("http://localhost", 403),
        ("http://localhost:7861", 403),
        ("http://127.0.0.1:7860", 403),
        ("http://localhost.:7860", 403),
        ("ftp://localhost:7860", 403),
        ("http://evil.example", 403),
        ("null", 403),
        ("", 403),
        ("chrome-extension://abcdef", 403),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_only_same_origin_requests_are_accepted(
    origin: str | None, status: int, method: str
) -> None:
    headers = {"host": "localhost:7860"} | ({} if origin is None else {"origin": origin})
    result, response_headers = fetch(headers, method=method)
    assert result == status
    assert not any(name.startswith("access-control") for name in response_headers)
    assert response_headers["cross-origin-resource-policy"] == "same-origin"


def test_origin_over_https_must_use_https() -> None:
    host = {"host": "localhost"}
    assert fetch(host | {"origin": "https://localhost"}, scheme="https")[0] == 200
    assert fetch(host | {"origin": "http://localhost"}, scheme="https")[0] == 403


@pytest.mark.parametrize(
    ("site", "mode", "dest", "method", "status"),
    [
        ("same-origin", "cors", "empty", "GET", 200),
        ("none", "navigate", "document", "GET", 200),
        ("cross-site", "navigate", "document", "GET", 200),  # a link
        ("cross-site", "navigate", "document", "POST", 403),  # a form
        ("cross-site", "navigate", "iframe", "GET", 403),
        ("cross-site", "no-cors", "image", "GET", 403),
        ("same-site", "no-cors", "script", "GET", 403),  # a page of another port
        ("same-site", "no-cors", "empty", "POST", 403),
    ],
)
def test_cross_site_embedding_is_refused(
    site: str, mode: str, dest: str, method: str, status: int
) -> None:
    browser = {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
    assert fetch({"host": "localhost"} | browser, method=method)[0] == status


def test_allowed_origin_gets_cors_headers() -> None:
    policy = build_origin_policy("127.0.0.1", [], ["https://reading-room.example"])
    allowed = {"host": "localhost", "origin": "https://reading-room.example"}
    status, headers = fetch(allowed, policy)
    assert (status, headers["access-control-allow-origin"]) == (200, allowed["origin"])
    assert "access-control-allow-credentials" not in headers
    preflight = {"access-control-request-method": "POST"}
    status, headers = fetch(allowed | preflight, policy, method="OPTIONS")
    assert (status, headers["access-control-allow-origin"]) == (200, allowed["origin"])
    for origin in ("https://evil.example", "http://reading-room.example", "null"):
        for method in ("POST", "OPTIONS"):
            status, headers = fetch(allowed | preflight | {"origin": origin}, policy, method=method)
            assert status == 403
            assert not any(name.startswith("access-control") for name in headers)
    assert fetch(allowed | {"host": "evil.example"}, policy)[0] == 421


def test_websocket_connections_are_closed() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("it is not let through")

    scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"localhost")]}
    anyio.run(OriginCheck(app, OriginPolicy()), scope, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]

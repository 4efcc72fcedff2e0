"""Tests of forwarded headers of trusted and untrusted proxies."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from ui.asgi.proxies import ForwardedHeaders, TrustedProxies, identify_client

PROXIES = TrustedProxies((ip_network("127.0.0.1"), ip_network("10.0.0.0/8")))
SPOOFED = {
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "library.example",
    "x-real-ip": "203.0.113.7",
    "forwarded": "for=203.0.113.7;proto=https",
}


def forward(peer: str, headers: dict[str, str]) -> Scope:
    """Return the scope that an application sees of a request from an address."""
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def ignore(*_: Any) -> Any:
        return None

    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    scope = {"type": "http", "client": (peer, 5), "scheme": "http", "headers": raw}
    anyio.run(ForwardedHeaders(app, PROXIES), scope, ignore, ignore)
    return seen[0]


@pytest.mark.parametrize("peer", ["127.0.0.2", "::1", "203.0.113.9"])
def test_forwarded_headers_of_untrusted_peers_are_ignored(peer: str) -> None:
    scope = forward(peer, {"host": "localhost"} | SPOOFED)
    assert (scope["client"][0], scope["scheme"]) == (peer, "http")
    # The Via header still shows that a proxy forwarded the request.
    assert dict(Headers(scope=scope)) == {"host": "localhost", "via": "1.1 proxy"}


def test_direct_request_is_unchanged() -> None:
    assert dict(Headers(scope=forward("127.0.0.2", {"host": "a"}))) == {"host": "a"}


@pytest.mark.parametrize("peer", ["127.0.0.1", "::ffff:127.0.0.1", "10.2.3.4"])
def test_forwarded_headers_of_a_trusted_proxy_are_applied(peer: str) -> None:
    scope = forward(peer, {"host": "localhost"} | SPOOFED)
    assert (scope["client"][0], scope["scheme"]) == ("203.0.113.7", "https")
    assert dict(Headers(scope=scope)) == {"host": "library.example", "via": "1.1 proxy"}
    assert "via" in Headers(scope=forward(peer, {"host": "localhost"}))


@pytest.mark.parametrize(
    ("forwarded_for", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("1.1.1.1, 203.0.113.7", "203.0.113.7"),  # the first is what the client itself sent
        ("203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("203.0.113.7:4321", "203.0.113.7"),
        ("[2001:db8::7]:4321", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("10.0.0.8, 10.0.0.9", "10.0.0.8"),
        ("203.0.113.7, nonsense", "127.0.0.1"),
        ("203.0.113.7, nonsense, 10.0.0.9", "10.0.0.9"),
        ("", "127.0.0.1"),
    ],
)
def test_client_is_the_last_address_that_is_no_trusted_proxy(
    forwarded_for: str, client: str
) -> None:
    assert PROXIES.find_client("127.0.0.1", forwarded_for) == client


@given(st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"])))
def test_any_forwarded_header_value_is_accepted(value: str) -> None:
    names = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host")
    scope = forward("127.0.0.1", dict.fromkeys(names, value))
    assert scope["scheme"] in ("http", "https")


def test_ipv6_client_is_identified_by_its_64_bit_prefix() -> None:
    def name(address: str) -> str:
        return identify_client({"client": (address, 1)})

    assert name("2001:db8:1:2::7") == name("2001:db8:1:2:ffff::1") != name("2001:db8:1:3::7")
    assert name("192.0.2.7") == name("::ffff:192.0.2.7") != name("192.0.2.8")
    assert identify_client({}) == "unknown"

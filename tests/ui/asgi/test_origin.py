"""Where a request comes from."""

from __future__ import annotations

import pytest

from ui.asgi.origin import is_direct_local_request, is_loopback_host, is_same_origin


@pytest.mark.parametrize(
    ("headers", "local"),
    [
        ({"host": "127.0.0.1:7860"}, True),
        ({"host": "localhost"}, True),
        ({"host": "[::1]:7860"}, True),
        ({"host": "library.example"}, False),
        ({"host": "localhost.evil.example:7860"}, False),
        ({"host": "127.0.0.1:7860", "x-forwarded-for": "1.2.3.4"}, False),
        ({}, False),
    ],
)
def test_a_request_from_this_machine(headers: dict[str, str], local: bool) -> None:
    assert is_direct_local_request(headers) is local


def test_what_only_this_machine_reaches() -> None:
    assert [is_loopback_host(name) for name in ("127.0.0.1", "::1", "localhost", "127.9.9.9")]
    assert not any(is_loopback_host(name) for name in ("0.0.0.0", "::", "", "example.org"))


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"host": "a:1"}, True),
        ({"host": "a:1", "origin": "http://a:1"}, True),
        ({"host": "a:1", "origin": "http://a:2"}, False),
        ({"host": "a:1", "origin": "null"}, False),
        ({"host": "a:1", "sec-fetch-site": "cross-site"}, False),
        ({"host": "a:1", "sec-fetch-site": "same-site"}, False),
    ],
)
def test_a_request_of_the_page_itself(headers: dict[str, str], own: bool) -> None:
    assert is_same_origin(headers) is own

"""Tests of reading the visitor and language of a request."""

from __future__ import annotations

import pytest

from ui.page.visitor import parse_visitor, resolve_language

ANNA = "a" * 43


def test_invalid_visitor_cookie_is_ignored() -> None:
    assert parse_visitor({"cookie": f"x=1; tongzhu_visitor={ANNA}"}) == ANNA
    for cookie in ("", "tongzhu_visitor=", f"tongzhu_visitor={ANNA}!", "tongzhu_visitor=../../x"):
        assert parse_visitor({"cookie": cookie}) is None
    assert parse_visitor({}) is None


@pytest.mark.parametrize(
    ("parameters", "headers", "language"),
    [
        ({"lang": "en"}, {"cookie": "tongzhu_language=zh"}, "en"),
        ({}, {"cookie": "tongzhu_language=zh", "accept-language": "en"}, "zh"),
        ({}, {"accept-language": "zh-TW"}, "zh"),
        ({}, {}, "en"),
    ],
)
def test_language_is_resolved_from_address_then_cookie_then_browser(
    parameters: dict[str, str], headers: dict[str, str], language: str
) -> None:
    assert resolve_language(parameters, headers) == language

"""Who sends a request: the visitor's secret, and the language that they read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import cookie_parser

from index.messages import Language
from ui.messages.language import parse_accept_language, parse_language_tag

VISITOR_COOKIE = "tongzhu_visitor"
LANGUAGE_COOKIE = "tongzhu_language"

_VISITOR_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


def read_cookie(headers: Mapping[str, str], name: str) -> str:
    """Return the value of a cookie; "" where there is none."""
    return cookie_parser(headers.get("cookie", "")).get(name, "")


def parse_visitor(headers: Mapping[str, str]) -> str | None:
    """Return the visitor's secret; None where there is none that could be ours."""
    token = read_cookie(headers, VISITOR_COOKIE)
    return token if _VISITOR_TOKEN.fullmatch(token) else None


def resolve_language(parameters: Mapping[str, str], headers: Mapping[str, str]) -> Language:
    """Return the language of the page: as asked for, as chosen before, or as the browser prefers.

    Args:
        parameters: Those of the request's address.
        headers: The request's headers.
    """
    requested = parameters.get("lang") or read_cookie(headers, LANGUAGE_COOKIE)
    if requested:
        return parse_language_tag(requested)
    return parse_accept_language(headers.get("accept-language", ""))

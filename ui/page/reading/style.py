"""The style sheet of the pages to read, at an address that changes with its content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_PATH = "/styles/reading.css"
_FOLDER = Path(__file__).parents[1] / "static"
_FILES = ("reading.css", "export.css", "keeping.css", "listing.css")


def build_style_route() -> Route:
    """Return the route of the style sheet."""

    async def show_style(_: Request) -> Response:
        headers = {"cache-control": "private, max-age=31536000, immutable"}
        return Response(_read_style(), headers=headers, media_type="text/css")

    return Route(_PATH, show_style)


@cache
def format_style_address() -> str:
    """Return the address of the style sheet, relative to the page of questions."""
    return f"{_PATH[1:]}?v={hashlib.sha256(_read_style()).hexdigest()[:12]}"


@cache
def _read_style() -> bytes:
    return b"".join((_FOLDER / name).read_bytes() for name in _FILES)

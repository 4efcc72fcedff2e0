"""The style sheet and script of the pages to read, at addresses that change as they do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOLDER = Path(__file__).with_name("static")


@dataclass(frozen=True)
class Asset:
    """Files of the page that are served as one.

    Attributes:
        path: Its path on the server.
        media_type: What it is.
        files: The names of the files.
    """

    path: str
    media_type: str
    files: tuple[str, ...]

    @cached_property
    def content(self) -> bytes:
        """The files, one after the other."""
        return b"".join((_FOLDER / name).read_bytes() for name in self.files)

    @cached_property
    def address(self) -> str:
        """Its address, relative to the page of questions."""
        return f"{self.path[1:]}?v={hashlib.sha256(self.content).hexdigest()[:12]}"


READING_STYLE = Asset(
    "/styles/reading.css",
    "text/css",
    ("reading.css", "export.css", "keeping.css", "listing.css", "words.css", "writing.css"),
)
READING_SCRIPT = Asset(
    "/scripts/reading.js", "text/javascript", ("words.js", "page_pictures.js", "copied_marks.js")
)


def build_asset_routes() -> list[Route]:
    """Return the routes of the style sheet and the script."""
    return [_build_route(asset) for asset in (READING_STYLE, READING_SCRIPT)]


def _build_route(asset: Asset) -> Route:
    async def show(_: Request) -> Response:
        headers = {"cache-control": "private, max-age=31536000, immutable"}
        return Response(asset.content, headers=headers, media_type=asset.media_type)

    return Route(asset.path, show)

"""What stands before the application: who may ask, how much, how often and how long."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.document import Message as Line
from ui.asgi.api_keys import Keys
from ui.asgi.problems import respond
from ui.asgi.rate_limit import Rate
from ui.service.errors import TOO_SLOW, RefusalError, filled
from ui.service.limits import Limits

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""What this machine calls itself."""

OPEN_PATHS = frozenset({"/health", "/ready"})
"""What needs no key: it says nothing about the library."""

_NO_KEY = Line(
    "An API key is needed; send it as Authorization: Bearer KEY, or as X-API-Key.",
    "需要 API 金鑰；請以 Authorization: Bearer 或 X-API-Key 標頭傳送。",
)
_TOO_OFTEN = Line(
    "That is too many requests a minute; ask again in {seconds} seconds.",
    "每分鐘的請求過多；請於 {seconds} 秒後再試。",
)
_TOO_LARGE = Line(
    "The request is too large; send at most {size} bytes.",
    "請求過大；請勿超過 {size} 位元組。",
)
_BAD_HOST = Line(
    "This server does not answer under that name; name it with --allowed-host.",
    "此伺服器不以該名稱提供服務；請以 --allowed-host 指定。",
)
_BAD_ORIGIN = Line(
    "This server does not answer pages of that origin; name it with --allow-origin.",
    "此伺服器不接受該來源的網頁；請以 --allow-origin 指定。",
)
_log = logging.getLogger("tongzhu.http")


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes:
        keys: Without any, everybody.
        hosts: The names that the server answers to, without port; empty for any. This is what
            keeps a web page from reaching a server of this machine under a name of its own.
        origins: Of web pages that may ask from a browser.
    """

    keys: Keys
    hosts: tuple[str, ...] = LOCAL_NAMES
    origins: tuple[str, ...] = ()


class Guard:
    """ASGI middleware that refuses what is too much, and ends what nobody waits for any more."""

    def __init__(self, app: ASGIApp, limits: Limits, access: Access) -> None:
        self.app = app
        self.limits = limits
        self.access = access
        self._rate = Rate(limits.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request, or refuses it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_once(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        with anyio.move_on_after(self.limits.seconds) as time_limit:
            try:
                self._admit(scope)
                await self._serve(scope, receive, send_once)
            except RefusalError as refusal:
                await respond(refusal, scope)(scope, receive, send_once)
        if time_limit.cancelled_caught:
            _log.warning("too slow")
            if not started:
                line = filled(TOO_SLOW, seconds=f"{self.limits.seconds:g}")
                slow = RefusalError(503, "too-slow", line, retry_after=5)
                await respond(slow, scope)(scope, receive, send)

    def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if self.access.hosts and _name(headers.get("host", "")) not in self.access.hosts:
            raise RefusalError(421, "host", _BAD_HOST)
        if not _origin_allowed(headers, self.access.origins):
            raise RefusalError(403, "origin", _BAD_ORIGIN)
        if scope["path"] in OPEN_PATHS:
            return
        holder = self.access.keys.holder(headers) if self.access.keys else None
        address = scope["client"][0] if scope.get("client") else "unknown"
        if seconds := self._rate.wait(holder or address):
            raise RefusalError(
                429, "rate", filled(_TOO_OFTEN, seconds=seconds), retry_after=seconds
            )
        if self.access.keys and holder is None:
            raise RefusalError(401, "key", _NO_KEY)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the application on the whole body, and ends it when the client goes away."""
        body = await self._body(Headers(scope=scope), receive)
        if body is None:
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        gone = anyio.Event()

        async def replay() -> Message:
            if waiting:
                return waiting.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            gone.set()
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(watch)
            await self.app(scope, replay, send)
            group.cancel_scope.cancel()

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The whole body; None if the client has gone.

        Raises:
            RefusalError: If it is too large.
        """
        too_large = RefusalError(413, "too-large", filled(_TOO_LARGE, size=self.limits.body))
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared[:20]) > self.limits.body:
            raise too_large
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > self.limits.body:
                raise too_large
            if not message.get("more_body", False):
                return bytes(body)


def _name(host: str) -> str:
    """The name in a Host header, without port."""
    end = host.rfind(":")
    return (host[:end] if end > host.rfind("]") and end >= 0 else host).lower()


def _origin_allowed(headers: Headers, origins: Sequence[str]) -> bool:
    """Whether a browser may ask: from a page of this server itself, or of an origin that is named.

    A program sends no Origin header at all.
    """
    origin = headers.get("origin")
    return origin is None or origin in origins or origin.partition("://")[2] == headers.get("host")

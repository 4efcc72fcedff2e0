"""A limit on the bodies of requests, before anything parses them."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.messages import MessageCatalogue
from ui.asgi.problems import build_error_response
from ui.service.errors import RequestError, format_safe_message

_MESSAGES = MessageCatalogue("ui", "requests")


class BodyLimit:
    """ASGI middleware that refuses bodies that are too large, whether that is declared or not.

    Compressed bodies are refused too: no client needs them, and they can be large when unpacked.

    Args:
        app: The application behind it.
        max_bytes: Bytes of a body.
        exempt_paths: Paths whose routes have a limit of their own.
    """

    def __init__(
        self, app: ASGIApp, max_bytes: int, exempt_paths: Collection[str] = frozenset()
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._exempt_paths = exempt_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            self._check_headers(scope)
        except RequestError as error:
            await build_error_response(error, scope)(scope, receive, send)
            return
        if scope["path"] in self._exempt_paths:
            await self._app(scope, receive, send)
        else:
            await self._run_app(scope, receive, send)

    def _check_headers(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").lower() != "identity":
            raise RequestError(415, "compressed", _MESSAGES["compressed"])
        declared = headers.get("content-length", "0")
        is_large = declared.isdecimal() and int(declared[:20]) > self._max_bytes
        if is_large and scope["path"] not in self._exempt_paths:
            raise self._too_large()

    async def _run_app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application on the body as it comes; respond in its place if that is too large.

        Frameworks turn an error while they read a body into a response of their own.
        """
        received_bytes = 0
        has_started = False

        async def receive_limited() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > self._max_bytes:
                raise self._too_large()
            return message

        async def send_unless_refused(message: Message) -> None:
            nonlocal has_started
            if received_bytes <= self._max_bytes or has_started:
                has_started = True
                await send(message)

        try:
            await self._app(scope, receive_limited, send_unless_refused)
        except Exception:
            if received_bytes <= self._max_bytes:
                raise
        if received_bytes > self._max_bytes and not has_started:
            await build_error_response(self._too_large(), scope)(scope, receive, send)

    def _too_large(self) -> RequestError:
        message = format_safe_message(_MESSAGES["too_large"], size=self._max_bytes)
        return RequestError(413, "too-large", message)

"""Limits on requests: who may ask, how much, how often and for how long."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import anyio
from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.messages import MessageCatalogue
from ui.asgi.api_keys import ApiKeys
from ui.asgi.origin import OriginPolicy
from ui.asgi.problems import build_error_response
from ui.asgi.proxies import identify_client
from ui.asgi.rate_limit import RateLimit, RateLimiter
from ui.service.errors import RequestError, format_safe_message, timeout_error
from ui.service.limits import Limits

_MESSAGES = MessageCatalogue("ui", "requests")

PUBLIC_PATHS = frozenset({"/health", "/ready"})
"""Paths that need no key: they tell nothing about the library."""

_TIME_LIMIT_KEY = "tongzhu.time_limit"

_log = logging.getLogger("tongzhu.http")


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Who may use a server.

    Attributes:
        api_keys: The valid keys; without any, everybody may ask.
        origin_policy: The names that the server answers to, and the origins that it allows.
    """

    api_keys: ApiKeys
    origin_policy: OriginPolicy


class RequestLimits:
    """ASGI middleware that refuses what exceeds a limit, and stops what no client waits for."""

    def __init__(
        self,
        app: ASGIApp,
        limits: Limits,
        api_keys: ApiKeys,
        shared_limiter: RateLimit | None = None,
    ) -> None:
        self.app = app
        self.limits = limits
        self.api_keys = api_keys
        self._rate_limiter = RateLimiter(limits.requests_per_minute)
        self._shared_limiter = shared_limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_and_track(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        with anyio.move_on_after(self.limits.timeout_seconds) as time_limit:
            scope[_TIME_LIMIT_KEY] = time_limit
            try:
                await self._check_admission(scope)
                await self._run_app(scope, receive, send_and_track)
            except RequestError as error:
                await build_error_response(error, scope)(scope, receive, send_and_track)
        if time_limit.cancelled_caught:
            _log.warning("timeout")
            if not started:
                timed_out = timeout_error(self.limits.timeout_seconds)
                await build_error_response(timed_out, scope)(scope, receive, send)

    async def _check_admission(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if scope["path"] in PUBLIC_PATHS:
            return
        client_key = self.api_keys.identify_client(headers) if self.api_keys else None
        if seconds := await self._acquire(client_key or identify_client(scope)):
            raise RequestError(
                429,
                "rate",
                format_safe_message(_MESSAGES["rate_exceeded"], seconds=seconds),
                retry_after=seconds,
            )
        if self.api_keys and client_key is None:
            raise RequestError(401, "key", _MESSAGES["no_key"])

    async def _acquire(self, client: str) -> int:
        """Return the seconds that a client must wait; 0 admits the request and counts it."""
        if self._shared_limiter is None:
            return self._rate_limiter.acquire(client)
        return await to_thread.run_sync(self._shared_limiter.acquire, client)

    async def _run_app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application on the whole body; cancel it when the client disconnects."""
        body = await _read_body(receive)
        if body is None:
            return
        pending_messages: list[Message] = [
            {"type": "http.request", "body": body, "more_body": False}
        ]
        disconnected = anyio.Event()

        async def replay_body() -> Message:
            if pending_messages:
                return pending_messages.pop()
            await disconnected.wait()
            return {"type": "http.disconnect"}

        async def watch_for_disconnect() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            disconnected.set()
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            group.start_soon(watch_for_disconnect)
            await self.app(scope, replay_body, send)
            group.cancel_scope.cancel()


def extend_time_limit(scope: Scope, seconds: float) -> None:
    """Give a request that waits for another server some seconds more, from now on.

    Args:
        scope: That of the request; one without a limit stays so.
        seconds: The seconds.
    """
    time_limit = scope.get(_TIME_LIMIT_KEY)
    if isinstance(time_limit, anyio.CancelScope):
        time_limit.deadline = max(time_limit.deadline, anyio.current_time() + seconds)


async def _read_body(receive: Receive) -> bytes | None:
    """Return the whole body; None if the client has disconnected."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)

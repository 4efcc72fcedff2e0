"""Logging of requests: each gets an id, a line in the log and its place in the metrics."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.asgi.logs import request_id
from ui.asgi.problems import REQUEST_ID_KEY, build_error_response
from ui.service.errors import unexpected_error

if TYPE_CHECKING:
    from ui.asgi.metrics import Metrics

_REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CLIENT_CLOSED_REQUEST = 499  # what nginx logs for a client that closed before it was answered
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger("tongzhu.http")


class RequestLogging:
    """ASGI middleware, the outermost: ids, log, metrics, and a response to unexpected errors."""

    def __init__(self, app: ASGIApp, metrics: Metrics | None) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        client_request_id = Headers(scope=scope).get("x-request-id", "")
        new_request_id = (
            client_request_id
            if _REQUEST_ID_PATTERN.fullmatch(client_request_id)
            else uuid.uuid4().hex
        )
        scope[REQUEST_ID_KEY] = new_request_id
        token = request_id.set(new_request_id)
        status, started = _CLIENT_CLOSED_REQUEST, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = new_request_id
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if self.metrics:
            self.metrics.in_flight.inc()
        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            _log.exception("unexpected error")
            if status == _CLIENT_CLOSED_REQUEST:
                await build_error_response(unexpected_error(), scope)(scope, receive, send_with_id)
        finally:
            self._record(scope, status, time.perf_counter() - started)
            request_id.reset(token)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "none"
        method = scope["method"] if scope["method"] in _METHODS else "other"
        client = scope.get("client")
        _log.info(
            "request",
            extra={
                "method": method,
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 1),
                "client": client[0] if client else None,
            },
        )
        if self.metrics:
            self.metrics.in_flight.dec()
            self.metrics.record_request(route, method, status, seconds)

"""Every request gets an id, a line in the log and a place in the metrics; no fault gets out."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.asgi.logs import request_id
from ui.asgi.problems import REQUEST_ID, respond
from ui.service.errors import UNFORESEEN, RefusalError

if TYPE_CHECKING:
    from ui.asgi.metrics import Metrics

_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_GONE = 499  # what nginx logs for a client that closed before it was answered
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger("tongzhu.http")


class Observe:
    """ASGI middleware, the outermost: ids, log, metrics, and an answer to the unforeseen."""

    def __init__(self, app: ASGIApp, metrics: Metrics | None) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        identity = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        scope[REQUEST_ID] = identity
        token = request_id.set(identity)
        status, began = _GONE, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = identity
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if self.metrics:
            self.metrics.in_flight.inc()
        try:
            await self.app(scope, receive, send_with_id)
        except Exception:
            _log.exception("unforeseen")
            if status == _GONE:
                refusal = RefusalError(500, "unforeseen", UNFORESEEN)
                await respond(refusal, scope)(scope, receive, send_with_id)
        finally:
            self._tell(scope, status, time.perf_counter() - began)
            request_id.reset(token)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
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
            self.metrics.served(route, method, status, seconds)

"""Security headers and the visitor's cookie for every response of the page.

Gradio's routes for files are closed: the page does not use them, with or without uploads.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.page.visitor import VISITOR_COOKIE, parse_visitor

_COOKIE_MAX_AGE = 365 * 24 * 3600  # seconds
# The page may load from and connect to its own server only, whatever it shows.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# What Gradio serves and this page does not need: above all files of visitors and of the server.
_BLOCKED_PATHS = re.compile(
    r"/gradio_api/+(?:upload|file|proxy=|stream|component_server|process_recording|custom_component"
    r"|deep_link|dev/|run-history|runs|vibe-|undo-vibe-|profiling)|/(?:svelte|monitoring)(?:/|$)"
)


class SecurityHeaders:
    """ASGI middleware that adds security headers, and a visitor's secret where there is none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _BLOCKED_PATHS.match(scope["path"]):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
            return
        headers = MutableHeaders(scope=scope)
        new_visitor = None if parse_visitor(headers) else secrets.token_urlsafe(32)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                response_headers = MutableHeaders(scope=message)
                response_headers["content-security-policy"] = _CONTENT_SECURITY_POLICY
                response_headers["referrer-policy"] = "same-origin"
                response_headers["x-content-type-options"] = "nosniff"
                if new_visitor and scope["path"] == "/":
                    secure = "; Secure" if scope["scheme"] == "https" else ""
                    cookie = f"{VISITOR_COOKIE}={new_visitor}; Path=/; Max-Age={_COOKIE_MAX_AGE}"
                    response_headers.append(
                        "set-cookie", f"{cookie}; HttpOnly; SameSite=Lax{secure}"
                    )
            await send(message)

        await self._app(scope, receive, send_with_headers)

"""What stands before every request of the page: its policy, and each visitor's own key.

Gradio's routes for files are closed: the page has no use for them, with or without uploads.
"""

from __future__ import annotations

import re
import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

VISITOR_COOKIE = "tongzhu_visitor"
LANGUAGE_COOKIE = "tongzhu_language"

_COOKIE_MAX_AGE = 365 * 24 * 3600  # seconds
_VISITOR_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
# The page may load and ask nothing but its own server, whatever stands in it.
_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# What Gradio serves beside what this page needs: files of visitors and of the server, above all.
_BLOCKED_PATHS = re.compile(
    r"/gradio_api/+(?:upload|file|proxy=|stream|component_server|process_recording|custom_component"
    r"|deep_link|dev/|run-history|runs|vibe-|undo-vibe-|profiling)|/(?:svelte|monitoring)(?:/|$)"
)


def parse_visitor_cookie(cookie_header: str) -> str | None:
    """The visitor's key in a Cookie header, if there is one that could be ours."""
    try:
        cookie = SimpleCookie(cookie_header).get(VISITOR_COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie and _VISITOR_TOKEN.fullmatch(cookie.value) else None


class SecurityHeaders:
    """Sends the policy with everything, and gives a key to every browser that has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _BLOCKED_PATHS.match(scope["path"]):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
            return
        headers = MutableHeaders(scope=scope)
        new_visitor = (
            None if parse_visitor_cookie(headers.get("cookie", "")) else secrets.token_urlsafe(32)
        )

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                response_headers = MutableHeaders(scope=message)
                response_headers["content-security-policy"] = _CONTENT_SECURITY_POLICY
                response_headers["referrer-policy"] = "same-origin"
                response_headers["x-content-type-options"] = "nosniff"
                if new_visitor and scope["path"] == "/":
                    secure = "; Secure" if scope["scheme"] == "https" else ""
                    cookie = f"{VISITOR_COOKIE}={new_visitor}; Path=/; Max-Age={_COOKIE_MAX_AGE}; HttpOnly; SameSite=Lax"
                    response_headers.append("set-cookie", cookie + secure)
            await send(message)

        await self._app(scope, receive, send_with_headers)

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

VISITOR = "tongzhu_visitor"
LANGUAGE = "tongzhu_language"

_A_YEAR = 365 * 24 * 3600  # seconds
_KEY = re.compile(r"[\w-]{43}", re.ASCII)
# The page may load and ask nothing but its own server, whatever stands in it.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# What Gradio serves beside what this page needs: files of visitors and of the server, above all.
_CLOSED = re.compile(
    r"/gradio_api/+(?:upload|file|proxy=|stream|component_server|process_recording|custom_component"
    r"|deep_link|dev/|run-history|runs|vibe-|undo-vibe-|profiling)|/(?:svelte|monitoring)(?:/|$)"
)


def visitor_of(cookie_header: str) -> str | None:
    """The visitor's key in a Cookie header, if there is one that could be ours."""
    try:
        found = SimpleCookie(cookie_header).get(VISITOR)
    except CookieError:
        return None
    return found.value if found and _KEY.fullmatch(found.value) else None


class Guard:
    """Sends the policy with everything, and gives a key to every browser that has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _CLOSED.match(scope["path"]):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
            return
        headers = MutableHeaders(scope=scope)
        new = None if visitor_of(headers.get("cookie", "")) else secrets.token_urlsafe(32)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent["content-security-policy"] = _POLICY
                sent["referrer-policy"] = "same-origin"
                sent["x-content-type-options"] = "nosniff"
                if new and scope["path"] == "/":
                    secure = "; Secure" if scope["scheme"] == "https" else ""
                    cookie = f"{VISITOR}={new}; Path=/; Max-Age={_A_YEAR}; HttpOnly; SameSite=Lax"
                    sent.append("set-cookie", cookie + secure)
            await send(message)

        await self._app(scope, receive, send_guarded)

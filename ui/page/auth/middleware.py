"""A password before everything that the page's server gives.

Who knows it gets a session: a cookie that no script can read.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from index.document import Message
from ui.asgi.origin import same_origin
from ui.asgi.rate_limit import Rate
from ui.messages import page
from ui.messages.cli import Language, filled, say
from ui.page.auth.sessions import LASTS, Key
from ui.page.downloads import language_of
from ui.page.render import TAGS, rendered
from ui.service import limits

SESSION = "tongzhu_session"
_FORM = 4 << 10  # bytes
_OPEN = ("/gradio_api/startup-events", "/favicon.ico")  # they say nothing; Gradio asks the first


class Lock:
    """ASGI middleware that lets nobody through but those with a session."""

    def __init__(self, app: ASGIApp, key: Key) -> None:
        self._app = app
        self._key = key
        self._rate = Rate(limits.TRIES)
        self._all = Rate(limits.ALL_TRIES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or asks for the password (ASGI)."""
        if scope["type"] == "lifespan" or scope.get("path") in _OPEN:
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        session = _session(request.headers)
        if request.method == "POST" and scope["path"].rstrip("/") == "/login":
            await (await self._enter(request))(scope, receive, send)
        elif scope["path"].rstrip("/") == "/logout":
            await self._leave(request, session)(scope, receive, send)
        elif self._key.admits(session):
            await self._app(scope, receive, send)
        else:
            await _ask(request)(scope, receive, send)

    async def _enter(self, request: Request) -> Response:
        if not same_origin(request.headers):
            return PlainTextResponse("Forbidden", 403)
        address = request.client.host if request.client else "unknown"
        if wait := self._rate.wait(address) or self._all.wait(""):
            line = filled(page.TRY_LATER, seconds=wait)
            return _ask(request, line, 429, {"retry-after": str(wait)})
        if not self._key.opens(await _password(request)):
            return _ask(request, page.WRONG_PASSWORD)
        answer: Response
        if _is_person(request):
            answer = Response(status_code=303, headers={"location": f"./{_query(request)}"})
        else:
            answer = JSONResponse({"success": True})
        answer.set_cookie(
            SESSION,
            self._key.new_session(),
            max_age=LASTS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer

    def _leave(self, request: Request, session: str) -> Response:
        if request.method == "POST" and same_origin(request.headers):
            self._key.leave(session)
            answer = Response(status_code=303, headers={"location": "./"})
            answer.delete_cookie(SESSION, httponly=True, samesite="lax")
            return answer
        return Response(status_code=303, headers={"location": "./"})


def _ask(
    request: Request,
    line: Message | None = None,
    status: int = 401,
    headers: dict[str, str] | None = None,
) -> Response:
    """The page that asks for the password; a line for programs."""
    language = language_of(request)
    kept = {"cache-control": "no-store"} | (headers or {})
    if not _is_person(request):
        said = say(line or page.PASSWORD_NEEDED, language)
        return PlainTextResponse(said, status, kept)
    return HTMLResponse(login_html(_query(request), line, language), status, kept)


def login_html(query: str, line: Message | None, language: Language) -> str:
    """The page that asks for the password.

    Args:
        query: That of the address to go to, with its question mark; or "".
        line: What was wrong with the last try.
        language: The reader's.
    """
    other: Language = "en" if language == "zh" else "zh"
    return rendered(
        "login.html",
        language,
        query=query,
        line=line,
        tag=TAGS[language],
        other=other,
        other_tag=TAGS[other],
    )


async def _password(request: Request) -> str:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _FORM:
            return ""
    given = parse_qs(body.decode(errors="replace"), keep_blank_values=True).get("password", [""])
    return given[0]


def _is_person(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""


def _session(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(SESSION)
    except CookieError:
        return ""
    return found.value if found else ""

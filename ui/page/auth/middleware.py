"""The password of the page, required for everything that its server serves.

Visitors who give it get a session: a cookie that no script can read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from index.messages import Language, Message, MessageCatalogue
from ui.asgi.proxies import identify_client
from ui.conversations.database import StorageError
from ui.messages.language import LANGUAGE_TAGS
from ui.page.auth.sessions import SESSION_SECONDS, SessionSigner
from ui.page.auth.throttle import LoginThrottle
from ui.page.render import render_template
from ui.page.visitor import read_cookie, resolve_language

_MESSAGES = MessageCatalogue("ui", "page")

SESSION_COOKIE = "tongzhu_session"
_MAX_FORM_BYTES = 4 << 10  # bytes
_PAGE_PARAMETER = "page"
# The pages beside that of questions which visitors are led to once they are signed in.
_PAGES = re.compile(r"(?:read|works|passages)(?:/[\w.-]+)*", re.ASCII)
# They reveal nothing, and Gradio requests the first itself.
_PUBLIC_PATHS = ("/gradio_api/startup-events", "/favicon.ico")


class PasswordMiddleware:
    """ASGI middleware that lets only visitors with a session through.

    Args:
        app: The application behind it.
        signer: Checks the password and signs the sessions.
    """

    def __init__(self, app: ASGIApp, signer: SessionSigner) -> None:
        self._app = app
        self._signer = signer
        self._throttle = LoginThrottle()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, or ask for the password (ASGI)."""
        if scope["type"] == "lifespan" or scope.get("path") in _PUBLIC_PATHS:
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        session = read_cookie(request.headers, SESSION_COOKIE)
        if request.method == "POST" and scope["path"].rstrip("/") == "/login":
            await (await self._log_in(request))(scope, receive, send)
        elif scope["path"].rstrip("/") == "/logout":
            await self._log_out(request, session)(scope, receive, send)
        elif refusal := self._check_session(request, session):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _log_in(self, request: Request) -> Response:
        password, client = await _read_password(request), identify_client(request.scope)
        if wait := self._throttle.acquire(client):
            message = _MESSAGES["try_later"].format(seconds=wait)
            return _build_login_response(request, message, 429, {"retry-after": str(wait)})
        if not self._signer.check_password(password):
            return _build_login_response(request, _MESSAGES["wrong_password"])
        self._throttle.forget(client)
        response: Response
        if _accepts_html(request):
            response = Response(status_code=303, headers={"location": _format_target(request)})
        else:
            response = JSONResponse({"success": True})
        response.set_cookie(
            SESSION_COOKIE,
            self._signer.create_session(),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return response

    def _check_session(self, request: Request, session: str) -> Response | None:
        """Return the response to those without a session; None to those who have one."""
        try:
            return None if self._signer.is_valid(session) else _build_login_response(request)
        except StorageError as error:
            return _build_login_response(request, error.message, 503)

    def _log_out(self, request: Request, session: str) -> Response:
        response = Response(status_code=303, headers={"location": "./"})
        if request.method != "POST":
            return response
        try:
            self._signer.revoke(session)
        except StorageError as error:
            message = _MESSAGES["sign_out_not_stored"].format(reason=error.message)
            response = _build_login_response(request, message, 503)
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="lax")
        return response


def _build_login_response(
    request: Request,
    message: Message | None = None,
    status: int = 401,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return the page that asks for the password; for programs, one line."""
    language = resolve_language(request.query_params, request.headers)
    response_headers = {"cache-control": "no-store"} | (headers or {})
    if not _accepts_html(request):
        text = (message or _MESSAGES["password_needed"]).in_language(language)
        return PlainTextResponse(text, status, response_headers)
    parameters = dict(request.query_params)
    path = request.url.path.lstrip("/")
    if _PAGES.fullmatch(path):
        parameters[_PAGE_PARAMETER] = path
    root = "../" * (request.url.path.count("/") - 1)
    html = render_login(f"{root}login", parameters, message, language)
    return HTMLResponse(html, status, response_headers)


def render_login(
    address: str, parameters: Mapping[str, str], message: Message | None, language: Language
) -> str:
    """Return the page that asks for the password as HTML.

    Args:
        address: Where the password is sent to.
        parameters: Those of the address to go on to, and its path, if that is a page to read.
        message: What was wrong with the last attempt.
        language: The reader's.
    """
    return render_template(
        "login.html",
        language,
        address=address,
        query=urlencode(parameters),
        language_query=lambda code: urlencode({**parameters, "lang": code}),
        error_message=message,
        page_language=LANGUAGE_TAGS[language],
    )


async def _read_password(request: Request) -> str:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM_BYTES:
            return ""
    values = parse_qs(body.decode(errors="replace"), keep_blank_values=True).get("password", [""])
    return values[0]


def _accepts_html(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _format_target(request: Request) -> str:
    """Return the address to go on to, relative to that of the login."""
    parameters = dict(request.query_params)
    page = parameters.pop(_PAGE_PARAMETER, "")
    query = f"?{urlencode(parameters)}" if parameters else ""
    return f"./{page if _PAGES.fullmatch(page) else ''}{query}"

"""Pages of a visitor: forms are read, and what goes wrong is shown in a line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from index.messages import Language, Message
from ui.conversations.database import StorageError
from ui.page.forms import FormFields, read_form
from ui.page.reading.routes import render_page
from ui.page.visitor import parse_visitor, resolve_language
from ui.service.errors import RequestError

_MAX_TURN_DIGITS = 9

Show = Callable[[Request, Language, str, FormFields], Response]
"""Returns a page, for a request with its language, its visitor and its form."""


def refuse(message: Message, status: int = 404) -> RequestError:
    """Return the error with a message."""
    return RequestError(status, "keeping", message)


def build_handler(show: Show) -> Callable[[Request], Awaitable[Response]]:
    """Return a handler that calls a function in a thread and shows its errors as a page."""

    async def handle(request: Request) -> Response:
        fields = await read_form(request)
        language = resolve_language(request.query_params, request.headers)
        visitor = parse_visitor(request.headers) or ""
        try:
            return await run_in_threadpool(show, request, language, visitor, fields)
        except RequestError as error:
            message, status = error.message, error.status
        except StorageError as error:
            message, status = error.message, 503
        return render_page(request, "reading/error", language, status, message=message)

    return handle


def redirect(address: str) -> Response:
    """Return the redirection after a form was sent, so that a reload does not send it again."""
    return RedirectResponse(address, 303)


def parse_turn_number(text: str) -> int:
    """Return the number of a turn; 0, which none has, for any other text."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_TURN_DIGITS
    return int(text) if is_number else 0

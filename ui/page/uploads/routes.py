"""Where the page's own script sends files to, and asks how far a change of the library is."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePosixPath

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message as Received

from index.document import Message
from index.readers import KINDS
from ui.asgi.origin import same_origin
from ui.messages import uploads as words
from ui.messages.cli import Language, filled
from ui.messages.language import of_tag
from ui.page.auth.headers import visitor_of
from ui.page.downloads import language_of
from ui.page.uploads.changes import Changes, NotNowError, State, permitted
from ui.page.uploads.file_names import distinct, safe_name
from ui.page.uploads.render import change_html
from ui.service import limits

_MB = 1 << 20
_FORM = 64 << 10  # bytes of a form beside its files
_Answer = Callable[[Request, str], Awaitable[Response]]


class _RefusedError(Exception):
    """What was sent cannot be taken."""

    def __init__(self, status: int, message: Message) -> None:
        super().__init__(message.en)
        self.status = status
        self.message = message


def change_routes(changes: Changes) -> list[BaseRoute]:
    """The routes, to stand before those of the page."""
    panel = _Panel(changes)

    def route(path: str, method: str, answer: _Answer) -> Route:
        async def answered(request: Request) -> Response:
            return await panel.answered(request, answer)

        return Route(path, answered, methods=[method])

    return [
        route("/library/files", "POST", panel.add),
        route("/library/remove", "POST", panel.remove),
        route("/library/change", "GET", panel.state),
        route("/library/change/cancel", "POST", panel.cancel),
        route("/library/change/dismiss", "POST", panel.dismiss),
    ]


class _Panel:
    """What the library's panel asks for; every answer is a piece of HTML to be put into it."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def answered(self, request: Request, answer: _Answer) -> Response:
        """An answer for those who may have it."""
        visitor = visitor_of(request.headers.get("cookie", ""))
        own = request.method == "GET" or same_origin(request.headers)
        if visitor is None or not own or not permitted(self._changes, request.headers):
            return _refusal(request, 403, words.NOT_ALLOWED)
        try:
            return await answer(request, visitor)
        except NotNowError as error:
            return _refusal(request, 409, error.message, self._changes.state(visitor))
        except _RefusedError as error:
            return _refusal(request, error.status, error.message)

    async def add(self, request: Request, visitor: str) -> Response:
        """Files are sent."""
        folder = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="tongzhu-"))
        try:
            files, refused = await _received(request, folder)
            state = self._changes.add(visitor, files, folder, refused)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return _page(request, state, 202)

    async def remove(self, request: Request, visitor: str) -> Response:
        """A publication shall go."""
        publication = request.query_params.get("publication", "")
        return _page(request, self._changes.remove(visitor, publication), 202)

    async def state(self, request: Request, visitor: str) -> Response:
        """How far the last change is."""
        return _page(request, self._changes.state(visitor))

    async def cancel(self, request: Request, visitor: str) -> Response:
        """It shall stop."""
        self._changes.cancel(visitor)
        return _page(request, self._changes.state(visitor))

    async def dismiss(self, request: Request, visitor: str) -> Response:
        """Its report has been read."""
        self._changes.dismiss(visitor)
        return _page(request, self._changes.state(visitor))


async def _received(request: Request, folder: Path) -> tuple[dict[str, Path], list[Message]]:
    """The files of a request, by their names; and why others in it are not taken.

    Raises:
        _RefusedError: If the request as a whole cannot be taken.
    """
    most = filled(words.ALL_TOO_LARGE, size=limits.UPLOADED // _MB)
    if int(request.headers.get("content-length") or 0) > limits.UPLOADED + _FORM:
        raise _RefusedError(413, most)
    limited = Request(request.scope, _limited(request, limits.UPLOADED + _FORM, most))
    files: dict[str, Path] = {}
    refused: list[Message] = []
    try:
        async with limited.form(max_files=limits.UPLOADS, max_fields=1) as form:
            for sent in form.getlist("file"):
                if isinstance(sent, UploadFile):
                    await run_in_threadpool(_take, sent, folder, files, refused)
    except ClientDisconnect as error:
        raise _RefusedError(400, words.BROKEN_OFF) from error
    except HTTPException as error:  # what was sent is no form
        many = "Too many files" in error.detail
        line = filled(words.TOO_MANY, number=limits.UPLOADS) if many else words.BROKEN_OFF
        raise _RefusedError(400, line) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise _RefusedError(507, words.DISK_FULL if full else words.FAILED) from error
    if not files and not refused:
        raise _RefusedError(400, words.NO_FILES)
    return files, refused


def _limited(request: Request, most: int, message: Message) -> Callable[[], Awaitable[Received]]:
    """Receives what a request still has to say, up to a number of bytes."""
    had = 0

    async def receive() -> Received:
        nonlocal had
        received = await request.receive()
        had += len(received.get("body", b""))
        if had > most:
            raise _RefusedError(413, message)
        return received

    return receive


def _take(sent: UploadFile, folder: Path, files: dict[str, Path], refused: list[Message]) -> None:
    """Keeps a file in the folder, or a line that says why not."""
    name = distinct(safe_name(sent.filename or ""), files)
    if PurePosixPath(name).suffix.lower() not in KINDS:
        refused.append(filled(words.WRONG_KIND, file=name))
    elif (sent.size or 0) > limits.UPLOAD:
        refused.append(filled(words.TOO_LARGE, file=name, size=limits.UPLOAD // _MB))
    else:
        with (folder / name).open("xb") as kept:
            shutil.copyfileobj(sent.file, kept)
        files[name] = folder / name


def _page(request: Request, state: State | None, status: int = 200) -> Response:
    return _response(change_html(state, None, _language(request)), status)


def _refusal(
    request: Request, status: int, message: Message, state: State | None = None
) -> Response:
    return _response(change_html(state, message, _language(request)), status)


def _response(text: str, status: int) -> Response:
    return Response(text, status, {"cache-control": "no-store"}, "text/html; charset=utf-8")


def _language(request: Request) -> Language:
    wanted = request.query_params.get("lang")
    return of_tag(wanted) if wanted else language_of(request)

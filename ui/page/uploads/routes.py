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

from index.messages import Language, Message, MessageCatalogue
from index.readers import SUPPORTED_SUFFIXES
from ui.asgi.origin import is_same_origin
from ui.messages.language import parse_language_tag
from ui.page.auth.headers import parse_visitor_cookie
from ui.page.downloads import resolve_language
from ui.page.uploads.changes import BusyError, ChangeQueue, ChangeState, is_change_allowed
from ui.page.uploads.file_names import make_unique_name, sanitize_file_name
from ui.page.uploads.render import render_change
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "uploads")

_MB = 1 << 20
_FORM_OVERHEAD = 64 << 10  # bytes of a form beside its files
_Handler = Callable[[Request, str], Awaitable[Response]]


class _UploadError(Exception):
    """What was sent cannot be taken."""

    def __init__(self, status: int, message: Message) -> None:
        super().__init__(message.en)
        self.status = status
        self.message = message


def build_change_routes(changes: ChangeQueue) -> list[BaseRoute]:
    """The routes, to stand before those of the page."""
    endpoints = _ChangeEndpoints(changes)

    def create_route(path: str, method: str, handler: _Handler) -> Route:
        async def handle(request: Request) -> Response:
            return await endpoints.handle(request, handler)

        return Route(path, handle, methods=[method])

    return [
        create_route("/library/files", "POST", endpoints.add),
        create_route("/library/remove", "POST", endpoints.remove),
        create_route("/library/change", "GET", endpoints.state),
        create_route("/library/change/cancel", "POST", endpoints.cancel),
        create_route("/library/change/dismiss", "POST", endpoints.dismiss),
    ]


class _ChangeEndpoints:
    """What the library's panel asks for; every answer is a piece of HTML to be put into it."""

    def __init__(self, changes: ChangeQueue) -> None:
        self._changes = changes

    async def handle(self, request: Request, handler: _Handler) -> Response:
        """An answer for those who may have it."""
        visitor = parse_visitor_cookie(request.headers.get("cookie", ""))
        from_own_page = request.method == "GET" or is_same_origin(request.headers)
        if (
            visitor is None
            or not from_own_page
            or not is_change_allowed(self._changes, request.headers)
        ):
            return _respond_with_error(request, 403, _MESSAGES["not_allowed"])
        try:
            return await handler(request, visitor)
        except BusyError as error:
            return _respond_with_error(
                request, 409, error.message, self._changes.get_state(visitor)
            )
        except _UploadError as error:
            return _respond_with_error(request, error.status, error.message)

    async def add(self, request: Request, visitor: str) -> Response:
        """Files are sent."""
        folder = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="tongzhu-"))
        try:
            files, rejections = await _receive_files(request, folder)
            state = self._changes.add(visitor, files, folder, rejections)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return _respond_with_state(request, state, 202)

    async def remove(self, request: Request, visitor: str) -> Response:
        """A publication shall go."""
        publication = request.query_params.get("publication", "")
        return _respond_with_state(request, self._changes.remove(visitor, publication), 202)

    async def state(self, request: Request, visitor: str) -> Response:
        """How far the last change is."""
        return _respond_with_state(request, self._changes.get_state(visitor))

    async def cancel(self, request: Request, visitor: str) -> Response:
        """It shall stop."""
        self._changes.cancel(visitor)
        return _respond_with_state(request, self._changes.get_state(visitor))

    async def dismiss(self, request: Request, visitor: str) -> Response:
        """Its report has been read."""
        self._changes.dismiss(visitor)
        return _respond_with_state(request, self._changes.get_state(visitor))


async def _receive_files(request: Request, folder: Path) -> tuple[dict[str, Path], list[Message]]:
    """The files of a request, by their names; and why others in it are not taken.

    Raises:
        _RefusedError: If the request as a whole cannot be taken.
    """
    too_large = _MESSAGES["all_too_large"].format(size=limits.MAX_TOTAL_UPLOAD_BYTES // _MB)
    if (
        int(request.headers.get("content-length") or 0)
        > limits.MAX_TOTAL_UPLOAD_BYTES + _FORM_OVERHEAD
    ):
        raise _UploadError(413, too_large)
    limited_request = Request(
        request.scope,
        _limit_body(request, limits.MAX_TOTAL_UPLOAD_BYTES + _FORM_OVERHEAD, too_large),
    )
    files: dict[str, Path] = {}
    rejections: list[Message] = []
    try:
        async with limited_request.form(max_files=limits.MAX_UPLOADS, max_fields=1) as form:
            for upload in form.getlist("file"):
                if isinstance(upload, UploadFile):
                    await run_in_threadpool(_save_upload, upload, folder, files, rejections)
    except ClientDisconnect as error:
        raise _UploadError(400, _MESSAGES["connection_lost"]) from error
    except HTTPException as error:  # what was sent is no form
        is_too_many = "Too many files" in error.detail
        message = (
            _MESSAGES["too_many"].format(number=limits.MAX_UPLOADS)
            if is_too_many
            else _MESSAGES["connection_lost"]
        )
        raise _UploadError(400, message) from error
    except OSError as error:
        is_disk_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise _UploadError(
            507, _MESSAGES["disk_full"] if is_disk_full else _MESSAGES["failed"]
        ) from error
    if not files and not rejections:
        raise _UploadError(400, _MESSAGES["no_files"])
    return files, rejections


def _limit_body(
    request: Request, max_bytes: int, message: Message
) -> Callable[[], Awaitable[Received]]:
    """Receives what a request still has to say, up to a number of bytes."""
    received_bytes = 0

    async def receive() -> Received:
        nonlocal received_bytes
        event = await request.receive()
        received_bytes += len(event.get("body", b""))
        if received_bytes > max_bytes:
            raise _UploadError(413, message)
        return event

    return receive


def _save_upload(
    upload: UploadFile, folder: Path, files: dict[str, Path], rejections: list[Message]
) -> None:
    """Keeps a file in the folder, or a line that says why not."""
    name = make_unique_name(sanitize_file_name(upload.filename or ""), files)
    if PurePosixPath(name).suffix.lower() not in SUPPORTED_SUFFIXES:
        rejections.append(_MESSAGES["wrong_kind"].format(file=name))
    elif (upload.size or 0) > limits.MAX_UPLOAD_BYTES:
        rejections.append(
            _MESSAGES["too_large"].format(file=name, size=limits.MAX_UPLOAD_BYTES // _MB)
        )
    else:
        with (folder / name).open("xb") as target:
            shutil.copyfileobj(upload.file, target)
        files[name] = folder / name


def _respond_with_state(request: Request, state: ChangeState | None, status: int = 200) -> Response:
    return _build_html_response(render_change(state, None, _resolve_language(request)), status)


def _respond_with_error(
    request: Request, status: int, message: Message, state: ChangeState | None = None
) -> Response:
    return _build_html_response(render_change(state, message, _resolve_language(request)), status)


def _build_html_response(text: str, status: int) -> Response:
    return Response(text, status, {"cache-control": "no-store"}, "text/html; charset=utf-8")


def _resolve_language(request: Request) -> Language:
    requested = request.query_params.get("lang")
    return parse_language_tag(requested) if requested else resolve_language(request)

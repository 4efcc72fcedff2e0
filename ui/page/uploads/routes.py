"""Routes by which the page's script sends files and polls the state of a change."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Message as AsgiMessage

from index.messages import Message, MessageCatalogue
from index.readers.folders import is_readable
from ui.page.uploads.changes import BusyError, ChangeQueue, ChangeState, is_change_allowed
from ui.page.uploads.file_names import make_unique_name, sanitize_file_name
from ui.page.uploads.render import render_change
from ui.page.visitor import parse_visitor, resolve_language
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "uploads")

UPLOAD_PATH = "/library/files"
"""The path of the only route that takes a large body."""

_MB = 1 << 20
_FORM_OVERHEAD = 64 << 10  # bytes of a form besides its files
_Handler = Callable[[Request, str], Awaitable[Response]]


class _UploadError(Exception):
    """An upload that cannot be accepted."""

    def __init__(self, status: int, message: Message) -> None:
        super().__init__(message.en)
        self.status = status
        self.message = message


def build_change_routes(changes: ChangeQueue) -> list[BaseRoute]:
    """Return the routes, which come before those of the page."""
    endpoints = _ChangeEndpoints(changes)

    def create_route(path: str, method: str, handler: _Handler) -> Route:
        async def handle(request: Request) -> Response:
            return await endpoints.handle(request, handler)

        return Route(path, handle, methods=[method])

    return [
        create_route(UPLOAD_PATH, "POST", endpoints.add),
        create_route("/library/remove", "POST", endpoints.remove),
        create_route("/library/change", "GET", endpoints.state),
        create_route("/library/change/cancel", "POST", endpoints.cancel),
        create_route("/library/change/dismiss", "POST", endpoints.dismiss),
    ]


class _ChangeEndpoints:
    """The endpoints of the library's panel; every response is HTML to be shown in it."""

    def __init__(self, changes: ChangeQueue) -> None:
        self._changes = changes

    async def handle(self, request: Request, handler: _Handler) -> Response:
        """Return the response of a handler, for visitors who may change the library."""
        visitor = parse_visitor(request.headers)
        if visitor is None or not is_change_allowed(self._changes, request.headers):
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
        """Add the files of a request."""
        folder = await run_in_threadpool(self._changes.create_folder)
        try:
            files, rejections = await _receive_files(request, folder)
            state = self._changes.add(visitor, files, folder, rejections)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return _respond_with_state(request, state, 202)

    async def remove(self, request: Request, visitor: str) -> Response:
        """Remove a publication."""
        publication = request.query_params.get("publication", "")
        return _respond_with_state(request, self._changes.remove(visitor, publication), 202)

    async def state(self, request: Request, visitor: str) -> Response:
        """Return the state of the last change."""
        return _respond_with_state(request, self._changes.get_state(visitor))

    async def cancel(self, request: Request, visitor: str) -> Response:
        """Cancel the last change."""
        self._changes.cancel(visitor)
        return _respond_with_state(request, self._changes.get_state(visitor))

    async def dismiss(self, request: Request, visitor: str) -> Response:
        """Dismiss the report of the last change."""
        self._changes.dismiss(visitor)
        return _respond_with_state(request, self._changes.get_state(visitor))


async def _receive_files(request: Request, folder: Path) -> tuple[dict[str, Path], list[Message]]:
    """Return the files of a request by name, and why others in it are not taken.

    Raises:
        _UploadError: If the request as a whole cannot be accepted.
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
    except HTTPException as error:  # not a valid form
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
) -> Callable[[], Awaitable[AsgiMessage]]:
    """Return a function that receives the body of a request up to a number of bytes."""
    received_bytes = 0

    async def receive() -> AsgiMessage:
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
    """Save a file to the folder, or add the message that says why not."""
    name = make_unique_name(sanitize_file_name(upload.filename or ""), files)
    if (upload.size or 0) > limits.MAX_UPLOAD_BYTES:
        rejections.append(
            _MESSAGES["too_large"].format(file=name, size=limits.MAX_UPLOAD_BYTES // _MB)
        )
        return
    path = folder / name
    with path.open("xb") as target:
        shutil.copyfileobj(upload.file, target)
    if is_readable(path):
        files[name] = path
    else:
        path.unlink()
        rejections.append(_MESSAGES["wrong_kind"].format(file=name))


def _respond_with_state(request: Request, state: ChangeState | None, status: int = 200) -> Response:
    return _build_html_response(
        render_change(state, None, resolve_language(request.query_params, request.headers)), status
    )


def _respond_with_error(
    request: Request, status: int, message: Message, state: ChangeState | None = None
) -> Response:
    return _build_html_response(
        render_change(state, message, resolve_language(request.query_params, request.headers)),
        status,
    )


def _build_html_response(text: str, status: int) -> Response:
    return Response(text, status, {"cache-control": "no-store"}, "text/html; charset=utf-8")

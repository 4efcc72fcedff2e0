"""The connection to Qdrant: a client, retries with a limit, and errors that say what to do."""

from __future__ import annotations

import atexit
import os
import threading
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from index.errors import LibraryError
from index.messages import MessageCatalogue

KEY_VARIABLE = "TONGZHU_QDRANT_KEY"
"""The environment variable with the key of the server."""

RETRY_DELAYS = (0.1, 0.3, 0.9)
"""The seconds before each further attempt at what a server did not answer."""

_MESSAGES = MessageCatalogue("index", "engines")
_TIMEOUT = 30  # seconds, of one request
_TOO_MANY_REQUESTS, _SERVER_ERROR = 429, 500
_REFUSED = (401, 403)
_MAX_REASON = 200  # characters

_T = TypeVar("_T")


class QdrantConnection:
    """A client of a server, or of a folder that this process alone uses. Safe to use from threads.

    Attributes:
        location: The address of the server, or the folder.
        is_server: Whether it is a server.
    """

    def __init__(self, location: str) -> None:
        """Take the address; nothing is sent yet.

        Args:
            location: The address of a server (`https://…`), or a folder, in which the client's
                local mode then keeps everything: for trying out.

        Raises:
            LibraryError: If the client is not installed, or the folder is in use.
        """
        self.location = location
        self.is_server = location.startswith(("http://", "https://"))
        self._lock = threading.Lock()
        try:
            from qdrant_client import QdrantClient
        except ImportError:
            raise LibraryError(_MESSAGES["not_installed"].format()) from None
        if self.is_server:
            with warnings.catch_warnings():  # that a key goes over an open connection
                warnings.simplefilter("ignore", UserWarning)
                self._client = QdrantClient(
                    url=location,
                    api_key=os.environ.get(KEY_VARIABLE) or None,
                    timeout=_TIMEOUT,
                    check_compatibility=False,
                )
            return
        try:
            Path(location).mkdir(parents=True, exist_ok=True)
            self._client = QdrantClient(path=location, force_disable_check_same_thread=True)
            atexit.register(self._client.close)  # later, what it needs is gone
        except (OSError, RuntimeError) as error:  # that another process uses it
            raise LibraryError(_MESSAGES["folder"].format(folder=location, reason=error)) from None

    def send(self, request: Callable[[Any], _T]) -> _T:
        """Return what a request returns, repeated where the server does not answer it.

        Args:
            request: Calls a method of the client. It may be called several times.

        Raises:
            LibraryError: If the server cannot be reached, fails again and again, or refuses it.
        """
        client_errors = _client_errors()
        for delay in RETRY_DELAYS if self.is_server else ():
            try:
                return request(self._client)
            except client_errors as error:
                if not _is_passing(error):
                    raise self._describe(error) from error
            time.sleep(delay)
        return self._send_once(request)

    def try_once(self, request: Callable[[Any], object]) -> bool:
        """Return whether the server did what it was asked, without repeating it.

        Args:
            request: Calls a method of the client.
        """
        try:
            self._send_once(request)
        except LibraryError:
            return False
        return True

    def _send_once(self, request: Callable[[Any], _T]) -> _T:
        try:
            if self.is_server:
                return request(self._client)
            with self._lock, warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # that it is not meant for so much
                return request(self._client)
        except _client_errors() as error:
            raise self._describe(error) from error

    def _describe(self, error: Exception) -> LibraryError:
        """Return the error that says what to do."""
        if getattr(error, "status_code", None) in _REFUSED:
            return LibraryError(
                _MESSAGES["refused"].format(url=self.location, variable=KEY_VARIABLE)
            )
        cause = getattr(error, "source", error)
        reason = " ".join(str(cause).split())[:_MAX_REASON] or type(cause).__name__
        return LibraryError(_MESSAGES["no_answer"].format(url=self.location, reason=reason))


@cache
def connect(location: str) -> QdrantConnection:
    """Return the connection of this process to a server or folder.

    Args:
        location: The address of a server, or a folder.

    Raises:
        LibraryError: If the client is not installed, or another process uses the folder.
    """
    return QdrantConnection(location)


def _client_errors() -> tuple[type[Exception], ...]:
    """Return the errors of the client that say that a request failed."""
    from qdrant_client.common.client_exceptions import QdrantException
    from qdrant_client.http.exceptions import ApiException

    return ApiException, QdrantException


def _is_passing(error: Exception) -> bool:
    """Return whether the same request may succeed later."""
    from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
    from qdrant_client.http.exceptions import ResponseHandlingException

    status = getattr(error, "status_code", None)
    if status is not None:
        return bool(status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR)
    return isinstance(error, ResponseHandlingException | ResourceExhaustedResponse)

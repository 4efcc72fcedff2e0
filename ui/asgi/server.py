"""The address that a server listens at, and the server that runs there until it is told to stop."""

from __future__ import annotations

import errno
import socket

import uvicorn
from starlette.types import ASGIApp

from index.errors import TongzhuError
from ui.messages.cli import CANNOT_LISTEN, PORT_TAKEN, filled
from ui.service import limits


class ListenError(TongzhuError):
    """A server cannot listen where it is told to."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 is any free one.

    Raises:
        ListenError: If that is not possible.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, kind, protocol, _, address = found[0]
        # With the protocol named, asyncio sends every answer at once instead of holding it back
        # (Nagle's algorithm) until the client confirms its first half, up to 40 ms later.
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(1024)
        except OSError:
            listening.close()
            raise
    except (OSError, UnicodeError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = getattr(error, "strerror", None) or str(error)
        template = PORT_TAKEN if taken else CANNOT_LISTEN
        message = filled(template, host=host, port=port, reason=reason)
        raise ListenError(message.en, message.zh) from error
    return listening


def address(listening: socket.socket, host: str) -> str:
    """How a browser or a client names the server."""
    port = listening.getsockname()[1]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Serves until a signal says to stop; what is being answered then is answered."""
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=limits.CONNECTIONS,
        h11_max_incomplete_event_size=limits.HEADERS,
        timeout_graceful_shutdown=limits.GRACE,
    )
    uvicorn.Server(config).run(sockets=[listening])

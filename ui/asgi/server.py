"""The address that a server listens at, and the server that runs there until it is told to stop."""

from __future__ import annotations

import errno
import socket

import uvicorn
from starlette.types import ASGIApp

from index.errors import TongzhuError
from index.messages import MessageCatalogue
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "cli")


class ListenError(TongzhuError):
    """A server cannot listen where it is told to."""


def open_socket(host: str, port: int) -> socket.socket:
    """A socket that listens at an address; port 0 is any free one.

    Raises:
        ListenError: If that is not possible.
    """
    try:
        addresses = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
        family, socket_type, protocol, _, address = addresses[0]
        # With the protocol named, asyncio sends every answer at once instead of holding it back
        # (Nagle's algorithm) until the client confirms its first half, up to 40 ms later.
        server_socket = socket.socket(family, socket_type, protocol)
        try:
            server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server_socket.bind(address)
            server_socket.listen(1024)
        except OSError:
            server_socket.close()
            raise
    except (OSError, UnicodeError) as error:
        is_taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        reason = getattr(error, "strerror", None) or str(error)
        template = _MESSAGES["port_taken"] if is_taken else _MESSAGES["cannot_listen"]
        message = template.format(host=host, port=port, reason=reason)
        raise ListenError(message.en, message.zh) from error
    return server_socket


def format_url(server_socket: socket.socket, host: str) -> str:
    """How a browser or a client names the server."""
    port = server_socket.getsockname()[1]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def run_server(app: ASGIApp, server_socket: socket.socket) -> None:
    """Serves until a signal says to stop; what is being answered then is answered."""
    config = uvicorn.Config(
        app,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=limits.MAX_CONNECTIONS,
        h11_max_incomplete_event_size=limits.MAX_HEADER_BYTES,
        timeout_graceful_shutdown=limits.SHUTDOWN_TIMEOUT_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[server_socket])

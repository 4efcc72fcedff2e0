"""The address that a server listens at."""

from __future__ import annotations

import errno
import socket

from index.errors import TongzhuError
from index.messages import MessageCatalogue
from ui.asgi.origin import format_host

_MESSAGES = MessageCatalogue("ui", "cli")


class ListenError(TongzhuError):
    """A server cannot listen at the address that was named."""


def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address.

    Args:
        host: A name or an address.
        port: A number; 0 for any port that is free.

    Raises:
        ListenError: If the address is taken, or cannot be listened at.
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
        template = _MESSAGES["port_taken" if is_taken else "cannot_listen"]
        message = template.format(host=host, port=port, reason=reason)
        raise ListenError(message) from error
    return server_socket


def format_url(host: str, port: int) -> str:
    """Return the address as a browser or a client names it."""
    return f"http://{format_host(host)}:{port}"

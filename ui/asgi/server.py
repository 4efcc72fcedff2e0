"""The server that runs an application until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from ui.asgi.connections import ConnectionLimits, ConnectionTable, ServerConfig
from ui.asgi.proxies import ForwardedHeaders, TrustedProxies
from ui.service import limits

_BACKLOG = 128  # connections that are accepted at once, before those that wait are closed


class _Server(uvicorn.Server):
    """A server that says when it begins to stop, to applications whose responses have no end."""

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop when requests in progress are finished."""
        self._on_stop()
        await super().shutdown(sockets)


def run_server(
    app: ASGIApp,
    server_socket: socket.socket,
    proxies: TrustedProxies,
    on_stop: Callable[[], None] = lambda: None,
) -> None:
    """Serve until a signal says to stop; requests in progress are finished.

    Args:
        app: What to run.
        server_socket: The socket to run it at.
        proxies: Those in front of it.
        on_stop: Called in the event loop before it waits for these requests.
    """
    config = ServerConfig(
        ForwardedHeaders(app, proxies),
        ConnectionTable(ConnectionLimits(), proxies),
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        backlog=_BACKLOG,
        h11_max_incomplete_event_size=limits.MAX_HEADER_BYTES,
        timeout_graceful_shutdown=limits.SHUTDOWN_TIMEOUT_SECONDS,
    )
    _Server(config, on_stop).run(sockets=[server_socket])

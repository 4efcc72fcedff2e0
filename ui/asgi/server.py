"""The server that runs an application until it is told to stop."""

from __future__ import annotations

import socket

import uvicorn
from starlette.types import ASGIApp

from ui.service import limits


def run_server(app: ASGIApp, server_socket: socket.socket) -> None:
    """Serve until a signal says to stop; requests in progress are finished."""
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

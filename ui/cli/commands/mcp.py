"""`tongzhu mcp`: the library for agents, over stdin and stdout or over HTTP."""

from __future__ import annotations

import logging
import os
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.messages import Language
from rag.adapters.extras import build_extra_error
from rag.written.endpoint import load_endpoint
from ui.cli.commands.serve import open_shared_limiter, run_until_stopped, warn_if_exposed
from ui.cli.paths import resolve_library_path
from ui.service.limits import Limits

if TYPE_CHECKING:
    from mcp.server.lowlevel.server import Server

    from ui.asgi.options import ServerOptions


def serve_mcp(
    library: Path | None,
    options: ServerOptions | None,
    language: Language,
    *,
    limits: Limits,
    llm: str = "",
) -> int:
    """Serve one agent over stdin and stdout; with options, any number of them over HTTP."""
    try:
        import anyio

        from ui.asgi.address import open_socket
        from ui.asgi.logs import log_to_stderr
        from ui.asgi.workers import WorkerPool
        from ui.cli.writing import build_writer
        from ui.mcp.server import MCP_PATH, build_http_app, build_server, serve_stdio
        from ui.service.service import Service
    except ImportError as error:
        raise build_extra_error("mcp", error) from error
    log_to_stderr(logging.WARNING)
    endpoint = load_endpoint(llm)
    workers = WorkerPool(limits)

    def build() -> Server[Any]:
        service = Service(resolve_library_path(library))
        writer = build_writer(service, endpoint, language)
        return build_server(service, workers, limits, language, writer)

    try:
        if options is None:
            # A thread waits for stdin and cannot be called back; there is nothing to be undone.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            anyio.run(serve_stdio, build())
            return 0
        options.validate()
        access_policy = options.build_access_policy(os.environ)
        with ExitStack() as stack:
            server_socket = stack.enter_context(open_socket(options.host, options.port))
            shared_limiter = stack.enter_context(open_shared_limiter(options.store, limits))
            mcp_server = build()
            warn_if_exposed(options, access_policy, language)
            app = build_http_app(mcp_server, limits, access_policy, shared_limiter)
            run_until_stopped(app, server_socket, options, language, path=MCP_PATH)
        return 0
    finally:
        workers.stop()

"""`tongzhu serve`: the library for programs, over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.messages import Language, MessageCatalogue
from rag.adapters.extras import build_extra_error
from rag.written.endpoint import load_endpoint
from ui.cli.output import print_line
from ui.cli.paths import resolve_library_path
from ui.cli.shared_store import resolve_store
from ui.conversations.databases import open_database
from ui.service.limits import DEFAULT_REQUESTS_PER_MINUTE, Limits

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from ui.asgi.options import ServerOptions
    from ui.asgi.rate_limit import RateLimit
    from ui.asgi.request_limits import AccessPolicy

_MESSAGES = MessageCatalogue("ui", "cli")


def build_limits(
    options: ServerOptions, requests_per_minute: int | None, timeout_seconds: int
) -> Limits:
    """Return the limits of a server."""
    if requests_per_minute is None:
        requests_per_minute = 0 if options.is_local else DEFAULT_REQUESTS_PER_MINUTE
    return Limits(requests_per_minute=requests_per_minute, timeout_seconds=timeout_seconds)


def serve(
    library: Path | None,
    options: ServerOptions,
    language: Language,
    *,
    limits: Limits,
    cached_answers: int,
    llm: str = "",
) -> int:
    """Serve the library until it is stopped."""
    try:
        from ui.api.app import build_app
        from ui.asgi.address import open_socket
        from ui.cli.writing import build_writer
        from ui.service.service import Service
    except ImportError as error:
        raise build_extra_error("serve", error) from error
    options.validate()
    endpoint = load_endpoint(llm)
    access_policy = options.build_access_policy(os.environ)
    with ExitStack() as stack:
        server_socket = stack.enter_context(open_socket(options.host, options.port))
        shared_limiter = stack.enter_context(open_shared_limiter(options.store, limits))
        service = Service(resolve_library_path(library), cached_answers=cached_answers)
        service.warm_up()
        writer = build_writer(service, endpoint, language)
        warn_if_exposed(options, access_policy, language)
        app = build_app(service, limits, access_policy, writer, shared_limiter)
        run_until_stopped(app, server_socket, options, language)
    return 0


@contextmanager
def open_shared_limiter(store: str, limits: Limits) -> Iterator[RateLimit | None]:
    """Give what counts requests over several servers; None without a store.

    Args:
        store: The value of --store.
        limits: Those of the server.

    Raises:
        OptionError: If it is no address of a database.
        StorageError: If the database cannot be opened.
    """
    address = resolve_store(store)
    if not address:
        yield None
        return
    from ui.api.shared_rate_limit import SharedRateLimiter

    with closing(open_database(address)) as database:
        yield SharedRateLimiter(database, limits.requests_per_minute)


def run_until_stopped(
    app: ASGIApp,
    server_socket: socket.socket,
    options: ServerOptions,
    language: Language,
    path: str = "",
) -> None:
    """Run an application until a signal says to stop, and print its address.

    Args:
        app: What to run.
        server_socket: The socket to run it at.
        options: Those that the socket was opened with.
        language: The user's.
        path: The path of the application.
    """
    from ui.asgi.address import format_url
    from ui.asgi.logs import log_to_stderr
    from ui.asgi.server import run_server

    url = format_url(options.host, server_socket.getsockname()[1]) + path
    print_line(_MESSAGES["serving_api"].in_language(language, address=url))
    sys.stdout.flush()
    log_to_stderr()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run_server(app, server_socket, options.build_trusted_proxies())
    except KeyboardInterrupt:
        print_line(_MESSAGES["stopped"].in_language(language), stderr=True)


def warn_if_exposed(
    options: ServerOptions, access_policy: AccessPolicy, language: Language
) -> None:
    """Print a warning where anybody who reaches the server can read the library."""
    if not options.is_local and not access_policy.api_keys:
        print_line(_MESSAGES["api_exposed"].in_language(language, host=options.host), stderr=True)

"""`tongzhu serve`: the library for programs, over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rag.adapters.extras import missing
from ui.cli.output import print_line
from ui.cli.paths import library_path
from ui.messages import cli
from ui.messages.cli import Language, say
from ui.service.limits import RATE, Limits

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from ui.asgi.options import Door
    from ui.asgi.request_limits import Access


def limits_of(door: Door, rate: int | None, seconds: int) -> Limits:
    """What the clients at a door are granted."""
    if rate is None:
        rate = 0 if door.local else RATE
    return Limits(rate=rate, seconds=seconds)


def serve(
    library: Path | None, door: Door, language: Language, *, limits: Limits, remembered: int
) -> int:
    """Serves the library until it is stopped."""
    try:
        from ui.api.app import build
        from ui.asgi.server import listen
        from ui.service.service import Service
    except ImportError as error:
        raise missing("serve", error) from error
    access = door.access(os.environ)
    with listen(door.host, door.port) as listening:
        service = Service(library_path(library), remembered=remembered)
        service.warm_up()
        warn(door, access, language)
        attend(build(service, limits, access), listening, door.host, language)
    return 0


def attend(
    app: ASGIApp, listening: socket.socket, host: str, language: Language, at: str = ""
) -> None:
    """Runs an application until a signal says to stop, and says where it is found.

    Args:
        app: What to run.
        listening: The socket to run it at.
        host: What the user calls that address.
        language: The user's.
        at: The path of the application.
    """
    from ui.asgi.logs import log_to_stderr
    from ui.asgi.server import address, run

    where = address(listening, host) + at
    print_line(say(cli.SERVING_PROGRAMS, language, address=where))
    sys.stdout.flush()
    log_to_stderr()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(app, listening)
    except KeyboardInterrupt:
        print_line(say(cli.STOPPED, language), stderr=True)


def warn(door: Door, access: Access, language: Language) -> None:
    """Says so where anybody who reaches the server can read the library."""
    if not door.local and not access.keys:
        print_line(say(cli.SERVING_BEYOND, language, host=door.host), stderr=True)

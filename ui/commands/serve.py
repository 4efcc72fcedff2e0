"""`tongzhu serve`: the library for programs, over HTTP."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rag.extras import missing
from ui import strings
from ui.limits import Limits
from ui.output import print_line
from ui.place import library_path
from ui.strings import Language, say

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from ui.http.door import Door

RATE_BEYOND = 600
"""Requests a minute from one client, where others than this machine reach the server."""


def limits_of(door: Door, rate: int | None, seconds: int) -> Limits:
    """What the clients at a door are granted."""
    if rate is None:
        rate = 0 if door.local else RATE_BEYOND
    return Limits(rate=rate, seconds=seconds)


def serve(
    library: Path | None, door: Door, language: Language, *, limits: Limits, remembered: int
) -> int:
    """Serves the library until it is stopped."""
    try:
        from ui.http.app import build
        from ui.service import Service
    except ImportError as error:
        raise missing("serve", error) from error
    access = door.access(os.environ)
    service = Service(library_path(library), remembered=remembered)
    service.warm_up()
    return attend(build(service, limits, access), door, language, guarded=bool(access.keys))


def attend(app: ASGIApp, door: Door, language: Language, *, guarded: bool, at: str = "") -> int:
    """Runs an application at a door until a signal says to stop.

    Args:
        app: What to run.
        door: Where.
        language: Of who started it.
        guarded: Whether it wants an API key.
        at: The path under which the application is found.
    """
    from ui.http.listen import address, listen, run
    from ui.http.logs import log_to_stderr

    with listen(door.host, door.port) as listening:
        if not door.local and not guarded:
            print_line(say(strings.LISTENING_BEYOND, language, host=door.host), stderr=True)
        where = address(listening, door.host) + at
        print_line(say(strings.SERVING_PROGRAMS, language, address=where))
        sys.stdout.flush()
        log_to_stderr()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            run(app, listening)
        except KeyboardInterrupt:
            print_line(say(strings.STOPPED, language), stderr=True)
    return 0

"""`tongzhu mcp`: the library for agents, over stdin and stdout or over HTTP."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from rag.adapters.extras import missing
from ui.cli.commands.serve import attend, warn
from ui.cli.paths import library_path
from ui.messages.cli import Language
from ui.service.limits import Limits

if TYPE_CHECKING:
    from ui.asgi.options import Door


def mcp(library: Path | None, door: Door | None, language: Language, *, limits: Limits) -> int:
    """Serves one agent over stdin and stdout; with a door, any number of them over HTTP."""
    try:
        import anyio

        from ui.asgi.logs import log_to_stderr
        from ui.asgi.server import listen
        from ui.asgi.workers import Workers
        from ui.mcp.server import PATH, over_http, server, talk
        from ui.service.service import Service
    except ImportError as error:
        raise missing("mcp", error) from error
    log_to_stderr(logging.WARNING)
    workers = Workers(limits)
    try:
        if door is None:
            # A thread waits for stdin and cannot be called back; there is nothing to be undone.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            anyio.run(talk, server(Service(library_path(library)), workers, limits, language))
            return 0
        access = door.access(os.environ)
        with listen(door.host, door.port) as listening:
            serving = server(Service(library_path(library)), workers, limits, language)
            warn(door, access, language)
            app = over_http(serving, limits, access)
            attend(app, listening, door.host, language, at=PATH)
        return 0
    finally:
        workers.stop()

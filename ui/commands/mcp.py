"""`tongzhu mcp`: the library for agents, over stdin and stdout or over HTTP."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rag.extras import missing
from ui.commands.serve import attend
from ui.limits import Limits
from ui.place import library_path
from ui.strings import Language

if TYPE_CHECKING:
    from ui.http.door import Door


def mcp(library: Path | None, door: Door | None, language: Language, *, limits: Limits) -> int:
    """Serves one agent over stdin and stdout; with a door, any number of them over HTTP."""
    try:
        import anyio

        from ui.http.logs import log_to_stderr
        from ui.http.workers import Workers
        from ui.mcp.server import PATH, over_http, server, talk
        from ui.service import Service
    except ImportError as error:
        raise missing("mcp", error) from error
    log_to_stderr(logging.WARNING)
    service = Service(library_path(library))
    workers = Workers(limits)
    serving = server(service, workers, limits, language)
    try:
        if door is None:
            anyio.run(talk, serving)
            return 0
        access = door.access(os.environ)
        app = over_http(serving, limits, access)
        return attend(app, door, language, guarded=bool(access.keys), at=PATH)
    finally:
        workers.stop()

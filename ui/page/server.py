"""Serves the chat page: the page itself, what can be downloaded from it, and their guard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from starlette.middleware import Middleware

from ui.page.auth.headers import Guard
from ui.page.auth.middleware import Lock
from ui.page.chat_sessions import Room
from ui.page.downloads import routes
from ui.page.gradio_offline import gr
from ui.page.html_head import Head
from ui.page.layout import build
from ui.page.uploads.routes import change_routes

_STATIC = Path(__file__).with_name("static")
_SANS = "system-ui, -apple-system, 'Segoe UI', 'PingFang TC', 'Microsoft JhengHei', 'Noto Sans TC'"
_FONTS = [gr.themes.Font(name.strip(" '")) for name in f"{_SANS}, sans-serif".split(",")]


def serve(room: Room, host: str, port: int, ready: Callable[[], None]) -> None:
    """Serves the page until the process is told to stop.

    Args:
        room: The library, and what visitors asked it.
        host: The address to listen at.
        port: The port to listen at.
        ready: Called once when the page can be opened.

    Raises:
        OSError: If the port is taken.
        KeyboardInterrupt: When the process is told to stop.
    """
    page = build(room)
    locked = [Middleware(Lock, key=room.key)] if room.key else []
    before = [Middleware(Guard), *locked, Middleware(Head)]
    own = [*routes(room), *(change_routes(room.changes) if room.changes else ())]
    page.launch(
        server_name=host,
        server_port=port,
        share=False,
        quiet=True,
        prevent_thread_lock=True,
        ssr_mode=False,
        enable_monitoring=False,
        footer_links=[],
        favicon_path=_STATIC / "favicon.png",
        css_paths=[_STATIC / "page.css", _STATIC / "marks.css", _STATIC / "uploads.css"],
        theme=gr.themes.Base(font=_FONTS, font_mono=["monospace"]),
        app_kwargs={"middleware": before, "routes": own},
    )
    try:
        ready()
        threading.Event().wait()
    finally:
        if room.changes:
            room.changes.close()
        page.close(verbose=False)

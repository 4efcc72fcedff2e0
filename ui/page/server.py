"""The server of the chat page, its downloads and its middleware."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from starlette.middleware import Middleware

from ui.page.auth.headers import SecurityHeaders
from ui.page.auth.middleware import PasswordMiddleware
from ui.page.chat_sessions import ChatSessions
from ui.page.downloads import build_routes
from ui.page.gradio_offline import gr
from ui.page.html_head import HeadMiddleware
from ui.page.layout import build_page
from ui.page.uploads.routes import build_change_routes

_STATIC = Path(__file__).with_name("static")
_SANS = "system-ui, -apple-system, 'Segoe UI', 'PingFang TC', 'Microsoft JhengHei', 'Noto Sans TC'"
_FONTS = [gr.themes.Font(name.strip(" '")) for name in f"{_SANS}, sans-serif".split(",")]


def serve(sessions: ChatSessions, host: str, port: int, on_ready: Callable[[], None]) -> None:
    """Serve the page until the process is interrupted.

    Args:
        sessions: The library and the conversations with it.
        host: The address to listen on.
        port: The port to listen on.
        on_ready: Called once when the page can be opened.

    Raises:
        OSError: If the port is taken.
        KeyboardInterrupt: When the process is interrupted.
    """
    page = build_page(sessions)
    password_middleware = (
        [Middleware(PasswordMiddleware, signer=sessions.signer)] if sessions.signer else []
    )
    middleware = [Middleware(SecurityHeaders), *password_middleware, Middleware(HeadMiddleware)]
    extra_routes = [
        *build_routes(sessions),
        *(build_change_routes(sessions.changes) if sessions.changes else ()),
    ]
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
        css_paths=[_STATIC / "page.css", _STATIC / "feedback.css", _STATIC / "uploads.css"],
        theme=gr.themes.Base(font=_FONTS, font_mono=["monospace"]),
        app_kwargs={"middleware": middleware, "routes": extra_routes},
    )
    try:
        on_ready()
        threading.Event().wait()
    finally:
        if sessions.changes:
            sessions.changes.close()
        page.close(verbose=False)

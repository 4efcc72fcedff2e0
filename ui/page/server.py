"""The application of the chat page: Gradio's, our routes beside it, and the middleware of both."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import redirect_stderr
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp

from ui.asgi.address import format_url, open_socket
from ui.asgi.body_limit import BodyLimit
from ui.asgi.logs import CutStream
from ui.asgi.options import ServerOptions
from ui.asgi.origin import OriginCheck, OriginPolicy
from ui.asgi.server import run_server
from ui.page.assets import build_asset_routes
from ui.page.auth.headers import SecurityHeaders
from ui.page.auth.middleware import PasswordMiddleware
from ui.page.chat_sessions import ChatSessions
from ui.page.downloads import build_routes
from ui.page.event_middleware import EventMiddleware
from ui.page.exports import build_export_routes
from ui.page.gradio_offline import gr
from ui.page.history import build_history_route
from ui.page.html_head import HeadMiddleware
from ui.page.keeping.collections import build_collection_routes
from ui.page.keeping.shares import build_share_routes
from ui.page.layout import build_page
from ui.page.printed_page import build_picture_route
from ui.page.reading.routes import build_reading_routes
from ui.page.uploads.routes import UPLOAD_PATH, build_change_routes
from ui.page.words import build_words_route
from ui.page.writing.routes import build_writing_routes
from ui.service.limits import Limits

_STATIC = Path(__file__).with_name("static")
_STYLE_SHEETS = ("page", "feedback", "uploads", "export", "keeping", "listing", "answer", "writing")
_SANS = "system-ui, -apple-system, 'Segoe UI', 'PingFang TC', 'Microsoft JhengHei', 'Noto Sans TC'"
_FONTS = [gr.themes.Font(name.strip(" '")) for name in f"{_SANS}, sans-serif".split(",")]


def build_gradio_app(sessions: ChatSessions) -> FastAPI:
    """Return the page and the routes beside it, without what checks requests."""
    changes, store = sessions.changes, sessions.conversations.store
    routes = [
        *build_routes(sessions),
        build_picture_route(sessions.service),
        *build_export_routes(sessions.service),
        *build_asset_routes(),
        build_words_route(sessions.service),
        *build_reading_routes(sessions.service),
        build_history_route(store),
        *build_collection_routes(sessions.service, store.collections),
        *build_share_routes(store.shares),
        *build_writing_routes(store, sessions.writer),
        *(build_change_routes(changes) if changes else ()),
    ]
    page = build_page(sessions)
    app = FastAPI(routes=routes, openapi_url=None)
    app.add_middleware(EventMiddleware, page=page)
    gr.mount_gradio_app(
        app,
        page,
        "/",
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        footer_links=[],
        favicon_path=str(_STATIC / "favicon.png"),
        css_paths=[_STATIC / f"{name}.css" for name in _STYLE_SHEETS],
        theme=gr.themes.Base(font=_FONTS, font_mono=["monospace"]),
    )
    return app


def build_app(sessions: ChatSessions, policy: OriginPolicy, gradio_app: ASGIApp) -> ASGIApp:
    """Return the server of the page as an ASGI application."""
    app: ASGIApp = HeadMiddleware(gradio_app)
    if sessions.signer:
        app = PasswordMiddleware(app, sessions.signer)
    app = BodyLimit(SecurityHeaders(app), Limits().max_body_bytes, exempt_paths={UPLOAD_PATH})
    return OriginCheck(app, policy)


def serve(sessions: ChatSessions, options: ServerOptions, on_ready: Callable[[str], None]) -> None:
    """Serve the page until the process is interrupted.

    Args:
        sessions: The library and the conversations with it.
        options: Where to serve it, and which requests are answered.
        on_ready: Called with the address of the page once it can be opened.

    Raises:
        ListenError, OptionError: If an option cannot be met.
        KeyboardInterrupt: When the process is interrupted.
    """
    gradio_app = build_gradio_app(sessions)
    app = build_app(sessions, options.build_origin_policy(), gradio_app)
    proxies = options.build_trusted_proxies()
    try:
        with (
            open_socket(options.host, options.port) as server_socket,
            redirect_stderr(CutStream(sys.stderr)),
        ):
            on_ready(format_url(options.host, server_socket.getsockname()[1]))
            run_server(app, server_socket, proxies, on_stop=partial(_end_streams, gradio_app))
    finally:
        if sessions.changes:
            sessions.changes.close()


def _end_streams(gradio_app: FastAPI) -> None:
    """End the streams to open pages, which would not end by themselves."""
    for route in gradio_app.routes:
        if isinstance(route, Mount) and isinstance(route.app, gr.routes.App):
            route.app.stop_event.set()

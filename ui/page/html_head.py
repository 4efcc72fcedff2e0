"""The HTML head of the page: its title, description and preview where its address is shared."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.messages import Language
from ui.messages.language import LANGUAGE_TAGS
from ui.page.assets import READING_SCRIPT, READING_STYLE
from ui.page.render import render_template
from ui.page.visitor import resolve_language

_GRADIO_META = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')


def replace_head(html: str, language: Language) -> str:
    """Return the page's HTML with our head in place of Gradio's metadata."""
    head, script, remainder = html.partition("<script>")
    head = _GRADIO_META.sub("", head).replace('lang="en"', f'lang="{LANGUAGE_TAGS[language]}"', 1)
    own_head = render_template(
        "head.html",
        language,
        print_css=_read_print_css(),
        style_address=READING_STYLE.address,
        script_address=READING_SCRIPT.address,
    )
    return f"{head}{own_head}\n{script}{remainder}"


@cache
def _read_print_css() -> str:
    return Path(__file__).with_name("static").joinpath("print.css").read_text(encoding="utf-8")


class HeadMiddleware:
    """ASGI middleware that replaces the head of the page's HTML."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request (ASGI)."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start_messages: list[Message] = []
        body = bytearray()

        async def send_with_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                start_messages.append(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            (start,) = start_messages
            headers = MutableHeaders(scope=start)
            content = bytes(body)
            if headers.get("content-type", "").startswith("text/html"):
                request = Request(scope)
                language = resolve_language(request.query_params, request.headers)
                content = replace_head(content.decode(), language).encode()
                headers["content-length"] = str(len(content))
            await send(start)
            await send({"type": "http.response.body", "body": content})

        await self._app(scope, receive, send_with_head)

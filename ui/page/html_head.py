"""What the page says of itself before it is drawn: to browsers, and where its address is shared."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.messages.cli import Language
from ui.page.downloads import language_of
from ui.page.render import TAGS, rendered

_OF_GRADIO = re.compile(r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*')


def headed(html: str, language: Language) -> str:
    """The page's HTML, with our head in the place of what Gradio says of itself."""
    head, script, rest = html.partition("<script>")
    head = _OF_GRADIO.sub("", head).replace('lang="en"', f'lang="{TAGS[language]}"', 1)
    return f"{head}{rendered('head.html', language)}\n{script}{rest}"


class Head:
    """Puts the head on the page's HTML; everything else goes through as it is (ASGI)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        begun: list[Message] = []
        body = bytearray()

        async def send_headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            (start,) = begun
            headers = MutableHeaders(scope=start)
            whole = bytes(body)
            if headers.get("content-type", "").startswith("text/html"):
                whole = headed(whole.decode(), language_of(Request(scope))).encode()
                headers["content-length"] = str(len(whole))
            await send(start)
            await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, send_headed)

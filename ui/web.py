"""The chat page: a question in, cited passages out. How they look is `ui.render` and `page.css`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Before Gradio is imported, so that it never asks its makers' servers for anything.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import strings
from ui.conversation import Conversation, Turn
from ui.desk import Desk
from ui.language import of_header, of_tag
from ui.render import conversation_html, welcome_html
from ui.strings import Language, say

_HERE = Path(__file__).parent
_EXAMPLES = 4
_LONGEST_QUESTION = 2000  # characters
_SANS = "system-ui, -apple-system, 'Segoe UI', 'PingFang TC', 'Microsoft JhengHei', 'Noto Sans TC'"
_FONTS = [gr.themes.Font(name.strip(" '")) for name in f"{_SANS}, sans-serif".split(",")]
# The page may load and ask nothing but its own server, whatever stands in it.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def build(desk: Desk) -> gr.Blocks:
    """The page over a library; every visitor has a conversation of their own."""
    page: gr.Blocks
    with gr.Blocks(title=strings.PAGE_TITLE.en, analytics_enabled=False) as page:
        conversation = gr.State(())
        spoken = gr.State("en")
        with gr.Row(elem_id="masthead"):
            name = gr.HTML(elem_id="name", apply_default_css=False, js_on_load=_script("name.js"))
            switch = gr.Button(elem_id="switch", size="sm")
        welcome = gr.HTML(elem_id="welcome", apply_default_css=False, js_on_load=None)
        with gr.Column(elem_id="examples", visible=False) as examples:
            lead = gr.HTML(elem_id="lead", apply_default_css=False, js_on_load=None)
            buttons = [gr.Button(elem_classes="example") for _ in range(_EXAMPLES)]
        transcript = gr.HTML(
            elem_id="transcript", apply_default_css=False, js_on_load=_script("page.js")
        )
        with gr.Row(elem_id="composer"):
            question = gr.Textbox(
                elem_id="question",
                show_label=False,
                container=False,
                autofocus=True,
                max_lines=6,
                max_length=_LONGEST_QUESTION,
                visible=False,
            )
            ask = gr.Button(elem_id="ask", variant="primary", visible=False)

        worded = [name, switch, welcome, examples, lead, *buttons, transcript, question, ask]

        def speak(language: Language, so_far: Conversation) -> list[Any]:
            """Everything on the page, in one language."""
            asked = desk.examples(language)
            first = not so_far
            texts = [*asked, *[""] * (_EXAMPLES - len(asked))]
            return [
                language,
                _name_html(language),
                say(strings.SWITCH, language),
                gr.HTML(
                    welcome_html(desk.holdings(language), desk.more(language), language),
                    visible=first,
                ),
                gr.Column(visible=first and bool(asked)),
                f"<h2>{say(strings.TRY_ASKING, language)}</h2>",
                *(gr.Button(text, visible=bool(text)) for text in texts),
                conversation_html(so_far, language),
                gr.Textbox(
                    label=say(strings.ASK_LABEL, language),
                    placeholder=say(strings.ASK_PLACEHOLDER, language),
                    visible=True,
                ),
                gr.Button(say(strings.ASK_BUTTON, language), visible=True),
            ]

        def greet(request: gr.Request) -> list[Any]:
            wanted = request.query_params.get("lang")
            header = request.headers.get("accept-language", "")
            return speak(of_tag(wanted) if wanted else of_header(header), ())

        def begin(asked: str, so_far: Conversation, language: Language) -> list[Any]:
            """Shows the question at once, and that it is being looked for."""
            waiting = so_far and so_far[-1].answer is None and so_far[-1].error is None
            if waiting or not asked.strip():
                return [gr.skip()] * 5
            now = (*so_far, Turn(asked.strip()))
            hidden = gr.update(visible=False)
            return [now, conversation_html(now, language), "", hidden, hidden]

        def finish(so_far: Conversation, language: Language) -> list[Any]:
            """Puts the answer under the last question."""
            if not so_far or so_far[-1].answer is not None or so_far[-1].error is not None:
                return [gr.skip()] * 2
            *before, asked = (turn.question for turn in so_far)
            now = (*so_far[:-1], desk.answer(asked, before))
            return [now, conversation_html(now, language)]

        page.load(greet, None, [spoken, *worded], show_progress="hidden", api_visibility="private")
        switch.click(
            lambda language, so_far: speak("en" if language == "zh" else "zh", so_far),
            [spoken, conversation],
            [spoken, *worded],
            show_progress="hidden",
            api_visibility="private",
        )
        shown = [conversation, transcript, question, welcome, examples]
        for trigger, source in [
            (question.submit, question),
            (ask.click, question),
            *((b.click, b) for b in buttons),
        ]:
            trigger(
                begin,
                [source, conversation, spoken],
                shown,
                show_progress="hidden",
                queue=False,
                api_visibility="private",
            ).then(
                finish,
                [conversation, spoken],
                [conversation, transcript],
                show_progress="hidden",
                api_visibility="private",
            )
    return page


def serve(desk: Desk, host: str, port: int, ready: Callable[[], None]) -> None:
    """Serves the page until the process is told to stop.

    Args:
        desk: The library.
        host: The address to listen at.
        port: The port to listen at.
        ready: Called once when the page can be opened.

    Raises:
        OSError: If the port is taken.
        KeyboardInterrupt: When the process is told to stop.
    """
    page = build(desk)
    page.launch(
        server_name=host,
        server_port=port,
        share=False,
        quiet=True,
        prevent_thread_lock=True,
        ssr_mode=False,
        enable_monitoring=False,
        footer_links=[],
        favicon_path=_HERE / "favicon.png",
        css_paths=_HERE / "page.css",
        theme=gr.themes.Base(font=_FONTS, font_mono=["monospace"]),
        app_kwargs={"middleware": [Middleware(_Guarded)]},
    )
    try:
        ready()
        threading.Event().wait()
    finally:
        page.close(verbose=False)


class _Guarded:
    """Sends the page's content security policy with everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", _POLICY.encode()),
                    (b"referrer-policy", b"no-referrer"),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        await self._app(scope, receive, send_guarded)


def _script(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _name_html(language: Language) -> str:
    tongue = "zh-Hant" if language == "zh" else "en"
    title = say(strings.PAGE_TITLE, language)
    return (
        f'<h1 data-language="{tongue}" data-title="{title}">{say(strings.PAGE_NAME, language)}</h1>'
    )

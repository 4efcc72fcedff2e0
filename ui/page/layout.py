"""The chat page's frame: which part of it is what, and which event calls what.

What then happens is `ui.page.events`; how it looks is `ui.page.render` and `page.css`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ui.messages import page as page_strings
from ui.page.chat_sessions import Room
from ui.page.events import Events
from ui.page.examples import EXAMPLES
from ui.page.gradio_api import offer
from ui.page.gradio_offline import gr
from ui.service.limits import QUESTION

_STATIC = Path(__file__).with_name("static")
# Without Gradio's queue every event is one request, which many visitors' events need not wait for.
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}


def build(room: Room) -> gr.Blocks:
    """The page over a library; every visitor has conversations of their own."""
    page: gr.Blocks
    with gr.Blocks(title=page_strings.PAGE_TITLE.en, analytics_enabled=False) as page:
        # These are kept by the page and not by the server, so that they outlive a restart.
        spoken = gr.Textbox(visible="hidden")
        conversation = gr.Textbox(visible="hidden")
        limits = gr.Textbox(visible="hidden")
        with gr.Row(elem_id="masthead"):
            masthead = _html("name", "masthead.js")
            switch = gr.Button(elem_id="switch", size="sm")
        shelf = _html("shelf", "shelf.js")
        library = _html("library", "library.js", "seeking.js", "uploads.js")
        pane = _html("pane", "beside.js", "pane.js")
        welcome = _html("welcome")
        with gr.Column(elem_id="examples", visible=False) as examples:
            lead = _html("lead")
            buttons = [gr.Button(elem_classes="example") for _ in range(EXAMPLES)]
        transcript = _html("transcript", "beside.js", "page.js")
        latest = _unseen("latest", "latest.js")
        verdict = _unseen("verdict", "verdict.js")
        with gr.Column(elem_id="composer"):
            chips = _html("chips", "chips.js")
            with gr.Row(elem_id="asking"):
                question = gr.Textbox(
                    elem_id="question",
                    show_label=False,
                    container=False,
                    autofocus=True,
                    max_lines=6,
                    max_length=QUESTION,
                    visible=False,
                )
                ask = gr.Button(elem_id="ask", variant="primary", visible=False)

        on = Events(room)
        here = [conversation, spoken]
        drawn = [transcript, latest]
        moving = [conversation, shelf, welcome, examples, transcript]
        worded = [masthead, library, chips, switch, lead, *buttons, question, ask]
        # What was asked before a refresh or a restart, and not answered, is answered now.
        page.load(on.greet, None, [spoken, *moving, *worded, pane], **_QUIET).then(
            on.finish, here, drawn, **_QUIET
        )
        switch.click(on.switched, [limits, *here], [spoken, *moving, *worded], **_QUIET)
        library.upload(on.changed, [limits, *here], [limits, spoken, *moving, *worded], **_QUIET)
        shelf.select(on.opened, spoken, moving, **_QUIET)
        shelf.edit(on.renamed, here, shelf, **_QUIET)
        shelf.delete(on.deleted, here, moving, **_QUIET)
        verdict.select(on.judged, here, [verdict, shelf], **_QUIET)
        transcript.select(on.read, spoken, pane, **_QUIET)
        for chooser in (library, chips):
            chooser.select(on.limited, [limits, spoken], [limits, chips], **_QUIET)
        masthead.clear(on.left, spoken, moving, **_QUIET)
        for trigger, source in [
            (question.submit, question),
            (ask.click, question),
            *((b.click, b) for b in buttons),
        ]:
            asked = [source, limits, *here]
            trigger(on.begin, asked, [question, *moving, latest], **_QUIET).then(
                on.finish, here, drawn, **_QUIET
            )
        offer(room)
    return page


def _html(name: str, *scripts: str) -> gr.HTML:
    code = "".join((_STATIC / script).read_text(encoding="utf-8") for script in scripts)
    return gr.HTML(elem_id=name, apply_default_css=False, js_on_load=code or None)


def _unseen(name: str, script: str) -> gr.HTML:
    """A place that shows nothing itself: its script takes over what arrives there."""
    code = (_STATIC / script).read_text(encoding="utf-8")
    return gr.HTML(elem_id=name, html_template=" ", js_on_load=code)

"""The parts of the chat page and the listeners of their events.

The listeners are in `ui.page.events`; `ui.page.render` and the style sheets decide on the looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.messages import MessageCatalogue
from ui.page.chat_sessions import ChatSessions
from ui.page.events import PageEvents
from ui.page.examples import EXAMPLE_COUNT
from ui.page.gradio_api import add_ask_endpoint
from ui.page.gradio_offline import gr
from ui.service.limits import MAX_QUESTION_LENGTH

_MESSAGES = MessageCatalogue("ui", "page")

_STATIC = Path(__file__).with_name("static")
# Without Gradio's queue every event is one request, and no visitor waits for another's events.
_EVENT_OPTIONS: dict[str, Any] = {
    "show_progress": "hidden",
    "api_visibility": "private",
    "queue": False,
}


def build_page(sessions: ChatSessions) -> gr.Blocks:
    """Return the page over a library; every visitor has conversations of their own."""
    page: gr.Blocks
    with gr.Blocks(title=_MESSAGES["page_title"].en, analytics_enabled=False) as page:
        # The page keeps these, not the server, so that they outlive a restart.
        language = gr.Textbox(visible="hidden")
        conversation_id = gr.Textbox(visible="hidden")
        filters_json = gr.Textbox(visible="hidden")
        with gr.Row(elem_id="masthead"):
            masthead = _create_html("masthead-content", "masthead.js")
        conversation_list = _create_html(
            "conversations", "conversation_list.js", "history_search.js"
        )
        library = _create_html("library", "library.js", "catalogue_search.js", "uploads.js")
        reading_pane = _create_html("pane", "reading_pane.js")
        welcome = _create_html("welcome")
        with gr.Column(elem_id="examples", visible=False) as examples:
            examples_title = _create_html("examples-title")
            buttons = [gr.Button(elem_classes="example") for _ in range(EXAMPLE_COUNT)]
        transcript = _create_html(
            "transcript",
            "side_notes.js",
            "transcript.js",
            "printing.js",
            "inline_forms.js",
            "writing.js",
        )
        latest = _create_hidden_html("latest", "latest_turn.js")
        verdict = _create_hidden_html("verdict", "ordered_events.js", "verdict.js")
        with gr.Column(elem_id="composer"):
            chips = _create_html("chips", "ordered_events.js", "chips.js")
            composer_line = _create_html("composer-line", "composer.js")
            with gr.Row(elem_id="question-row"):
                question = gr.Textbox(
                    elem_id="question",
                    show_label=False,
                    container=False,
                    autofocus=True,
                    max_lines=6,
                    max_length=MAX_QUESTION_LENGTH,
                    interactive=True,
                    visible=False,
                )
                ask = gr.Button(elem_id="ask", variant="primary", visible=False)

        events = PageEvents(sessions)
        session_inputs = [conversation_id, language]
        turn_outputs = [transcript, latest]
        conversation_outputs = [conversation_id, conversation_list, welcome, examples, transcript]
        localized_outputs = [
            masthead,
            library,
            chips,
            examples_title,
            *buttons,
            question,
            ask,
            composer_line,
            reading_pane,
        ]
        # A question that a reload or a restart left pending is answered now.
        page.load(
            events.load_page,
            None,
            [language, *conversation_outputs, *localized_outputs],
            **_EVENT_OPTIONS,
        ).then(events.answer_question, session_inputs, turn_outputs, **_EVENT_OPTIONS)
        masthead.select(
            events.switch_language,
            [filters_json, conversation_id],
            [language, *conversation_outputs, *localized_outputs],
            **_EVENT_OPTIONS,
        )
        library.upload(
            events.refresh_library,
            [filters_json, *session_inputs],
            [filters_json, language, *conversation_outputs, *localized_outputs],
            **_EVENT_OPTIONS,
        )
        conversation_list.select(
            events.open_conversation, language, conversation_outputs, **_EVENT_OPTIONS
        )
        conversation_list.edit(
            events.rename_conversation, session_inputs, conversation_list, **_EVENT_OPTIONS
        )
        conversation_list.delete(
            events.delete_conversation, session_inputs, conversation_outputs, **_EVENT_OPTIONS
        )
        # The page's script sends these one at a time.
        verdict.select(
            events.save_judgement,
            session_inputs,
            [verdict, conversation_list],
            trigger_mode="multiple",
            **_EVENT_OPTIONS,
        )
        chips.select(
            events.change_filters,
            [filters_json, language],
            [filters_json, chips],
            trigger_mode="multiple",
            **_EVENT_OPTIONS,
        )
        masthead.clear(events.start_conversation, language, conversation_outputs, **_EVENT_OPTIONS)
        # The page's script sends questions one at a time, those of the buttons and examples, too.
        composer_line.submit(
            events.submit_question,
            [filters_json, *session_inputs],
            [composer_line, *conversation_outputs, latest],
            trigger_mode="multiple",
            **_EVENT_OPTIONS,
        ).then(
            events.answer_question,
            session_inputs,
            turn_outputs,
            trigger_mode="multiple",
            **_EVENT_OPTIONS,
        )
        add_ask_endpoint(sessions)
    return page


def _create_html(name: str, *scripts: str) -> gr.HTML:
    code = _read_scripts(scripts)
    return gr.HTML(elem_id=name, apply_default_css=False, js_on_load=code or None)


def _create_hidden_html(name: str, *scripts: str) -> gr.HTML:
    """Return an element that shows nothing: its scripts handle the values that arrive."""
    return gr.HTML(elem_id=name, html_template=" ", js_on_load=_read_scripts(scripts))


def _read_scripts(names: Sequence[str]) -> str:
    return "".join((_STATIC / name).read_text(encoding="utf-8") for name in names)

"""Listeners of the page's events; they return values for its parts, in the order of `layout`."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import Any

from index.messages import Message, MessageCatalogue
from index.storage.records import Filters
from ui.conversations import filters
from ui.conversations.fallback_store import SessionRef
from ui.conversations.model import parse_judgement
from ui.messages.language import parse_language_tag
from ui.page.chat_sessions import ChatSessions
from ui.page.examples import EXAMPLE_COUNT, find_example_questions
from ui.page.gradio_offline import gr
from ui.page.publications import format_remaining, summarize_publications
from ui.page.render import (
    render_composer_line,
    render_masthead,
    render_missing_conversation,
    render_template,
    render_welcome,
)
from ui.page.uploads.changes import is_change_allowed
from ui.page.visitor import parse_visitor, resolve_language
from ui.service.query import NO_FILTERS

_MESSAGES = MessageCatalogue("ui", "page")

_REQUEST_KEY = re.compile(r"[\w-]{1,64}", re.ASCII)
_CONVERSATION_OUTPUTS = 5  # parts that show a conversation


class PageEvents:
    """The listeners of the page.

    Args:
        sessions: The library and the conversations with it.
    """

    def __init__(self, sessions: ChatSessions) -> None:
        self._sessions = sessions

    def load_page(self, request: gr.Request) -> list[Any]:
        """Return everything on the page, when it is loaded or reloaded."""
        parameters = request.query_params
        language = resolve_language(parameters, request.headers)
        return self._show_page(_build_session(parameters.get("c", ""), language, request), request)

    def switch_language(
        self, event: gr.EventData, filters_json: str, conversation_id: str, request: gr.Request
    ) -> list[Any]:
        """Return everything on the page in the language that was chosen."""
        return self._show_page(
            _build_session(conversation_id, _read_field(event, "language"), request),
            request,
            filters.parse_filters(filters_json),
        )

    def refresh_library(
        self, filters_json: str, conversation_id: str, language: str, request: gr.Request
    ) -> list[Any]:
        """Return everything on the page once the library has changed.

        A filter by a publication that was removed is dropped.
        """
        publications = self._sessions.service.catalogue.publications
        publication_ids = {publication.id for publication in publications}
        active_filters = filters.parse_filters(filters_json)
        if active_filters.publication and active_filters.publication not in publication_ids:
            active_filters = filters.set_filter(active_filters, "publication", "")
        session = _build_session(conversation_id, language, request)
        return [
            filters.serialize_filters(active_filters),
            *self._show_page(session, request, active_filters),
        ]

    def submit_question(
        self,
        event: gr.EventData,
        filters_json: str,
        conversation_id: str,
        language: str,
        request: gr.Request,
    ) -> list[Any]:
        """Return the conversation with the new question, shown at once as pending."""
        key = _read_field(event, "key")
        key = key if _REQUEST_KEY.fullmatch(key) else ""
        new_conversation_id = self._sessions.conversations.add_question(
            _build_session(conversation_id, language, request),
            _read_field(event, "question"),
            filters.parse_filters(filters_json),
            key,
        )
        if new_conversation_id is None:
            refused = render_composer_line(parse_language_tag(language), refused=key)
            return [refused, *[gr.skip()] * (_CONVERSATION_OUTPUTS + 1)]
        received = render_composer_line(parse_language_tag(language), received=key)
        session = _build_session(new_conversation_id, language, request)
        if new_conversation_id != conversation_id:
            return [received, *self._show_conversation(session), gr.skip()]
        # The rest of a long conversation is already on the page.
        unchanged = [gr.skip()] * (_CONVERSATION_OUTPUTS - 2)
        return [
            received,
            new_conversation_id,
            self._sessions.render_conversation_list(session),
            *unchanged,
            self._sessions.render_latest(session),
        ]

    def answer_question(
        self, conversation_id: str, language: str, request: gr.Request
    ) -> list[Any]:
        """Return the last turn with its answer."""
        session = _build_session(conversation_id, language, request)
        if not conversation_id:
            return [gr.skip(), gr.skip()]
        if not self._sessions.conversations.load_turns(session, last_answer_only=True):
            return [self._sessions.render_deleted(session), gr.skip()]
        return [gr.skip(), self._sessions.answer_question(session)]

    def open_conversation(
        self, event: gr.EventData, language: str, request: gr.Request
    ) -> list[Any]:
        """Return the conversation that was chosen."""
        return self._show_conversation(_build_session(_read_field(event, "id"), language, request))

    def start_conversation(self, language: str, request: gr.Request) -> list[Any]:
        """Return an empty conversation."""
        return self._show_conversation(_build_session("", language, request))

    def change_filters(self, event: gr.EventData, filters_json: str, language: str) -> list[str]:
        """Return the filters of the next questions with one set or removed."""
        active_filters = filters.set_filter(
            filters.parse_filters(filters_json),
            _read_field(event, "kind"),
            _read_field(event, "value"),
        )
        return [
            filters.serialize_filters(active_filters),
            self._sessions.render_chips(active_filters, parse_language_tag(language))
            + _render_event_number(event),
        ]

    def rename_conversation(
        self, event: gr.EventData, conversation_id: str, language: str, request: gr.Request
    ) -> str:
        """Rename a conversation, and return the list of conversations."""
        session = _build_session(conversation_id, language, request)
        error_message = self._sessions.conversations.rename(
            session, _read_field(event, "id"), _read_field(event, "name")
        )
        return self._sessions.render_conversation_list(session, error_message)

    def delete_conversation(
        self, event: gr.EventData, conversation_id: str, language: str, request: gr.Request
    ) -> list[Any]:
        """Delete a conversation, and return what shows the open one."""
        session = _build_session(conversation_id, language, request)
        error_message = self._sessions.conversations.delete(session, _read_field(event, "id"))
        return self._show_conversation(session, error_message)

    def save_judgement(
        self, event: gr.EventData, conversation_id: str, language: str, request: gr.Request
    ) -> list[str]:
        """Save a judgement of an answer, and return its verdict and the list of conversations."""
        turn_text, is_absent = _read_field(event, "turn"), _read_field(event, "absent") == "yes"
        verdict, passage_id = _read_field(event, "verdict"), _read_field(event, "passage")
        parsed = parse_judgement(
            verdict, passage_id, _read_field(event, "note"), is_absent=is_absent
        )
        session = _build_session(conversation_id, language, request)
        verdict_output = self._sessions.save_judgement(
            session, int(turn_text) if turn_text.isdecimal() and turn_text.isascii() else 0, parsed
        )
        return [
            verdict_output + _render_event_number(event),
            self._sessions.render_conversation_list(session),
        ]

    def _show_conversation(
        self, session: SessionRef, error_message: Message | None = None
    ) -> list[Any]:
        """Return the values of the parts that show a conversation."""
        turns = self._sessions.conversations.load_turns(session)
        is_missing = bool(session.conversation_id) and not turns
        session = replace(session, conversation_id=session.conversation_id if turns else "")
        example_texts = find_example_questions(self._sessions.service, session.language)
        return [
            session.conversation_id,
            self._sessions.render_conversation_list(session, error_message),
            gr.update(visible=not turns),
            gr.update(visible=not turns and bool(example_texts)),
            render_missing_conversation(session.language)
            if is_missing
            else self._sessions.render_transcript(session),
        ]

    def _show_page(
        self, session: SessionRef, request: gr.Request, active_filters: Filters = NO_FILTERS
    ) -> list[Any]:
        """Return the values of all parts of the page, in one language."""
        language, service = session.language, self._sessions.service
        catalogue = service.catalogue
        conversation_outputs = self._show_conversation(session)
        may_change = is_change_allowed(self._sessions.changes, request.headers)
        welcome = render_welcome(
            summarize_publications(catalogue, language),
            format_remaining(catalogue, language),
            language,
            may_change=may_change,
        )
        conversation_outputs[2] = gr.update(value=welcome, visible=not conversation_outputs[0])
        example_texts = find_example_questions(service, language)
        return [
            language,
            *conversation_outputs,
            render_masthead(language),
            self._sessions.render_library(language, may_change=may_change),
            self._sessions.render_chips(active_filters, language),
            f"<h2>{_MESSAGES['try_asking'].in_language(language)}</h2>",
            *(gr.update(value=text, visible=True) for text in example_texts),
            *(gr.update(visible=False) for _ in range(EXAMPLE_COUNT - len(example_texts))),
            gr.update(
                label=_MESSAGES["ask_label"].in_language(language),
                placeholder=_MESSAGES["ask_placeholder"].in_language(language),
                visible=True,
            ),
            gr.update(value=_MESSAGES["ask_button"].in_language(language), visible=True),
            render_composer_line(language),
            render_template("pane.html", language),
        ]


def _build_session(conversation_id: str, language: str, request: gr.Request) -> SessionRef:
    known_visitor = parse_visitor(request.headers)
    # A browser that refuses cookies is recognized by its open page, which nobody shares either.
    visitor = known_visitor or f"page {request.session_hash or secrets.token_urlsafe(32)}"
    return SessionRef(
        visitor, conversation_id, parse_language_tag(language), is_anonymous=known_visitor is None
    )


def _read_field(event: gr.EventData, name: str) -> str:
    """Return a text that the page's script sent with an event; "" for anything else."""
    data = event._data
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, str) else ""


def _render_event_number(event: gr.EventData) -> str:
    """Return HTML by which the page's script knows the reply to an event; "" without a number."""
    number = _read_field(event, "event")
    is_number = number.isdecimal() and number.isascii()
    return f'<template data-event="{number}"></template>' if is_number else ""

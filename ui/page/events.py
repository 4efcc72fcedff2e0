"""What happens on the events of the page: values for its parts, in the order of `page.layout`."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from index.document import Message
from index.storage.records import Criteria
from ui.conversations import filters
from ui.conversations.judgement import judgement
from ui.conversations.model import ANYWHERE
from ui.messages import page
from ui.messages.cli import Language, say
from ui.messages.language import of_header, of_tag
from ui.page.auth.headers import LANGUAGE, visitor_of
from ui.page.chat_sessions import Place, Room
from ui.page.examples import EXAMPLES
from ui.page.gradio_offline import gr
from ui.page.render import masthead_html, welcome_html
from ui.page.uploads.changes import permitted

_MOVING = 5  # parts that show a conversation


class Events:
    """The listeners of a page over one room."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def greet(self, request: gr.Request) -> list[Any]:
        """The page is opened, or opened again."""
        wanted = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
        header = request.headers.get("accept-language", "")
        language = of_tag(wanted) if wanted else of_header(header)
        asked = request.query_params
        spoken = self._speak(_place(asked.get("c", ""), language, request), request)
        return [*spoken, self._room.pane(asked.get("passage", ""), asked.get("mark", ""), language)]

    def switched(self, limits: str, current: str, language: str, request: gr.Request) -> list[Any]:
        """The other language is wanted."""
        other = "en" if language == "zh" else "zh"
        return self._speak(_place(current, other, request), request, filters.read(limits))

    def changed(self, limits: str, current: str, language: str, request: gr.Request) -> list[Any]:
        """The library is another now: what is no more in it limits no question."""
        held = {each.id for each in self._room.desk.publications}
        now = filters.read(limits)
        if now.publication and now.publication not in held:
            now = filters.changed(now, "publication", "")
        place = _place(current, language, request)
        return [filters.written(now), *self._speak(place, request, now)]

    def begin(
        self, asked: str, limits: str, current: str, language: str, request: gr.Request
    ) -> list[Any]:
        """Shows the question at once, and that it is being looked for."""
        begun = self._room.begin(_place(current, language, request), asked, filters.read(limits))
        if begun is None:
            return [gr.skip()] * (1 + _MOVING + 1)
        place = _place(begun, language, request)
        if begun != current:
            return ["", *self._move(place), gr.skip()]
        # The rest of a long conversation is on the page already.
        as_it_is = [gr.skip()] * (_MOVING - 2)
        return ["", begun, self._room.shelf(place), *as_it_is, self._room.latest(place)]

    def finish(self, current: str, language: str, request: gr.Request) -> list[Any]:
        """Puts the answer under the last question."""
        place = _place(current, language, request)
        if not current:
            return [gr.skip(), gr.skip()]
        if not self._room.turns(place):
            return [self._room.gone(place), gr.skip()]
        return [gr.skip(), self._room.finish(place)]

    def opened(self, event: gr.EventData, language: str, request: gr.Request) -> list[Any]:
        """Another conversation is chosen."""
        return self._move(_place(_said(event, "id"), language, request))

    def left(self, language: str, request: gr.Request) -> list[Any]:
        """A new conversation is wanted."""
        return self._move(_place("", language, request))

    def limited(self, event: gr.EventData, limits: str, language: str) -> list[str]:
        """What the next questions are limited to changes."""
        now = filters.changed(filters.read(limits), _said(event, "kind"), _said(event, "value"))
        return [filters.written(now), self._room.chips(now, _language(language))]

    def read(self, event: gr.EventData, language: str) -> str:
        """A passage is to be read in its article."""
        return self._room.pane(_said(event, "passage"), _said(event, "mark"), _language(language))

    def renamed(self, event: gr.EventData, current: str, language: str, request: gr.Request) -> str:
        """A conversation gets another name."""
        place = _place(current, language, request)
        trouble = self._room.rename(place, _said(event, "id"), _said(event, "name"))
        return self._room.shelf(place, trouble)

    def deleted(
        self, event: gr.EventData, current: str, language: str, request: gr.Request
    ) -> list[Any]:
        """A conversation is no longer wanted."""
        place = _place(current, language, request)
        trouble = self._room.delete(place, _said(event, "id"))
        return self._move(place, trouble)

    def judged(
        self, event: gr.EventData, current: str, language: str, request: gr.Request
    ) -> list[str]:
        """Something is said of an answer."""
        number, absent = _said(event, "turn"), _said(event, "absent") == "yes"
        verdict, passage = _said(event, "verdict"), _said(event, "passage")
        said = judgement(verdict, passage, _said(event, "note"), absent=absent)
        place = _place(current, language, request)
        told = self._room.judge(
            place, int(number) if number.isdecimal() and number.isascii() else 0, said
        )
        return [told, self._room.shelf(place)]

    def _move(self, place: Place, trouble: Message | None = None) -> list[Any]:
        """What shows a conversation."""
        turns = self._room.turns(place)
        place = replace(place, conversation=place.conversation if turns else "")
        asked = self._room.desk.examples(place.language)
        return [
            place.conversation,
            self._room.shelf(place, trouble),
            gr.update(visible=not turns),
            gr.update(visible=not turns and bool(asked)),
            self._room.transcript(place),
        ]

    def _speak(self, place: Place, request: gr.Request, limits: Criteria = ANYWHERE) -> list[Any]:
        """Everything on the page, in one language."""
        language, desk = place.language, self._room.desk
        moved = self._move(place)
        may_change = permitted(self._room.changes, request.headers)
        holdings, more = desk.holdings(language), desk.more(language)
        welcome = welcome_html(holdings, more, language, may_change=may_change)
        moved[2] = gr.update(value=welcome, visible=not moved[0])
        asked = desk.examples(language)
        return [
            language,
            *moved,
            masthead_html(language),
            self._room.library(language, may_change=may_change),
            self._room.chips(limits, language),
            say(page.SWITCH, language),
            f"<h2>{say(page.TRY_ASKING, language)}</h2>",
            *(gr.update(value=text, visible=True) for text in asked),
            *(gr.update(visible=False) for _ in range(EXAMPLES - len(asked))),
            gr.update(
                label=say(page.ASK_LABEL, language),
                placeholder=say(page.ASK_PLACEHOLDER, language),
                visible=True,
            ),
            gr.update(value=say(page.ASK_BUTTON, language), visible=True),
        ]


def _place(conversation: str, language: str, request: gr.Request) -> Place:
    known = visitor_of(request.headers.get("cookie", ""))
    # A browser that refuses cookies is known by its open page alone; nobody shares that either.
    visitor = known or f"page {request.session_hash or secrets.token_urlsafe(32)}"
    return Place(visitor, conversation, _language(language), stranger=known is None)


def _language(language: str) -> Language:
    return "zh" if language == "zh" else "en"


def _said(event: gr.EventData, name: str) -> str:
    """What the page's own script sent with an event; "" for whatever else anybody sends."""
    data = event._data
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""

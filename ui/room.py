"""What a visitor of the page does, in plain values: reads, asks, names, deletes.

A room shows one conversation of one visitor in one language. Nothing of any web framework is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.catalogue import Criteria
from ui import limits, page_strings
from ui.conversation import ANYWHERE, Conversation, Turn
from ui.conversations import Conversations
from ui.desk import Desk
from ui.filters import chips
from ui.reading import reading
from ui.render import chips_html, conversation_html, library_html, reading_html, shelf_html
from ui.strings import Language


@dataclass(frozen=True, slots=True)
class Place:
    """Who is where: `conversation` is "" where none is open yet."""

    visitor: str
    conversation: str
    language: Language


@dataclass(frozen=True, slots=True)
class Room:
    """A library that is open to visitors, and what they asked it."""

    open_desk: Callable[[], Desk]
    conversations: Conversations

    @property
    def desk(self) -> Desk:
        """The library as it is now."""
        return self.open_desk()

    def turns(self, place: Place) -> Conversation:
        """What was asked and answered at a place; nothing where there is no conversation."""
        try:
            return self.conversations.read(place.visitor, place.conversation)
        except KeyError:
            return ()

    def transcript(self, place: Place) -> str:
        """The conversation as HTML."""
        return self._html(self.turns(place), place.language)

    def shelf(self, place: Place) -> str:
        """The list of the visitor's conversations as HTML."""
        return shelf_html(
            self.conversations.listed(place.visitor), place.conversation, place.language
        )

    def pane(self, passage: str, mark: str, language: Language) -> str:
        """The reading pane as HTML, open at a passage; "" for no passage."""
        if not passage:
            return ""
        found = self.desk.find(passage)
        return reading_html(reading(found, mark) if found else None, language)

    def begin(self, place: Place, question: str, filters: Criteria = ANYWHERE) -> str | None:
        """Keeps a question; None if it is blank, or if another is still to be answered.

        Returns:
            The id of the conversation that it stands in.
        """
        question = question.strip()[: limits.QUESTION]
        if not question or self.waits(place):
            return None
        conversation = place.conversation if self.turns(place) else ""
        return self.conversations.begin(place.visitor, conversation, question, filters)

    def library(self, language: Language) -> str:
        """The library's panel as HTML."""
        desk = self.desk
        return library_html(desk.shelves(language), desk.authors, desk.topics, language)

    def chips(self, filters: Criteria, language: Language) -> str:
        """What the next question is limited to, as HTML."""
        return chips_html(chips(filters, self.desk.publications), language)

    def _html(self, turns: Conversation, language: Language) -> str:
        held = self.desk.publications
        return conversation_html(turns, language, lambda filters: chips(filters, held))

    def waits(self, place: Place) -> bool:
        """Whether the last question is still to be answered."""
        turns = self.turns(place)
        return bool(turns) and turns[-1].waits

    def finish(self, place: Place) -> str:
        """Answers the last question, if it waits; gives the conversation as HTML."""
        turns = self.turns(place)
        if not turns:
            return self._html((Turn("", error=page_strings.GONE),), place.language)
        if not turns[-1].waits:
            return self._html(turns, place.language)
        *before, asked = (turn.question for turn in turns)
        answered = self.desk.answer(asked, before, turns[-1].filters)
        try:
            self.conversations.finish(place.visitor, place.conversation, answered)
        except KeyError:  # it was deleted meanwhile, in another window
            answered = Turn(asked, error=page_strings.GONE)
        return self._html((*turns[:-1], answered), place.language)

    def rename(self, place: Place, conversation: str, name: str) -> None:
        """Calls a conversation something else, if it is still there."""
        if self.turns(Place(place.visitor, conversation, place.language)):
            self.conversations.rename(place.visitor, conversation, name)

    def delete(self, place: Place, conversation: str) -> None:
        """Takes a conversation away, if it is still there."""
        if self.turns(Place(place.visitor, conversation, place.language)):
            self.conversations.delete(place.visitor, conversation)

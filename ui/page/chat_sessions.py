"""What a visitor of the page does, in plain values: reads, asks, names, deletes.

A room shows one conversation of one visitor in one language. Nothing of any web framework is here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from index.document import Message
from index.storage.records import Criteria
from ui.conversations.filters import Chip, chips
from ui.conversations.judgement import Judgement
from ui.conversations.memory import Spare
from ui.conversations.model import ANYWHERE, Conversation, Turn
from ui.conversations.store import Conversations, KeepingError
from ui.messages import page
from ui.messages.cli import Language
from ui.page.auth.sessions import Key
from ui.page.catalogue_search import FIRST, Found
from ui.page.reading_pane import reading
from ui.page.render import (
    Shelf,
    articles_html,
    chips_html,
    conversation_html,
    library_html,
    reading_html,
    shelf_html,
    shelves_html,
    verdict_html,
)
from ui.page.uploads.changes import Changes
from ui.page.uploads.render import panel_words
from ui.service import limits
from ui.service.desk import Desk


@dataclass(frozen=True, slots=True)
class Place:
    """Who is where.

    Attributes:
        visitor: A secret that only they have.
        conversation: The one that is open; "" for none yet.
        language: What the page speaks.
        stranger: Whether they cannot be known again, so that nothing is kept for them.
    """

    visitor: str
    conversation: str
    language: Language
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """A library that is open to visitors, and what they asked it.

    Attributes:
        open_desk: Gives the library as it is now.
        conversations: What visitors asked.
        changes: What visitors may change of the library; None if nothing.
        key: What opens it; without any it is open to everybody.
        spare: What visitors asked and could not be kept.
    """

    open_desk: Callable[[], Desk]
    conversations: Conversations
    changes: Changes | None = None
    key: Key | None = None
    spare: Spare = field(default_factory=Spare)

    @property
    def desk(self) -> Desk:
        """The library as it is now."""
        return self.open_desk()

    def turns(self, place: Place) -> Conversation:
        """What was asked and answered at a place; nothing where there is no conversation."""
        spare = self.spare.turns(place.visitor, place.conversation)
        try:
            kept = self.conversations.read(place.visitor, place.conversation)
        except KeyError:
            return spare
        except KeepingError as error:
            return spare or (Turn("", error=error.message),)
        # A question that was kept, and whose answer could not be, is answered in `spare`.
        return (*(kept[:-1] if spare and kept and kept[-1].waits else kept), *spare)

    def transcript(self, place: Place) -> str:
        """The conversation as HTML; "" where none is open."""
        return self._html(self.turns(place), place)

    def gone(self, place: Place) -> str:
        """What stands in the place of a conversation that was deleted in another window."""
        return self._html((Turn("", error=page.GONE),), place)

    def latest(self, place: Place) -> str:
        """The last question of the conversation, with what came of it, as HTML."""
        turns = self.turns(place)
        return self._html(turns[-1:], place, first=len(turns))

    def shelf(self, place: Place, trouble: Message | None = None) -> str:
        """The list of the visitor's conversations as HTML, with what went wrong, if anything."""
        try:
            kept = self.conversations.listed(place.visitor)
            verdicts = self.conversations.verdicts(place.visitor)
        except KeepingError as error:
            kept, verdicts, trouble = (), 0, error.message
        current, language = place.conversation, place.language
        return shelf_html(
            kept, current, language, locked=self.key is not None, verdicts=verdicts, trouble=trouble
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
        if held := self.spare.turns(place.visitor, conversation):  # or the order would be lost
            why = held[-1].unkept or page.CANNOT_KEEP
            return self.spare.begin(place.visitor, conversation, question, filters, why)
        if place.stranger:
            why = page.NO_COOKIE
            return self.spare.begin(place.visitor, conversation, question, filters, why)
        try:
            return self.conversations.begin(place.visitor, conversation, question, filters)
        except KeepingError as error:
            return self.spare.begin(place.visitor, conversation, question, filters, error.message)

    def library(self, language: Language, *, may_change: bool = False) -> str:
        """The library's panel as HTML."""
        return library_html(*self._found("", FIRST, language), language, _changing(may_change))

    def found(self, query: str, most: int, language: Language, *, may_change: bool = False) -> str:
        """What of the library is looked for as HTML, at most so many publications of it."""
        return shelves_html(*self._found(query, most, language), language, _changing(may_change))

    def articles(self, publication: str, language: Language) -> str | None:
        """The articles of a publication as HTML; None where it is not in the library."""
        desk = self.desk
        if all(each.id != publication for each in desk.publications):
            return None
        return articles_html(desk.contents(publication), language)

    def _found(
        self, query: str, most: int, language: Language
    ) -> tuple[Found, tuple[Shelf, ...], bool]:
        desk = self.desk
        found = desk.finder.find(query, most)
        return found, desk.shelves(found, language), desk.finder.is_needed

    def chips(self, filters: Criteria, language: Language) -> str:
        """What the next question is limited to, as HTML."""
        return chips_html(self._chips(language)(filters), language)

    def _chips(self, language: Language) -> Callable[[Criteria], tuple[Chip, ...]]:
        desk = self.desk
        return lambda filters: chips(filters, lambda held: desk.name(held, language))

    def _html(self, turns: Conversation, place: Place, first: int = 1) -> str:
        return conversation_html(
            turns,
            place.language,
            self._chips(place.language),
            name=place.conversation,
            first=first,
        )

    def waits(self, place: Place) -> bool:
        """Whether the last question is still to be answered."""
        turns = self.turns(place)
        return bool(turns) and turns[-1].waits

    def finish(self, place: Place) -> str:
        """Answers the last question, if it waits; gives it with its answer as HTML."""
        turns = self.turns(place)
        if not turns or not turns[-1].waits:
            return self.latest(place)
        waiting = turns[-1]
        before = [turn.question for turn in turns[:-1] if turn.question]
        asked = waiting.question
        answered = self.desk.answer(asked, before, waiting.filters)
        answered = replace(answered, unkept=waiting.unkept)
        keep = self.spare.finish if waiting.unkept else self.conversations.finish
        try:
            keep(place.visitor, place.conversation, answered)
        except KeepingError as error:
            answered = replace(answered, unkept=error.message)
            self.spare.finish(place.visitor, place.conversation, answered)
        except KeyError:  # it was deleted meanwhile, in another window
            answered = Turn(asked, error=page.GONE)
        return self._html((answered,), place, first=len(turns))

    def rename(self, place: Place, conversation: str, name: str) -> Message | None:
        """Calls a conversation something else, if it is still there; gives what went wrong."""
        try:
            self.conversations.rename(place.visitor, conversation, name)
        except KeyError:
            return None
        except KeepingError as error:
            return error.message
        return None

    def delete(self, place: Place, conversation: str) -> Message | None:
        """Takes a conversation away, if it is still there; gives what went wrong."""
        self.spare.drop(place.visitor, conversation)
        try:
            self.conversations.delete(place.visitor, conversation)
        except KeyError:
            return None
        except KeepingError as error:
            return error.message
        return None

    def judge(self, place: Place, number: int, judged: Judgement | None) -> str:
        """Keeps what a visitor says of an answer, or takes it back; gives the verdict as HTML.

        Args:
            place: Where the answer stands.
            number: Which it is, from 1; "" comes back where there is no answer.
            judged: What they say; None for nothing any more.
        """
        turns = self.turns(place)
        if not 1 <= number <= len(turns) or turns[number - 1].answer is None:
            return ""
        turn, told = turns[number - 1], page.JUDGED if judged else page.UNJUDGED
        try:
            self.conversations.judge(place.visitor, place.conversation, number, judged)
            turn = replace(turn, judgement=judged)
        except KeepingError as error:
            told = error.message
        except KeyError:  # of a conversation that could not be kept either
            told = turn.unkept or page.GONE
        return verdict_html(turn, number, place.conversation, told, place.language)


def _changing(may_change: bool) -> dict[str, object] | None:
    return dict(panel_words()) if may_change else None

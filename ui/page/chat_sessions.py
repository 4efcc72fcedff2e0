"""What a visitor of the page does, in plain values: reads, asks, names, deletes.

A room shows one conversation of one visitor in one language. Nothing of any web framework is here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from index.errors import TongzhuError
from index.messages import Language, Message, MessageCatalogue
from index.storage.records import Filters
from ui.conversations.filters import FilterChip, build_chips
from ui.conversations.memory import InMemoryConversations
from ui.conversations.model import Conversation, Judgement, Turn
from ui.conversations.store import ConversationStore, StorageError
from ui.page.auth.sessions import SessionSigner
from ui.page.publications import build_listings, get_publication_name
from ui.page.reading_pane import build_article_view
from ui.page.render import (
    PublicationListing,
    render_articles,
    render_catalogue,
    render_chips,
    render_conversation,
    render_conversation_list,
    render_library,
    render_reading_pane,
    render_verdict,
)
from ui.page.uploads.changes import ChangeQueue
from ui.page.uploads.render import build_panel_context
from ui.service import limits
from ui.service.catalogue_search import DEFAULT_LIMIT, CatalogueMatches
from ui.service.query import NO_FILTERS, Query
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "page")


@dataclass(frozen=True, slots=True)
class SessionRef:
    """Who is where.

    Attributes:
        visitor: A secret that only they have.
        conversation_id: The one that is open; "" for none yet.
        language: What the page speaks.
        is_anonymous: Whether they cannot be known again, so that nothing is kept for them.
    """

    visitor: str
    conversation_id: str
    language: Language
    is_anonymous: bool = False


@dataclass(frozen=True, slots=True)
class ChatSessions:
    """A library that is open to visitors, and what they asked it.

    Attributes:
        service: The library.
        conversations: What visitors asked.
        changes: What visitors may change of the library; None if nothing.
        signer: What opens it; without any it is open to everybody.
        in_memory: What visitors asked and could not be kept.
    """

    service: Service
    conversations: ConversationStore
    changes: ChangeQueue | None = None
    signer: SessionSigner | None = None
    in_memory: InMemoryConversations = field(default_factory=InMemoryConversations)

    def load_turns(self, session: SessionRef) -> Conversation:
        """What was asked and answered at a place; nothing where there is no conversation."""
        unsaved = self.in_memory.get_turns(session.visitor, session.conversation_id)
        try:
            saved = self.conversations.read_turns(session.visitor, session.conversation_id)
        except KeyError:
            return unsaved
        except StorageError as error:
            return unsaved or (Turn("", error=error.message),)
        # A question that was kept, and whose answer could not be, is answered in `spare`.
        return (*(saved[:-1] if unsaved and saved and saved[-1].is_pending else saved), *unsaved)

    def render_transcript(self, session: SessionRef) -> str:
        """The conversation as HTML; "" where none is open."""
        return self._render_turns(self.load_turns(session), session)

    def render_deleted(self, session: SessionRef) -> str:
        """What stands in the place of a conversation that was deleted in another window."""
        return self._render_turns((Turn("", error=_MESSAGES["conversation_deleted"]),), session)

    def render_latest(self, session: SessionRef) -> str:
        """The last question of the conversation, with what came of it, as HTML."""
        turns = self.load_turns(session)
        return self._render_turns(turns[-1:], session, first_number=len(turns))

    def render_conversation_list(
        self, session: SessionRef, error_message: Message | None = None
    ) -> str:
        """The list of the visitor's conversations as HTML, with what went wrong, if anything."""
        try:
            summaries = self.conversations.list_conversations(session.visitor)
            judgement_count = self.conversations.count_judgements(session.visitor)
        except StorageError as error:
            summaries, judgement_count, error_message = (), 0, error.message
        current_id, language = session.conversation_id, session.language
        return render_conversation_list(
            summaries,
            current_id,
            language,
            can_sign_out=self.signer is not None,
            judgement_count=judgement_count,
            error_message=error_message,
        )

    def render_reading_pane(self, passage_id: str, spans_text: str, language: Language) -> str:
        """The reading pane as HTML, open at a passage; "" for no passage."""
        if not passage_id:
            return ""
        located = self.service.catalogue.find_passage(passage_id)
        return render_reading_pane(
            build_article_view(located, spans_text) if located else None, language
        )

    def add_question(
        self, session: SessionRef, question: str, filters: Filters = NO_FILTERS
    ) -> str | None:
        """Keeps a question; None if it is blank, or if another is still to be answered.

        Returns:
            The id of the conversation that it stands in.
        """
        question = question.strip()[: limits.MAX_QUESTION_LENGTH]
        if not question or self.is_pending(session):
            return None
        conversation_id = session.conversation_id if self.load_turns(session) else ""
        if unsaved := self.in_memory.get_turns(
            session.visitor, conversation_id
        ):  # or the order would be lost
            reason = unsaved[-1].storage_error or _MESSAGES["storage_unavailable"]
            return self.in_memory.add_question(
                session.visitor, conversation_id, question, filters, reason
            )
        if session.is_anonymous:
            reason = _MESSAGES["no_cookie"]
            return self.in_memory.add_question(
                session.visitor, conversation_id, question, filters, reason
            )
        try:
            return self.conversations.add_question(
                session.visitor, conversation_id, question, filters
            )
        except StorageError as error:
            return self.in_memory.add_question(
                session.visitor, conversation_id, question, filters, error.message
            )

    def render_library(self, language: Language, *, may_change: bool = False) -> str:
        """The library's panel as HTML."""
        return render_library(
            *self._search_catalogue("", DEFAULT_LIMIT, language),
            language,
            _panel_context(may_change),
        )

    def render_catalogue(
        self, query: str, limit: int, language: Language, *, may_change: bool = False
    ) -> str:
        """What of the library is looked for as HTML, at most so many publications of it."""
        return render_catalogue(
            *self._search_catalogue(query, limit, language), language, _panel_context(may_change)
        )

    def render_articles(self, publication_id: str, language: Language) -> str | None:
        """The articles of a publication as HTML; None where it is not in the library."""
        catalogue = self.service.catalogue
        if all(summary.id != publication_id for summary in catalogue.publications):
            return None
        return render_articles(catalogue.get_articles(publication_id), language)

    def _search_catalogue(
        self, query: str, limit: int, language: Language
    ) -> tuple[CatalogueMatches, tuple[PublicationListing, ...], bool]:
        catalogue = self.service.catalogue
        matches = catalogue.search(query, limit)
        return matches, build_listings(catalogue, matches, language), catalogue.needs_search

    def render_chips(self, filters: Filters, language: Language) -> str:
        """What the next question is limited to, as HTML."""
        return render_chips(self._make_chip_builder(language)(filters), language)

    def _make_chip_builder(self, language: Language) -> Callable[[Filters], tuple[FilterChip, ...]]:
        catalogue = self.service.catalogue
        return lambda filters: build_chips(
            filters,
            lambda publication_id: get_publication_name(catalogue, publication_id, language),
        )

    def _render_turns(self, turns: Conversation, session: SessionRef, first_number: int = 1) -> str:
        return render_conversation(
            turns,
            session.language,
            self._make_chip_builder(session.language),
            conversation_id=session.conversation_id,
            first_number=first_number,
        )

    def is_pending(self, session: SessionRef) -> bool:
        """Whether the last question is still to be answered."""
        turns = self.load_turns(session)
        return bool(turns) and turns[-1].is_pending

    def answer_question(self, session: SessionRef) -> str:
        """Answers the last question, if it waits; gives it with its answer as HTML."""
        turns = self.load_turns(session)
        if not turns or not turns[-1].is_pending:
            return self.render_latest(session)
        pending_turn = turns[-1]
        history = [turn.question for turn in turns[:-1] if turn.question]
        question = pending_turn.question
        answered_turn = answer_turn(self.service, question, history, pending_turn.filters)
        answered_turn = replace(answered_turn, storage_error=pending_turn.storage_error)
        save = (
            self.in_memory.save_answer
            if pending_turn.storage_error
            else self.conversations.save_answer
        )
        try:
            save(session.visitor, session.conversation_id, answered_turn)
        except StorageError as error:
            answered_turn = replace(answered_turn, storage_error=error.message)
            self.in_memory.save_answer(session.visitor, session.conversation_id, answered_turn)
        except KeyError:  # it was deleted meanwhile, in another window
            answered_turn = Turn(question, error=_MESSAGES["conversation_deleted"])
        return self._render_turns((answered_turn,), session, first_number=len(turns))

    def rename(self, session: SessionRef, conversation_id: str, name: str) -> Message | None:
        """Calls a conversation something else, if it is still there; gives what went wrong."""
        try:
            self.conversations.rename(session.visitor, conversation_id, name)
        except KeyError:
            return None
        except StorageError as error:
            return error.message
        return None

    def delete(self, session: SessionRef, conversation_id: str) -> Message | None:
        """Takes a conversation away, if it is still there; gives what went wrong."""
        self.in_memory.delete(session.visitor, conversation_id)
        try:
            self.conversations.delete(session.visitor, conversation_id)
        except KeyError:
            return None
        except StorageError as error:
            return error.message
        return None

    def save_judgement(
        self, session: SessionRef, turn_number: int, judgement: Judgement | None
    ) -> str:
        """Keeps what a visitor says of an answer, or takes it back; gives the verdict as HTML.

        Args:
            session: Where the answer stands.
            turn_number: Which it is, from 1; "" comes back where there is no answer.
            judgement: What they say; None for nothing any more.
        """
        turns = self.load_turns(session)
        if not 1 <= turn_number <= len(turns) or turns[turn_number - 1].answer is None:
            return ""
        turn, message = (
            turns[turn_number - 1],
            _MESSAGES["judgement_saved"] if judgement else _MESSAGES["judgement_removed"],
        )
        try:
            self.conversations.save_judgement(
                session.visitor, session.conversation_id, turn_number, judgement
            )
            turn = replace(turn, judgement=judgement)
        except StorageError as error:
            message = error.message
        except KeyError:  # of a conversation that could not be kept either
            message = turn.storage_error or _MESSAGES["conversation_deleted"]
        return render_verdict(turn, turn_number, session.conversation_id, message, session.language)


def answer_turn(
    service: Service, question: str, history: Sequence[str] = (), filters: Filters = NO_FILTERS
) -> Turn:
    """Return a question with its answer, or with the line that says why there is none."""
    turn = Turn(question, filters=filters)
    try:
        query = Query(question, limits.DEFAULT_PASSAGES, history=tuple(history), filters=filters)
        return replace(turn, answer=service.ask(query))
    except TongzhuError as error:
        return replace(turn, error=error.message)
    except Exception:
        # The visitor is told in one line; what happened is for who runs the server.
        logging.getLogger("tongzhu").exception("The question %r failed", question)
        return replace(turn, error=_MESSAGES["page_error"])


def _panel_context(may_change: bool) -> dict[str, object] | None:
    return dict(build_panel_context()) if may_change else None

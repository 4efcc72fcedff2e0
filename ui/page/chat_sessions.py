"""The chat page of one visitor as HTML; nothing of any web framework is here."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index.errors import TongzhuError
from index.messages import Language, Message, MessageCatalogue
from index.storage.records import Filters
from ui.conversations.fallback_store import FallbackStore, SessionRef
from ui.conversations.filters import FilterChip, build_chips
from ui.conversations.model import Conversation, Judgement, Turn
from ui.conversations.store import StorageError
from ui.page.auth.sessions import SessionSigner
from ui.page.publications import build_listings, get_publication_name, list_articles
from ui.page.render import (
    PublicationListing,
    render_articles,
    render_catalogue,
    render_chips,
    render_conversation,
    render_conversation_list,
    render_library,
    render_verdict,
)
from ui.page.uploads.changes import ChangeQueue
from ui.page.uploads.render import build_panel_context
from ui.service.catalogue_search import DEFAULT_LIMIT, CatalogueMatches
from ui.service.errors import to_request_error
from ui.service.query import NO_FILTERS, Query
from ui.service.service import Service
from ui.service.writing import Writer

_MESSAGES = MessageCatalogue("ui", "page")


@dataclass(frozen=True, slots=True)
class ChatSessions:
    """A library that is open to visitors, and their conversations with it.

    Attributes:
        service: The library.
        conversations: The conversations of all visitors.
        changes: The changes of the library that visitors ask for; None where they may not.
        signer: The page's password; None where the page is open to everybody.
        writer: The language model that writes of answers; None where none is set up.
    """

    service: Service
    conversations: FallbackStore
    changes: ChangeQueue | None = None
    signer: SessionSigner | None = None
    writer: Writer | None = None

    def render_transcript(self, session: SessionRef) -> str:
        """Return the open conversation as HTML; "" for none."""
        return self._render_turns(self.conversations.load_turns(session), session)

    def render_deleted(self, session: SessionRef) -> str:
        """Return the message for a conversation that was deleted in another window, as HTML."""
        return self._render_turns((Turn("", error=_MESSAGES["conversation_deleted"]),), session)

    def render_latest(self, session: SessionRef) -> str:
        """Return the last turn of the conversation as HTML."""
        turns = self.conversations.load_turns(session, last_answer_only=True)
        return self._render_turns(turns[-1:], session, first_number=len(turns))

    def render_conversation_list(
        self, session: SessionRef, error_message: Message | None = None
    ) -> str:
        """Return the list of the visitor's conversations as HTML, with an error message, if any."""
        store = self.conversations.store
        try:
            summaries = store.list_conversations(session.visitor)
            judgement_count = store.count_judgements(session.visitor)
        except StorageError as error:
            summaries, judgement_count, error_message = (), 0, error.message
        return render_conversation_list(
            summaries,
            session.conversation_id,
            session.language,
            can_sign_out=self.signer is not None,
            judgement_count=judgement_count,
            error_message=error_message,
        )

    def render_library(self, language: Language, *, may_change: bool = False) -> str:
        """Return the library's panel as HTML."""
        return render_library(
            *self._search_catalogue("", DEFAULT_LIMIT, language),
            language,
            _build_panel_context(may_change),
        )

    def render_catalogue(
        self, query: str, limit: int, language: Language, *, may_change: bool = False
    ) -> str:
        """Return what matches a query in the library's panel as HTML.

        Args:
            query: As typed.
            limit: How many publications to list.
            language: The reader's.
            may_change: Whether the reader may remove publications.
        """
        return render_catalogue(
            *self._search_catalogue(query, limit, language),
            language,
            _build_panel_context(may_change),
        )

    def render_articles(self, publication_id: str, language: Language) -> str | None:
        """Return the articles of a publication as HTML; None where the library does not have it."""
        catalogue = self.service.catalogue
        if all(summary.id != publication_id for summary in catalogue.publications):
            return None
        return render_articles(publication_id, list_articles(catalogue, publication_id), language)

    def render_chips(self, filters: Filters, language: Language) -> str:
        """Return the filters of the next question as HTML."""
        return render_chips(self._create_chip_builder(language)(filters), language)

    def answer_question(self, session: SessionRef) -> str:
        """Answer the last question, if it is pending, and return its turn as HTML."""
        turns = self.conversations.load_turns(session, last_answer_only=True)
        if not turns or not turns[-1].is_pending:
            return self.render_latest(session)
        pending = turns[-1]
        history = [turn.question for turn in turns[:-1] if turn.question]
        answered = answer_turn(self.service, pending.question, history, pending.filters)
        answered = replace(
            answered, storage_error=pending.storage_error, request_key=pending.request_key
        )
        saved = self.conversations.save_answer(session, answered)
        return self._render_turns((saved,), session, first_number=len(turns))

    def save_judgement(
        self, session: SessionRef, turn_number: int, judgement: Judgement | None
    ) -> str:
        """Save a judgement of an answer, or remove it, and return the verdict form as HTML.

        Args:
            session: The visitor and the conversation.
            turn_number: The number of the turn, from 1; "" is returned where it has no answer.
            judgement: None to remove the judgement.
        """
        saved = self.conversations.save_judgement(session, turn_number, judgement)
        if saved is None:
            return ""
        turn, message = saved
        return render_verdict(turn, turn_number, session.conversation_id, message, session.language)

    def _search_catalogue(
        self, query: str, limit: int, language: Language
    ) -> tuple[CatalogueMatches, tuple[PublicationListing, ...], bool]:
        catalogue = self.service.catalogue
        matches = catalogue.search(query, limit)
        return matches, build_listings(catalogue, matches, language), catalogue.needs_search

    def _create_chip_builder(
        self, language: Language
    ) -> Callable[[Filters], tuple[FilterChip, ...]]:
        catalogue = self.service.catalogue
        return lambda filters: build_chips(
            filters,
            lambda publication_id: get_publication_name(catalogue, publication_id, language),
        )

    def _render_turns(self, turns: Conversation, session: SessionRef, first_number: int = 1) -> str:
        return render_conversation(
            turns,
            session.language,
            self._create_chip_builder(session.language),
            conversation_id=session.conversation_id,
            first_number=first_number,
            can_write=self.writer is not None,
        )


def answer_turn(
    service: Service, question: str, history: Sequence[str] = (), filters: Filters = NO_FILTERS
) -> Turn:
    """Return a question with its answer, or with the message that says why there is none."""
    turn = Turn(question, filters=filters)
    try:
        query = Query(question, history=tuple(history), filters=filters)
        return replace(turn, answer=service.ask(query))
    except TongzhuError as error:
        return replace(turn, error=to_request_error(error).message)
    except Exception:
        # The visitor gets one line; the details are for the operator of the server.
        logging.getLogger("tongzhu").exception("The question %r failed", question)
        return replace(turn, error=_MESSAGES["page_error"])


def _build_panel_context(may_change: bool) -> dict[str, object] | None:
    return dict(build_panel_context()) if may_change else None

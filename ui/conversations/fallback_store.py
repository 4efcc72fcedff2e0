"""Conversations on disk, or in memory where they cannot be stored: a visitor can always go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from index.messages import Language, Message, MessageCatalogue
from index.storage.records import Filters
from rag.query.validation import truncate
from ui.conversations.memory import InMemoryConversations
from ui.conversations.model import Conversation, Judgement, Turn
from ui.conversations.store import ConversationStore, StorageError
from ui.service import limits
from ui.service.query import NO_FILTERS

_MESSAGES = MessageCatalogue("ui", "page")


@dataclass(frozen=True, slots=True)
class SessionRef:
    """A visitor, and the conversation that they have open.

    Attributes:
        visitor: A secret that only the visitor has.
        conversation_id: The open conversation; "" for none yet.
        language: The language of the page.
        is_anonymous: Whether the visitor cannot be recognized again, so that nothing is stored.
    """

    visitor: str
    conversation_id: str
    language: Language
    is_anonymous: bool = False


class FallbackStore:
    """The conversations of all visitors. Thread-safe.

    Args:
        store: The conversations on disk.

    Attributes:
        store: The conversations on disk.
    """

    def __init__(self, store: ConversationStore) -> None:
        self.store = store
        self._in_memory = InMemoryConversations()

    def load_turns(self, session: SessionRef, *, last_answer_only: bool = False) -> Conversation:
        """Return the turns of the open conversation; none where it does not exist.

        Args:
            session: The visitor and the conversation.
            last_answer_only: Whether only the last turn on disk needs its answer: to parse those
                of a long conversation takes longer than to find another.
        """
        unsaved = self._in_memory.get_turns(session.visitor, session.conversation_id)
        try:
            saved = self.store.read_turns(
                session.visitor, session.conversation_id, last_answer_only=last_answer_only
            )
        except KeyError:
            return unsaved
        except StorageError as error:
            return unsaved or (Turn("", error=error.message),)
        # A question on disk whose answer could not be stored is answered in memory.
        return (*(saved[:-1] if unsaved and saved and saved[-1].is_pending else saved), *unsaved)

    def add_question(
        self,
        session: SessionRef,
        question: str,
        filters: Filters = NO_FILTERS,
        request_key: str = "",
    ) -> str | None:
        """Add a question that is not answered yet, unless it was added before.

        Args:
            session: The visitor; without an open conversation, a new one begins.
            question: As typed.
            filters: What the question is limited to.
            request_key: A random text that is the same where a request is repeated; "" for none.

        Returns:
            The conversation's id; None if the question is blank or another one is pending.
        """
        if request_key and (repeated_id := self._find_request(session.visitor, request_key)):
            return repeated_id
        question = truncate(question.strip(), limits.MAX_QUESTION_LENGTH)
        turns = self.load_turns(session, last_answer_only=True)
        if not question or (turns and turns[-1].is_pending):
            return None
        visitor = session.visitor
        conversation_id = session.conversation_id if turns else ""
        if unsaved := self._in_memory.get_turns(visitor, conversation_id):
            # Later turns follow into memory, or the order would be lost.
            reason = unsaved[-1].storage_error or _MESSAGES["storage_unavailable"]
        elif session.is_anonymous:
            reason = _MESSAGES["no_cookie"]
        else:
            try:
                return self.store.add_question(
                    visitor, conversation_id, question, filters, request_key
                )
            except StorageError as error:
                reason = error.message
        turn = Turn(question, filters=filters, storage_error=reason, request_key=request_key)
        return self._in_memory.add_question(visitor, conversation_id, turn)

    def _find_request(self, visitor: str, request_key: str) -> str | None:
        """Return the id of the conversation with the question of a request; None for none."""
        if unsaved := self._in_memory.find_request(visitor, request_key):
            return unsaved
        try:
            return self.store.find_request(visitor, request_key)
        except StorageError:  # what is added now goes into memory
            return None

    def save_answer(self, session: SessionRef, turn: Turn) -> Turn:
        """Save the last question with its answer or error.

        Returns:
            The turn, with the reason if it could not be stored on disk; with an error if the
            conversation was deleted meanwhile, in another window.
        """
        save = self._in_memory.save_answer if turn.storage_error else self.store.save_answer
        try:
            save(session.visitor, session.conversation_id, turn)
        except StorageError as error:
            turn = replace(turn, storage_error=error.message)
            self._in_memory.add_turn(session.visitor, session.conversation_id, turn)
        except KeyError:
            return Turn(turn.question, error=_MESSAGES["conversation_deleted"])
        return turn

    def rename(self, session: SessionRef, conversation_id: str, name: str) -> Message | None:
        """Rename a conversation, if it still exists; return what went wrong, if anything."""
        return _run(lambda: self.store.rename(session.visitor, conversation_id, name))

    def delete(self, session: SessionRef, conversation_id: str) -> Message | None:
        """Delete a conversation, if it still exists; return what went wrong, if anything."""
        self._in_memory.delete(session.visitor, conversation_id)
        return _run(lambda: self.store.delete(session.visitor, conversation_id))

    def save_judgement(
        self, session: SessionRef, turn_number: int, judgement: Judgement | None
    ) -> tuple[Turn, Message] | None:
        """Save a visitor's judgement of an answer, or remove it.

        Args:
            session: The visitor and the conversation.
            turn_number: The number of the turn, from 1.
            judgement: None to remove the judgement.

        Returns:
            The turn as it is now and the message for the visitor; None where there is no answer.
        """
        turns = self.load_turns(session)
        if not 1 <= turn_number <= len(turns) or turns[turn_number - 1].answer is None:
            return None
        turn = turns[turn_number - 1]
        try:
            self.store.save_judgement(
                session.visitor, session.conversation_id, turn_number, judgement
            )
        except StorageError as error:
            return turn, error.message
        except KeyError:  # the turn is not on disk
            return turn, turn.storage_error or _MESSAGES["conversation_deleted"]
        message = _MESSAGES["judgement_saved" if judgement else "judgement_removed"]
        return replace(turn, judgement=judgement), message


def _run(action: Callable[[], None]) -> Message | None:
    """Change a conversation; return what went wrong, where it still exists."""
    try:
        action()
    except KeyError:
        return None
    except StorageError as error:
        return error.message
    return None

"""Conversations that cannot be stored on disk, kept in memory."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

from ui.conversations.model import Conversation, Turn

_MAX_CONVERSATIONS = 500  # of all visitors together
_MAX_TURNS = 100  # of one conversation


class InMemoryConversations:
    """Conversations in memory, separated by visitor. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._conversations: OrderedDict[tuple[str, str], Conversation] = OrderedDict()

    def get_turns(self, visitor: str, conversation_id: str) -> Conversation:
        """Return the turns of a conversation that are not on disk, in order."""
        return self._conversations.get((visitor, conversation_id), ())

    def add_question(self, visitor: str, conversation_id: str, turn: Turn) -> str:
        """Add a question that is not answered yet.

        Args:
            visitor: The visitor's secret.
            conversation_id: "" for a new conversation.
            turn: The question, and why it is not stored on disk.

        Returns:
            The conversation's id.
        """
        conversation_id = conversation_id or secrets.token_hex(8)
        self.add_turn(visitor, conversation_id, turn)
        return conversation_id

    def find_request(self, visitor: str, request_key: str) -> str | None:
        """Return the id of the conversation with the question of a request; None for none."""
        with self._lock:
            return next(
                (
                    conversation_id
                    for (owner, conversation_id), turns in self._conversations.items()
                    if owner == visitor and any(turn.request_key == request_key for turn in turns)
                ),
                None,
            )

    def add_turn(self, visitor: str, conversation_id: str, turn: Turn) -> None:
        """Add a turn; the conversation begins where there is none."""
        key = visitor, conversation_id
        with self._lock:
            turns = (*self._conversations.pop(key, ()), turn)
            self._conversations[key] = turns[-_MAX_TURNS:]
            if len(self._conversations) > _MAX_CONVERSATIONS:
                self._conversations.popitem(last=False)

    def save_answer(self, visitor: str, conversation_id: str, turn: Turn) -> None:
        """Replace the last turn by the same with its answer, unless it has one already.

        Raises:
            KeyError: If the conversation was deleted meanwhile.
        """
        key = visitor, conversation_id
        with self._lock:
            *earlier, last = self._conversations[key]
            if last.is_pending:
                self._conversations[key] = (*earlier, turn)

    def delete(self, visitor: str, conversation_id: str) -> None:
        """Delete a conversation."""
        with self._lock:
            self._conversations.pop((visitor, conversation_id), None)

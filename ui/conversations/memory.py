"""Conversations that cannot be kept on disk: held in memory, so that a visitor can go on."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from dataclasses import replace

from index.document import Message
from index.storage.records import Criteria
from ui.conversations.model import Conversation, Turn

_MOST = 500  # conversations, of all visitors together
_LONGEST = 100  # turns of one


class Spare:
    """What could not be kept, each visitor's apart from all others'. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str], Conversation] = OrderedDict()

    def turns(self, visitor: str, conversation: str) -> Conversation:
        """The turns of a conversation that could not be kept, in order."""
        return self._held.get((visitor, conversation), ())

    def begin(
        self, visitor: str, conversation: str, question: str, criteria: Criteria, why: Message
    ) -> str:
        """Holds a question that is not answered yet; "" for a new conversation.

        Returns:
            The conversation's id.
        """
        conversation = conversation or secrets.token_hex(8)
        self.finish(visitor, conversation, Turn(question, filters=criteria, unkept=why))
        return conversation

    def finish(self, visitor: str, conversation: str, turn: Turn) -> None:
        """Holds what came of a question: in the place of the last one, where that still waits."""
        key = visitor, conversation
        with self._lock:
            held = self._held.pop(key, ())
            if held and held[-1].waits:
                turn, held = replace(turn, unkept=turn.unkept or held[-1].unkept), held[:-1]
            self._held[key] = (*held, turn)[-_LONGEST:]
            if len(self._held) > _MOST:
                self._held.popitem(last=False)

    def drop(self, visitor: str, conversation: str) -> None:
        """Takes a conversation away."""
        with self._lock:
            self._held.pop((visitor, conversation), None)

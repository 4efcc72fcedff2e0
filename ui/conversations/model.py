"""What has been asked and answered in one visit; plain values, whatever page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from index.messages import Message
from index.storage.records import Filters
from rag.answer.model import Answer
from ui.conversations.judgement import Judgement
from ui.service.query import NO_FILTERS


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, an error, or neither while it is searched for.

    Attributes:
        question: As asked.
        answer: What the library gave.
        error: Why there is no answer.
        filters: What the answer was limited to.
        judgement: What the visitor says of the answer.
        storage_error: Why it could not be kept, where that is so.
    """

    question: str
    answer: Answer | None = None
    error: Message | None = None
    filters: Filters = NO_FILTERS
    judgement: Judgement | None = None
    storage_error: Message | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be answered."""
        return self.answer is None and self.error is None


Conversation = tuple[Turn, ...]

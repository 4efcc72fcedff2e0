"""What has been asked and answered in one visit; plain values, whatever page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from index.catalogue import Criteria
from index.document import Message
from rag.answer import Answer

ANYWHERE = Criteria()


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, an error, or neither while it is searched for.

    `filters` are what the answer was limited to.
    """

    question: str
    answer: Answer | None = None
    error: Message | None = None
    filters: Criteria = ANYWHERE

    @property
    def waits(self) -> bool:
        """Whether it is still to be answered."""
        return self.answer is None and self.error is None


Conversation = tuple[Turn, ...]

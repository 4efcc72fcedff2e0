"""The conversations of visitors and their judgements of answers, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from index.messages import Message
from index.storage.records import Filters
from rag.answer.model import Answer
from rag.written.model import WrittenAnswer
from ui.service import limits
from ui.service.query import NO_FILTERS

Verdict = Literal["right", "elsewhere", "wrong"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """A visitor's judgement of an answer.

    Attributes:
        verdict: "right"; "elsewhere", if another passage is right; or "wrong". Of "not in this
            library", which has no passage, "right" and "wrong" say whether that is so.
        passage_id: The passage that is right; "" where none was picked.
        is_absent: Whether the library does not have the answer, although it gave one.
        note: What is right, in the visitor's own words.
    """

    verdict: Verdict
    passage_id: str = ""
    is_absent: bool = False
    note: str = ""


def parse_judgement(
    verdict: str, passage_id: str = "", note: str = "", *, is_absent: bool
) -> Judgement | None:
    """Return the judgement that the page sent; None for no verdict, or an unknown one.

    Only the fields that belong to the verdict are kept.
    """
    parsed_verdict = next((known for known in VERDICTS if known == verdict), None)
    if parsed_verdict is None:
        return None
    note = " ".join(note.split())[: limits.MAX_COMMENT_LENGTH]
    if parsed_verdict == "right":
        return Judgement(parsed_verdict)
    if parsed_verdict == "elsewhere":
        return Judgement(parsed_verdict, passage_id, note=note)
    return Judgement(parsed_verdict, is_absent=is_absent, note=note)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What a language model wrote of an answer.

    Attributes:
        written: Its sentences with their verdicts.
        written_at: When, in UTC.
    """

    written: WrittenAnswer
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer or error; with neither while it is being answered.

    Attributes:
        question: As asked.
        answer: The answer of the library.
        error: Why there is no answer.
        filters: What the question was limited to.
        judgement: The visitor's judgement of the answer.
        paragraph: What a language model wrote of the answer.
        translation: Its quotation, as a language model translated it.
        storage_error: Why the turn could not be stored, if so.
        request_key: The key of the request that asked, in memory alone; "" for none.
    """

    question: str
    answer: Answer | None = None
    error: Message | None = None
    filters: Filters = NO_FILTERS
    judgement: Judgement | None = None
    paragraph: Paragraph | None = None
    translation: Paragraph | None = None
    storage_error: Message | None = None
    request_key: str = ""

    @property
    def written(self) -> tuple[Paragraph, ...]:
        """All that a language model wrote of it."""
        return tuple(item for item in (self.translation, self.paragraph) if item)

    @property
    def is_pending(self) -> bool:
        """Whether the question is still to be answered."""
        return self.answer is None and self.error is None


Conversation = tuple[Turn, ...]

"""One response held against the gold of its question."""

from __future__ import annotations

from dataclasses import dataclass

from eval.question import Question, SectionRef
from eval.system import Response, Returned

DEPTH = 10
"""How far down a ranking is looked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a response did; None where the question or the system has no such thing.

    Attributes:
        question: The question.
        rank: Where the first right text stands, counted from 1; None if not among the first ten.
        marked_right: Whether the first marked sentence holds an answer.
        notes_recall: The share of the gold notes that came with the first text.
        notes_precision: The share of the notes that came with it that are gold.
        confidence: As the system gave it.
        refused: Whether the system said that the answer is not there.
        seconds: How long it took.
        characters: The mean length of the texts returned.
    """

    question: Question
    rank: int | None
    marked_right: bool | None
    notes_recall: float | None
    notes_precision: float | None
    confidence: float | None
    refused: bool | None
    seconds: float
    characters: float


def judge(
    question: Question, gold: frozenset[SectionRef], response: Response, seconds: float
) -> Outcome:
    """The outcome of one response.

    Among texts with equal scores the right ones count as the last: a tie is no success.
    """
    verdicts = [(text.score, is_right(text, question, gold)) for text in response.returned]
    verdicts.sort(key=lambda verdict: (-verdict[0], verdict[1]))
    rank = next((i for i, (_, right) in enumerate(verdicts[:DEPTH], 1) if right), None)
    recall, precision = _notes(question, response.note_numbers)
    lengths = [len(text.text) for text in response.returned]
    return Outcome(
        question=question,
        rank=rank,
        marked_right=_marked_right(question, response),
        notes_recall=recall,
        notes_precision=precision,
        confidence=response.confidence,
        refused=response.refused,
        seconds=seconds,
        characters=sum(lengths) / len(lengths) if lengths else 0.0,
    )


def is_right(text: Returned, question: Question, gold: frozenset[SectionRef]) -> bool:
    """Whether a text is from a gold section and, where the answer stands in it, holds the answer.

    Where the gold is a whole paragraph (`Question.places`) or metadata, the place alone decides.
    """
    if not text.places & gold:
        return False
    if question.places or question.where == "metadata":
        return True
    return any(answer in part for answer in question.answers for part in (text.text, *text.notes))


def _marked_right(question: Question, response: Response) -> bool | None:
    if response.marked is None or question.where in (None, "metadata"):
        return None
    return any(answer in response.marked for answer in question.answers)


def _notes(question: Question, shown: tuple[str, ...] | None) -> tuple[float | None, float | None]:
    if shown is None or not question.notes:
        return None, None
    common = len(set(shown) & set(question.notes))
    return common / len(question.notes), common / len(shown) if shown else 0.0

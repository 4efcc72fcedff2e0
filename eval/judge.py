"""One response held against the gold of its question, by the rules in docs/evaluation.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from eval.questions.format import Question, SectionRef
from eval.system import Response, Returned

DEPTH = 10
"""How far down a ranking is looked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a response did; None where the question or the system has no such thing.

    Attributes:
        question: The question.
        rank: Where the first right text stands, counted from 1; None if not among the first ten.
        marked_right: Whether the first marked sentence holds an answer, in a right place.
        notes_recall: The share of the gold notes that came with the first text.
        notes_precision: The share of the notes that came with it that are gold.
        confidence: As the system gave it.
        refused: Whether the system said that the answer is not there.
        seconds: How long it took.
        characters: The mean length of the texts returned.
        characters_with_notes: The same, with the notes that came with them.
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
    characters_with_notes: float


def judge(
    question: Question, gold: frozenset[SectionRef], response: Response, seconds: float
) -> Outcome:
    """The outcome of one response.

    Args:
        question: What was asked.
        gold: The sections that answer it, as `eval.questions.gold.places` gives them.
        response: At most ten texts of it are looked at.
        seconds: How long it took.
    """
    returned = response.returned[:DEPTH]
    in_place = bool(returned) and bool(returned[0].places & gold)
    recall, precision = _notes(question, response.note_numbers, in_place=in_place)
    lengths = [len(text.text) for text in returned]
    with_notes = [len(text.text) + sum(map(len, text.notes)) for text in returned]
    return Outcome(
        question=question,
        rank=_rank(question, gold, returned),
        marked_right=_marked_right(question, response.marked, in_place=in_place),
        notes_recall=recall,
        notes_precision=precision,
        confidence=response.confidence,
        refused=response.refused,
        seconds=seconds,
        characters=sum(lengths) / max(len(lengths), 1),
        characters_with_notes=sum(with_notes) / max(len(with_notes), 1),
    )


def is_right(text: Returned, question: Question, gold: frozenset[SectionRef]) -> bool:
    """Whether a text stands in a gold section and shows an answer.

    An answer that stands in the text must be shown there; one that stands in a note, there or in a
    note that came along; one from the metadata, there or in the reference. Where the gold is a
    whole paragraph (`Question.places`), the place alone decides.
    """
    if not text.places & gold:
        return False
    if question.places:
        return True
    shown = [text.text]
    if question.where == "note":
        shown += text.notes
    elif question.where == "metadata":
        shown.append(text.reference)
    return any(answer in part for answer in question.answers for part in shown)


def _rank(
    question: Question, gold: frozenset[SectionRef], returned: Sequence[Returned]
) -> int | None:
    """The first right text; among equal scores the right ones count as the last."""
    seen = 0
    for _, tied in groupby(returned, key=lambda text: text.score):
        verdicts = [is_right(text, question, gold) for text in tied]
        seen += len(verdicts)
        if any(verdicts):
            return seen - sum(verdicts) + 1
    return None


def _marked_right(question: Question, marked: str | None, *, in_place: bool) -> bool | None:
    if marked is None or question.where in (None, "metadata"):
        return None
    return in_place and any(answer in marked for answer in question.answers)


def _notes(
    question: Question, shown: tuple[str, ...] | None, *, in_place: bool
) -> tuple[float | None, float | None]:
    """Recall and precision. Numbers restart with each article: elsewhere, none of them is gold."""
    if shown is None or not question.notes:
        return None, None
    common = len(set(shown) & set(question.notes)) if in_place else 0
    return common / len(question.notes), common / len(shown) if shown else 0.0

"""One response held against the gold of its question, by the rules in docs/evaluation.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from eval.questions.format import Question, SectionRef

DEPTH = 10
"""How far down a ranking is looked."""


@dataclass(frozen=True, slots=True)
class RetrievedText:
    """One text that a system returned.

    Attributes:
        text: As returned, without what only leads to it (titles, headings, addresses).
        sections: The sections that it has text of.
        score: Higher is better; equal scores next to each other are a tie.
        notes: The texts of the notes that came with it.
        reference: What is shown of where it was printed: titles, authors, date, ….
    """

    text: str
    sections: frozenset[SectionRef]
    score: float
    notes: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What a system said to one question.

    Attributes:
        texts: Best first.
        evidence_text: The first sentence marked as the answer; None for a system that marks none.
        note_numbers: The notes shown with the first text; None for a system that shows none.
        confidence: That the first text answers; None for a system that has none.
        refused: Whether it said that the answer is not there; None for a system that cannot.
    """

    texts: tuple[RetrievedText, ...]
    evidence_text: str | None = None
    note_numbers: tuple[str, ...] | None = None
    confidence: float | None = None
    refused: bool | None = None


@dataclass(frozen=True, slots=True)
class QuestionResult:
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


def score_response(
    question: Question, gold: frozenset[SectionRef], response: Response, seconds: float
) -> QuestionResult:
    """The outcome of one response.

    Args:
        question: What was asked.
        gold: The sections that answer it, as `eval.questions.gold.places` gives them.
        response: At most ten texts of it are looked at.
        seconds: How long it took.
    """
    texts = response.texts[:DEPTH]
    in_gold_section = bool(texts) and bool(texts[0].sections & gold)
    recall, precision = _score_notes(
        question, response.note_numbers, in_gold_section=in_gold_section
    )
    lengths = [len(text.text) for text in texts]
    with_notes = [len(text.text) + sum(map(len, text.notes)) for text in texts]
    return QuestionResult(
        question=question,
        rank=_find_rank(question, gold, texts),
        marked_right=_is_evidence_correct(
            question, response.evidence_text, in_gold_section=in_gold_section
        ),
        notes_recall=recall,
        notes_precision=precision,
        confidence=response.confidence,
        refused=response.refused,
        seconds=seconds,
        characters=sum(lengths) / max(len(lengths), 1),
        characters_with_notes=sum(with_notes) / max(len(with_notes), 1),
    )


def is_relevant(text: RetrievedText, question: Question, gold: frozenset[SectionRef]) -> bool:
    """Whether a text stands in a gold section and shows an answer.

    An answer that stands in the text must be shown there; one that stands in a note, there or in a
    note that came along; one from the metadata, there or in the reference. Where the gold is a
    whole paragraph (`Question.places`), the place alone decides.
    """
    if not text.sections & gold:
        return False
    if question.gold_sections:
        return True
    shown_texts = [text.text]
    if question.where == "note":
        shown_texts += text.notes
    elif question.where == "metadata":
        shown_texts.append(text.reference)
    return any(answer in part for answer in question.answers for part in shown_texts)


def _find_rank(
    question: Question, gold: frozenset[SectionRef], texts: Sequence[RetrievedText]
) -> int | None:
    """The first right text; among equal scores the right ones count as the last."""
    examined = 0
    for _, tied in groupby(texts, key=lambda text: text.score):
        relevance = [is_relevant(text, question, gold) for text in tied]
        examined += len(relevance)
        if any(relevance):
            return examined - sum(relevance) + 1
    return None


def _is_evidence_correct(
    question: Question, evidence_text: str | None, *, in_gold_section: bool
) -> bool | None:
    if evidence_text is None or question.where in (None, "metadata"):
        return None
    return in_gold_section and any(answer in evidence_text for answer in question.answers)


def _score_notes(
    question: Question, note_numbers: tuple[str, ...] | None, *, in_gold_section: bool
) -> tuple[float | None, float | None]:
    """Recall and precision. Numbers restart with each article: elsewhere, none of them is gold."""
    if note_numbers is None or not question.notes:
        return None, None
    matched = len(set(note_numbers) & set(question.notes)) if in_gold_section else 0
    return matched / len(question.notes), matched / len(note_numbers) if note_numbers else 0.0

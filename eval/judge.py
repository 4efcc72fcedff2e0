"""Judging of one response by the gold of its question; docs/evaluation.md has the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from eval.questions.format import Question, SectionRef

DEPTH = 10
"""The number of texts of a response that are judged."""


@dataclass(frozen=True, slots=True)
class RetrievedText:
    """A text that a system returned.

    Attributes:
        text: The text, without titles, headings and addresses that only lead to it.
        sections: The sections that it has text of.
        score: Its score, higher is better; neighbours with equal scores are a tie.
        notes: The texts of the notes returned with it.
        reference: What is shown of its source: titles, authors, date, ….
    """

    text: str
    sections: frozenset[SectionRef]
    score: float
    notes: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What a system returned for a question; None for what the system does not have.

    Attributes:
        texts: The texts, best first.
        evidence_text: The first sentence marked as evidence.
        note_numbers: The numbers of the notes shown with the first text.
        confidence: The confidence that the first text answers, in [0, 1].
        refused: Whether it refused to answer.
    """

    texts: tuple[RetrievedText, ...]
    evidence_text: str | None = None
    note_numbers: tuple[str, ...] | None = None
    confidence: float | None = None
    refused: bool | None = None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """The judgement of a response; None where the question or the system lacks a value.

    Attributes:
        question: The question.
        rank: The rank of the first relevant text, from 1; None if it is not among the first ten.
        is_evidence_correct: Whether the first evidence has an answer and is in a gold section.
        notes_recall: The share of the gold notes shown with the first text.
        notes_precision: The share of gold notes among those shown with it.
        confidence: The confidence of the response.
        refused: Whether the system refused to answer.
        seconds: The time that the response took.
        characters: The mean length of the texts.
        characters_with_notes: The same with their notes.
    """

    question: Question
    rank: int | None
    is_evidence_correct: bool | None
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
    """Return the judgement of a response.

    Args:
        question: The question.
        gold: The sections that answer it, by `eval.questions.gold.find_gold_sections`.
        response: The response; at most ten of its texts are judged.
        seconds: The time that it took.
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
        is_evidence_correct=_is_evidence_correct(
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
    """Return whether a text is in a gold section and shows an answer.

    An answer in the text must be shown there; one in a note, there or in a note returned with it;
    one from the metadata, there or in the reference. If the gold is a whole paragraph
    (`Question.gold_sections`), the section alone decides.

    Args:
        text: The text.
        question: The question.
        gold: The sections that answer it.
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
    """Return the rank of the first relevant text; in a tie the relevant ones are last."""
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
    """Return recall and precision; 0 in another section, for each article numbers its own notes."""
    if note_numbers is None or not question.notes:
        return None, None
    matched = len(set(note_numbers) & set(question.notes)) if in_gold_section else 0
    return matched / len(question.notes), matched / len(note_numbers) if note_numbers else 0.0

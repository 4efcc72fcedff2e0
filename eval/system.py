"""What is measured: anything that takes a question and returns ranked texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from eval.questions.format import Question, SectionRef


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


class RetrievalSystem(Protocol):
    """A retriever under test."""

    name: str

    def respond(self, question: Question) -> Response:
        """What it returns for a question, at most ten texts."""
        ...

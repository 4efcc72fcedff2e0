"""The words of a written answer: numbered sentences, what was written of them, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from index.document import Span

ProblemKind = Literal[
    "citation", "misattributed", "stitched", "fabricated", "number", "date", "name", "law",
    "negation", "direction", "modality", "scope", "cause", "role", "order", "attribution",
    "coverage", "language",
]  # fmt: skip
"""What is wrong with a written sentence."""

WritingTask = Literal["answer", "translation", "summary"]
"""What is written: an answer, the quotation in the other language, an outline in plain words."""


@dataclass(frozen=True, slots=True)
class NumberedSentence:
    """A sentence of the library that a written answer may cite.

    Attributes:
        number: Its number, from 1.
        text: As printed.
        citation: The index of its citation in the answer.
        span: Where it stands in the text of the citation or of the note.
        note: The number of the note that it is of; None for one of the passage itself.
        names: Names that stand in it, each with one that its publication declares to mean the
            same, in the other language.
    """

    number: int
    text: str
    citation: int
    span: Span
    note: str | None = None
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a written sentence that the sentences which it cites do not say.

    Attributes:
        kind: What kind of thing.
        detail: The words of the written sentence; "" for the sentence as a whole.
    """

    kind: ProblemKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a written sentence is supported by what it cites.

    Attributes:
        problems: What is not; empty for a supported sentence.
        coverage: The share of its content that the cited sentences have, from 0 to 1.
        parts: What the coverage is computed from, by name.
    """

    problems: tuple[Problem, ...]
    coverage: float
    parts: Mapping[str, float]

    @property
    def is_supported(self) -> bool:
        """Whether nothing is wrong with the sentence."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence that a model wrote.

    Attributes:
        text: Its plain text.
        cites: The numbers of the sentences that it rests on.
        verdict: What the check says of it.
    """

    text: str
    cites: tuple[int, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class WrittenAnswer:
    """An answer that a model wrote, checked.

    Attributes:
        model: The name of the model.
        host: The host that it runs on.
        sentences: What it wrote, in order.
        evidence: The sentences that it was given.
        task: What was to be written.
    """

    model: str
    host: str
    sentences: tuple[WrittenSentence, ...]
    evidence: tuple[NumberedSentence, ...]
    task: WritingTask = "answer"

    @property
    def supported(self) -> tuple[WrittenSentence, ...]:
        """The sentences that the check lets pass."""
        return tuple(sentence for sentence in self.sentences if sentence.verdict.is_supported)

    @property
    def is_usable(self) -> bool:
        """Whether at least half of its sentences are supported."""
        return 2 * len(self.supported) >= len(self.sentences)

    @property
    def left_out(self) -> tuple[NumberedSentence, ...]:
        """The sentences that no supported sentence cites: of a translation, what is missing."""
        cited = {number for sentence in self.supported for number in sentence.cites}
        return tuple(item for item in self.evidence if item.number not in cited)

    def get_cited(self, sentence: WrittenSentence) -> tuple[NumberedSentence, ...]:
        """Return the sentences that a sentence cites.

        Args:
            sentence: One of its sentences.
        """
        return tuple(item for item in self.evidence if item.number in sentence.cites)

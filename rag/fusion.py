"""What speaks for each candidate passage, and what it adds up to.

Scores are added, weighted, and not ranks: a leg with nothing to say gives every passage the same
and so has no vote. Weights are fitted by `eval/fit.py`; they do not depend on how many passages a
library or a list of candidates has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rag.coverage import Floats

LEGS = ("vector", "sentence", "terms", "sentence-terms")
"""The legs, as an answer that explains itself names them."""


@dataclass(frozen=True, slots=True)
class Legs:
    """What each leg gave the candidates, each [n].

    Attributes:
        vector: Similarity of question and passage.
        sentence: Similarity of question and best sentence.
        terms: Share of the question that the passage says.
        sentence_terms: Share of the question that its best sentence says.
        across: Whether the passage is in the other language: then similarities are those of
            `rag.centre`, and the shares are of bridged terms.
    """

    vector: Floats
    sentence: Floats
    terms: Floats
    sentence_terms: Floats
    across: Floats

    def table(self) -> Floats:
        """The legs as columns, [n, 4]."""
        return np.stack([self.vector, self.sentence, self.terms, self.sentence_terms], axis=1)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each leg counts, in the order of `LEGS`, and what is added to the sum."""

    legs: tuple[float, ...]
    bias: float = 0.0


def contributions(legs: Legs, same: Weights, across: Weights) -> Floats:
    """What each leg adds to the score of each candidate; the bias last. [n, 5]."""
    chosen = legs.across.astype(bool)[:, None]
    weights = np.where(chosen, _row(across), _row(same))
    return np.hstack([legs.table(), np.ones((len(legs.vector), 1))]) * weights


def order(scores: Floats, rows: Sequence[int]) -> list[int]:
    """Candidates, best first; equal ones by their row."""
    return sorted(range(len(rows)), key=lambda at: (-scores[at], rows[at]))


def _row(weights: Weights) -> Floats:
    return np.array([[*weights.legs, weights.bias]])

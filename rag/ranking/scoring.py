"""What speaks for each candidate passage, and what it adds up to.

Scores are added, weighted, and not ranks: a leg with nothing to say gives every passage the same
and so has no vote. Weights are fitted by `eval/fit.py`; they do not depend on how many passages a
library or a list of candidates has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.arrays import FloatArray
from rag.answer.model import ScoreComponent
from rag.ranking.features import FEATURES, CandidateFeatures, FeatureMatrix
from rag.ranking.parameters import Weights
from rag.ranking.passages import LoadedPassage


@dataclass(frozen=True)
class RankedCandidates:
    """The candidates of a question with their scores.

    Attributes:
        in_context: The features with the question read in its context, if it is a follow-up.
        standalone: The features of the same candidates with the question alone; `in_context` where
            the question has no words of its own.
        contributions: The contributions to the score of each candidate: of each feature, the bias
            and, for a follow-up, the history; [n, features + 1 or features + 2].
        confidence_inputs: Those of the two whose confidence is averaged.
        earlier: The rankings of the questions before a request for more; else empty.
    """

    in_context: CandidateFeatures
    standalone: CandidateFeatures
    contributions: FloatArray
    confidence_inputs: tuple[CandidateFeatures, ...]
    earlier: tuple[RankedCandidates, ...] = ()

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """The indices of the candidates, best first."""
        rows = [candidate.loaded_passage.row for candidate in self.in_context.candidates]
        return tuple(rank(self.contributions.sum(axis=1), rows))

    @property
    def top_passage(self) -> LoadedPassage | None:
        """The first passage, if there is any."""
        return self.in_context.candidates[self.ranking[0]].loaded_passage if self.ranking else None


def compute_contributions(
    features: FeatureMatrix, monolingual: Weights, cross_lingual: Weights
) -> FloatArray:
    """What each leg adds to the score of each candidate; the bias last. [n, legs + 1]."""
    weights = np.where(
        features.cross_lingual[:, None], _weight_row(cross_lingual), _weight_row(monolingual)
    )
    return np.hstack([features.values, np.ones((len(features.values), 1))]) * weights


def rank(scores: FloatArray, rows: Sequence[int]) -> list[int]:
    """Candidates, best first; equal ones by their row."""
    return sorted(range(len(rows)), key=lambda index: (-scores[index], rows[index]))


def score_parts(contributions: Sequence[float]) -> tuple[ScoreComponent, ...]:
    """Return the contributions to one score by name: features, bias and, if given, history."""
    names = (*FEATURES, "bias", "history")
    return tuple(
        ScoreComponent(name, value) for name, value in zip(names, contributions, strict=False)
    )


def _weight_row(weights: Weights) -> FloatArray:
    return np.array([[*weights.by_feature, weights.bias]])

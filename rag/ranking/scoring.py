"""What speaks for each candidate passage, and what it adds up to.

Scores are added, weighted, and not ranks: a leg with nothing to say gives every passage the same
and so has no vote. Weights are fitted by `eval/fit.py`; they do not depend on how many passages a
library or a list of candidates has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import BoolArray, FloatArray

FEATURES = (
    "vector",
    "sentence",
    "maxsim",
    "sentence-maxsim",
    "translated-maxsim",
    "term-coverage",
    "sentence-term-coverage",
    "heading",
    "answer-type",
)
"""The legs, as an answer that explains itself names them:

- vector: similarity of question and passage, above the mean of the candidates in the same language
  as this one;
- sentence: similarity of question and best sentence, above that mean;
- tokens: how near the tokens of the question come to their nearest ones in the passage or above it,
  on average, above what is usual in that language;
- sentence-tokens: the same of its best sentence;
- worded: as tokens, of a passage in the other language and the question in the words of that one
  (`rag.query.word_translation`);
- terms: the share of the question that the passage says;
- sentence-terms: the share that its best sentence says;
- heading: the share that the titles and headings above it say;
- expected: whether the sentence nearest to the question has the kind of answer that it asks for.
"""


MAXSIM = slice(FEATURES.index("maxsim"), FEATURES.index("sentence-maxsim") + 1)
"""The legs that compare token by token."""

TRANSLATED_MAXSIM = FEATURES.index("translated-maxsim")
"""The one that compares the question in the words of the other language."""

RERANK_FEATURES = slice(MAXSIM.start, TRANSLATED_MAXSIM + 1)
"""All that are only known of passages that are looked at closely."""


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """What each leg gave the candidates.

    Attributes:
        values: A row for each candidate, a column for each of `LEGS`.
        cross_lingual: Whether the candidate is in the other language: then similarities are those of
            `index.encoders.language_bias`, and the shares are of bridged terms; [n].
    """

    values: FloatArray
    cross_lingual: BoolArray


@dataclass(frozen=True, slots=True)
class Weights:
    """What each leg counts, in the order of `LEGS`, and what is added to the sum."""

    by_feature: tuple[float, ...]
    bias: float = 0.0


def compute_contributions(
    features: FeatureMatrix, monolingual: Weights, cross_lingual: Weights
) -> FloatArray:
    """What each leg adds to the score of each candidate; the bias last. [n, legs + 1]."""
    weights = np.where(
        features.cross_lingual[:, None], _weight_row(cross_lingual), _weight_row(monolingual)
    )
    return np.hstack([features.values, np.ones((len(features.values), 1))]) * weights


def subtract_language_mean(values: FloatArray, pseudo_rival: float) -> FloatArray:
    """Similarities [n] above their mean.

    Similarities between languages, and those of long and of short texts, have different levels; how
    far a passage stands out from its rivals can be compared. `usual` counts as one more rival, so
    that a passage without any can stand out too.
    """
    return np.asarray(values - (values.sum() + pseudo_rival) / (len(values) + 1))


def rank(scores: FloatArray, rows: Sequence[int]) -> list[int]:
    """Candidates, best first; equal ones by their row."""
    return sorted(range(len(rows)), key=lambda index: (-scores[index], rows[index]))


def _weight_row(weights: Weights) -> FloatArray:
    return np.array([[*weights.by_feature, weights.bias]])

"""What speaks for each candidate passage, and what it adds up to.

Scores are added, weighted, and not ranks: a leg with nothing to say gives every passage the same
and so has no vote. Weights are fitted by `eval/fit.py`; they do not depend on how many passages a
library or a list of candidates has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.ranking.term_match import Floats

LEGS = (
    "vector",
    "sentence",
    "tokens",
    "sentence-tokens",
    "worded",
    "terms",
    "sentence-terms",
    "heading",
    "expected",
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


TOKENS = slice(LEGS.index("tokens"), LEGS.index("sentence-tokens") + 1)
"""The legs that compare token by token."""

WORDED = LEGS.index("worded")
"""The one that compares the question in the words of the other language."""

CLOSE = slice(TOKENS.start, WORDED + 1)
"""All that are only known of passages that are looked at closely."""


@dataclass(frozen=True, slots=True)
class Legs:
    """What each leg gave the candidates.

    Attributes:
        table: A row for each candidate, a column for each of `LEGS`.
        across: Whether the candidate is in the other language: then similarities are those of
            `index.encoders.language_bias`, and the shares are of bridged terms; [n].
    """

    table: Floats
    across: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each leg counts, in the order of `LEGS`, and what is added to the sum."""

    legs: tuple[float, ...]
    bias: float = 0.0


def contributions(legs: Legs, same: Weights, across: Weights) -> Floats:
    """What each leg adds to the score of each candidate; the bias last. [n, legs + 1]."""
    weights = np.where(legs.across[:, None], _row(across), _row(same))
    return np.hstack([legs.table, np.ones((len(legs.table), 1))]) * weights


def above_mean(values: Floats, usual: float) -> Floats:
    """Similarities [n] above their mean.

    Similarities between languages, and those of long and of short texts, have different levels; how
    far a passage stands out from its rivals can be compared. `usual` counts as one more rival, so
    that a passage without any can stand out too.
    """
    return np.asarray(values - (values.sum() + usual) / (len(values) + 1))


def order(scores: Floats, rows: Sequence[int]) -> list[int]:
    """Candidates, best first; equal ones by their row."""
    return sorted(range(len(rows)), key=lambda at: (-scores[at], rows[at]))


def _row(weights: Weights) -> Floats:
    return np.array([[*weights.legs, weights.bias]])

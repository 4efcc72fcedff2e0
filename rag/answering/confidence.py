"""How likely it is that the first citation answers.

A logistic regression (Platt, "Probabilistic Outputs for Support Vector Machines", 1999) over signs
that mean the same in a library of any size and of either language: how well the first passage fits,
how far it stands out from the next, how near its best sentence is to the question in itself, how
near its words are to the question's, those above all that come least near to any, whether it says
at least some of the question's words, and whether it has the quantity asked for, or the article of
a treaty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.model import ScoreComponent
from rag.ranking.parameters import Calibration

_MAX_TERM_COVERAGE = 0.25  # of a question's words; to say more of them is no sign of an answer
_MIN_TERM_COVERAGE = 0.02  # of them; below it what is near is near by chance
_TYPICAL_SIMILARITY = {
    False: 0.85,
    True: 0.45,
}  # of a question and a sentence, in one language and across
TYPICAL_MAXSIM = {False: (0.6, 0.4), True: (0.5, 0.3)}
"""What `Signs.words` and `Signs.least` usually are of passages that answer, in one language and
across; a model that gives no tokens has these."""


@dataclass(frozen=True, slots=True)
class ConfidenceFeatures:
    """What is seen of a passage and those that come after it.

    Attributes:
        score: Of the passage.
        margin: How much more that is than the next one's, at least 0; all of it where there is none.
        sentence_similarity: Of the question and the passage's best sentence.
        maxsim_mean: How near the question's tokens come to the passage's and those above it, on average.
        maxsim_low: The same of the third that comes least near.
        term_coverage: The share of the question's words that the passage says.
        lacks_quantity: Whether the question asks for a quantity that the passage does not give.
        lacks_article_number: Whether it asks for an article or chapter by its number, which the passage does not
            name; in either language this is recognised.
        cross_lingual: Whether the passage is in the other language than the question.
    """

    score: float
    margin: float
    sentence_similarity: float
    maxsim_mean: float
    maxsim_low: float
    term_coverage: float
    lacks_quantity: bool
    lacks_article_number: bool
    cross_lingual: bool


CONFIDENCE_PART_NAMES = (
    "score",
    "margin",
    "sentence-similarity",
    "maxsim",
    "term-coverage",
    "quantity",
    "cross-lingual",
    "bias",
)
"""The parts of the log-odds, as an answer that explains itself names them."""


def compute_confidence_parts(
    features: ConfidenceFeatures, calibration: Calibration
) -> tuple[ScoreComponent, ...]:
    """The log-odds, part by part.

    Args:
        features: Of the first citation.
        calibration: The calibration.
    """
    typical_mean, typical_low = TYPICAL_MAXSIM[features.cross_lingual]
    lacks_item, lacks_item_cross_lingual = _lacks_requested_item(features)
    values = (
        calibration.score * features.score,
        calibration.margin * features.margin,
        calibration.sentence_similarity
        * (features.sentence_similarity - _TYPICAL_SIMILARITY[features.cross_lingual]),
        calibration.maxsim_mean * (features.maxsim_mean - typical_mean)
        + calibration.maxsim_low * (features.maxsim_low - typical_low),
        calibration.term_coverage * min(features.term_coverage, _MAX_TERM_COVERAGE)
        + (calibration.no_term_overlap if features.term_coverage < _MIN_TERM_COVERAGE else 0.0),
        calibration.lacks_requested_item * lacks_item
        + calibration.lacks_requested_item_cross_lingual * lacks_item_cross_lingual,
        calibration.cross_lingual if features.cross_lingual else 0.0,
        calibration.bias,
    )
    return tuple(
        ScoreComponent(name, value)
        for name, value in zip(CONFIDENCE_PART_NAMES, values, strict=True)
    )


def regression_inputs(features: ConfidenceFeatures) -> tuple[float, ...]:
    """What each field of a `Calibration` but the bias is multiplied by, in their order."""
    typical_mean, typical_low = TYPICAL_MAXSIM[features.cross_lingual]
    return (
        features.score,
        features.margin,
        features.sentence_similarity - _TYPICAL_SIMILARITY[features.cross_lingual],
        features.maxsim_mean - typical_mean,
        features.maxsim_low - typical_low,
        min(features.term_coverage, _MAX_TERM_COVERAGE),
        float(features.term_coverage < _MIN_TERM_COVERAGE),
        *map(float, _lacks_requested_item(features)),
        float(features.cross_lingual),
    )


def _lacks_requested_item(features: ConfidenceFeatures) -> tuple[bool, bool]:
    """Whether `Calibration.missing` is added, or `missing_across`."""
    is_certain = features.lacks_article_number or (
        features.lacks_quantity and not features.cross_lingual
    )
    return is_certain, features.lacks_quantity and not is_certain


def compute_confidence(parts: Sequence[ScoreComponent]) -> float:
    """The probability, in [0, 1]; 0 where there are no parts."""
    if not parts:
        return 0.0
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(part.value for part in parts)))))

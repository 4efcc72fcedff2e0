"""Numbers fitted by `eval/fit.py` on development questions, with where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

PARAMETERS_PATH = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each leg counts, in the order of `LEGS`, and what is added to the sum."""

    by_feature: tuple[float, ...]
    bias: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is added up to the log-odds.

    Attributes:
        score: What the score counts.
        margin: What the lead counts.
        sentence_similarity: What similarity counts that is above the usual one.
        maxsim_mean: What nearness of tokens counts that is above the usual one.
        maxsim_low: What that of the least near ones counts.
        term_coverage: What the share counts of the question's words that the passage says, up to a quarter.
        no_term_overlap: What is added where it says next to none of them.
        lacks_requested_item: What is added where the quantity is missing from a passage in the same language, or
            the article or chapter.
        lacks_requested_item_cross_lingual: What is added where it is missing from one in the other language, in which
            it is not always recognised.
        cross_lingual: What is added for a passage in the other language.
        bias: What is always added.
    """

    score: float
    margin: float
    sentence_similarity: float
    maxsim_mean: float
    maxsim_low: float
    term_coverage: float
    no_term_overlap: float
    lacks_requested_item: float
    lacks_requested_item_cross_lingual: float
    cross_lingual: float
    bias: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The confidence below which the answer is "not in this library".

    Passages of one language are told apart better than those across languages, where the same
    threshold would refuse many more questions that are answered.

    Attributes:
        monolingual: Where the first citation is in the question's language.
        cross_lingual: Where it is in the other one.
    """

    monolingual: float
    cross_lingual: float

    def select(self, *, is_cross_lingual: bool) -> float:
        """The one for a first citation in the other language or not."""
        return self.cross_lingual if is_cross_lingual else self.monolingual


@dataclass(frozen=True, slots=True)
class Parameters:
    """All that was fitted.

    Attributes:
        provenance: The question sets, and how many questions of each, by name.
        monolingual: For passages in the question's language.
        cross_lingual: For passages in the other language.
        sentence_weights: What each of `FIGURES` counts in choosing the sentence that answers.
        evidence_margin: How much worse a second sentence may be and still be marked.
        calibration: For the first citation.
        thresholds: The confidence below which the answer is "not in this library".
    """

    provenance: dict[str, int]
    monolingual: Weights
    cross_lingual: Weights
    sentence_weights: dict[str, float]
    evidence_margin: float
    calibration: Calibration
    thresholds: Thresholds


@cache
def load_parameters() -> Parameters:
    """What comes with this version."""
    return msgspec.json.decode(PARAMETERS_PATH.read_bytes(), type=Parameters)

"""Numbers fitted by `eval/fit.py` on development questions, with where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from rag.answering.confidence import Calibration, Thresholds
from rag.ranking.scoring import Weights

PARAMETERS_PATH = Path(__file__).with_name("weights.json")


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

"""Numbers fitted by `eval/fit.py` on development questions, with where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from rag.answering.confidence import Calibration, Thresholds
from rag.ranking.scoring import Weights

PATH = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Fitted:
    """All that was fitted.

    Attributes:
        provenance: The question sets, and how many questions of each, by name.
        same: For passages in the question's language.
        across: For passages in the other language.
        sentences: What each of `FIGURES` counts in choosing the sentence that answers.
        margin: How much worse a second sentence may be and still be marked.
        confidence: For the first citation.
        thresholds: The confidence below which the answer is "not in this library".
    """

    provenance: dict[str, int]
    same: Weights
    across: Weights
    sentences: dict[str, float]
    margin: float
    confidence: Calibration
    thresholds: Thresholds


@cache
def fitted() -> Fitted:
    """What comes with this version."""
    return msgspec.json.decode(PATH.read_bytes(), type=Fitted)

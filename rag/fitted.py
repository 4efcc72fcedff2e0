"""Numbers fitted by `eval/fit.py` on development questions."""

from __future__ import annotations

from dataclasses import replace

from rag.confidence import Calibration
from rag.evidence import SentenceWeights
from rag.fusion import Weights

SAME = Weights((26.4, 39.0, 7.2, 4.9, 1.4, 0.36))
ACROSS = Weights((30.4, 35.8, 5.0, 4.4, 0.7, 0.4), bias=0.56)
SENTENCES = SentenceWeights(
    similarity=26.8,
    terms=6.8,
    length=0.31,
    expected={"number": 0.75, "time": 0.77, "person": 0.3, "place": 0.15, "reason": 0.07},
    kinds={"text": 0.0, "explanation": 0.1, "source": -1.0},
)
CITED = replace(SENTENCES, kinds={"text": 0.0, "explanation": 0.0, "source": 0.0})
MARGIN = 0.5
CONFIDENCE = Calibration(score=0.425, bias=-3.81, across=-0.63)
THRESHOLD = 0.11

"""Numbers fitted by `eval/fit.py` on development questions."""

from __future__ import annotations

from rag.evidence import SentenceWeights
from rag.fusion import Weights

SAME = Weights((31.0, 64.0, 11.0, 10.0))
ACROSS = Weights((17.0, 16.0, 3.0, 10.0))
SENTENCES = SentenceWeights(
    similarity=30.0,
    terms=7.5,
    length=0.3,
    expected={"number": 1.3, "time": 1.3, "person": 0.5, "place": 0.1, "reason": 0.2},
    kinds={"text": 0.0, "explanation": -0.5, "source": -1.5},
)
MARGIN = 0.5
THRESHOLD = 0.5

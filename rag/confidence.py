"""How likely it is that the first citation answers.

A logistic regression over the first citation's score (Platt, "Probabilistic Outputs for Support
Vector Machines", 1999). Scores measure how far a passage stands out from its rivals and how much of
the question it says, so that they mean the same in a library of any size.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer import Part


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is added up to the log-odds.

    Attributes:
        score: What the first citation's score counts.
        bias: What is added.
        across: What is added where it is in the other language than the question.
    """

    score: float
    bias: float
    across: float


def confidence_parts(score: float, *, foreign: bool, by: Calibration) -> tuple[Part, ...]:
    """The log-odds, part by part.

    Args:
        score: Of the first citation.
        foreign: Whether it is in the other language than the question.
        by: The calibration.
    """
    return (
        Part("score", by.score * score),
        Part("bias", by.bias),
        Part("across languages", by.across if foreign else 0.0),
    )


def confidence(parts: Sequence[Part]) -> float:
    """The probability, in [0, 1]; 0 where there are no parts."""
    if not parts:
        return 0.0
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(part.value for part in parts)))))

"""What a reader says of a question and a passage."""

from __future__ import annotations

from typing import NamedTuple

from index.arrays import FloatArray


class Reading(NamedTuple):
    """What a reader says of a question and a passage.

    Attributes:
        log_odds: The log-odds that a sentence of the passage answers.
        sentences: The logit of each sentence that it does; [sentences].
    """

    log_odds: float
    sentences: FloatArray

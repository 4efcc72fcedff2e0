"""What a reader says of a question, or of a claim, and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from index.arrays import FloatArray


class Reading(NamedTuple):
    """What a reader says of a question and a passage, or of a claim and what it cites.

    Attributes:
        log_odds: The log-odds that a sentence of the passage answers, or supports the claim.
        sentences: The logit of each sentence that it does; [sentences].
    """

    log_odds: float
    sentences: FloatArray


class ClaimReader(Protocol):
    """Reads claims together with what they cite."""

    def read_claim(self, claim: str, sentences: Sequence[str]) -> Reading:
        """Return what it says of a claim.

        Args:
            claim: The claim, in simplified script.
            sentences: What it cites, in simplified script.
        """
        ...

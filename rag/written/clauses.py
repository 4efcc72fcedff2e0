"""The clauses of a sentence, and which clauses of other sentences say the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.text.dictionary import Dictionary
from index.text.scripts import fold
from rag.written.content import Content, match_words, read_content

_BOUNDARY = re.compile(
    r"(?<![a-z])(?:but|while|whereas|although|though|and|yet)(?![a-z])"
    r"|[，。；：！？;:!?()（）\n]|,(?!\d{3})",
    re.IGNORECASE,
)


@dataclass(frozen=True, eq=False, slots=True)
class Clause:
    """A part of a sentence between signs, or conjunctions.

    Attributes:
        folded: Its folded text.
        content: Its content words.
    """

    folded: str
    content: Content


@lru_cache(maxsize=1_024)
def split_clauses(text: str, dictionary: Dictionary) -> tuple[Clause, ...]:
    """Return the clauses of a text.

    Args:
        text: A sentence, or several.
        dictionary: CC-CEDICT.
    """
    return tuple(
        Clause(fold(part), read_content(part, dictionary))
        for part in _BOUNDARY.split(text)
        if part.strip()
    )


def measure_overlap(clause: Clause, other: Clause) -> float:
    """Return how far another clause has the content words of a clause, from 0 to 1.

    Args:
        clause: The clause.
        other: The other one, in either language.
    """
    scores = list(match_words(clause.content, other.content))
    return sum(scores) / len(scores) if scores else 0.0


def find_closest(clause: Clause, others: Sequence[Clause]) -> tuple[Clause | None, float]:
    """Return the clause that has most of the content words of one, and how far.

    Args:
        clause: The clause.
        others: Those of the other sentences.
    """
    best = max(others, key=lambda other: measure_overlap(clause, other), default=None)
    return best, measure_overlap(clause, best) if best else 0.0

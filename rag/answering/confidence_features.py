"""What speaks for and against the first passage's being an answer, before it is weighed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.storage.engine import Vectors
from index.storage.passage_terms import numbers
from index.text.terms import words
from rag.answering.confidence import USUAL_WORDS, Signs
from rag.query.follow_up import last_line
from rag.query.quantity import gives, quantity
from rag.ranking.features import Asked, Assessment, Candidate
from rag.ranking.passages import Read
from rag.ranking.scoring import LEGS
from rag.ranking.term_match import Floats

_PART = re.compile(r"第\d+[条章]")


def signs(assessment: Assessment, scores: Floats, ranking: Sequence[int]) -> Signs:
    """The signs of the first passage of a ranking.

    Args:
        assessment: Of the question.
        scores: Of its candidates, in their order.
        ranking: The candidates, best first; at least one.
    """
    first, *rest = ranking
    candidate = assessment.candidates[first]
    given = quantities(assessment.asked, candidate)
    foreign = bool(assessment.legs.across[first])
    near, least = nearness(candidate.nearness, candidate.above, foreign=foreign)
    return Signs(
        score=float(scores[first]),
        # What is asked before may have put it before one that is better alone.
        lead=max(0.0, float(scores[first] - scores[rest[0]])) if rest else float(scores[first]),
        similarity=float(candidate.similarity.max()),
        words=near,
        least=least,
        said=float(assessment.legs.table[first, LEGS.index("terms")]),
        missing=not given.any(),
        unnamed=lacks_part(assessment.asked, candidate.read),
        foreign=foreign,
    )


def nearness(sentences: Vectors, above: Vectors, *, foreign: bool) -> tuple[float, float]:
    """How near a question's tokens come to a passage's: on average, and the least near third.

    Args:
        sentences: As `Candidate.nearness` has it.
        above: As `Candidate.above`.
        foreign: Whether the passage is in the other language.
    """
    if not sentences.size:
        return USUAL_WORDS[foreign]
    found = np.sort(np.maximum(sentences.max(axis=0), above))
    return float(found.mean()), float(found[: max(1, len(found) // 3)].mean())


def quantities(asked: Asked, candidate: Candidate) -> NDArray[np.bool_]:
    """Whether each sentence gives the quantity asked for; all do where none is asked for."""
    language = candidate.read.language
    clues = asked.own if language == asked.language else asked.bridged
    wanted = quantity(last_line(asked.text), clues, language)
    if wanted is None:
        return np.ones(len(candidate.similarity), dtype=np.bool_)
    return np.array([gives(wanted, one.folded, language) for one in candidate.read.sentences])


def lacks_part(asked: Asked, read: Read) -> bool:
    """Whether a passage says none of the articles or chapters that a question numbers (第五條)."""
    named = [term for term in words(last_line(asked.text)) if _PART.fullmatch(term)]
    return bool(named) and not np.isin(numbers(named), read.said.numbers).any()

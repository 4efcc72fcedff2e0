"""Puts the best candidates into the order that a reranker of the user's finds right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from index.arrays import FloatArray
from rag.ranking.parameters import RerankerParameters
from rag.ranking.scoring import RankedCandidates


class Reranker(Protocol):
    """Reads a question together with passages."""

    def score(self, question: str, passages: Sequence[str]) -> FloatArray:
        """Return how well each passage answers, in any unit, the higher the better; [passages].

        Args:
            question: The question, after the lines of its context if it has one.
            passages: The passages, each after the titles and headings above it.
        """
        ...


def rerank(
    ranked: RankedCandidates, reranker: Reranker, parameters: RerankerParameters
) -> RankedCandidates:
    """Return candidates with the scores of a reranker added for the best of them.

    Args:
        ranked: The candidates.
        reranker: The reranker.
        parameters: How many candidates it reads, and the weight of its scores.
    """
    best = list(ranked.ranking[: parameters.depth])
    if not best:
        return ranked
    passages = [ranked.in_context.candidates[index].loaded_passage.passage for index in best]
    texts = [f"{passage.context}\n{passage.text}" for passage in passages]
    scores = parameters.weight * reranker.score(ranked.in_context.query.text, texts)
    bonus = np.zeros(len(ranked.in_context.candidates))
    bonus[best] = scores - scores.min()  # so that they stay before the others
    return replace(ranked, reranker_bonus=bonus)

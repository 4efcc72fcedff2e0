"""Ranking of a question in its conversation, of which each question has its own confidence."""

from __future__ import annotations

from collections.abc import Sequence

from index.arrays import Rows
from rag.answering.confidence import assess_ranking, compute_confidence
from rag.ranking.conversation import ConversationRanker, Turn
from rag.ranking.parameters import load_parameters
from rag.ranking.scoring import PassageRanker, RankedCandidates


def rank_in_conversation(
    ranker: PassageRanker, question: str, turns: Sequence[Turn], rows: Rows | None = None
) -> RankedCandidates:
    """Return the ranked candidates of a question, in its context if it is a follow-up.

    Args:
        ranker: Ranks the passages of the library.
        question: The question.
        turns: The questions before it, oldest first.
        rows: The passages that are searched; None for all.
    """
    parameters = load_parameters().confidence

    def assess_unread(ranked: RankedCandidates) -> float:
        return compute_confidence(assess_ranking(ranked, ranker.passage_loader, parameters))

    return ConversationRanker(ranker, assess_unread, rows).rank(question, turns)

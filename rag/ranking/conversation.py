"""A question held against a library, with the ones before it where it leans on them.

In context it is known what a follow-up is about, and alone what it asks; neither ranks as well as
half of each, and what was asked before usually stands in the same article. A question whose words
do not point back may go on all the same (有多少人傷亡？): it does if, alone, it finds hardly
anything better than in that article. Who asks what else there is has seen what came first before,
and asks nothing that could be found or missed.

The numbers were chosen on the development halves of the project's sets; of some 130 questions that
turn to another article none is taken to go on.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from index.arrays import FloatArray, Rows
from rag.query.follow_up import (
    asks_for_more,
    changes_topic,
    is_follow_up,
    topic_start,
    with_history,
)
from rag.ranking.passages import ArticleKey, article_key
from rag.ranking.ranker import PassageRanker
from rag.ranking.scoring import RankedCandidates

TOPIC_MARGIN = 1.0
"""How much less the article spoken of may score than the best, for a question to go on with it."""


class FollowUpWeights(NamedTuple):
    """How much of a follow-up is in its own words.

    Attributes:
        standalone: What the question counts without its context; with it, the rest.
        article_bonus: What is added to the passages of the article that the question before was about.
    """

    standalone: float
    article_bonus: float


EXPLICIT, KNOWN_ARTICLE, IMPLICIT = (
    FollowUpWeights(0.5, 4.0),
    FollowUpWeights(0.5, 12.0),
    FollowUpWeights(0.8, 2.0),
)
"""Of questions that point back, of those that can only mean that article, and of others."""

_NEW_PASSAGES_FIRST = 3
"""Passages before those that came first before, where the question asks what else there is: those
may still say more, but not first."""

_DEMOTION_MARGIN = 0.01  # in score
_MAX_EARLIER_QUESTIONS = 8  # questions back that are asked again, to know what came first for them


class Turn(NamedTuple):
    """A question of a conversation.

    Attributes:
        question: The question.
        answered_articles: The articles that the metadata stated something about in answer to it;
            None if the metadata did not answer it.
    """

    question: str
    answered_articles: frozenset[ArticleKey] | None = None


class PreviousQuestion(NamedTuple):
    """The question before a follow-up.

    Attributes:
        ranked: With its candidates.
        articles: The articles that it was about: those that the metadata have told of since the topic
            began, or that of what came first.
        is_from_metadata: Whether the metadata told.
    """

    ranked: RankedCandidates
    articles: frozenset[ArticleKey]
    is_from_metadata: bool


@dataclass(frozen=True, slots=True)
class ConversationRanker:
    """Ranks passages for a question in its conversation.

    Attributes:
        ranker: Ranks the passages of the library.
        rows: The passages that are searched; None for all.
    """

    ranker: PassageRanker
    rows: Rows | None = None

    def rank(self, question: str, turns: Sequence[Turn] = ()) -> RankedCandidates:
        """Return the ranked candidates of a question, in its context if it is a follow-up.

        Args:
            question: The question.
            turns: The questions before it, oldest first.
        """
        history = _questions(turns)
        if is_follow_up(question, history):
            earlier = self._rank_earlier(turns) if asks_for_more(question) else ()
            return self._rank_explicit(question, turns, earlier)
        (query,) = self.ranker.encode([question])
        standalone = self.ranker.rank(query, self.rows)
        if not history or changes_topic(question):
            return standalone
        previous = self._rank_previous(turns)
        if not _continues_topic(standalone, previous.articles):
            return standalone
        ranked = self._rank_follow_up(question, history, previous, IMPLICIT)
        return replace(ranked, confidence_inputs=(ranked.in_context, ranked.standalone))

    def _rank_explicit(
        self, question: str, turns: Sequence[Turn], earlier: tuple[RankedCandidates, ...]
    ) -> RankedCandidates:
        """As `hold`, where nothing but words tells whether it leans on what came before."""
        history = _questions(turns)
        if not is_follow_up(question, history):
            (query,) = self.ranker.encode([question])
            return self.ranker.rank(query, self.rows)
        previous = self._rank_previous(turns)
        if not asks_for_more(question):
            return self._rank_follow_up(
                question,
                history,
                previous,
                KNOWN_ARTICLE if previous.is_from_metadata else EXPLICIT,
            )
        ranked = self._rank_follow_up(question, history, previous, KNOWN_ARTICLE)
        contributions = _demote_seen(
            ranked,
            {
                earlier_ranked.top_passage.row
                for earlier_ranked in earlier
                if earlier_ranked.top_passage
            },
        )
        return replace(
            ranked, standalone=ranked.in_context, contributions=contributions, earlier=earlier
        )

    def _rank_earlier(self, turns: Sequence[Turn]) -> tuple[RankedCandidates, ...]:
        """Rank the last questions since the topic began, each in its context."""
        ranked: list[RankedCandidates] = []
        for index in _turns_on_topic(turns):
            ranked.append(self._rank_explicit(turns[index].question, turns[:index], tuple(ranked)))
        return tuple(ranked)

    def _rank_previous(self, turns: Sequence[Turn]) -> PreviousQuestion:
        """Rank the last question and find the articles that the next one may be about."""
        *earlier, question = _questions(turns)
        text = with_history(question, earlier) if is_follow_up(question, earlier) else question
        (query,) = self.ranker.encode([text])
        ranked = self.ranker.rank(query, self.rows)
        for index in reversed(_turns_on_topic(turns)):
            answered_articles = turns[index].answered_articles
            if answered_articles is not None:
                return PreviousQuestion(ranked, answered_articles, is_from_metadata=True)
        top = ranked.top_passage
        return PreviousQuestion(
            ranked, frozenset([article_key(top)] if top else ()), is_from_metadata=False
        )

    def _rank_follow_up(
        self,
        question: str,
        history: Sequence[str],
        previous: PreviousQuestion,
        follow_up_weights: FollowUpWeights,
    ) -> RankedCandidates:
        """A question in its context."""
        queries = self.ranker.encode([with_history(question, history), question])
        rows = {candidate.loaded_passage.row for candidate in previous.ranked.in_context.candidates}
        rows.update(*(self.ranker.search(query, self.rows) for query in queries))
        loaded_passages = self.ranker.passage_loader.load(sorted(rows))
        context, standalone = (self.ranker.score(query, loaded_passages) for query in queries)
        added = (1 - follow_up_weights.standalone) * context.contributions
        added += follow_up_weights.standalone * standalone.contributions
        article_bonuses = [
            follow_up_weights.article_bonus * (article_key(loaded_passage) in previous.articles)
            for loaded_passage in loaded_passages
        ]
        added = np.hstack([added, np.array(article_bonuses, dtype=np.float64).reshape(-1, 1)])
        return RankedCandidates(
            context.in_context, standalone.in_context, added, context.confidence_inputs
        )


def _questions(turns: Sequence[Turn]) -> list[str]:
    return [turn.question for turn in turns]


def _turns_on_topic(turns: Sequence[Turn]) -> range:
    """Return the indices of the last questions since the topic began."""
    return range(topic_start(_questions(turns)), len(turns))[-_MAX_EARLIER_QUESTIONS:]


def _continues_topic(standalone: RankedCandidates, articles: frozenset[ArticleKey]) -> bool:
    """Whether a question finds, alone, hardly anything better than in the articles spoken of."""
    scores = standalone.contributions.sum(axis=1)
    is_in_articles = [
        article_key(candidate.loaded_passage) in articles
        for candidate in standalone.in_context.candidates
    ]
    return any(is_in_articles) and bool(scores[is_in_articles].max() > scores.max() - TOPIC_MARGIN)


def _demote_seen(ranked: RankedCandidates, seen_rows: Set[int]) -> FloatArray:
    """What was added, with the passages of some rows put behind the first others."""
    contributions = ranked.contributions.copy()
    scores = contributions.sum(axis=1)
    is_seen = np.array(
        [candidate.loaded_passage.row in seen_rows for candidate in ranked.in_context.candidates],
        dtype=np.bool_,
    )
    if not is_seen.all():
        best = -np.sort(-scores[~is_seen])[:_NEW_PASSAGES_FIRST]
        contributions[is_seen, -1] -= np.maximum(0.0, scores[is_seen] - best[-1] + _DEMOTION_MARGIN)
    return contributions

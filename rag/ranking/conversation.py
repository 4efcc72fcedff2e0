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

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np

from index.arrays import FloatArray, Rows
from rag.query.follow_up import (
    asks_for_more,
    changes_topic,
    is_follow_up,
    topic_start,
    with_history,
)
from rag.ranking.features import CandidateFeatures, EncodedQuery, FeatureExtractor
from rag.ranking.passages import LoadedPassage
from rag.ranking.scoring import Weights, compute_contributions, rank

ArticleKey: TypeAlias = tuple[str, int]
"""An article: its publication's id, and its index there."""

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


@dataclass(frozen=True)
class RankedCandidates:
    """A question with its candidates.

    Attributes:
        in_context: The question in its context, if it leans on any.
        standalone: The question alone, with the same candidates in the same order; in its context where
            it asks nothing of its own.
        contributions: What each leg, the bias and, where there is one, the history add to the score of
            each candidate; [n, legs + 1 or legs + 2].
        confidence_inputs: Of these two, those that tell on average whether it is answered.
        earlier: The questions before it, where it asks for whatever else there is; else none.
    """

    in_context: CandidateFeatures
    standalone: CandidateFeatures
    contributions: FloatArray
    confidence_inputs: tuple[CandidateFeatures, ...]
    earlier: tuple[RankedCandidates, ...] = ()

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """The candidates, best first."""
        rows = [candidate.loaded_passage.row for candidate in self.in_context.candidates]
        return tuple(rank(self.contributions.sum(axis=1), rows))

    @property
    def top_passage(self) -> LoadedPassage | None:
        """What comes first, if anything does."""
        return self.in_context.candidates[self.ranking[0]].loaded_passage if self.ranking else None


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


def _no_metadata_answer(_: str, __: Sequence[str]) -> None:
    """What metadata say where there are none."""


@dataclass(frozen=True, slots=True)
class ConversationRanker:
    """What questions are held against.

    Attributes:
        feature_extractor: Of a library.
        weights: What counts in passages in the question's language, and in those in the other one.
        rows: The passages that may answer; None for all.
        metadata_answer: The articles of which the metadata answer a question, after others; None where the
            text has to answer it.
    """

    feature_extractor: FeatureExtractor
    weights: tuple[Weights, Weights]
    rows: Rows | None = None
    metadata_answer: Callable[[str, Sequence[str]], frozenset[ArticleKey] | None] = (
        _no_metadata_answer
    )

    def rank(self, question: str, history: Sequence[str] = ()) -> RankedCandidates:
        """A question with its candidates, in its context where it leans on any.

        Args:
            question: As asked.
            history: The questions before it, oldest first.
        """
        if not history or is_follow_up(question, history):
            earlier = self._rank_earlier(history) if asks_for_more(question) else ()
            return self._rank_explicit(question, history, earlier)
        (query,) = self.feature_extractor.encode_queries([question])
        standalone = self.rank_standalone(query)
        if changes_topic(question):
            return standalone
        previous = self._rank_previous(history)
        if not _continues_topic(standalone, previous.articles):
            return standalone
        ranked = self._rank_follow_up(question, history, previous, IMPLICIT)
        return replace(ranked, confidence_inputs=(ranked.in_context, ranked.standalone))

    def rank_standalone(self, query: EncodedQuery) -> RankedCandidates:
        """A question that needs no other to be understood, with its candidates."""
        candidate_features = self.feature_extractor.extract(query, self.rows)
        added = compute_contributions(candidate_features.features, *self.weights)
        return RankedCandidates(
            candidate_features, candidate_features, added, (candidate_features,)
        )

    def _rank_explicit(
        self, question: str, history: Sequence[str], earlier: tuple[RankedCandidates, ...]
    ) -> RankedCandidates:
        """As `hold`, where nothing but words tells whether it leans on what came before."""
        if not is_follow_up(question, history):
            (query,) = self.feature_extractor.encode_queries([question])
            return self.rank_standalone(query)
        previous = self._rank_previous(history)
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

    def _rank_earlier(self, history: Sequence[str]) -> tuple[RankedCandidates, ...]:
        """The questions since the topic began, the last ones, each as it was held."""
        ranked: list[RankedCandidates] = []
        for index in range(topic_start(history), len(history))[-_MAX_EARLIER_QUESTIONS:]:
            ranked.append(self._rank_explicit(history[index], history[:index], tuple(ranked)))
        return tuple(ranked)

    def _rank_previous(self, history: Sequence[str]) -> PreviousQuestion:
        """The last question, which tells what the next one may be about."""
        *earlier, question = history
        depends_on_earlier = is_follow_up(question, earlier)
        (query,) = self.feature_extractor.encode_queries(
            [with_history(question, earlier) if depends_on_earlier else question]
        )
        ranked = self.rank_standalone(query)
        for index in reversed(range(topic_start(history), len(history))[-_MAX_EARLIER_QUESTIONS:]):
            answered_articles = self.metadata_answer(history[index], history[:index])
            if answered_articles is not None:
                return PreviousQuestion(ranked, answered_articles, is_from_metadata=True)
        return PreviousQuestion(
            ranked,
            frozenset([_article_key(ranked.top_passage)] if ranked.top_passage else ()),
            is_from_metadata=False,
        )

    def _rank_follow_up(
        self,
        question: str,
        history: Sequence[str],
        previous: PreviousQuestion,
        follow_up_weights: FollowUpWeights,
    ) -> RankedCandidates:
        """A question in its context."""
        queries = self.feature_extractor.encode_queries([with_history(question, history), question])
        rows = {candidate.loaded_passage.row for candidate in previous.ranked.in_context.candidates}
        rows.update(
            *(self.feature_extractor.retrieve_candidates(query, self.rows) for query in queries)
        )
        loaded_passages = self.feature_extractor.passage_loader.load(sorted(rows))
        context, standalone = (
            self.feature_extractor.extract_for(query, loaded_passages) for query in queries
        )
        added = (1 - follow_up_weights.standalone) * compute_contributions(
            context.features, *self.weights
        )
        added += follow_up_weights.standalone * compute_contributions(
            standalone.features, *self.weights
        )
        article_bonuses = [
            follow_up_weights.article_bonus * (_article_key(loaded_passage) in previous.articles)
            for loaded_passage in loaded_passages
        ]
        added = np.hstack([added, np.array(article_bonuses, dtype=np.float64).reshape(-1, 1)])
        return RankedCandidates(context, standalone, added, (context,))


def _continues_topic(standalone: RankedCandidates, articles: frozenset[ArticleKey]) -> bool:
    """Whether a question finds, alone, hardly anything better than in the articles spoken of."""
    scores = standalone.contributions.sum(axis=1)
    is_in_articles = [
        _article_key(candidate.loaded_passage) in articles
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


def _article_key(loaded_passage: LoadedPassage) -> ArticleKey:
    return loaded_passage.passage.publication_id, loaded_passage.passage.article_index

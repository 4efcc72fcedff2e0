"""Ranking of a question in its conversation.

A follow-up is read twice: in context, which says what it is about, and alone, which says what it
asks; the sum of both scores ranks better than either, and passages of the article that the
conversation is about get a bonus. A question that does not refer back in words (有多少人傷亡？) is
still a follow-up if, alone, it finds hardly anything better than in that article; one that refers
back (那印度為什麼開火？) is none if it says much of its own and, alone, finds far better
elsewhere. A question that the library does not answer has no topic that one could go on with: what
follows is read alone if, alone, it finds something. A request for more (還有呢？) asks nothing of
its own: it is read in context only, and what came first before follows after new passages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from index.arrays import FloatArray, Rows
from rag.query.follow_up import (
    asks_for_more,
    changes_topic,
    counts_as_whole,
    is_follow_up,
    topic_start,
    with_history,
)
from rag.ranking.parameters import FollowUpWeights, load_parameters
from rag.ranking.passages import ArticleKey
from rag.ranking.scoring import PassageRanker, RankedCandidates


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
        ranked: Its ranked candidates.
        articles: The articles that it is about: those of the last answer from the metadata since
            the topic began, or else the article of its first passage.
        is_from_metadata: Whether they are from the metadata.
    """

    ranked: RankedCandidates
    articles: frozenset[ArticleKey]
    is_from_metadata: bool


@dataclass(frozen=True, slots=True)
class ConversationRanker:
    """Ranks passages for a question in its conversation.

    Attributes:
        ranker: Ranks the passages of the library.
        assess: Returns the confidence of a ranking, in [0, 1].
        rows: The passages that are searched; None for all.
    """

    ranker: PassageRanker
    assess: Callable[[RankedCandidates], float]
    rows: Rows | None = None

    def rank(self, question: str, turns: Sequence[Turn] = ()) -> RankedCandidates:
        """Return the ranked candidates of a question, in its context if it is a follow-up.

        Args:
            question: The question.
            turns: The questions before it, oldest first.
        """
        history = _questions(turns)
        if is_follow_up(question, history):
            previous = self._rank_previous(turns)
            if not asks_for_more(question):
                turned = self._find_turned(question, previous)
                if turned is not None:
                    return turned
            earlier = self._rank_earlier(turns) if asks_for_more(question) else ()
            return self._rank_in_context(question, history, previous, earlier)
        standalone = self._rank_standalone(question)
        if not history or changes_topic(question):
            return standalone
        previous = self._rank_previous(turns)
        topic_margin = load_parameters().follow_up.topic_margin
        if not _continues_topic(standalone, previous.articles, topic_margin):
            return standalone
        if not self._has_topic(previous):
            return standalone
        weights = load_parameters().follow_up.implicit
        ranked = self._rank_follow_up(question, history, previous, weights)
        return replace(ranked, confidence_inputs=(ranked.in_context, ranked.standalone))

    def _rank_standalone(self, text: str) -> RankedCandidates:
        return self.ranker.rank_text(text, self.rows)

    def _rank_explicit(
        self, question: str, turns: Sequence[Turn], earlier: tuple[RankedCandidates, ...]
    ) -> RankedCandidates:
        """Rank a question in its context only if its words refer back."""
        history = _questions(turns)
        if not is_follow_up(question, history):
            return self._rank_standalone(question)
        return self._rank_in_context(question, history, self._rank_previous(turns), earlier)

    def _rank_in_context(
        self,
        question: str,
        history: Sequence[str],
        previous: PreviousQuestion,
        earlier: tuple[RankedCandidates, ...],
    ) -> RankedCandidates:
        """Rank a question whose words refer back, in its context."""
        parameters = load_parameters().follow_up
        if not asks_for_more(question):
            weights = parameters.known_article if previous.is_from_metadata else parameters.explicit
            return self._rank_follow_up(question, history, previous, weights)
        ranked = self._rank_follow_up(question, history, previous, parameters.known_article)
        seen_rows = {seen.top_passage.row for seen in earlier if seen.top_passage}
        return replace(
            ranked,
            standalone=ranked.in_context,
            contributions=_demote_seen(ranked, seen_rows),
            earlier=earlier,
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
        ranked = self._rank_standalone(
            with_history(question, earlier) if is_follow_up(question, earlier) else question
        )
        for index in reversed(_turns_on_topic(turns)):
            answered_articles = turns[index].answered_articles
            if answered_articles is not None:
                return PreviousQuestion(ranked, answered_articles, is_from_metadata=True)
        top = ranked.top_passage
        return PreviousQuestion(
            ranked, frozenset([top.article] if top else ()), is_from_metadata=False
        )

    def _find_turned(self, question: str, previous: PreviousQuestion) -> RankedCandidates | None:
        """Return the ranking of a question alone if it turns to another topic all the same."""
        has_topic = self._has_topic(previous)
        if has_topic and not counts_as_whole(question):
            return None
        standalone = self._rank_standalone(question)
        if not has_topic and self._is_found(standalone):
            return standalone
        margin = load_parameters().follow_up.turning_margin
        is_turned = not _continues_topic(standalone, previous.articles, margin)
        return standalone if is_turned and counts_as_whole(question) else None

    def _has_topic(self, previous: PreviousQuestion) -> bool:
        return previous.is_from_metadata or self._is_found(previous.ranked)

    def _is_found(self, ranked: RankedCandidates) -> bool:
        """Return whether the library has what a question asks, so that it is about an article."""
        return self.assess(ranked) >= load_parameters().follow_up.min_topic_confidence

    def _rank_follow_up(
        self,
        question: str,
        history: Sequence[str],
        previous: PreviousQuestion,
        weights: FollowUpWeights,
    ) -> RankedCandidates:
        """Rank the candidates of a follow-up and of the question before it by both readings."""
        queries = self.ranker.encode([with_history(question, history), question])
        rows = {candidate.loaded_passage.row for candidate in previous.ranked.in_context.candidates}
        rows.update(*(self.ranker.retrieve(query, self.rows) for query in queries))
        passages = self.ranker.passage_loader.load(sorted(rows))
        context, standalone = (
            self.ranker.score(self.ranker.extract(query, passages)) for query in queries
        )
        contributions = (1 - weights.standalone) * context.contributions
        contributions += weights.standalone * standalone.contributions
        is_in_articles = [passage.article in previous.articles for passage in passages]
        bonus = weights.article_bonus * np.array(is_in_articles, dtype=np.float64)
        return RankedCandidates(
            context.in_context,
            standalone.in_context,
            np.hstack([contributions, bonus.reshape(-1, 1)]),
            context.confidence_inputs,
        )


def _questions(turns: Sequence[Turn]) -> list[str]:
    return [turn.question for turn in turns]


def _turns_on_topic(turns: Sequence[Turn]) -> range:
    """Return the indices of the last questions since the topic began."""
    count = load_parameters().follow_up.max_earlier_questions
    return range(topic_start(_questions(turns)), len(turns))[-count:]


def _continues_topic(
    standalone: RankedCandidates, articles: frozenset[ArticleKey], margin: float
) -> bool:
    """Return whether the best passage of some articles scores close to the best of all."""
    scores = standalone.contributions.sum(axis=1)
    is_in_articles = [
        candidate.loaded_passage.article in articles
        for candidate in standalone.in_context.candidates
    ]
    if not any(is_in_articles):
        return False
    return bool(scores[is_in_articles].max() > scores.max() - margin)


def _demote_seen(ranked: RankedCandidates, seen_rows: Set[int]) -> FloatArray:
    """Return the contributions with the history's lowered, to place seen passages after new ones.

    They follow after the first new ones, not after all: they may still say more.
    """
    parameters = load_parameters().follow_up
    contributions = ranked.contributions.copy()
    scores = contributions.sum(axis=1)
    is_seen = np.array(
        [candidate.loaded_passage.row in seen_rows for candidate in ranked.in_context.candidates],
        dtype=np.bool_,
    )
    if not is_seen.all():
        best = -np.sort(-scores[~is_seen])[: parameters.new_passages_first]
        contributions[is_seen, -1] -= np.maximum(
            0.0, scores[is_seen] - best[-1] + parameters.demotion_margin
        )
    return contributions

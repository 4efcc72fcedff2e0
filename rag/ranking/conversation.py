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

from index.storage.engine import Rows
from rag.query.follow_up import asks_for_more, changes_topic, in_context, leans_on_history, opening
from rag.ranking.features import Asked, Assessment, Assessor
from rag.ranking.passages import Read
from rag.ranking.scoring import Weights, contributions, order
from rag.ranking.term_match import Floats

Place: TypeAlias = tuple[str, int]
"""An article: its publication's id, and its index there."""

_NEARLY = 1.0
"""How much less the article spoken of may score than the best, for a question to go on with it."""


class Share(NamedTuple):
    """How much of a follow-up is in its own words.

    Attributes:
        alone: What the question counts without its context; with it, the rest.
        article: What is added to the passages of the article that the question before was about.
    """

    alone: float
    article: float


_POINTING, _KNOWN, _GOING_ON = Share(0.5, 4.0), Share(0.5, 12.0), Share(0.8, 2.0)
"""Of questions that point back, of those that can only mean that article, and of others."""

_NEW = 3
"""Passages before those that came first before, where the question asks what else there is: those
may still say more, but not first."""

_BEHIND = 0.01  # in score
_FAR = 8  # questions back that are asked again, to know what came first for them


@dataclass(frozen=True)
class Held:
    """A question with its candidates.

    Attributes:
        context: The question in its context, if it leans on any.
        alone: The question alone, with the same candidates in the same order; in its context where
            it asks nothing of its own.
        added: What each leg, the bias and, where there is one, the history add to the score of
            each candidate; [n, legs + 1 or legs + 2].
        evidence: Of these two, those that tell on average whether it is answered.
        before: The questions before it, where it asks for whatever else there is; else none.
    """

    context: Assessment
    alone: Assessment
    added: Floats
    evidence: tuple[Assessment, ...]
    before: tuple[Held, ...] = ()

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """The candidates, best first."""
        rows = [one.read.row for one in self.context.candidates]
        return tuple(order(self.added.sum(axis=1), rows))

    @property
    def first(self) -> Read | None:
        """What comes first, if anything does."""
        return self.context.candidates[self.ranking[0]].read if self.ranking else None


class Last(NamedTuple):
    """The question before a follow-up.

    Attributes:
        held: With its candidates.
        places: The articles that it was about: those that the metadata have told of since the topic
            began, or that of what came first.
        known: Whether the metadata told.
    """

    held: Held
    places: frozenset[Place]
    known: bool


def _nothing(_: str, __: Sequence[str]) -> None:
    """What metadata say where there are none."""


@dataclass(frozen=True, slots=True)
class Search:
    """What questions are held against.

    Attributes:
        assessor: Of a library.
        by: What counts in passages in the question's language, and in those in the other one.
        rows: The passages that may answer; None for all.
        told: The articles of which the metadata answer a question, after others; None where the
            text has to answer it.
    """

    assessor: Assessor
    by: tuple[Weights, Weights]
    rows: Rows | None = None
    told: Callable[[str, Sequence[str]], frozenset[Place] | None] = _nothing

    def hold(self, question: str, history: Sequence[str] = ()) -> Held:
        """A question with its candidates, in its context where it leans on any.

        Args:
            question: As asked.
            history: The questions before it, oldest first.
        """
        if not history or leans_on_history(question, history):
            before = self._before(history) if asks_for_more(question) else ()
            return self._by_words(question, history, before)
        (asked,) = self.assessor.ask([question])
        alone = self.hold_alone(asked)
        if changes_topic(question):
            return alone
        last = self._last(history)
        if not _goes_on(alone, last.places):
            return alone
        held = self._follow(question, history, last, _GOING_ON)
        return replace(held, evidence=(held.context, held.alone))

    def hold_alone(self, asked: Asked) -> Held:
        """A question that needs no other to be understood, with its candidates."""
        assessment = self.assessor.assess(asked, self.rows)
        added = contributions(assessment.legs, *self.by)
        return Held(assessment, assessment, added, (assessment,))

    def _by_words(self, question: str, history: Sequence[str], before: tuple[Held, ...]) -> Held:
        """As `hold`, where nothing but words tells whether it leans on what came before."""
        if not leans_on_history(question, history):
            (asked,) = self.assessor.ask([question])
            return self.hold_alone(asked)
        last = self._last(history)
        if not asks_for_more(question):
            return self._follow(question, history, last, _KNOWN if last.known else _POINTING)
        held = self._follow(question, history, last, _KNOWN)
        added = _new_first(held, {each.first.row for each in before if each.first})
        return replace(held, alone=held.context, added=added, before=before)

    def _before(self, history: Sequence[str]) -> tuple[Held, ...]:
        """The questions since the topic began, the last ones, each as it was held."""
        found: list[Held] = []
        for at in range(opening(history), len(history))[-_FAR:]:
            found.append(self._by_words(history[at], history[:at], tuple(found)))
        return tuple(found)

    def _last(self, history: Sequence[str]) -> Last:
        """The last question, which tells what the next one may be about."""
        *earlier, last = history
        leans = leans_on_history(last, earlier)
        (asked,) = self.assessor.ask([in_context(last, earlier) if leans else last])
        held = self.hold_alone(asked)
        for at in reversed(range(opening(history), len(history))[-_FAR:]):
            told = self.told(history[at], history[:at])
            if told is not None:
                return Last(held, told, known=True)
        return Last(held, frozenset([_article(held.first)] if held.first else ()), known=False)

    def _follow(self, question: str, history: Sequence[str], last: Last, share: Share) -> Held:
        """A question in its context."""
        asked = self.assessor.ask([in_context(question, history), question])
        rows = {one.read.row for one in last.held.context.candidates}
        rows.update(*(self.assessor.candidates(each, self.rows) for each in asked))
        reads = self.assessor.reader.read(sorted(rows))
        context, alone = (self.assessor.weigh(each, reads) for each in asked)
        added = (1 - share.alone) * contributions(context.legs, *self.by)
        added += share.alone * contributions(alone.legs, *self.by)
        leaning = [share.article * (_article(read) in last.places) for read in reads]
        added = np.hstack([added, np.array(leaning, dtype=np.float64).reshape(-1, 1)])
        return Held(context, alone, added, (context,))


def _goes_on(alone: Held, spoken_of: frozenset[Place]) -> bool:
    """Whether a question finds, alone, hardly anything better than in the articles spoken of."""
    scores = alone.added.sum(axis=1)
    same = [_article(one.read) in spoken_of for one in alone.context.candidates]
    return any(same) and bool(scores[same].max() > scores.max() - _NEARLY)


def _new_first(held: Held, seen: Set[int]) -> Floats:
    """What was added, with the passages of some rows put behind the first others."""
    added = held.added.copy()
    scores = added.sum(axis=1)
    old = np.array([one.read.row in seen for one in held.context.candidates], dtype=np.bool_)
    if not old.all():
        best = -np.sort(-scores[~old])[:_NEW]
        added[old, -1] -= np.maximum(0.0, scores[old] - best[-1] + _BEHIND)
    return added


def _article(read: Read) -> Place:
    return read.passage.publication, read.passage.article

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

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from index.engine import Rows
from rag.about import speaks_of_article
from rag.assessment import Asked, Assessment, Assessor
from rag.coverage import Floats
from rag.fusion import Weights, contributions, order
from rag.history import asks_for_more, changes_topic, in_context, leans_on_history
from rag.reading import Read

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


_POINTING, _SPEAKING, _GOING_ON = Share(0.5, 4.0), Share(0.5, 12.0), Share(0.8, 2.0)
"""Of questions that point back, those that speak of the article or its author, and others."""

_SEEN = -30.0
"""What is added to passages that came first before, where the question asks what else there is: more
than any question sets them apart."""

_FAR = 8  # questions that are gone back at most


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
        before: The questions that it leans on, the last one first.
        asks_for_more: Whether it asks for whatever else there is.
    """

    context: Assessment
    alone: Assessment
    added: Floats
    evidence: tuple[Assessment, ...]
    before: tuple[Held, ...] = ()
    asks_for_more: bool = False

    @cached_property
    def ranking(self) -> tuple[int, ...]:
        """The candidates, best first."""
        rows = [one.read.row for one in self.context.candidates]
        return tuple(order(self.added.sum(axis=1), rows))

    @property
    def first(self) -> Read | None:
        """What comes first, if anything does."""
        return self.context.candidates[self.ranking[0]].read if self.ranking else None


@dataclass(frozen=True, slots=True)
class Search:
    """What questions are held against.

    Attributes:
        assessor: Of a library.
        by: What counts in passages in the question's language, and in those in the other one.
        rows: The passages that may answer; None for all.
    """

    assessor: Assessor
    by: tuple[Weights, Weights]
    rows: Rows | None = None

    def hold(self, question: str, history: Sequence[str] = ()) -> Held:
        """A question with its candidates, in its context where it leans on any.

        Args:
            question: As asked.
            history: The questions before it, oldest first.
        """
        history = history[-_FAR:]
        if not history or leans_on_history(question, history):
            return self._by_words(question, history)
        (asked,) = self.assessor.ask([question])
        alone = self.hold_alone(asked)
        if changes_topic(question):
            return alone
        before = self._before(history)
        if not _goes_on(alone, before[0].first):
            return alone
        held = self._follow(question, history, before, _GOING_ON)
        return replace(held, evidence=(held.context, held.alone))

    def hold_alone(self, asked: Asked) -> Held:
        """A question that needs no other to be understood, with its candidates."""
        assessment = self.assessor.assess(asked, self.rows)
        added = contributions(assessment.legs, *self.by)
        return Held(assessment, assessment, added, (assessment,))

    def _by_words(self, question: str, history: Sequence[str]) -> Held:
        """As `hold`, where nothing but words tells whether it leans on what came before."""
        if not leans_on_history(question, history):
            (asked,) = self.assessor.ask([question])
            return self.hold_alone(asked)
        more = asks_for_more(question)
        share = _SPEAKING if more or speaks_of_article(question) else _POINTING
        return self._follow(question, history, self._before(history), share, more=more)

    def _before(self, history: Sequence[str]) -> tuple[Held, ...]:
        """The last question, and those that it leans on."""
        *earlier, last = history
        held = self._by_words(last, earlier)
        return held, *held.before

    def _follow(
        self,
        question: str,
        history: Sequence[str],
        before: tuple[Held, ...],
        share: Share,
        *,
        more: bool = False,
    ) -> Held:
        """A question in its context; `before` is what `_before` gave, `more` as in `Held`."""
        texts = [in_context(question, history), question]
        asked = self.assessor.ask(texts[:1] if more else texts)
        found = [before[0].context, *(self.assessor.assess(each, self.rows) for each in asked)]
        reads = {one.read.row: one.read for each in found for one in each.candidates}
        ordered = [reads[row] for row in sorted(reads)]
        context, *rest = (self.assessor.weigh(each, ordered) for each in asked)
        alone = rest[0] if rest else context
        added = (1 - share.alone) * contributions(context.legs, *self.by)
        added += share.alone * contributions(alone.legs, *self.by)
        firsts = [each.first for each in before if each.first]
        leaning = _leaning(ordered, firsts, share.article, more=more)
        added = np.hstack([added, leaning[:, None]])
        return Held(context, alone, added, (context,), before, more)


def _goes_on(alone: Held, spoken_of: Read | None) -> bool:
    """Whether a question finds, alone, hardly anything better than in the article spoken of."""
    if spoken_of is None:
        return False
    scores = alone.added.sum(axis=1)
    same = [_article(one.read) == _article(spoken_of) for one in alone.context.candidates]
    return any(same) and bool(scores[same].max() > scores.max() - _NEARLY)


def _leaning(
    reads: Sequence[Read], before: Sequence[Read], article: float, *, more: bool
) -> Floats:
    """What the history adds to each passage."""
    spoken_of = {_article(read) for read in before[:1]}
    seen = {read.row for read in before} if more else set()
    return np.array(
        [article * (_article(read) in spoken_of) + _SEEN * (read.row in seen) for read in reads]
    )


def _article(read: Read) -> tuple[str, int]:
    return read.passage.publication, read.passage.article

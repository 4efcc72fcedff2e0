"""A follow-up held against a library: in its context and alone, near the article spoken of.

In context it is known what a follow-up is about, and alone what it asks; neither ranks as well as
some of each, and what was asked before usually stands in the same article. The numbers were chosen
on the development halves of the project's sets and on follow-ups written for it; with another
article in mind they hardly harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.engine import Rows
from rag.assessment import Assessment, Assessor
from rag.coverage import Floats
from rag.fusion import Weights, contributions
from rag.history import in_context

_ALONE = 0.35
"""What a question counts without its context; with it, the rest."""

_SAME_ARTICLE = 4.0
"""What is added to the passages of the article that the question before it was about."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A follow-up with its candidates.

    Attributes:
        context: The question in its context.
        alone: The question alone, with the same candidates in the same order.
        added: What each leg and the bias add to the score of each candidate, and what the history
            does; [n, 8].
    """

    context: Assessment
    alone: Assessment
    added: Floats


def follow(
    assessor: Assessor,
    question: str,
    history: Sequence[str],
    weights: tuple[Weights, Weights],
    rows: Rows | None = None,
) -> Followed:
    """A question that leans on the ones before it, held against a library.

    Args:
        assessor: Of the library.
        question: As asked.
        history: The questions before it, oldest first; at least one.
        weights: For passages in the language of the question, and in the other one.
        rows: The passages that may answer; None for all.
    """
    asked = assessor.ask([in_context(question, history), question, in_context(history[-1], ())])
    found = [assessor.assess(each, rows) for each in asked]
    reads = {one.read.row: one.read for each in found for one in each.candidates}
    ordered = [reads[row] for row in sorted(reads)]
    context, alone = (assessor.weigh(each, ordered) for each in asked[:2])
    added = (1 - _ALONE) * contributions(context.legs, *weights)
    added += _ALONE * contributions(alone.legs, *weights)
    spoken_of = _article(found[2], weights)
    same = [(one.read.passage.publication, one.read.passage.article) for one in context.candidates]
    column = np.array([[_SAME_ARTICLE * (place == spoken_of)] for place in same]).reshape(-1, 1)
    return Followed(context, alone, np.hstack([added, column]))


def _article(before: Assessment, weights: tuple[Weights, Weights]) -> tuple[str, int] | None:
    """The article that answers the question before, by publication and index."""
    if not before.candidates:
        return None
    best = int(np.argmax(contributions(before.legs, *weights).sum(axis=1)))
    passage = before.candidates[best].read.passage
    return passage.publication, passage.article

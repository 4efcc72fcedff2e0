"""The confidence, fitted and measured: how sure one may be of a first passage.

A public question comes up to three times: as it is; without its right passages; and without the
sentences that answer, so that its passage is there and the answer is not. The last is as near a
miss as a passage can be, and what "not in this library" is hardest to tell for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eval.training.examples import Observation
from eval.training.optimize import Limits, fit_probability
from eval.training.sets import OWN
from rag.answering.confidence import (
    Calibration,
    Signs,
    Thresholds,
    confidence,
    confidence_parts,
    features,
)
from rag.ranking.parameters import Fitted
from rag.ranking.scoring import Legs, contributions
from rag.ranking.term_match import Floats

_WRONGLY_REFUSED = {False: 0.025, True: 0.03}
"""Of the answerable questions of any set at most, where the first passage is in the language of the
question and where not. Follow-ups, which are not among them, are refused more often in the former,
and of all together no more than three in a hundred should be."""
_MORE, _LESS = (0.0, None), (None, 0.0)
_LIMITS: tuple[Limits, ...] = (
    *(_MORE, _MORE, _MORE, _MORE, _MORE, _MORE),  # a better passage never makes less sure
    (None, -2.0),  # real questions hardly tell, but nonsense must not be answered
    *(_LESS, _LESS),
    (None, None),
)
_OWN_SHARE = 0.5  # of the weight of all: they are few, and closest to what is asked


class First(NamedTuple):
    """What is seen of the passage that comes first, and whether the library answers."""

    signs: Signs
    answerable: bool


class Measured(NamedTuple):
    """How well the confidence tells what is not in a library.

    Attributes:
        auroc: How often an answerable question has more of it than an unanswerable one.
        refused: The share of unanswerable questions that are refused.
        wrongly: The share of answerable ones.
    """

    auroc: float
    refused: float
    wrongly: float


def scores(one: Observation, by: Fitted) -> Floats:
    """Of the candidates, as the retriever ranks them."""
    return np.asarray(contributions(Legs(one.legs, one.across), by.same, by.across).sum(axis=1))


def firsts(seen: Iterable[Observation], by: Fitted) -> list[First]:
    """The first passage of every question, in every view of it."""
    found = []
    for one in seen:
        views = [(one, one.question.answerable)]
        if one.question.places:
            views.append((one.only(~one.right), False))
            if one.cut is not None:
                views.append((one.cut, False))
        found += [
            First(view.signs(scores(view, by)), answerable)
            for view, answerable in views
            if len(view.right)
        ]
    return found


def calibrated(found: Mapping[str, Sequence[Observation]], by: Fitted) -> Calibration:
    """The calibration for these sets.

    In each of them answerable questions count as much as unanswerable ones.
    """
    seen = {name: firsts(each, by) for name, each in found.items()}
    own = [name for name in seen if name in OWN]
    table, answers, weights = [], [], []
    for name, each in seen.items():
        alike = len(own) if name in own else len(seen) - len(own)
        share = _OWN_SHARE if name in own else 1 - _OWN_SHARE
        yes = sum(first.answerable for first in each)
        for first in each:
            table.append(features(first.signs))
            answers.append(first.answerable)
            count = yes if first.answerable else len(each) - yes
            weights.append(share / alike / max(count, 1))
    fitted = fit_probability(
        np.array(table), np.array(answers, dtype=np.bool_), np.array(weights), _LIMITS
    )
    return Calibration(*(round(float(each), 4) for each in fitted))


def thresholds(
    found: Mapping[str, Sequence[Observation]], by: Fitted, calibration: Calibration
) -> Thresholds:
    """The greatest thresholds at which few answerable questions are refused.

    Few of the project's own sets together; of the public ones in one language, and of those that
    hold both, where the first passage is in the language of the question; and of those across
    languages, where it is in the other one. Libraries of all sizes count together.
    """
    sure: dict[tuple[bool, str], list[float]] = defaultdict(list)
    for name, each in found.items():
        for first in firsts(each, by):
            if first.answerable:
                foreign = first.signs.foreign
                sure[foreign, _kind(name)].append(sureness(first, calibration))
    return Thresholds(*(_greatest(sure, foreign=foreign) for foreign in (False, True)))


def _greatest(sure: Mapping[tuple[bool, str], Sequence[float]], *, foreign: bool) -> float:
    lowest = min(
        sorted(values)[int(_WRONGLY_REFUSED[foreign] * len(values))]
        for (away, _), values in sure.items()
        if away == foreign
    )
    return float(np.floor(lowest * 1e4) / 1e4)


def _kind(name: str) -> str:
    """What a set is like: one of the project's own, or of which languages."""
    asked, arrow, paragraphs = name.partition(" → ")
    if name in OWN:
        return "own"
    if not arrow:
        return "both"
    return "same" if asked == paragraphs.partition(",")[0] else "across"


def sureness(first: First, calibration: Calibration) -> float:
    """The confidence in a first passage."""
    return confidence(confidence_parts(first.signs, calibration))


def measured(seen: Sequence[First], calibration: Calibration, by: Thresholds) -> Measured:
    """How well the confidence tells answerable questions from others."""
    sure = np.array([sureness(first, calibration) for first in seen])
    answerable = np.array([first.answerable for first in seen], dtype=np.bool_)
    refused = np.array(
        [
            value < by.of(foreign=first.signs.foreign)
            for value, first in zip(sure, seen, strict=True)
        ],
        dtype=np.bool_,
    )
    yes, no = sure[answerable], sure[~answerable]
    above = (yes[:, None] > no[None, :]) + 0.5 * (yes[:, None] == no[None, :])
    return Measured(_mean(above), _mean(refused[~answerable]), _mean(refused[answerable]))


def _mean(values: NDArray[Any]) -> float:
    """NaN of nothing."""
    return float(values.mean()) if values.size else float("nan")

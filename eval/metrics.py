"""Outcomes into figures: ranking, evidence, notes, refusals, latency, each with an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from eval.judge import DEPTH, Outcome

RESAMPLES = 2000
SEED = 87

_RANKING: dict[str, Any] = {
    "recall@1": Success @ 1,
    "recall@3": Success @ 3,
    "recall@5": Success @ 5,
    "recall@10": Success @ 10,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % bootstrap interval over questions, and how many it rests on."""

    value: float
    low: float
    high: float
    count: int


def figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """All figures that these outcomes have, by name, in the order in which they are shown."""
    result = {name: figure(values) for name, values in per_question(outcomes).items()}
    auroc = _auroc(outcomes)
    if auroc is not None:
        result["auroc"] = auroc
    seconds = np.array([outcome.seconds for outcome in outcomes])
    for name, share in (("p50 ms", 50), ("p95 ms", 95)):
        result[name] = figure(seconds * 1000, lambda x, axis, q=share: np.percentile(x, q, axis))
    result["characters"] = figure([outcome.characters for outcome in outcomes])
    return result


def per_question(outcomes: Sequence[Outcome]) -> dict[str, NDArray[np.float64]]:
    """The figures that are means over questions: for each its values, questions in order.

    A question for which a figure has no meaning has no value in it.
    """
    answerable = [outcome for outcome in outcomes if outcome.question.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.question.answerable]
    values: dict[str, list[float | None]] = dict(_ranking(answerable)) if answerable else {}
    values["sentence"] = [_number(outcome.marked_right) for outcome in answerable]
    values["notes recall"] = [outcome.notes_recall for outcome in answerable]
    values["notes precision"] = [outcome.notes_precision for outcome in answerable]
    values["refused"] = [_number(outcome.refused) for outcome in unanswerable]
    values["wrongly refused"] = [_number(outcome.refused) for outcome in answerable]
    present = {name: [v for v in column if v is not None] for name, column in values.items()}
    return {name: np.array(column) for name, column in present.items() if column}


def paired(first: Sequence[Outcome], second: Sequence[Outcome]) -> dict[str, Figure]:
    """The differences first − second, question by question; both must answer the same questions."""
    ours, theirs = per_question(first), per_question(second)
    shared = [name for name in ours if name in theirs and len(ours[name]) == len(theirs[name])]
    return {name: figure(ours[name] - theirs[name]) for name in shared}


def figure(
    values: Sequence[float] | NDArray[np.float64],
    statistic: Callable[..., Any] = np.mean,
) -> Figure:
    """A statistic of values, with its percentile bootstrap interval (Efron 1979)."""
    array = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(SEED).integers(len(array), size=(RESAMPLES, len(array)))
    low, high = np.percentile(statistic(array[picks], axis=1), [2.5, 97.5])
    return Figure(float(statistic(array, axis=0)), float(low), float(high), len(array))


def _ranking(outcomes: Sequence[Outcome]) -> dict[str, list[float | None]]:
    """Ranking metrics by ir-measures: each question has one right text, at its rank."""
    qrels = [Qrel(str(i), "right", 1) for i in range(len(outcomes))]
    run = [
        ScoredDoc(str(i), "right" if place == outcome.rank else f"wrong {place}", -float(place))
        for i, outcome in enumerate(outcomes)
        for place in range(1, DEPTH + 1)
    ]
    values: dict[str, list[float | None]] = {name: [0.0] * len(outcomes) for name in _RANKING}
    names = {measure: name for name, measure in _RANKING.items()}
    for metric in ir_measures.iter_calc(list(_RANKING.values()), qrels, run):
        values[names[metric.measure]][int(metric.query_id)] = float(metric.value)
    return values


def _auroc(outcomes: Sequence[Outcome]) -> Figure | None:
    """How well confidence tells answerable from unanswerable questions."""
    known = [outcome for outcome in outcomes if outcome.confidence is not None]
    labels = np.array([outcome.question.answerable for outcome in known])
    if not known or labels.all() or not labels.any():
        return None
    scores = np.array([outcome.confidence for outcome in known], dtype=np.float64)
    generator = np.random.default_rng(SEED)
    resampled = []
    for _ in range(RESAMPLES // 4):
        picks = generator.integers(len(known), size=len(known))
        if 0 < labels[picks].sum() < len(picks):
            resampled.append(roc_auc_score(labels[picks], scores[picks]))
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Figure(float(roc_auc_score(labels, scores)), float(low), float(high), len(known))


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)

"""Outcomes into figures: ranking, evidence, notes, refusals, latency, each with an interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG
from numpy.typing import NDArray

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
    milliseconds = [1000 * outcome.seconds for outcome in outcomes]
    for name, share in (("p50 ms", 50), ("p95 ms", 95)):
        result[name] = figure(milliseconds, lambda x, axis, q=share: np.percentile(x, q, axis))
    result["characters"] = figure([outcome.characters for outcome in outcomes])
    result["with notes"] = figure([outcome.characters_with_notes for outcome in outcomes])
    return result


def per_question(outcomes: Sequence[Outcome]) -> dict[str, NDArray[np.float64]]:
    """The figures that are means over questions: for each its values, questions in order.

    A question for which a figure has no meaning has no value in it.
    """
    columns = {
        name: [value for value in column if value is not None]
        for name, column in _columns(outcomes).items()
    }
    return {name: np.array(column) for name, column in columns.items() if column}


def paired(first: Sequence[Outcome], second: Sequence[Outcome]) -> dict[str, Figure]:
    """The differences first − second, question by question, of the figures that both have.

    Raises:
        ValueError: If they are not outcomes of the same questions in the same order.
    """
    if [one.question.id for one in first] != [one.question.id for one in second]:
        raise ValueError("a paired difference needs the same questions on both sides")
    theirs = _columns(second)
    result: dict[str, Figure] = {}
    for name, ours in _columns(first).items():
        pairs = zip(ours, theirs[name], strict=True)
        differences = [a - b for a, b in pairs if a is not None and b is not None]
        if differences:
            result[name] = figure(differences)
    return result


def figure(
    values: Sequence[float] | NDArray[np.float64],
    statistic: Callable[..., Any] = np.mean,
) -> Figure:
    """A statistic of values, with its percentile bootstrap interval (Efron 1979)."""
    array = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(SEED).integers(len(array), size=(RESAMPLES, len(array)))
    low, high = np.percentile(statistic(array[picks], axis=1), [2.5, 97.5])
    return Figure(float(statistic(array, axis=0)), float(low), float(high), len(array))


def _columns(outcomes: Sequence[Outcome]) -> dict[str, list[float | None]]:
    """Of each figure the value of every question, None where it has no meaning."""
    refused = [(outcome.question.answerable, _number(outcome.refused)) for outcome in outcomes]
    columns = _ranking(outcomes)
    columns["sentence"] = [_number(outcome.marked_right) for outcome in outcomes]
    columns["notes recall"] = [outcome.notes_recall for outcome in outcomes]
    columns["notes precision"] = [outcome.notes_precision for outcome in outcomes]
    columns["refused"] = [None if answerable else said for answerable, said in refused]
    columns["wrongly refused"] = [said if answerable else None for answerable, said in refused]
    return columns


def _ranking(outcomes: Sequence[Outcome]) -> dict[str, list[float | None]]:
    """Ranking metrics by ir-measures: each question has one right text, at its rank."""
    asked = [place for place, outcome in enumerate(outcomes) if outcome.question.answerable]
    qrels = [Qrel(str(i), "right", 1) for i in asked]
    run = [
        ScoredDoc(str(i), "right" if place == outcomes[i].rank else f"wrong {place}", -place)
        for i in asked
        for place in range(1, DEPTH + 1)
    ]
    columns: dict[str, list[float | None]] = {name: [None] * len(outcomes) for name in _RANKING}
    names = {measure: name for name, measure in _RANKING.items()}
    for metric in ir_measures.iter_calc(list(_RANKING.values()), qrels, run):
        columns[names[metric.measure]][int(metric.query_id)] = float(metric.value)
    return columns


def _auroc(outcomes: Sequence[Outcome]) -> Figure | None:
    """How well confidence tells answerable from unanswerable questions, each kind resampled."""
    known = [(o.question.answerable, o.confidence) for o in outcomes if o.confidence is not None]
    inside = np.array([confidence for answerable, confidence in known if answerable])
    outside = np.array([confidence for answerable, confidence in known if not answerable])
    if not len(inside) or not len(outside):
        return None
    # The share of pairs that stand in the right order, ties half (Mann and Whitney 1947).
    right = (inside[:, None] > outside) + 0.5 * (inside[:, None] == outside)
    chance = np.random.default_rng(SEED)
    rows = chance.multinomial(len(inside), np.full(len(inside), 1 / len(inside)), RESAMPLES)
    columns = chance.multinomial(len(outside), np.full(len(outside), 1 / len(outside)), RESAMPLES)
    resampled = ((rows @ right) * columns).sum(axis=1) / right.size
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Figure(float(right.mean()), float(low), float(high), len(known))


def _number(value: bool | None) -> float | None:
    return None if value is None else float(value)

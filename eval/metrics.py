"""Metrics of judged responses, each with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG

from eval.judge import DEPTH, QuestionResult
from eval.questions.format import Language, QuestionType
from index.arrays import FloatArray

RESAMPLES = 2000
SEED = 87

_GROUP_ORDER = (*get_args(Language), *get_args(QuestionType))

_RANKING_MEASURES: dict[str, Any] = {
    "recall@1": Success @ 1,
    "recall@3": Success @ 3,
    "recall@5": Success @ 5,
    "recall@10": Success @ 10,
    "mrr@10": RR @ 10,
    "ndcg@10": nDCG @ 10,
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A metric with its 95 % bootstrap interval and the number of questions behind it."""

    value: float
    low: float
    high: float
    count: int


MetricsByGroup = dict[str, dict[str, Estimate]]
"""The metrics of each group of questions, by the name of the group."""


def compute_metrics(results: Sequence[QuestionResult]) -> dict[str, Estimate]:
    """Return all metrics that results have, by name, in the order in which they are shown.

    Args:
        results: The judged responses, at least one.
    """
    metrics = {
        name: bootstrap_estimate(values)
        for name, values in collect_question_values(results).items()
    }
    auroc = _compute_auroc(results)
    if auroc is not None:
        metrics["auroc"] = auroc
    milliseconds = [1000 * question_result.seconds for question_result in results]
    for name, percent in (("p50 ms", 50), ("p95 ms", 95)):
        metrics[name] = bootstrap_estimate(
            milliseconds, lambda x, axis, q=percent: np.percentile(x, q, axis)
        )
    metrics["characters"] = bootstrap_estimate(
        [question_result.characters for question_result in results]
    )
    metrics["with notes"] = bootstrap_estimate(
        [question_result.characters_with_notes for question_result in results]
    )
    return metrics


def collect_question_values(results: Sequence[QuestionResult]) -> dict[str, FloatArray]:
    """Return the values of each metric that is a mean over questions, in their order.

    Questions for which a metric is not defined are left out.

    Args:
        results: The judged responses.
    """
    columns = {
        name: [value for value in column if value is not None]
        for name, column in _collect_columns(results).items()
    }
    return {name: np.array(column) for name, column in columns.items() if column}


def compute_paired_differences(
    results_a: Sequence[QuestionResult], results_b: Sequence[QuestionResult]
) -> dict[str, Estimate]:
    """Return the paired differences a − b of the metrics that both have.

    Args:
        results_a: The judged responses of one system.
        results_b: Those of another to the same questions, in the same order.

    Raises:
        ValueError: If they are not of the same questions.
    """
    if [question_result.question.id for question_result in results_a] != [
        question_result.question.id for question_result in results_b
    ]:
        raise ValueError("a paired difference needs the same questions on both sides")
    columns_b = _collect_columns(results_b)
    differences_by_metric: dict[str, Estimate] = {}
    for name, column_a in _collect_columns(results_a).items():
        pairs = zip(column_a, columns_b[name], strict=True)
        differences = [a - b for a, b in pairs if a is not None and b is not None]
        if differences:
            differences_by_metric[name] = bootstrap_estimate(differences)
    return differences_by_metric


@lru_cache(maxsize=8)
def compute_grouped_metrics(results: tuple[QuestionResult, ...]) -> MetricsByGroup:
    """Return the metrics of all questions, then by language, then by type.

    Args:
        results: The judged responses.
    """
    groups: MetricsByGroup = {"all": compute_metrics(results)}
    keys: tuple[Callable[[QuestionResult], str], ...] = (
        lambda question_result: question_result.question.language,
        lambda question_result: question_result.question.type,
    )
    for key in keys:
        group_names = sorted(
            {key(question_result) for question_result in results}, key=_GROUP_ORDER.index
        )
        if len(group_names) > 1:
            groups |= {n: compute_metrics([o for o in results if key(o) == n]) for n in group_names}
    return groups


def bootstrap_estimate(
    values: Sequence[float] | FloatArray,
    statistic: Callable[..., Any] = np.mean,
) -> Estimate:
    """Return a statistic with its percentile bootstrap interval (Efron 1979).

    Args:
        values: The values of questions; [n].
        statistic: A function of an array and an axis.
    """
    array = np.asarray(values, dtype=np.float64)
    sample_indices = np.random.default_rng(SEED).integers(len(array), size=(RESAMPLES, len(array)))
    low, high = np.percentile(statistic(array[sample_indices], axis=1), [2.5, 97.5])
    return Estimate(float(statistic(array, axis=0)), float(low), float(high), len(array))


def _collect_columns(results: Sequence[QuestionResult]) -> dict[str, list[float | None]]:
    """Return the value of every question by metric; None where the metric is not defined."""
    refusals = [
        (question_result.question.is_answerable, _to_float(question_result.refused))
        for question_result in results
    ]
    columns = _compute_ranking_metrics(results)
    columns["evidence accuracy"] = [
        _to_float(question_result.is_evidence_correct) for question_result in results
    ]
    columns["notes recall"] = [question_result.notes_recall for question_result in results]
    columns["notes precision"] = [question_result.notes_precision for question_result in results]
    columns["refusals"] = [
        None if is_answerable else refusal for is_answerable, refusal in refusals
    ]
    columns["false refusals"] = [
        refusal if is_answerable else None for is_answerable, refusal in refusals
    ]
    return columns


def _compute_ranking_metrics(results: Sequence[QuestionResult]) -> dict[str, list[float | None]]:
    """Return the ranking metrics of ir-measures: one relevant text a question, at its rank."""
    answerable_indices = [
        position
        for position, question_result in enumerate(results)
        if question_result.question.is_answerable
    ]
    qrels = [Qrel(str(i), "right", 1) for i in answerable_indices]
    run = [
        ScoredDoc(
            str(i), "right" if position == results[i].rank else f"wrong {position}", -position
        )
        for i in answerable_indices
        for position in range(1, DEPTH + 1)
    ]
    columns: dict[str, list[float | None]] = {
        name: [None] * len(results) for name in _RANKING_MEASURES
    }
    names = {measure: name for name, measure in _RANKING_MEASURES.items()}
    for metric in ir_measures.iter_calc(list(_RANKING_MEASURES.values()), qrels, run):
        columns[names[metric.measure]][int(metric.query_id)] = float(metric.value)
    return columns


def compare_pairs(positives: FloatArray, negatives: FloatArray) -> FloatArray:
    """Return 1 for each pair in which the positive is higher, 0.5 for ties; its mean is the AUROC.

    Mann and Whitney, "On a Test of Whether One of Two Random Variables is Stochastically Larger
    than the Other" (1947).

    Args:
        positives: The values of positives; [p].
        negatives: The values of negatives; [n].

    Returns:
        The pairs; [p, n].
    """
    return np.asarray((positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives))


def _compute_auroc(results: Sequence[QuestionResult]) -> Estimate | None:
    """Return the AUROC of the confidence for answerable questions, each kind resampled."""
    scored = [(o.question.is_answerable, o.confidence) for o in results if o.confidence is not None]
    answerable_confidences = np.array(
        [confidence for is_answerable, confidence in scored if is_answerable]
    )
    unanswerable_confidences = np.array(
        [confidence for is_answerable, confidence in scored if not is_answerable]
    )
    if not len(answerable_confidences) or not len(unanswerable_confidences):
        return None
    pair_order = compare_pairs(answerable_confidences, unanswerable_confidences)
    rng = np.random.default_rng(SEED)
    answerable_counts = rng.multinomial(
        len(answerable_confidences),
        np.full(len(answerable_confidences), 1 / len(answerable_confidences)),
        RESAMPLES,
    )
    unanswerable_counts = rng.multinomial(
        len(unanswerable_confidences),
        np.full(len(unanswerable_confidences), 1 / len(unanswerable_confidences)),
        RESAMPLES,
    )
    resampled = ((answerable_counts @ pair_order) * unanswerable_counts).sum(
        axis=1
    ) / pair_order.size
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Estimate(float(pair_order.mean()), float(low), float(high), len(scored))


def _to_float(value: bool | None) -> float | None:
    return None if value is None else float(value)

"""Fitting and measuring of the confidence.

A public question is used up to three times: as it is; without its relevant passages; and without
the sentences that answer, so that its passage is there but the answer is not. The last are the
hardest negatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from eval.metrics import compare_pairs
from eval.training.examples import TrainingExample
from eval.training.optimize import Bounds, fit_logistic_regression
from eval.training.sets import PROJECT_SETS
from index.arrays import FloatArray
from rag.answering.confidence import (
    ConfidenceFeatures,
    compute_confidence,
    compute_confidence_parts,
    regression_inputs,
)
from rag.ranking.linear_weights import PerLanguage
from rag.ranking.parameters import (
    Calibration,
    ConfidenceParameters,
    Parameters,
    ReaderParameters,
)
from rag.ranking.reading import select_candidates
from rag.ranking.scoring import compute_contributions

_MAX_FALSE_REFUSAL_RATE = 0.025
"""The highest share of answerable questions refused, within a language and across.

Follow-ups, which the sets lack, are refused more often; of all questions together at most three in
a hundred should be."""

_NON_NEGATIVE: Bounds = (0.0, None)
_NON_POSITIVE: Bounds = (None, 0.0)
_BOUNDS_BY_COEFFICIENT: dict[str, Bounds] = {
    # A better passage never lowers the confidence.
    "score": _NON_NEGATIVE,
    "margin": _NON_NEGATIVE,
    "sentence_similarity": _NON_NEGATIVE,
    "maxsim_mean": _NON_NEGATIVE,
    "maxsim_low": _NON_NEGATIVE,
    "term_coverage": _NON_NEGATIVE,
    # Real questions hardly determine it, but nonsense must not be answered.
    "no_term_overlap": (None, -2.0),
    "lacks_requested_item": _NON_POSITIVE,
    "lacks_requested_item_cross_lingual": _NON_POSITIVE,
    "cross_lingual": (None, None),
    "reading": _NON_NEGATIVE,
}
_WEIGHT_BOUNDS = tuple(_BOUNDS_BY_COEFFICIENT.values())
_PROJECT_SETS_SHARE = 0.5  # of the weight of all sets: they are few, but closest to real questions


class TopCandidate(NamedTuple):
    """The features of a first passage, and whether the library answers the question."""

    confidence_features: ConfidenceFeatures
    is_answerable: bool


class ConfidenceMetrics(NamedTuple):
    """How well the confidence separates answerable from unanswerable questions.

    Attributes:
        auroc: The share of pairs in which the answerable question has the higher confidence.
        refusal_rate: The share of unanswerable questions that are refused.
        false_refusal_rate: The share of answerable questions that are refused.
    """

    auroc: float
    refusal_rate: float
    false_refusal_rate: float


def score_candidates(example: TrainingExample, parameters: Parameters) -> FloatArray:
    """Return the scores of the candidates of an example; [candidates].

    Args:
        example: The example.
        parameters: The weights.
    """
    contributions = compute_contributions(example.features, parameters.ranking.final)
    return np.asarray(contributions.sum(axis=1))


def add_readings(
    scores: FloatArray, example: TrainingExample, parameters: ReaderParameters
) -> FloatArray:
    """Return the scores with what the reader adds to those of the first; [candidates].

    Args:
        scores: The scores of the candidates; [candidates].
        example: The example.
        parameters: The weights of the readings.
    """
    ranking = np.argsort(-scores, kind="stable").tolist()
    best = select_candidates(ranking, scores, parameters)
    added = [
        parameters.passage_weight.select(is_cross_lingual=bool(example.cross_lingual[index]))
        * (reading.log_odds if (reading := example.readings[index]) else 0.0)
        for index in best
    ]
    total = scores.copy()
    total[best] += np.array(added) - min(added, default=0.0)
    return total


def collect_top_candidates(
    examples: Iterable[TrainingExample], parameters: Parameters, *, with_reader: bool = False
) -> list[TopCandidate]:
    """Return the first passage of every question, in every view of it.

    Args:
        examples: The examples.
        parameters: The weights that rank the candidates.
        with_reader: Whether the reader is used.
    """
    collected = []
    for example in examples:
        for view, is_answerable in _views(example):
            if len(view.relevant):
                scores = score_candidates(view, parameters)
                total = add_readings(scores, view, parameters.reader) if with_reader else None
                features = view.compute_confidence_features(scores, total)
                collected.append(TopCandidate(features, is_answerable))
    return collected


def _views(example: TrainingExample) -> list[tuple[TrainingExample, bool]]:
    """Return an example as it is, without its relevant passages and without their answers."""
    views = [(example, example.question.is_answerable)]
    if example.question.gold_sections:
        views.append((example.select_candidates(~example.relevant), False))
        if example.without_answer is not None:
            views.append((example.without_answer, False))
    return views


def fit_calibration(
    example_sets: Mapping[str, Sequence[TrainingExample]],
    parameters: Parameters,
    *,
    with_reader: bool = False,
) -> Calibration:
    """Return the calibration for sets.

    In each set answerable questions weigh as much as unanswerable ones.

    Args:
        example_sets: The examples of each set.
        parameters: The weights that rank the candidates.
        with_reader: Whether the reader is used.
    """
    top_candidates = {
        name: collect_top_candidates(examples, parameters, with_reader=with_reader)
        for name, examples in example_sets.items()
    }
    weights = _weight_top_candidates(top_candidates)
    observed = [item for items in top_candidates.values() for item in items]
    coefficients = fit_logistic_regression(
        np.array(
            [
                regression_inputs(item.confidence_features, parameters.confidence)
                for item in observed
            ]
        ),
        np.array([item.is_answerable for item in observed], dtype=np.bool_),
        np.array(weights),
        _WEIGHT_BOUNDS,
    )
    return Calibration(*(round(float(item), 4) for item in coefficients))


def _weight_top_candidates(top_candidates: Mapping[str, Sequence[TopCandidate]]) -> list[float]:
    """Return the weights of all candidates: sets of a kind, and labels in a set, weigh the same."""
    project_count = sum(name in PROJECT_SETS for name in top_candidates)
    weights = []
    for name, items in top_candidates.items():
        is_project = name in PROJECT_SETS
        set_count = project_count if is_project else len(top_candidates) - project_count
        set_weight = _PROJECT_SETS_SHARE if is_project else 1 - _PROJECT_SETS_SHARE
        answerable_count = sum(item.is_answerable for item in items)
        label_counts = {True: answerable_count, False: len(items) - answerable_count}
        weights += [
            set_weight / set_count / max(label_counts[item.is_answerable], 1) for item in items
        ]
    return weights


def fit_thresholds(
    example_sets: Mapping[str, Sequence[TrainingExample]],
    parameters: Parameters,
    *,
    with_reader: bool = False,
) -> PerLanguage[float]:
    """Return the greatest thresholds at which few answerable questions are refused.

    They are counted over all sets, weighted as for the calibration.

    Args:
        example_sets: The examples of each set.
        parameters: The weights and the calibration.
        with_reader: Whether the reader is used.
    """
    confidence = parameters.confidence_of_reader if with_reader else parameters.confidence
    top_candidates = {
        name: collect_top_candidates(examples, parameters, with_reader=with_reader)
        for name, examples in example_sets.items()
    }
    observed = [item for items in top_candidates.values() for item in items]
    weights = _weight_top_candidates(top_candidates)
    thresholds = []
    for cross_lingual in (False, True):
        answerable = [
            (estimate_confidence(item, confidence), weight)
            for item, weight in zip(observed, weights, strict=True)
            if item.is_answerable and item.confidence_features.cross_lingual == cross_lingual
        ]
        thresholds.append(_find_quantile(answerable, _MAX_FALSE_REFUSAL_RATE))
    return PerLanguage(*thresholds)


def _find_quantile(weighted: Sequence[tuple[float, float]], share: float) -> float:
    """Return the greatest of some values below which at most a share of the weight lies."""
    values, weights = np.array(sorted(weighted)).T
    below = np.cumsum(weights) - weights
    highest = values[below <= share * weights.sum()][-1]
    return float(np.floor(highest * 1e4) / 1e4)


def estimate_confidence(top_candidate: TopCandidate, parameters: ConfidenceParameters) -> float:
    """Return the confidence in a first passage.

    Args:
        top_candidate: The passage.
        parameters: The calibration.
    """
    return compute_confidence(
        compute_confidence_parts(top_candidate.confidence_features, parameters)
    )


def measure_confidence(
    top_candidates: Sequence[TopCandidate], parameters: ConfidenceParameters
) -> ConfidenceMetrics:
    """Return how well the confidence separates answerable from unanswerable questions.

    Args:
        top_candidates: The first passages of questions.
        parameters: The calibration and the thresholds.
    """
    confidences = np.array([estimate_confidence(item, parameters) for item in top_candidates])
    thresholds = [
        parameters.thresholds.select(is_cross_lingual=item.confidence_features.cross_lingual)
        for item in top_candidates
    ]
    is_answerable = np.array([item.is_answerable for item in top_candidates], dtype=np.bool_)
    refused = confidences < np.array(thresholds)
    return ConfidenceMetrics(
        _mean_or_nan(compare_pairs(confidences[is_answerable], confidences[~is_answerable])),
        _mean_or_nan(refused[~is_answerable]),
        _mean_or_nan(refused[is_answerable]),
    )


def _mean_or_nan(values: NDArray[Any]) -> float:
    return float(values.mean()) if values.size else float("nan")

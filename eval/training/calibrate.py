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
from rag.ranking.features import FeatureMatrix
from rag.ranking.parameters import Calibration, Parameters, Thresholds
from rag.ranking.scoring import compute_contributions

_MAX_FALSE_REFUSAL_RATE = {False: 0.025, True: 0.03}
"""Of the answerable questions of any set at most, where the first passage is in the language of the
question and where not. Follow-ups, which are not among them, are refused more often in the former,
and of all together no more than three in a hundred should be."""
_NON_NEGATIVE, _NON_POSITIVE = (0.0, None), (None, 0.0)
_WEIGHT_BOUNDS: tuple[Bounds, ...] = (
    *(
        _NON_NEGATIVE,
        _NON_NEGATIVE,
        _NON_NEGATIVE,
        _NON_NEGATIVE,
        _NON_NEGATIVE,
        _NON_NEGATIVE,
    ),  # a better passage never makes less sure
    (None, -2.0),  # real questions hardly tell, but nonsense must not be answered
    *(_NON_POSITIVE, _NON_POSITIVE),
    (None, None),
)
_PROJECT_SETS_SHARE = 0.5  # of the weight of all: they are few, and closest to what is asked


class TopCandidate(NamedTuple):
    """What is seen of the passage that comes first, and whether the library answers."""

    confidence_features: ConfidenceFeatures
    is_answerable: bool


class ConfidenceMetrics(NamedTuple):
    """How well the confidence tells what is not in a library.

    Attributes:
        auroc: How often an answerable question has more of it than an unanswerable one.
        refusal_rate: The share of unanswerable questions that are refused.
        false_refusal_rate: The share of answerable ones.
    """

    auroc: float
    refusal_rate: float
    false_refusal_rate: float


def score_candidates(example: TrainingExample, parameters: Parameters) -> FloatArray:
    """Of the candidates, as the retriever ranks them."""
    return np.asarray(
        compute_contributions(
            FeatureMatrix(example.features, example.cross_lingual),
            parameters.monolingual,
            parameters.cross_lingual,
        ).sum(axis=1)
    )


def collect_top_candidates(
    examples: Iterable[TrainingExample], parameters: Parameters
) -> list[TopCandidate]:
    """The first passage of every question, in every view of it."""
    top_candidates = []
    for example in examples:
        views = [(example, example.question.is_answerable)]
        if example.question.gold_sections:
            views.append((example.select_candidates(~example.relevant), False))
            if example.without_answer is not None:
                views.append((example.without_answer, False))
        top_candidates += [
            TopCandidate(
                view.compute_confidence_features(score_candidates(view, parameters)), is_answerable
            )
            for view, is_answerable in views
            if len(view.relevant)
        ]
    return top_candidates


def fit_calibration(
    example_sets: Mapping[str, Sequence[TrainingExample]], parameters: Parameters
) -> Calibration:
    """The calibration for these sets.

    In each of them answerable questions count as much as unanswerable ones.
    """
    top_candidates = {
        name: collect_top_candidates(item, parameters) for name, item in example_sets.items()
    }
    project_names = [name for name in top_candidates if name in PROJECT_SETS]
    rows, labels, weights = [], [], []
    for name, item in top_candidates.items():
        set_count = (
            len(project_names)
            if name in project_names
            else len(top_candidates) - len(project_names)
        )
        set_weight = _PROJECT_SETS_SHARE if name in project_names else 1 - _PROJECT_SETS_SHARE
        answerable_count = sum(top_candidate.is_answerable for top_candidate in item)
        for top_candidate in item:
            rows.append(regression_inputs(top_candidate.confidence_features))
            labels.append(top_candidate.is_answerable)
            count = (
                answerable_count if top_candidate.is_answerable else len(item) - answerable_count
            )
            weights.append(set_weight / set_count / max(count, 1))
    coefficients = fit_logistic_regression(
        np.array(rows), np.array(labels, dtype=np.bool_), np.array(weights), _WEIGHT_BOUNDS
    )
    return Calibration(*(round(float(item), 4) for item in coefficients))


def fit_thresholds(
    example_sets: Mapping[str, Sequence[TrainingExample]],
    parameters: Parameters,
    calibration: Calibration,
) -> Thresholds:
    """The greatest thresholds at which few answerable questions are refused.

    Few of the project's own sets together; of the public ones in one language, and of those that
    hold both, where the first passage is in the language of the question; and of those across
    languages, where it is in the other one. Libraries of all sizes count together.
    """
    confidences: dict[tuple[bool, str], list[float]] = defaultdict(list)
    for name, examples in example_sets.items():
        for top_candidate in collect_top_candidates(examples, parameters):
            if top_candidate.is_answerable:
                cross_lingual = top_candidate.confidence_features.cross_lingual
                confidences[cross_lingual, _classify_set(name)].append(
                    sureness(top_candidate, calibration)
                )
    return Thresholds(
        *(
            _fit_threshold(confidences, cross_lingual=cross_lingual)
            for cross_lingual in (False, True)
        )
    )


def _fit_threshold(
    confidences: Mapping[tuple[bool, str], Sequence[float]], *, cross_lingual: bool
) -> float:
    lowest = min(
        sorted(values)[int(_MAX_FALSE_REFUSAL_RATE[cross_lingual] * len(values))]
        for (is_cross_lingual, _), values in confidences.items()
        if is_cross_lingual == cross_lingual
    )
    return float(np.floor(lowest * 1e4) / 1e4)


def _classify_set(name: str) -> str:
    """What a set is like: one of the project's own, or of which languages."""
    question_file, separator, paragraphs = name.partition(" → ")
    if name in PROJECT_SETS:
        return "own"
    if not separator:
        return "both"
    return "same" if question_file == paragraphs.partition(",")[0] else "across"


def sureness(top_candidate: TopCandidate, calibration: Calibration) -> float:
    """The confidence in a first passage."""
    return compute_confidence(
        compute_confidence_parts(top_candidate.confidence_features, calibration)
    )


def measure_confidence(
    top_candidates: Sequence[TopCandidate], calibration: Calibration, refusal_thresholds: Thresholds
) -> ConfidenceMetrics:
    """How well the confidence tells answerable questions from others."""
    confidences = np.array(
        [sureness(top_candidate, calibration) for top_candidate in top_candidates]
    )
    is_answerable = np.array(
        [top_candidate.is_answerable for top_candidate in top_candidates], dtype=np.bool_
    )
    refused = np.array(
        [
            value
            < refusal_thresholds.select(
                is_cross_lingual=top_candidate.confidence_features.cross_lingual
            )
            for value, top_candidate in zip(confidences, top_candidates, strict=True)
        ],
        dtype=np.bool_,
    )
    answerable_confidences, unanswerable_confidences = (
        confidences[is_answerable],
        confidences[~is_answerable],
    )
    pair_order = (answerable_confidences[:, None] > unanswerable_confidences[None, :]) + 0.5 * (
        answerable_confidences[:, None] == unanswerable_confidences[None, :]
    )
    return ConfidenceMetrics(
        _mean_or_nan(pair_order),
        _mean_or_nan(refused[~is_answerable]),
        _mean_or_nan(refused[is_answerable]),
    )


def _mean_or_nan(values: NDArray[Any]) -> float:
    """NaN of nothing."""
    return float(values.mean()) if values.size else float("nan")

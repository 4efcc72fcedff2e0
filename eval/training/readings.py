"""Fits how the readings of the first candidates are taken over.

Their weights in ranking and evidence are conditional logits beside the scores without them; the
confidence with a reading is a logistic regression of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from eval.training.calibrate import fit_calibration, fit_thresholds, score_candidates
from eval.training.examples import TrainingExample
from eval.training.optimize import Bounds, RankingGroup, fit_conditional_logit
from eval.training.sets import ExampleSets
from index.arrays import FloatArray
from rag.answering.evidence import SENTENCE_FEATURES
from rag.ranking.linear_weights import PerLanguage
from rag.ranking.parameters import Parameters, ReaderParameters

_BOUNDS: list[Bounds] = [(1e-3, None), (0.0, None), (0.0, None)]
"""Of the score without readings, and of the readings within and across languages."""


def is_read(examples: Sequence[TrainingExample]) -> bool:
    """Return whether the reader has read candidates of a set.

    Args:
        examples: The examples of the set.
    """
    return any(reading is not None for example in examples for reading in example.readings)


def fit_reader(
    example_sets: ExampleSets, examples: Sequence[TrainingExample], parameters: Parameters
) -> ReaderParameters:
    """Return the weights of the readings, fitted on those sets that were read.

    Args:
        example_sets: The examples of each set.
        examples: The answerable ones that the weights are fitted on, some of them repeatedly.
        parameters: The parameters without the reader.
    """
    read_sets = {name: items for name, items in example_sets.items() if is_read(items)}
    if not read_sets:
        return parameters.reader
    draft = replace(
        parameters,
        reader=replace(
            parameters.reader,
            passage_weight=_fit_passage_weight(examples, parameters),
            sentence_weight=_fit_sentence_weight(examples, parameters),
        ),
    )
    calibration = fit_calibration(read_sets, draft, with_reader=True)
    calibrated = replace(draft, reader=replace(draft.reader, calibration=calibration))
    thresholds = fit_thresholds(read_sets, calibrated, with_reader=True)
    return replace(calibrated.reader, thresholds=thresholds)


def _fit_passage_weight(
    examples: Sequence[TrainingExample], parameters: Parameters
) -> PerLanguage[float]:
    groups = []
    for example in examples:
        indices = [index for index, item in enumerate(example.readings) if item is not None]
        if not indices:
            continue
        scores = score_candidates(example, parameters)[indices]
        log_odds = [item.log_odds for item in example.readings if item is not None]
        features = _split_by_language(
            scores, np.array(log_odds), example.cross_lingual[indices].astype(np.float64)
        )
        groups.append(RankingGroup(features, example.relevant[indices]))
    return _fit_weights(groups)


def _fit_sentence_weight(
    examples: Sequence[TrainingExample], parameters: Parameters
) -> PerLanguage[float]:
    groups = []
    for example in examples:
        for index in np.flatnonzero(example.relevant).tolist():
            reading = example.readings[index]
            if reading is None:
                continue
            scores = score_sentences(example, index, parameters)
            is_cross_lingual = np.full(len(scores), float(example.cross_lingual[index]))
            features = _split_by_language(scores, reading.sentences, is_cross_lingual)
            groups.append(RankingGroup(features, example.contains_answer[index]))
    return _fit_weights(groups)


def _split_by_language(
    scores: FloatArray, readings: FloatArray, is_cross_lingual: FloatArray
) -> FloatArray:
    """Return the scores, and the readings within and across languages as columns of their own."""
    return np.stack([scores, readings * (1 - is_cross_lingual), readings * is_cross_lingual], 1)


def _fit_weights(groups: Sequence[RankingGroup]) -> PerLanguage[float]:
    """Return the weight of the readings beside a score of weight 1."""
    score, *readings = fit_conditional_logit(groups, np.ones(3), _BOUNDS)
    return PerLanguage(*(round(float(weight / score), 4) for weight in readings))


def score_sentences(
    example: TrainingExample, index: int, parameters: Parameters, *, with_reader: bool = False
) -> FloatArray:
    """Return the score of each sentence of a candidate as evidence; [sentences].

    Args:
        example: The example.
        index: The index of the candidate.
        parameters: The weights.
        with_reader: Whether the reader is used.
    """
    weights = parameters.evidence.sentence_weights
    scores = np.asarray(
        example.sentence_features[index] @ [weights[name] for name in SENTENCE_FEATURES]
    )
    reading = example.readings[index]
    if with_reader and reading is not None:
        is_cross_lingual = bool(example.cross_lingual[index])
        weight = parameters.reader.sentence_weight.select(is_cross_lingual=is_cross_lingual)
        scores = scores + weight * reading.sentences
    return scores

"""Fits the weights of ranking and evidence and the confidence on development questions.

    python -m eval.training.fit --issue FILE --benchmarks DIR [--write]

Ranking and evidence are conditional logits, the confidence is a logistic regression; the question
sets are those of `eval.training.sets`. Two lines are printed for each set: fitted on all sets, and
fitted without the sets that ask the same questions, which shows how far the numbers transfer.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from eval.training.calibrate import (
    add_readings,
    collect_top_candidates,
    fit_calibration,
    fit_thresholds,
    measure_confidence,
    score_candidates,
)
from eval.training.examples import TrainingExample
from eval.training.optimize import RankingGroup, fit_conditional_logit
from eval.training.readings import fit_reader, is_read, score_sentences
from eval.training.sets import PROJECT_SETS, ExampleSets, collect_examples
from index.arrays import BoolArray, FloatArray
from index.errors import TongzhuError
from rag.answering.evidence import SENTENCE_FEATURES
from rag.ranking.features import Feature
from rag.ranking.linear_weights import PerLanguage, Weights
from rag.ranking.parameters import PARAMETERS_PATH, Parameters, load_parameters
from rag.ranking.reading import load_reader

_FEATURE_SCALES: dict[Feature, float] = {
    Feature.VECTOR: 20.0,
    Feature.SENTENCE: 20.0,
    Feature.MAXSIM: 20.0,
    Feature.SENTENCE_MAXSIM: 20.0,
    Feature.TRANSLATED_MAXSIM: 20.0,
    Feature.TERM_COVERAGE: 5.0,
    Feature.SENTENCE_TERM_COVERAGE: 5.0,
    Feature.HEADING: 5.0,
    Feature.ANSWER_TYPE: 1.0,
}
"""Factors that bring the features to about the same spread."""

_SENTENCE_FEATURE_SCALES = {
    "similarity": 20.0,
    "maxsim": 20.0,
    "unique-similarity": 20.0,
    "preceding-similarity": 20.0,
    "term-coverage": 5.0,
}  # the others have 1

_PROJECT_SET_REPEATS = 2  # the project's own questions are few, but closest to real ones
_SMALL_SET_SUFFIXES = (", 10", ", 50")  # the same questions asked of fewer passages


def fit_parameters(example_sets: ExampleSets) -> Parameters:
    """Return the parameters with all fitted numbers fitted on sets.

    Args:
        example_sets: The examples of each set.
    """
    repeated_examples = [
        example
        for name, examples in example_sets.items()
        if not name.endswith(_SMALL_SET_SUFFIXES)
        for example in examples * (_PROJECT_SET_REPEATS if name in PROJECT_SETS else 1)
        if example.question.is_answerable
    ]
    current = load_parameters()
    draft = replace(
        current,
        training_questions={name: len(examples) for name, examples in example_sets.items()},
        ranking=replace(current.ranking, final=_fit_ranking_weights(repeated_examples)),
        evidence=replace(
            current.evidence, sentence_weights=_fit_sentence_weights(repeated_examples)
        ),
    )
    calibration = fit_calibration(example_sets, draft)
    calibrated = replace(draft, confidence=replace(draft.confidence, calibration=calibration))
    thresholds = fit_thresholds(example_sets, calibrated)
    fitted = replace(calibrated, confidence=replace(calibrated.confidence, thresholds=thresholds))
    return replace(fitted, reader=fit_reader(example_sets, repeated_examples, fitted))


def _fit_ranking_weights(examples: Sequence[TrainingExample]) -> PerLanguage[Weights]:
    scales = [_FEATURE_SCALES[feature] for feature in Feature]
    weights = fit_conditional_logit(
        [RankingGroup(_split_by_language(example), example.relevant) for example in examples],
        np.array([*scales, *scales, 1.0]),
        # What is more like the question never scores lower; the bias may be anything.
        [*[(0.0, None)] * (2 * len(scales)), (None, None)],
    )
    *by_feature, bias = (round(float(weight), 4) for weight in weights)
    names = [feature.value for feature in Feature]
    return PerLanguage(
        Weights(dict(zip(names, by_feature, strict=False))),
        Weights(dict(zip(names, by_feature[len(names) :], strict=True)), bias),
    )


def _fit_sentence_weights(examples: Sequence[TrainingExample]) -> dict[str, float]:
    weights = fit_conditional_logit(
        [
            RankingGroup(example.sentence_features[index], example.contains_answer[index])
            for example in examples
            for index in np.flatnonzero(example.relevant).tolist()
        ],
        np.array([_SENTENCE_FEATURE_SCALES.get(name, 1.0) for name in SENTENCE_FEATURES]),
    )
    return {
        name: round(float(weight), 4)
        for name, weight in zip(SENTENCE_FEATURES, weights, strict=True)
    }


def _split_by_language(example: TrainingExample) -> FloatArray:
    """Return the features within and across languages as columns of their own, and the bias."""
    cross_lingual = example.cross_lingual[:, None].astype(np.float64)
    values = example.features.values
    return np.hstack([values * (1 - cross_lingual), values * cross_lingual, cross_lingual])


def measure_set(
    examples: Sequence[TrainingExample], parameters: Parameters, *, with_reader: bool = False
) -> str:
    """Return a line of metrics: questions, recall@1, MRR@10, evidence accuracy, AUROC, refusals.

    Args:
        examples: The examples of one set.
        parameters: The parameters to measure.
        with_reader: Whether the reader is used.
    """
    answerable = [example for example in examples if example.question.is_answerable]
    positions: list[int] = []
    for example in answerable:
        scores = score_candidates(example, parameters)
        if with_reader:
            scores = add_readings(scores, example, parameters.reader)
        positions.append(_find_rank(scores, example.relevant))
    ranks = np.array(positions, dtype=np.float64)
    sentence_hits = [
        bool(example.contains_answer[index][int(np.argmax(scores))])
        for example in answerable
        for index in np.flatnonzero(example.relevant).tolist()
        if example.contains_answer[index].any()
        for scores in [score_sentences(example, index, parameters, with_reader=with_reader)]
    ]
    confidence = measure_confidence(
        collect_top_candidates(examples, parameters, with_reader=with_reader),
        parameters.confidence_of_reader if with_reader else parameters.confidence,
    )
    is_first, reciprocal_ranks = (
        (ranks == 1, np.where(ranks <= 10, 1 / ranks, 0)) if len(ranks) else (np.nan, np.nan)
    )
    return (
        f"{len(ranks):5d}  {np.mean(is_first):.3f}  {np.mean(reciprocal_ranks):.4f}"
        f"  {np.mean(sentence_hits) if sentence_hits else np.nan:.3f}  {confidence.auroc:.3f}"
        f"  {confidence.refusal_rate:.2f}  {confidence.false_refusal_rate:.3f}"
    )


def _find_rank(candidate_scores: FloatArray, relevant: BoolArray) -> int:
    """Return the rank of the first relevant candidate, after all others of its score."""
    if not relevant.any():
        return 10**6
    best_score = candidate_scores[relevant].max()
    before = candidate_scores > best_score
    tied = (candidate_scores == best_score) & ~relevant
    return int(before.sum() + tied.sum()) + 1


def _question_family(name: str) -> str:
    """Return what the names of sets with the same questions have in common."""
    return name.partition(" →" if name.startswith("small talk") else ".")[0]


def main() -> None:
    """Fit the parameters, print them with their metrics and, with `--write`, store them."""
    parser = argparse.ArgumentParser(description="Fit the retriever on development questions.")
    parser.add_argument("--issue", type=Path, required=True, help="the fortnightly, as a file")
    parser.add_argument("--benchmarks", type=Path, required=True, help="XQuAD's and DRCD's folder")
    parser.add_argument("--work", type=Path, default=Path("build/fit"), help="for a library")
    parser.add_argument(
        "--without-reader", action="store_true", help="leave what is fitted of the reader as it is"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PARAMETERS_PATH.name}")
    arguments = parser.parse_args()
    try:
        example_sets = collect_examples(
            arguments.issue,
            arguments.benchmarks,
            arguments.work,
            None if arguments.without_reader else load_reader(),
        )
    except TongzhuError as error:
        parser.exit(1, f"{error}\n")
    parameters = fit_parameters(example_sets)
    print("set: questions, recall@1, MRR@10, evidence, AUROC, refusals, false refusals")  # noqa: T201
    print("fitted on all sets | without those of the same questions")  # noqa: T201
    held_out = {
        family: fit_parameters(
            {
                name: examples
                for name, examples in example_sets.items()
                if _question_family(name) != family
            }
        )
        for family in dict.fromkeys(map(_question_family, example_sets))
    }
    for name, examples in example_sets.items():
        print(f"{name:42s} {measure_set(examples, parameters)}")  # noqa: T201
        others = held_out[_question_family(name)]
        print(f"{'':40s} | {measure_set(examples, others)}")  # noqa: T201
        if is_read(examples):
            read = measure_set(examples, others, with_reader=True)
            print(f"{'with the reader':40s} | {read}")  # noqa: T201
    text = msgspec.json.format(msgspec.json.encode(parameters), indent=2).decode()
    print(text)  # noqa: T201
    if arguments.write:
        PARAMETERS_PATH.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Fits what the retriever's legs, sentences and confidence count, on development questions.

    python -m eval.training.fit --issue FILE --benchmarks DIR [--write]

Ranking and sentences are conditional logits, the confidence is a logistic regression; the question
sets are those of `training.sets`. What is fitted is printed with how far it transfers: each row
of the table was fitted on all sets, and again without the sets of the same questions as the one
that it is measured on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from eval.training.calibrate import (
    collect_top_candidates,
    fit_calibration,
    fit_thresholds,
    measure_confidence,
    score_candidates,
)
from eval.training.examples import TrainingExample
from eval.training.optimize import RankingGroup, fit_conditional_logit
from eval.training.sets import PROJECT_SETS, ExampleSets, collect_examples
from index.arrays import BoolArray, FloatArray
from index.errors import TongzhuError
from rag.answering.evidence import SENTENCE_FEATURES
from rag.ranking.features import FEATURES
from rag.ranking.parameters import PARAMETERS_PATH, Parameters, Weights, load_parameters

_FEATURE_SCALES = np.array(
    [20.0, 20.0, 20.0, 20.0, 20.0, 5.0, 5.0, 5.0, 1.0]
)  # that bring the legs to about the same spread
_SENTENCE_FEATURE_SCALES = np.array(
    [20.0, 20.0, 20.0, 20.0, 5.0, *np.ones(len(SENTENCE_FEATURES) - 5)]
)
_PROJECT_SET_REPEATS = (
    2  # the project's own questions count as often, being few and closest to what is asked
)
_SMALL_SET_SUFFIXES = (
    ", 10",
    ", 50",
)  # sets that ask the same of fewer passages; ranking them tells nothing new


def fit_parameters(example_sets: ExampleSets) -> Parameters:
    """Everything, fitted on these sets."""
    repeated_examples = [
        example
        for name, examples in example_sets.items()
        if not name.endswith(_SMALL_SET_SUFFIXES)
        for example in examples * (_PROJECT_SET_REPEATS if name in PROJECT_SETS else 1)
        if example.question.is_answerable
    ]
    weights = fit_conditional_logit(
        [
            RankingGroup(_split_by_language(example), example.relevant)
            for example in repeated_examples
        ],
        _repeat_scales(),
    )
    feature_count = len(FEATURES)
    rounded = [round(float(weight), 4) for weight in weights]
    monolingual = Weights(tuple(rounded[:feature_count]))
    cross_lingual = Weights(tuple(rounded[feature_count : 2 * feature_count]), rounded[-1])
    sentence_weights = fit_conditional_logit(
        [
            RankingGroup(example.sentence_features[index], example.contains_answer[index])
            for example in repeated_examples
            for index in np.flatnonzero(example.relevant).tolist()
        ],
        _SENTENCE_FEATURE_SCALES,
    )
    draft = replace(
        load_parameters(),
        provenance={name: len(examples) for name, examples in example_sets.items()},
        monolingual=monolingual,
        cross_lingual=cross_lingual,
        sentence_weights={
            name: round(float(x), 4)
            for name, x in zip(SENTENCE_FEATURES, sentence_weights, strict=True)
        },
    )
    calibration = fit_calibration(example_sets, draft)
    return replace(
        draft, calibration=calibration, thresholds=fit_thresholds(example_sets, draft, calibration)
    )


def _split_by_language(example: TrainingExample) -> FloatArray:
    """Legs in the question's language and across as columns of their own, and the bias."""
    cross_lingual = example.cross_lingual[:, None].astype(np.float64)
    return np.hstack(
        [example.features * (1 - cross_lingual), example.features * cross_lingual, cross_lingual]
    )


def _repeat_scales() -> FloatArray:
    return np.concatenate([_FEATURE_SCALES, _FEATURE_SCALES, [1.0]])


def measure_set(examples: Sequence[TrainingExample], parameters: Parameters) -> str:
    """First-place rate, MRR@10, sentences right in right passages, and AUROC of the confidence."""
    ranks: list[int] = []
    sentence_hits: list[bool] = []
    weights = np.array([parameters.sentence_weights[name] for name in SENTENCE_FEATURES])
    for example in examples:
        if not example.question.is_answerable:
            continue
        ranks.append(_find_rank(score_candidates(example, parameters), example.relevant))
        sentence_hits.extend(
            bool(
                example.contains_answer[index][
                    int(np.argmax(example.sentence_features[index] @ weights))
                ]
            )
            for index in np.flatnonzero(example.relevant).tolist()
            if example.contains_answer[index].any()
        )
    rank_array = np.array(ranks, dtype=np.float64)
    confidence_metrics = measure_confidence(
        collect_top_candidates(examples, parameters), parameters.calibration, parameters.thresholds
    )
    is_first, reciprocal_ranks = (
        (rank_array == 1, np.where(rank_array <= 10, 1 / rank_array, 0))
        if ranks
        else (np.nan, np.nan)
    )
    return (
        f"{len(ranks):5d}  {np.mean(is_first):.3f}  {np.mean(reciprocal_ranks):.4f}"
        f"  {np.mean(sentence_hits) if sentence_hits else np.nan:.3f}"
        f"  {confidence_metrics.auroc:.3f}  {confidence_metrics.refusal_rate:.2f}  {confidence_metrics.false_refusal_rate:.3f}"
    )


def _find_rank(candidate_scores: FloatArray, relevant: BoolArray) -> int:
    """Where the first right candidate stands, behind all wrong ones of its score."""
    if not relevant.any():
        return 10**6
    best_score = candidate_scores[relevant].max()
    return (
        int(
            (candidate_scores > best_score).sum()
            + ((candidate_scores == best_score) & ~relevant).sum()
        )
        + 1
    )


def _question_family(name: str) -> str:
    """What sets have in common that ask the same questions, of whatever passages."""
    return name.partition(" →" if name.startswith("small talk") else ".")[0]


def main() -> None:
    """Fits, and prints what comes out; writes it where the retriever reads it if asked to."""
    parser = argparse.ArgumentParser(description="Fit the retriever on development questions.")
    parser.add_argument("--issue", type=Path, required=True, help="the fortnightly, as a file")
    parser.add_argument("--benchmarks", type=Path, required=True, help="XQuAD's and DRCD's folder")
    parser.add_argument("--work", type=Path, default=Path("build/fit"), help="for a library")
    parser.add_argument("--write", action="store_true", help=f"write {PARAMETERS_PATH.name}")
    arguments = parser.parse_args()
    try:
        example_sets = collect_examples(arguments.issue, arguments.benchmarks, arguments.work)
    except TongzhuError as error:
        parser.exit(1, f"{error}\n")
    parameters = fit_parameters(example_sets)
    print("set: questions, first, MRR@10, sentence, AUROC, refused, wrongly refused")  # noqa: T201
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
        print(f"{'':40s} | {measure_set(examples, held_out[_question_family(name)])}")  # noqa: T201
    text = msgspec.json.format(msgspec.json.encode(parameters), indent=2).decode()
    print(text)  # noqa: T201
    if arguments.write:
        PARAMETERS_PATH.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

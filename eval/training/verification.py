"""Fit the coverage of written sentences: `python -m eval.training.verification [--write]`.

True sentences of the tuning half are told from the same sentences with other citations, of the same
passage and of others. More coverage never makes a sentence less supported, so that the weights are
bounded. Labelled false sentences are left out of the fit: most differ from what they cite in a
word or two, so that they are nearer to it than true paraphrases are, which teaches to distrust
verbatim sentences. The thresholds are those below which one in fifty true sentences lies.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import msgspec
import numpy as np
from rich.console import Console

from eval.training.optimize import Bounds, fit_logistic_regression
from eval.written.labelled import LabelledSentence, load_labelled
from index.encoders.protocol import load_encoder
from rag.ranking.linear_weights import PerLanguage, Weights
from rag.ranking.parameters import PARAMETERS_PATH, Parameters, load_parameters
from rag.written.verification import Measures, Verifier

_BOUNDS: dict[str, Bounds] = {
    "covered": (0.0, None),
    "missing": (None, 0.0),
    "similarity": (0.0, None),
    "least-similarity": (0.0, None),
}
_CONSOLE = Console()
_FLAGGED = 0.02  # of true sentences
_SEED = 1


class _Sample(NamedTuple):
    measures: Measures
    is_supported: bool


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the weights")
    arguments = parser.parse_args()
    samples = collect_samples(load_labelled("tuning"), Verifier(load_encoder()))
    weights, thresholds = [], []
    for is_cross_lingual in (False, True):
        chosen = [
            sample for sample in samples if sample.measures.is_cross_lingual == is_cross_lingual
        ]
        fitted = _fit(chosen)
        scores = [
            _compute_logit(fitted, sample.measures) for sample in chosen if sample.is_supported
        ]
        weights.append(fitted)
        threshold = 1 / (1 + np.exp(-np.quantile(scores, _FLAGGED)))
        thresholds.append(round(float(threshold), 4))
        place = "across languages" if is_cross_lingual else "same language"
        _CONSOLE.print(f"{place}: {len(chosen)} sentences, {fitted}, {threshold:.3f}")
    if arguments.write:
        _write(load_parameters(), PerLanguage(*weights), PerLanguage(*thresholds))


def collect_samples(sentences: Sequence[LabelledSentence], verifier: Verifier) -> list[_Sample]:
    """Return true sentences with their citations, and with two others each.

    Args:
        sentences: Labelled ones.
        verifier: Measures them.
    """
    chance = random.Random(_SEED)  # noqa: S311 - no secret
    true = [item for item in sentences if item.label == "supported"]
    samples = []
    for item in true:
        samples.append(_Sample(verifier.measure(item.sentence, item.cited), is_supported=True))
        near = [other for other in true if other.group == item.group and _is_apart(other, item)]
        far = [other for other in true if other.group != item.group and _is_alike(other, item)]
        for others in filter(None, (near, far)):
            cited = chance.choice(others).cited
            samples.append(_Sample(verifier.measure(item.sentence, cited), is_supported=False))
    return samples


def _is_apart(first: LabelledSentence, second: LabelledSentence) -> bool:
    return not set(first.cited) & set(second.cited)


def _is_alike(first: LabelledSentence, second: LabelledSentence) -> bool:
    return first.cited_language == second.cited_language


def _fit(samples: Sequence[_Sample]) -> Weights:
    features = np.array([[sample.measures.parts[name] for name in _BOUNDS] for sample in samples])
    labels = np.array([sample.is_supported for sample in samples])
    balance = np.where(labels, 1 / labels.sum(), 1 / (~labels).sum())
    *coefficients, bias = fit_logistic_regression(features, labels, balance, list(_BOUNDS.values()))
    by_feature = {
        name: round(float(value), 3) for name, value in zip(_BOUNDS, coefficients, strict=True)
    }
    return Weights(by_feature, round(float(bias), 3))


def _compute_logit(weights: Weights, measures: Measures) -> float:
    return weights.bias + sum(weights.by_feature[name] * measures.parts[name] for name in _BOUNDS)


def _write(
    parameters: Parameters, weights: PerLanguage[Weights], thresholds: PerLanguage[float]
) -> None:
    changed = replace(
        parameters,
        verification=replace(
            parameters.verification,
            source="weights and thresholds fitted by eval.training.verification on the tuning half"
            " of the labelled sentences; the rest set by hand on the same",
            weights=weights,
            thresholds=thresholds,
        ),
    )
    PARAMETERS_PATH.write_bytes(msgspec.json.format(msgspec.json.encode(changed), indent=2) + b"\n")


if __name__ == "__main__":
    main()

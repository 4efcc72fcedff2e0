"""Fit the coverage of written sentences: `python -m eval.training.verification [--write]`.

True sentences of the tuning half are told from the same sentences with other citations, of the same
passage and of others. More coverage never makes a sentence less supported, so that the weights are
bounded. Labelled false sentences are left out of the fit: most differ from what they cite in a
word or two, so that they are nearer to it than true paraphrases are, which teaches to distrust
verbatim sentences. The thresholds are those below which one in fifty true sentences lies, or all
but one in fifty other citations, whichever is less. A second regression has words alone: from a
coverage by these that no other citation comes near, tokens are not compared.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import msgspec
import numpy as np
from rich.console import Console

from eval.training.optimize import Bounds, fit_logistic_regression
from eval.written.labelled import LabelledSentence, load_labelled
from index.encoders.protocol import load_encoder
from rag.ranking.linear_weights import PerLanguage, Weights
from rag.ranking.parameters import PARAMETERS_PATH, load_parameters
from rag.written.parameters import VerificationParameters
from rag.written.verification import Measures, Verifier

_WORD_BOUNDS: dict[str, Bounds] = {"covered": (0.0, None), "missing": (None, 0.0)}
_BOUNDS: dict[str, Bounds] = {
    **_WORD_BOUNDS,
    "similarity": (0.0, None),
    "least-similarity": (0.0, None),
}
_CONSOLE = Console()
_FLAGGED = 0.02  # of true sentences
_PASSED = 0.02  # of other citations
_MARGIN = 2.0  # times the odds of any other citation
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
    weights, thresholds, words, enough = [], [], [], []
    for is_cross_lingual in (False, True):
        chosen = [
            sample for sample in samples if sample.measures.is_cross_lingual == is_cross_lingual
        ]
        fitted, by_words = _fit(chosen, _BOUNDS), _fit(chosen, _WORD_BOUNDS)
        scores = [_compute_logit(fitted, item.measures) for item in chosen if item.is_supported]
        other_scores_by_words = [
            _compute_logit(by_words, item.measures) for item in chosen if not item.is_supported
        ]
        weights.append(fitted)
        words.append(by_words)
        other = [_compute_logit(fitted, item.measures) for item in chosen if not item.is_supported]
        threshold = min(np.quantile(scores, _FLAGGED), np.quantile(other, 1 - _PASSED))
        thresholds.append(_round_probability(float(threshold)))
        enough.append(_round_probability(max(other_scores_by_words) + math.log(_MARGIN)))
        place = "across languages" if is_cross_lingual else "same language"
        _CONSOLE.print(
            f"{place}: {len(chosen)} sentences, {fitted}, {thresholds[-1]};"
            f" words alone {by_words}, {enough[-1]}"
        )
    if arguments.write:
        verification = load_parameters().verification
        _write(
            replace(
                verification,
                weights=PerLanguage(*weights),
                thresholds=PerLanguage(*thresholds),
                words=replace(
                    verification.words, weights=PerLanguage(*words), enough=PerLanguage(*enough)
                ),
            )
        )


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
        samples.append(_measure(verifier, item, item.cited, is_supported=True))
        near = [other for other in true if other.group == item.group and _is_apart(other, item)]
        far = [other for other in true if other.group != item.group and _is_alike(other, item)]
        for others in filter(None, (near, far)):
            cited = chance.choice(others).cited
            samples.append(_measure(verifier, item, cited, is_supported=False))
    return samples


def _measure(
    verifier: Verifier, item: LabelledSentence, cited: Sequence[str], *, is_supported: bool
) -> _Sample:
    measures = verifier.measure(item.sentence, cited, always_compares_tokens=True)
    return _Sample(measures, is_supported)


def _is_apart(first: LabelledSentence, second: LabelledSentence) -> bool:
    return not set(first.cited) & set(second.cited)


def _is_alike(first: LabelledSentence, second: LabelledSentence) -> bool:
    return first.cited_language == second.cited_language


def _fit(samples: Sequence[_Sample], bounds: Mapping[str, Bounds]) -> Weights:
    features = np.array([[sample.measures.parts[name] for name in bounds] for sample in samples])
    labels = np.array([sample.is_supported for sample in samples])
    balance = np.where(labels, 1 / labels.sum(), 1 / (~labels).sum())
    *coefficients, bias = fit_logistic_regression(features, labels, balance, list(bounds.values()))
    by_feature = {
        name: round(float(value), 3) for name, value in zip(bounds, coefficients, strict=True)
    }
    return Weights(by_feature, round(float(bias), 3))


def _compute_logit(weights: Weights, measures: Measures) -> float:
    return weights.bias + sum(
        weight * measures.parts[name] for name, weight in weights.by_feature.items()
    )


def _round_probability(logit: float) -> float:
    return round(1 / (1 + math.exp(-logit)), 4)


def _write(verification: VerificationParameters) -> None:
    source = (
        "weights and thresholds fitted by eval.training.verification on the tuning half of the"
        " labelled sentences; the rest set by hand on the same"
    )
    changed = replace(load_parameters(), verification=replace(verification, source=source))
    PARAMETERS_PATH.write_bytes(msgspec.json.format(msgspec.json.encode(changed), indent=2) + b"\n")


if __name__ == "__main__":
    main()

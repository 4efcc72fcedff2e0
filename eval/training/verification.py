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

WORD_BOUNDS: dict[str, Bounds] = {"covered": (0.0, None), "missing": (None, 0.0)}
"""The bounds of the weights of the parts that are of words."""

_BOUNDS: dict[str, Bounds] = {
    **WORD_BOUNDS,
    "similarity": (0.0, None),
    "least-similarity": (0.0, None),
}
_CONSOLE = Console()
FLAGGED = 0.02
"""The share of true sentences that the coverage flags."""

_PASSED = 0.02  # of other citations
_MARGIN = 2.0  # times the odds of any other citation
_SEED = 1


class Citation(NamedTuple):
    """A sentence and what it cites, which supports it or not."""

    text: str
    cited: tuple[str, ...]
    is_supported: bool


class _Sample(NamedTuple):
    measures: Measures
    is_supported: bool


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the weights")
    arguments = parser.parse_args()
    verifier = Verifier(load_encoder())
    samples = [
        _Sample(
            verifier.measure(item.text, item.cited, always_compares_tokens=True),
            item.is_supported,
        )
        for item in collect_citations(load_labelled("tuning"))
    ]
    weights, thresholds, words, enough = [], [], [], []
    for is_cross_lingual in (False, True):
        chosen = [
            sample for sample in samples if sample.measures.is_cross_lingual == is_cross_lingual
        ]
        fitted, by_words = _fit(chosen, _BOUNDS), _fit(chosen, WORD_BOUNDS)
        scores = [
            compute_logit(fitted, item.measures.parts) for item in chosen if item.is_supported
        ]
        other_scores_by_words = [
            compute_logit(by_words, item.measures.parts) for item in chosen if not item.is_supported
        ]
        weights.append(fitted)
        words.append(by_words)
        other = [
            compute_logit(fitted, item.measures.parts) for item in chosen if not item.is_supported
        ]
        threshold = min(np.quantile(scores, FLAGGED), np.quantile(other, 1 - _PASSED))
        thresholds.append(round_probability(float(threshold)))
        enough.append(round_probability(max(other_scores_by_words) + math.log(_MARGIN)))
        place = "across languages" if is_cross_lingual else "same language"
        _CONSOLE.print(
            f"{place}: {len(chosen)} sentences, {fitted}, {thresholds[-1]};"
            f" words alone {by_words}, {enough[-1]}"
        )
    if arguments.write:
        verification = load_parameters().verification
        write_parameters(
            replace(
                verification,
                weights=PerLanguage(*weights),
                thresholds=PerLanguage(*thresholds),
                words=replace(
                    verification.words, weights=PerLanguage(*words), enough=PerLanguage(*enough)
                ),
            )
        )


def collect_citations(sentences: Sequence[LabelledSentence]) -> list[Citation]:
    """Return true sentences with their citations, and with two others each.

    Args:
        sentences: Labelled ones.
    """
    chance = random.Random(_SEED)  # noqa: S311 - no secret
    true = [item for item in sentences if item.label == "supported"]
    citations = []
    for item in true:
        citations.append(Citation(item.sentence, item.cited, is_supported=True))
        near = [other for other in true if other.group == item.group and _is_apart(other, item)]
        far = [other for other in true if other.group != item.group and _is_alike(other, item)]
        for others in filter(None, (near, far)):
            cited = chance.choice(others).cited
            citations.append(Citation(item.sentence, cited, is_supported=False))
    return citations


def _is_apart(first: LabelledSentence, second: LabelledSentence) -> bool:
    return not set(first.cited) & set(second.cited)


def _is_alike(first: LabelledSentence, second: LabelledSentence) -> bool:
    return first.cited_language == second.cited_language


def _fit(samples: Sequence[_Sample], bounds: Mapping[str, Bounds]) -> Weights:
    parts = [sample.measures.parts for sample in samples]
    return fit_weights(parts, [sample.is_supported for sample in samples], bounds)


def fit_weights(
    parts: Sequence[Mapping[str, float]], is_supported: Sequence[bool], bounds: Mapping[str, Bounds]
) -> Weights:
    """Return the weights of a logistic regression, for which both classes count the same.

    Args:
        parts: What the coverage of each sentence is computed from.
        is_supported: Whether it is supported.
        bounds: The lowest and the highest weight of each part that is used.
    """
    features = np.array([[item[name] for name in bounds] for item in parts])
    labels = np.array(is_supported)
    balance = np.where(labels, 1 / labels.sum(), 1 / (~labels).sum())
    *coefficients, bias = fit_logistic_regression(features, labels, balance, list(bounds.values()))
    by_feature = {
        name: round(float(value), 3) for name, value in zip(bounds, coefficients, strict=True)
    }
    return Weights(by_feature, round(float(bias), 3))


def compute_logit(weights: Weights, parts: Mapping[str, float]) -> float:
    """Return the logit of a coverage.

    Args:
        weights: The weights.
        parts: What it is computed from.
    """
    return weights.bias + sum(weight * parts[name] for name, weight in weights.by_feature.items())


def round_probability(logit: float) -> float:
    """Return a logit as a rounded probability."""
    return round(1 / (1 + math.exp(-logit)), 4)


def write_parameters(verification: VerificationParameters) -> None:
    """Put numbers of the check into `weights.json`.

    Args:
        verification: The numbers.
    """
    source = (
        "weights and thresholds fitted by eval.training.verification on the tuning half of the"
        " labelled sentences; the rest set by hand on the same"
    )
    changed = replace(load_parameters(), verification=replace(verification, source=source))
    PARAMETERS_PATH.write_bytes(msgspec.json.format(msgspec.json.encode(changed), indent=2) + b"\n")


if __name__ == "__main__":
    main()

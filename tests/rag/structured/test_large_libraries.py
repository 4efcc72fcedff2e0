"""Tests of lists in libraries of which a question does not read everything.

The bundled sample is small: the limits are set so low here that it counts as large.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.storage.library import Library
from rag.answer.model import Answer
from rag.ranking import parameters
from rag.render.text import to_text
from rag.retriever import Retriever
from rag.structured import answerer

_Build = Callable[..., Retriever]


@pytest.fixture(scope="module")
def library(sample_library: Path) -> Iterator[Library]:
    with Library.open(sample_library) as library:
        yield library


@pytest.fixture
def build_retriever(library: Library, monkeypatch: pytest.MonkeyPatch) -> _Build:
    def build(**limits: int) -> Retriever:
        loaded = parameters.load_parameters()
        low = replace(loaded, structure=replace(loaded.structure, **limits))
        monkeypatch.setattr(answerer, "load_parameters", lambda: low)
        return Retriever(library)

    return build


def _list_titles(answer: Answer) -> list[tuple[str, int]]:
    assert answer.listing is not None
    return [(group.title, group.count) for group in answer.listing.groups]


@pytest.mark.parametrize(
    "question",
    [
        "Which notes cite Agnes Thorley?",
        "What does article 3 rest on?",
        "列出所有引用《汐望晨報》的註腳",
        "What are the most cited works of article 2?",
    ],
)
def test_few_articles_are_read_for_the_same_list(build_retriever: _Build, question: str) -> None:
    whole = build_retriever().retrieve(question)
    read = build_retriever(max_joined_notes=0).retrieve(question)
    assert read.listing == whole.listing
    assert read.citations == whole.citations


def test_that_all_notes_are_too_many_is_said(build_retriever: _Build) -> None:
    retriever = build_retriever(max_joined_notes=0, max_read_articles=2)
    answer = retriever.retrieve("What are the most cited works?")
    assert not answer.is_answered
    assert "tongzhu works" in to_text(answer, "en")
    assert "館藏的註太多" in to_text(answer, "zh")


def test_what_no_note_cites_is_said_without_counting_all_outlets(build_retriever: _Build) -> None:
    retriever = build_retriever(max_joined_notes=0, max_read_articles=2)
    answer = retriever.retrieve("本期有沒有引用路透社？")
    assert answer.listing is not None
    assert (answer.listing.count, answer.listing.groups) == (0, ())


def test_that_more_passages_have_a_word_is_said(build_retriever: _Build) -> None:
    whole = build_retriever().retrieve("How often is 夜市 mentioned?")
    cut = build_retriever(max_read_passages=2).retrieve("How often is 夜市 mentioned?")
    assert cut.listing is not None
    assert whole.listing is not None
    assert 0 < cut.listing.count < whole.listing.count
    assert "there are more than these" in to_text(cut, "en")
    assert "不只這些" in to_text(cut, "zh")


def test_that_more_notes_cite_it_is_said(build_retriever: _Build) -> None:
    retriever = build_retriever(max_joined_notes=0, max_read_articles=1)
    answer = retriever.retrieve("列出所有引用《汐望晨報》的註腳")
    assert len(_list_titles(answer)) == 1
    assert "不只這些" in to_text(answer, "zh")


def test_absence_is_not_stated_of_what_was_not_read(build_retriever: _Build) -> None:
    question = "How often is harbour levy mentioned?"
    whole = build_retriever().retrieve(question).listing
    assert whole is not None
    assert whole.count == 0
    assert build_retriever(max_read_passages=0).retrieve(question).listing is None

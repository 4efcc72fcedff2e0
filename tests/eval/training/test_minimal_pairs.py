"""Tests of the written questions that differ in one thing, of which only the first is answered."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from eval.training.encoder.corpus import (
    WRITTEN_FOLDER,
    WrittenPassage,
    WrittenQuestion,
    read_written_lines,
)
from eval.training.reader.minimal_pairs import MINIMAL_PAIRS_FOLDER

CHANGES = {
    "actor",
    "attribute",
    "cause",
    "citation",
    "direction",
    "member",
    "number",
    "object",
    "order",
    "place",
    "role",
    "scope",
    "stage",
    "time",
    "unsaid",
}
TOKEN = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]", re.IGNORECASE)


@cache
def _load_pairs(folder: Path) -> list[list[WrittenQuestion]]:
    pairs: dict[tuple[str, int], list[WrittenQuestion]] = defaultdict(list)
    for question in read_written_lines(folder / "questions.jsonl", WrittenQuestion):
        if question.pair:
            pairs[question.passage, question.pair].append(question)
    return list(pairs.values())


@pytest.mark.parametrize("folder", [WRITTEN_FOLDER, MINIMAL_PAIRS_FOLDER])
def test_only_the_first_of_a_pair_is_answered_and_the_others_are_like_it(folder: Path) -> None:
    for first, *others in _load_pairs(folder):
        assert first.answers
        assert not first.change
        assert others
        words = _find_words(first)
        for other in others:
            assert not other.answers
            assert other.change in CHANGES
            assert other.language == first.language
            other_words = _find_words(other)
            assert len(words & other_words) >= 0.4 * len(words | other_words), other.question


def test_passages_that_are_measured_on_have_the_answers_and_are_not_trained_on() -> None:
    trained, measured = (
        list(read_written_lines(folder / "passages.jsonl", WrittenPassage))
        for folder in (WRITTEN_FOLDER, MINIMAL_PAIRS_FOLDER)
    )
    assert not {passage.id for passage in trained} & {passage.id for passage in measured}
    assert not {passage.title for passage in trained} & {passage.title for passage in measured}
    texts = {
        passage.id: {f"n{number}": note for number, note in passage.notes.items()}
        | {f"{index}": sentence for index, sentence in enumerate(passage.sentences)}
        for passage in measured
    }
    pairs = _load_pairs(MINIMAL_PAIRS_FOLDER)
    assert len(pairs) == 60
    for question in chain.from_iterable(pairs):
        places = [texts[question.passage][str(place)] for place in question.answers]
        assert bool(question.answer) == bool(places)
        assert all(question.answer in text for text in places)


@pytest.mark.parametrize("is_english", [True, False])
def test_the_words_of_a_question_do_not_tell_whether_it_is_answered(*, is_english: bool) -> None:
    questions = [
        question
        for pair in _load_pairs(WRITTEN_FOLDER)
        for question in pair
        if (question.language == "en") == is_english
    ]
    assert len(questions) > 300
    classifier = make_pipeline(
        CountVectorizer(analyzer="word" if is_english else "char", ngram_range=(1, 2), binary=True),
        LogisticRegression(max_iter=1000),
    )
    is_answered = np.array([bool(question.answers) for question in questions])
    scores = cross_val_predict(
        classifier,
        [question.question for question in questions],
        is_answered,
        groups=[question.passage for question in questions],
        cv=GroupKFold(5),
        method="decision_function",
    )
    assert abs(roc_auc_score(is_answered, scores) - 0.5) < 0.08


def _find_words(question: WrittenQuestion) -> set[str]:
    return set(TOKEN.findall(question.question.lower()))

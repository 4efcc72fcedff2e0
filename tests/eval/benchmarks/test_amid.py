"""A publication is asked alone and amid others, and what is worse is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.benchmarks import made_up
from eval.benchmarks.amid import ask_alone_and_amid, find_losses, format_runs
from eval.judge import QuestionResult
from eval.questions.sets import find_set
from eval.run import SystemRun
from index import sample
from index.storage.library import Library
from tests.helpers.hashing_encoder import HashingEncoder

PASSAGES = 60


def test_sample_is_asked_alone_and_amid_others(tmp_path: Path) -> None:
    encoder = HashingEncoder()
    library = tmp_path / "library"
    made_up.build_library(library, PASSAGES, encoder)
    questions = find_set("sample", split="dev").questions[:12]
    baseline, amid = ask_alone_and_amid(sample.get_path(), questions, library, encoder)
    for run in (baseline, amid):
        assert [result.question for result in run.results] == [*questions]
    table = format_runs(baseline, amid)
    assert "recall@1" in table.columns[0].cells
    with Library.open(library) as opened:
        opened.verify()
        assert opened.counts.passages == PASSAGES
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith("tmp")]


def test_losses_are_those_of_the_responses_amid_others() -> None:
    questions = find_set("sample", split="dev").questions
    right = [
        QuestionResult(
            question,
            rank=1 if question.is_answerable else None,
            is_evidence_correct=None,
            notes_recall=None,
            notes_precision=None,
            characters=1,
            characters_with_notes=1,
            confidence=None,
            refused=not question.is_answerable,
            seconds=0.1,
        )
        for question in questions
    ]
    answerable = sum(question.is_answerable for question in questions)
    index = next(i for i, question in enumerate(questions) if question.is_answerable)
    worse = [*right]
    worse[index] = replace(right[index], rank=2, refused=True)
    losses = find_losses(SystemRun("a", tuple(right)), SystemRun("b", tuple(worse)))
    assert losses == pytest.approx(
        {"recall@1": 1 / answerable, "refusals": 0, "false refusals": 1 / answerable}
    )

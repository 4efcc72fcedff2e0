"""Tests of the synthetic library of the speed benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.benchmarks import made_up
from index.storage.library import Library
from tests.helpers.hashing_encoder import HashingEncoder


def test_made_up_library_has_the_requested_number_of_passages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_up, "_ARTICLES_PER_PUBLICATION", 2)
    encoder = HashingEncoder()
    made_up.build_library(tmp_path / "library", 80, encoder)
    assert encoder.encoded == []  # the encoder is not called
    with Library.open(tmp_path / "library") as library:
        library.check_encoder(encoder)
        assert (library.counts.publications, library.counts.passages) == (2, 80)
        texts = [passage.text for passage in library.passages(range(80))]
    assert len(set(texts)) == 80
    assert all(320 <= len(text) < 800 for text in texts)


def test_questions_are_reproducible_for_a_seed() -> None:
    questions = made_up.make_questions(4)
    assert questions == made_up.make_questions(4) != made_up.make_questions(4, seed=1)
    assert [question[-1] for question in questions] == ["？", "?", "？", "?"]

"""Tests of the synthetic library of the speed benchmarks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.benchmarks import made_up
from index.document import Publication
from index.encoders.language_bias import language_means
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


def test_a_library_is_made_in_updates_and_goes_on_after_an_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_up, "_ARTICLES_PER_PUBLICATION", 1)
    monkeypatch.setattr(made_up, "_PUBLICATIONS_PER_UPDATE", 1)

    read = made_up._read_publication

    def interrupt(file: Path) -> Publication:
        if file.name == "2.made-up":
            raise KeyboardInterrupt
        return read(file)

    monkeypatch.setattr(made_up, "_read_publication", interrupt)
    with pytest.raises(KeyboardInterrupt):
        made_up.build_library(tmp_path / "library", 80, HashingEncoder())
    with Library.open(tmp_path / "library") as library:
        assert library.counts.publications == 2
    monkeypatch.setattr(made_up, "_read_publication", read)
    made_up.build_library(tmp_path / "library", 80, HashingEncoder())
    with Library.open(tmp_path / "library") as library:
        assert (library.counts.publications, library.counts.passages) == (4, 80)
        vectors = library.engine.read_vectors(range(80))
    assert len(np.unique(vectors, axis=0)) == 80


def test_random_vectors_leave_no_language_means_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = HashingEncoder()
    monkeypatch.setenv("TONGZHU_CACHE", str(tmp_path / "own"))
    expected = language_means(encoder)
    monkeypatch.setenv("TONGZHU_CACHE", str(tmp_path / "shared"))
    made_up.build_library(tmp_path / "library", 20, encoder)
    for language, means in language_means(encoder).items():
        assert np.array_equal(means.token, expected[language].token)


def test_questions_are_reproducible_for_a_seed() -> None:
    questions = made_up.make_questions(4)
    assert questions == made_up.make_questions(4) != made_up.make_questions(4, seed=1)
    assert [question[-1] for question in questions] == ["？", "?", "？", "?"]

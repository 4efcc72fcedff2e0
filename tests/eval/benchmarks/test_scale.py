"""Tests of what the size of a library costs, on a small one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.benchmarks import made_up, scale
from index.storage.library import Library
from tests.helpers.hashing_encoder import HashingEncoder

PASSAGES = 60


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    made_up.build_library(folder, PASSAGES, HashingEncoder(), around=draw_real_vectors())
    return folder


def draw_real_vectors() -> np.ndarray:
    vectors = np.random.default_rng(4).standard_normal((30, HashingEncoder.dimension)) + 2
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_vectors_drawn_around_real_ones_are_as_near_to_each_other(library: Path) -> None:
    with Library.open(library) as opened:
        vectors = opened.local_engine.read_vectors(range(PASSAGES))
    real = draw_real_vectors()
    similarities = (real @ real.T)[np.triu_indices(len(real), 1)]
    drawn = (vectors @ vectors.T)[np.triu_indices(PASSAGES, 1)]
    assert np.mean(drawn) == pytest.approx(np.mean(similarities), abs=0.05)
    assert np.std(drawn) == pytest.approx(np.std(similarities), abs=0.05)


def test_library_is_measured(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scale, "load_encoder", HashingEncoder)
    measured = scale.measure(library, made_up.make_questions(16))
    assert (measured.passages, measured.recall) == (PASSAGES, 1)
    for p50, p95 in (measured.search, measured.question, measured.question_processor):
        assert 0 < p50 <= p95
    assert measured.bytes_per_passage == pytest.approx(sum(measured.bytes_of_parts.values()))
    token_bytes = (library / "segments" / "000001" / "tokens.npy").stat().st_size
    assert measured.bytes_of_parts["tokens"] * PASSAGES >= token_bytes
    assert 0 < measured.private <= measured.resident
    table = scale.format_measurements([measured])
    assert len(table.columns) == 2
    scale.plot_measurements(tmp_path / "plot.png", [measured])
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")

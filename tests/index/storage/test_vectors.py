"""Vectors in lists: as good as a search of all, and exact where a filter leaves little."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.storage.vectors import (
    MAX_APPROXIMATE_HITS,
    MIN_LISTED_PASSAGES,
    PASSAGE_INDEX_FILE,
    PassageVectors,
    write_passage_vectors,
)
from tests.helpers.recording import record_generation

COUNT, DIMENSION, TOPICS = MIN_LISTED_PASSAGES + 1000, 32, 200
HITS = 32


def draw_vectors(count: int, seed: int) -> np.ndarray:
    """Return vectors around topics, with a spectrum that falls as that of texts does."""
    spread = np.arange(1, DIMENSION + 1) ** -0.5
    topics = np.random.default_rng(0).standard_normal((TOPICS, DIMENSION)) * spread
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((count, DIMENSION)) * spread
    vectors = topics[rng.integers(TOPICS, size=count)] + noise
    unit_vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit_vectors.astype(np.float16).astype(np.float32)


VECTORS = draw_vectors(COUNT, 1)
QUERIES = draw_vectors(20, 2)


@pytest.fixture(scope="module")
def passages(tmp_path_factory: pytest.TempPathFactory) -> PassageVectors:
    folder = tmp_path_factory.mktemp("lists")
    write_passage_vectors(folder / PASSAGE_INDEX_FILE, DIMENSION, np.array_split(VECTORS, 9))
    return PassageVectors(record_generation(folder))


def find_nearest(query: np.ndarray, k: int, rows: np.ndarray) -> set[int]:
    return set(rows[np.argsort(-(VECTORS[rows] @ query))[:k]].tolist())


def recall(passages: PassageVectors, k: int, rows: np.ndarray | None) -> float:
    among = np.arange(COUNT) if rows is None else rows
    is_among = np.isin(np.arange(COUNT), among)
    shares = []
    for query in QUERIES:
        hits = passages.search(query, k, rows)
        assert len(hits) == k
        assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.row))
        assert [hit.score for hit in hits] == pytest.approx(
            [float(VECTORS[hit.row] @ query) for hit in hits], abs=2e-3
        )
        rows_of_hits = {hit.row for hit in hits}
        assert is_among[list(rows_of_hits)].all()
        shares.append(len(rows_of_hits & find_nearest(query, k, among)) / k)
    return float(np.mean(shares))


def test_search_of_all_finds_99_of_100_of_the_nearest(passages: PassageVectors) -> None:
    assert recall(passages, HITS, None) >= 0.99
    assert recall(passages, HITS, np.delete(np.arange(COUNT), np.arange(0, COUNT, 7))) >= 0.99


def test_search_among_some_or_for_many_is_exact(passages: PassageVectors) -> None:
    assert recall(passages, HITS, np.arange(0, COUNT, 3)) == 1
    assert recall(passages, 5, np.arange(100, 140)) == 1
    assert recall(passages, MAX_APPROXIMATE_HITS + 1, None) == 1


def test_vectors_are_read_back_by_their_rows(passages: PassageVectors) -> None:
    assert (passages.size, passages.dimension) == (COUNT, DIMENSION)
    rows = [COUNT - 1, 0, 4711]
    assert passages.read(rows) == pytest.approx(VECTORS[rows], abs=1e-3)
    assert passages.read_range(30_000, 30_500) == pytest.approx(VECTORS[30_000:30_500], abs=1e-3)


def test_same_vectors_make_the_same_file(passages: PassageVectors, tmp_path: Path) -> None:
    for name, parts in (("one", 1), ("two", 5)):
        write_passage_vectors(tmp_path / name, DIMENSION, np.array_split(VECTORS, parts))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

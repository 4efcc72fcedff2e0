from __future__ import annotations

from pathlib import Path

import pytest

from eval.benchmarks.made_up import RandomEncoder
from eval.benchmarks.vector_search import format_figures, measure_search
from index.storage import vectors
from tests.helpers.hashing_encoder import HashingEncoder


@pytest.mark.parametrize("least", [100, 10_000])
def test_search_is_measured_beside_an_exact_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    monkeypatch.setattr(vectors, "MIN_LISTED_PASSAGES", least)
    monkeypatch.setattr(vectors, "SEARCHED_LISTS", 2)
    drawing = RandomEncoder(HashingEncoder())
    queries = drawing.draw_vectors(5)
    figures = measure_search(tmp_path, 2000, drawing.draw_vectors, queries, depth=16)
    is_listed = least == 100
    assert (figures.recall < 0.9) == is_listed
    assert (figures.recall == 1) != is_listed
    assert figures.whole[0] <= figures.whole[1]
    assert format_figures([figures]).row_count == 1

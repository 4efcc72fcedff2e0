"""What is read of rows is read at once, kept, and dropped when others were asked for last."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from rag.ranking.row_cache import RowCache


def test_missing_rows_are_read_at_once_and_kept() -> None:
    reads: list[list[int]] = []

    def read(rows: Sequence[int]) -> list[str]:
        reads.append(list(rows))
        return list(map(str, rows))

    cache = RowCache(3, read)
    assert cache.load([5, 1, 5]) == ["5", "1", "5"]
    assert cache.load([1, 2]) == ["1", "2"]
    assert cache.load([]) == []
    assert reads == [[5, 1], [2]]
    cache.load([7])  # 5 was asked for longest ago
    cache.load([1, 2, 7])
    assert reads == [[5, 1], [2], [7]]
    cache.load([5])
    assert reads[-1] == [5]


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=8), st.integers(1, 4))
def test_any_rows_come_back_in_their_order(calls: list[list[int]], size: int) -> None:
    cache = RowCache(size, lambda rows: [-row for row in rows])
    for rows in calls:
        assert cache.load(rows) == [-row for row in rows]

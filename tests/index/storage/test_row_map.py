"""Rows, keys and positions are converted into one another."""

from __future__ import annotations

import numpy as np
import pytest

from index.storage.records import StoredRange
from index.storage.row_map import RowMap


def test_rows_and_keys_are_converted_both_ways() -> None:
    ranges = [StoredRange(*stored) for stored in ((3, 2), (5, 0), (5, 1), (9, 3))]
    rows = RowMap(ranges)
    keys = [3, 4, 5, 9, 10, 11]
    assert rows.size == 6
    assert rows.keys_of(range(6)).tolist() == keys
    assert rows.keys_of([5, 0]).tolist() == [11, 3]
    assert rows.rows_of(keys).tolist() == list(range(6))
    moved = RowMap([ranges[2], ranges[3], ranges[0]])
    assert moved.keys_of(range(6)).tolist() == [5, 9, 10, 11, 3, 4]
    assert moved.rows_of(keys).tolist() == [4, 5, 0, 1, 2, 3]
    for row in (-1, 6):
        with pytest.raises(IndexError):
            rows.keys_of([row])
    assert RowMap([]).size == 0
    assert RowMap([]).rows_of([]).tolist() == RowMap([]).keys_of([]).tolist() == []


def test_rows_are_located_in_segments() -> None:
    rows = RowMap([StoredRange(7, 2, 1, 0), StoredRange(0, 3, 0, 2), StoredRange(20, 1, 1, 5)])
    segments, positions = rows.locate([0, 5, 2, 4])
    assert segments.tolist() == [1, 1, 0, 0]
    assert positions.tolist() == [0, 5, 2, 4]
    assert rows.rows_of_segment(0, 5).tolist() == [-1, -1, 2, 3, 4]
    assert rows.rows_of_segment(1, 6).tolist() == [0, 1, -1, -1, -1, 5]
    assert rows.rows_of_segment(2, 1).tolist() == [-1]
    with pytest.raises(IndexError):
        rows.locate(np.array([6]))

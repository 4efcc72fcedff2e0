"""Rows and keys are converted into one another."""

from __future__ import annotations

import pytest

from index.storage.row_map import RowMap


def test_rows_and_keys_are_converted_both_ways() -> None:
    rows = RowMap([(3, 2), (5, 0), (5, 1), (9, 3)])
    keys = [3, 4, 5, 9, 10, 11]
    assert (rows.size, rows.next_key) == (6, 12)
    assert [rows.key_of(row) for row in range(6)] == keys
    assert rows.rows_of(keys).tolist() == list(range(6))
    moved = RowMap([(5, 1), (9, 3), (3, 2)])
    assert [moved.key_of(row) for row in range(6)] == [5, 9, 10, 11, 3, 4]
    assert moved.rows_of(keys).tolist() == [4, 5, 0, 1, 2, 3]
    for row in (-1, 6):
        with pytest.raises(IndexError):
            rows.key_of(row)
    assert (RowMap([]).size, RowMap([]).next_key) == (0, 0)

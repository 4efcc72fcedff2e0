"""Rows, keys and positions: a passage in a generation, in all of them, and in its segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from index.arrays import IntArray, Rows
from index.storage.records import KeyRange, StoredRange


class RowMap:
    """Converts rows, keys and positions of passages into one another.

    Every passage has a key, an integer that it keeps through all generations. The passages of a
    publication have consecutive keys. Rows follow the order of the publications in the library,
    which depends on what they are and not on when they were added. A position is the place of a
    passage in its segment, which also has those that are in the library no more.

    Attributes:
        size: The number of rows.
    """

    def __init__(self, ranges: Iterable[StoredRange]) -> None:
        """Make a map.

        Args:
            ranges: The passages of each publication, in the order of the rows.
        """
        table = np.array([stored for stored in ranges if stored.size], dtype=np.int64)
        self._first_keys, self._range_sizes, self._segments, self._first_positions = table.reshape(
            -1, 4
        ).T
        self._by_key = np.argsort(self._first_keys)
        self._first_rows = np.cumsum(self._range_sizes) - self._range_sizes
        self.size = int(self._range_sizes.sum())

    def keys_of(self, rows: Sequence[int] | Rows) -> IntArray:
        """Return the keys of rows, in their order, [rows].

        Args:
            rows: Rows in any order.

        Raises:
            IndexError: If there is no such row.
        """
        wanted_rows, range_indices = self._find_ranges(rows)
        return np.asarray(
            self._first_keys[range_indices] + wanted_rows - self._first_rows[range_indices]
        )

    def rows_of(self, keys: Sequence[int] | Rows) -> Rows:
        """Return the rows of keys, in their order, [keys].

        Args:
            keys: Keys that exist.
        """
        wanted_keys = np.asarray(keys, dtype=np.int64)
        positions = np.searchsorted(
            self._first_keys, wanted_keys, side="right", sorter=self._by_key
        )
        range_indices = self._by_key[positions - 1]
        return np.asarray(
            self._first_rows[range_indices] + wanted_keys - self._first_keys[range_indices],
            dtype=np.int64,
        )

    def rows_of_ranges(self, key_ranges: Sequence[KeyRange]) -> Rows:
        """Return the rows of ranges of keys, in rising order.

        Args:
            key_ranges: Ranges of keys that exist.
        """
        keys = [np.arange(first_key, first_key + size) for first_key, size in key_ranges]
        return np.sort(self.rows_of(np.concatenate([np.empty(0, dtype=np.int64), *keys])))

    def locate(self, rows: Sequence[int] | Rows) -> tuple[IntArray, IntArray]:
        """Return the segment of each of some rows, and the position there, [rows] each.

        Args:
            rows: Rows in any order.

        Raises:
            IndexError: If there is no such row.
        """
        wanted_rows, range_indices = self._find_ranges(rows)
        offsets = wanted_rows - self._first_rows[range_indices]
        return self._segments[range_indices], self._first_positions[range_indices] + offsets

    def iter_ranges(self, most: int) -> Iterator[StoredRange]:
        """Yield passages that stand together, in the order of the rows.

        Args:
            most: How many there are at most in one range.
        """
        columns = (self._first_keys, self._range_sizes, self._segments, self._first_positions)
        for first_key, size, segment, position in zip(*(c.tolist() for c in columns), strict=True):
            for start in range(0, size, most):
                count = min(most, size - start)
                yield StoredRange(first_key + start, count, segment, position + start)

    def rows_of_segment(self, segment: int, size: int) -> Rows:
        """Return the row of each position of a segment, [size]; -1 where it is in no row.

        Args:
            segment: The index of the segment.
            size: The number of passages in it.
        """
        rows = np.full(size, -1, dtype=np.int64)
        indices = np.flatnonzero(self._segments == segment)
        sizes = self._range_sizes[indices]
        offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        positions = np.repeat(self._first_positions[indices], sizes) + offsets
        rows[positions] = np.repeat(self._first_rows[indices], sizes) + offsets
        return rows

    def _find_ranges(self, rows: Sequence[int] | Rows) -> tuple[IntArray, IntArray]:
        """Return rows as an array, and the index of the range of each."""
        wanted = np.asarray(rows, dtype=np.int64)
        if len(wanted) and not (wanted.min() >= 0 and wanted.max() < self.size):
            raise IndexError(f"rows {wanted.min()} to {wanted.max()} of {self.size}")
        return wanted, np.searchsorted(self._first_rows, wanted, side="right") - 1

"""Rows and keys: the position of a passage in one generation, and its number in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from index.arrays import Rows


class RowMap:
    """Converts rows and keys of passages into one another.

    Every passage has a key, an integer that it keeps through all generations. The passages of a
    publication have consecutive keys. Rows follow the order of the publications in the library,
    which depends on what they are and not on when they were added.

    Attributes:
        size: The number of rows.
        next_key: The smallest key that is greater than all keys of passages.
    """

    def __init__(self, key_ranges: Iterable[tuple[int, int]]) -> None:
        """Make a map.

        Args:
            key_ranges: First key and number of passages of each publication, in order.
        """
        table = np.array(
            [key_range for key_range in key_ranges if key_range[1]], dtype=np.int64
        ).reshape(-1, 2)
        self._first_keys, self._range_sizes = table[:, 0], table[:, 1]
        self._by_key = np.argsort(self._first_keys)
        self._first_rows = np.cumsum(self._range_sizes) - self._range_sizes
        self.size = int(self._range_sizes.sum())
        self.next_key = int((self._first_keys + self._range_sizes).max(initial=0))

    def key_of(self, row: int) -> int:
        """Return the key of a row.

        Args:
            row: A row.

        Raises:
            IndexError: If there is no such row.
        """
        if not 0 <= row < self.size:
            raise IndexError(f"row {row} of {self.size}")
        range_index = np.searchsorted(self._first_rows, row, side="right") - 1
        return int(self._first_keys[range_index] + row - self._first_rows[range_index])

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

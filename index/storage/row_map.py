"""Rows and keys: where a passage stands in a generation, and what names it through all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from index.storage.engine import Rows


class RowMap:
    """Which passage has which row.

    Every passage has a key, an integer that it keeps through all generations. The passages of a
    publication have consecutive keys; rows follow the order of the keys without its gaps.

    Attributes:
        size: The number of rows.
        end: The first key that no passage has, nor any passage after.
    """

    def __init__(self, runs: Iterable[tuple[int, int]]) -> None:
        """Takes first key and number of passages of each publication, by rising key."""
        table = np.array([run for run in runs if run[1]], dtype=np.int64).reshape(-1, 2)
        self._first, self._count = table[:, 0], table[:, 1]
        self._start = np.cumsum(self._count) - self._count
        self.size = int(self._count.sum())
        self.end = int((self._first + self._count).max(initial=0))

    def key(self, row: int) -> int:
        """The key of a row.

        Raises:
            IndexError: If there is no such row.
        """
        if not 0 <= row < self.size:
            raise IndexError(f"row {row} of {self.size}")
        run = np.searchsorted(self._start, row, side="right") - 1
        return int(self._first[run] + row - self._start[run])

    def keys(self, rows: Rows) -> Rows:
        """The keys of rows, all of which must exist."""
        runs = np.searchsorted(self._start, rows, side="right") - 1
        return np.asarray(self._first[runs] + rows - self._start[runs], dtype=np.int64)

    def rows(self, keys: Sequence[int] | Rows) -> Rows:
        """The rows of keys, all of which must exist, in their order."""
        wanted = np.asarray(keys, dtype=np.int64)
        runs = np.searchsorted(self._first, wanted, side="right") - 1
        return np.asarray(self._start[runs] + wanted - self._first[runs], dtype=np.int64)

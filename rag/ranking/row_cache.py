"""A cache of what is read of the rows of a library, many rows at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

_T = TypeVar("_T")


class RowCache(Generic[_T]):
    """Keeps what was read of the rows that were asked for last. Thread-safe.

    Args:
        size: The number of rows that are kept.
        read: Returns what there is of rows, in their order.
    """

    def __init__(self, size: int, read: Callable[[Sequence[int]], Sequence[_T]]) -> None:
        self._size = size
        self._read = read
        self._items: OrderedDict[int, _T] = OrderedDict()
        self._lock = threading.Lock()

    def load(self, rows: Sequence[int]) -> list[_T]:
        """Return what there is of each row; those that are missing are read at once.

        Args:
            rows: Rows of the library, in any order.
        """
        with self._lock:
            items = {row: self._items[row] for row in rows if row in self._items}
        missing = [row for row in dict.fromkeys(rows) if row not in items]
        if missing:
            items.update(zip(missing, self._read(missing), strict=True))
        with self._lock:
            for row in rows:
                self._items[row] = items[row]
                self._items.move_to_end(row)
            while len(self._items) > self._size:
                self._items.popitem(last=False)
        return [items[row] for row in rows]

"""Arrays on disk whose items belong to groups, mapped into memory when they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import IntArray


class GroupedArray:
    """An array whose items belong to groups: group i has the items offsets[i] to offsets[i + 1].

    Attributes:
        items: The array, [items, width], mapped into memory.
        group_count: The number of groups.
    """

    def __init__(self, path: Path, offsets_path: Path) -> None:
        """Map the files into memory.

        Raises:
            ValueError: If they are damaged.
            OSError: If they cannot be read.
        """
        # A slice of a plain array costs less than one of a memmap; it is still mapped.
        self.items: NDArray[Any] = np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
        self._offsets = np.load(offsets_path, allow_pickle=False)
        self.group_count = len(self._offsets) - 1
        if self._offsets[-1] != len(self.items):
            raise ValueError(f"{path.name}: {len(self.items)} items, not {self._offsets[-1]}")

    def item_range(self, start: int, stop: int) -> tuple[int, int]:
        """Return the first item of a range of groups, and the item after the last.

        Args:
            start: The first group.
            stop: The group after the last.
        """
        return int(self._offsets[start]), int(self._offsets[stop])

    def group_sizes(self, start: int, stop: int) -> IntArray:
        """Return the number of items of each of a range of groups, [groups].

        Args:
            start: The first group.
            stop: The group after the last.
        """
        return np.asarray(np.diff(self._offsets[start : stop + 1]), dtype=np.int64)

    def read_range(self, start: int, stop: int) -> NDArray[Any]:
        """Return the items of a range of groups, [items, width].

        Args:
            start: The first group.
            stop: The group after the last.
        """
        return self.items[self._offsets[start] : self._offsets[stop]]


def write_grouped_array(
    path: Path,
    offsets_path: Path,
    group_sizes: Sequence[int],
    chunks: Iterable[NDArray[Any]],
    *,
    width: int,
    dtype: str,
) -> None:
    """Write a `GroupedArray`, chunk by chunk: it need not fit in memory.

    Args:
        path: The file of the array.
        offsets_path: The file of the offsets, [1 + groups].
        group_sizes: The number of items of each group.
        chunks: The items, in order, in chunks of any size.
        width: The numbers in an item.
        dtype: The type on disk, as NumPy writes types ("<f2").

    Raises:
        OSError: If it cannot be written.
    """
    offsets = np.concatenate(([0], np.cumsum(group_sizes, dtype=np.int64))).astype("<i8")
    with offsets_path.open("wb") as file:
        np.lib.format.write_array(file, offsets, allow_pickle=False)
    header = {"descr": dtype, "fortran_order": False, "shape": (int(offsets[-1]), width)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_2_0(file, header)
        for chunk in chunks:
            file.write(np.ascontiguousarray(chunk, dtype=dtype).data)

"""Arrays on disk whose items belong to groups; only what is asked for is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import IntArray, load_array, map_array
from index.storage.verified_files import GenerationFiles


class GroupedArray:
    """An array whose items belong to groups: group i has the items offsets[i] to offsets[i + 1].

    Attributes:
        item_count: The number of items.
        group_count: The number of groups.
    """

    def __init__(self, files: GenerationFiles, name: str, offsets_name: str) -> None:
        """Open the array, to be verified block by block, and read the offsets.

        Args:
            files: The generation's files.
            name: The file of the array.
            offsets_name: The file of the offsets.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        self._file = files.open(name, by_block=True)
        self._file.verify_range(0, 1)  # the header
        offsets_path = files.open(offsets_name).path
        with files.reporter.report(name):
            items = map_array(self._file.path)
            self._offsets = load_array(offsets_path)
        self._dtype = items.dtype
        self._width = items.shape[1]
        self._data_offset = items.offset
        self._item_bytes = items.strides[0]
        self.item_count = len(items)
        self.group_count = len(self._offsets) - 1

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

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        return self.read_ranges([(start, stop)])[0]

    def read_ranges(self, ranges: Iterable[tuple[int, int]]) -> list[NDArray[Any]]:
        """Return the items of each of several ranges of groups, as `read_range`.

        Args:
            ranges: The first group, and the group after the last, of each range.
        """
        self._file.verify_if_changed()
        return [self._read_items(*self.item_range(*group_range)) for group_range in ranges]

    def _read_items(self, first: int, end: int) -> NDArray[Any]:
        start, stop = (self._data_offset + item * self._item_bytes for item in (first, end))
        items = np.frombuffer(self._file.read(start, stop), self._dtype)
        return items.reshape(end - first, self._width)


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

"""Arrays that are mapped into memory: rows one after another, and where each part ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def write_array_file(
    path: Path,
    offsets_path: Path,
    counts: Sequence[int],
    chunks: Iterable[NDArray[Any]],
    *,
    width: int,
    dtype: str,
) -> None:
    """Writes an array part by part, so that it need not be held in memory, and its offsets.

    Args:
        path: Of the array, [sum of counts, width].
        offsets_path: Of the offsets, [1 + counts].
        counts: How many rows belong to each thing that is looked up.
        chunks: The rows, in order, in pieces of any size.
        width: Numbers in a row.
        dtype: What they are kept as, as NumPy writes types ("<f2").

    Raises:
        OSError: If it cannot be written.
    """
    offsets = np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype("<i8")
    with offsets_path.open("wb") as file:
        np.lib.format.write_array(file, offsets, allow_pickle=False)
    header = {"descr": dtype, "fortran_order": False, "shape": (int(offsets[-1]), width)}
    with path.open("wb") as file:
        np.lib.format.write_array_header_2_0(file, header)
        for chunk in chunks:
            file.write(np.ascontiguousarray(chunk, dtype=dtype).data)

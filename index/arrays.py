"""The array types that index and rag share, and how arrays are read from files."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
"""Features, scores and weights of any shape."""

IntArray: TypeAlias = NDArray[np.int64]
"""Counts and positions of any shape."""

BoolArray: TypeAlias = NDArray[np.bool_]
"""Masks and labels of any shape."""

Vectors: TypeAlias = NDArray[np.float32]
"""Embeddings, [n, dimension], or a single one, [dimension]."""

Rows: TypeAlias = NDArray[np.int64]
"""Row numbers of passages in one generation of a library, [n], ascending and distinct."""

# NumPy parses headers with `ast`, which fails at times in several threads of CPython 3.11.
_HEADER_LOCK = threading.Lock()


def load_array(path: Path) -> NDArray[Any]:
    """Return the array in a `.npy` file. Safe to call from several threads.

    Args:
        path: The file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it holds no array.
    """
    with _HEADER_LOCK:
        array: NDArray[Any] = np.load(path, allow_pickle=False)
    return array


def map_array(path: Path) -> np.memmap[Any, np.dtype[Any]]:
    """Return the array in a `.npy` file, mapped into memory; otherwise as `load_array`.

    Args:
        path: The file.
    """
    with _HEADER_LOCK:
        array: np.memmap[Any, np.dtype[Any]] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array

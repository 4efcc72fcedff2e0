"""The array types that index and rag share."""

from __future__ import annotations

from typing import TypeAlias

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

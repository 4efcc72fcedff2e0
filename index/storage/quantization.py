"""Vectors in a few bits a number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from index.arrays import Vectors

Codes = NDArray[np.uint8]
"""Quantized vectors, [n, dimension × bits / 8]: in byte i of d / p bytes the lowest bits are number
i, the next number i + d / p, where p = 8 / bits numbers share a byte."""

_STEPS = {2: 0.9957, 4: 0.5, 8: 8 / 127}
"""The distance of two levels, in units of the usual size of a number in a unit vector: for two bits
that of least error (Max, "Quantizing for Minimum Distortion", 1960); for eight bits, no number up
to eight times the usual size is cut."""


def quantize(vectors: Vectors, bits: int) -> Codes:
    """Return vectors in so many bits a number, [n, dimension × bits / 8].

    Args:
        vectors: Vectors of unit length, [n, dimension]; the numbers fill whole bytes.
        bits: 2, 4 or 8.
    """
    level_count = 1 << bits
    step = _quantization_step(vectors.shape[1], bits)
    levels = np.clip(np.floor(vectors / step) + level_count // 2, 0, level_count - 1)
    parts = np.split(levels.astype(np.uint8), 8 // bits, axis=1)
    codes = parts[0]
    for place, part in enumerate(parts[1:], start=1):
        codes = codes | part << place * bits
    return np.ascontiguousarray(codes)


def dot_products(codes: Codes, vectors: Vectors, bits: int) -> Vectors:
    """Return the inner products of quantized vectors with those of a query, [n, q].

    Args:
        codes: Quantized vectors, [n, dimension × bits / 8].
        vectors: Vectors of a query, [q, dimension].
        bits: The bits of a number.
    """
    mask = (1 << bits) - 1
    result = np.zeros((len(codes), len(vectors)), np.float32)
    for place, part in enumerate(np.split(vectors, 8 // bits, axis=1)):
        result += (codes >> place * bits & mask).astype(np.float32) @ part.T
    result -= (mask / 2) * vectors.sum(axis=1)
    result *= _quantization_step(vectors.shape[1], bits)
    return result


def _quantization_step(dimension: int, bits: int) -> float:
    return _STEPS[bits] / float(np.sqrt(dimension))

"""Vectors of tokens on disk, for late interaction: each word of a question finds its best match.

Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT" (2020), with a model that was trained for single vectors: once what all
tokens have in common is taken out of them (`encoders.language_bias`), they rank better than those
do, within a language and even more so across.

A number takes four bits, which ranks as well as full precision: a token of 384 numbers, 192 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.arrays import Vectors
from index.storage.array_file import write_array_file

TOKENS_FILE = "tokens.npy"
OFFSETS_FILE = "token-offsets.npy"

TokenCodes = NDArray[np.uint8]
"""Packed tokens, [tokens, dimension / 2]: in byte i, number i low and number i + d / 2 high."""

_QUANTIZATION_LEVELS = 16
_LEVEL_MIDPOINT = (_QUANTIZATION_LEVELS - 1) / 2


def _quantization_step(dimension: int) -> float:
    """How far apart two levels are: half of the usual size of a number in a unit vector."""
    return 0.5 / float(np.sqrt(dimension))


def quantize(tokens: Vectors) -> TokenCodes:
    """Tokens of unit length, [tokens, d] with even d, four bits a number."""
    levels = np.clip(
        np.floor(tokens / _quantization_step(tokens.shape[1])) + _QUANTIZATION_LEVELS // 2,
        0,
        _QUANTIZATION_LEVELS - 1,
    )
    low, high = np.split(levels.astype(np.uint8), 2, axis=1)
    return np.asarray(low | high << 4, dtype=np.uint8)


def dot_products(codes: TokenCodes, query_tokens: Vectors) -> Vectors:
    """The inner products of packed tokens [n, d / 2] with others [q, d], [n, q]."""
    low, high = np.split(query_tokens, 2, axis=1)
    result = (codes & 15).astype(np.float32) @ low.T + (codes >> 4).astype(np.float32) @ high.T
    result -= _LEVEL_MIDPOINT * query_tokens.sum(axis=1)
    result *= _quantization_step(query_tokens.shape[1])
    return np.asarray(result, dtype=np.float32)


class TokenVectors:
    """The tokens of all texts, one after the other.

    Attributes:
        texts: How many there are.
    """

    def __init__(self, folder: Path) -> None:
        """Maps the files into memory.

        Raises:
            ValueError: If they are damaged.
            OSError: If they cannot be read.
        """
        self._offsets = np.load(folder / OFFSETS_FILE, allow_pickle=False)
        self._codes = np.asarray(np.load(folder / TOKENS_FILE, mmap_mode="r", allow_pickle=False))
        self.text_count = len(self._offsets) - 1
        if self._offsets[-1] != len(self._codes):
            raise ValueError("as many tokens as the offsets say")

    def max_similarities(
        self, query_tokens: Vectors, ranges: Sequence[tuple[int, int]]
    ) -> list[Vectors]:
        """How near each of some tokens comes to the nearest one of each text.

        Args:
            query_tokens: Of a question, of unit length, [q, d].
            ranges: Of texts: the first one, and the one after the last.

        Returns:
            For each range, the greatest inner products, [texts, q]; 0 for a text without tokens.
        """
        code_blocks = [
            self._codes[self._offsets[start] : self._offsets[end]] for start, end in ranges
        ]
        sizes = [np.diff(self._offsets[start : end + 1]) for start, end in ranges]
        counts = np.concatenate([np.empty(0, np.int64), *sizes])
        maxima = np.zeros((len(counts), len(query_tokens)), np.float32)
        nonempty = np.flatnonzero(counts)
        if len(nonempty) and len(query_tokens):
            similarities = dot_products(np.concatenate(code_blocks), query_tokens)
            starts = (np.cumsum(counts) - counts)[nonempty]
            maxima[nonempty] = np.maximum.reduceat(similarities, starts, axis=0)
        return np.split(maxima, np.cumsum([len(size) for size in sizes])[:-1]) if sizes else []

    def token_counts(self, start: int, stop: int) -> list[int]:
        """How many tokens each of a range of texts has."""
        counts: list[int] = np.diff(self._offsets[start : stop + 1]).tolist()
        return counts

    def read_range(self, start: int, stop: int) -> list[TokenCodes]:
        """The packed tokens of each of a range of texts."""
        codes = self._codes[self._offsets[start] : self._offsets[stop]]
        ends = self._offsets[start + 1 : stop] - self._offsets[start]
        return np.split(codes, ends) if stop > start else []


def write_token_vectors(
    folder: Path, dimension: int, counts: Sequence[int], chunks: Iterable[TokenCodes]
) -> None:
    """Writes packed tokens, in order, and how many belong to each text.

    Raises:
        OSError: If they cannot be written.
    """
    write_array_file(
        folder / TOKENS_FILE,
        folder / OFFSETS_FILE,
        counts,
        chunks,
        width=dimension // 2,
        dtype="|u1",
    )

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

from index.storage.array_file import write_parts
from index.storage.engine import Vectors

TOKENS = "tokens.npy"
ENDS = "token-offsets.npy"

Codes = NDArray[np.uint8]
"""Packed tokens, [tokens, dimension / 2]: in byte i, number i low and number i + d / 2 high."""

_LEVELS = 16
_MIDDLE = (_LEVELS - 1) / 2


def _step(dimension: int) -> float:
    """How far apart two levels are: half of the usual size of a number in a unit vector."""
    return 0.5 / float(np.sqrt(dimension))


def packed(tokens: Vectors) -> Codes:
    """Tokens of unit length, [tokens, d] with even d, four bits a number."""
    levels = np.clip(np.floor(tokens / _step(tokens.shape[1])) + _LEVELS // 2, 0, _LEVELS - 1)
    low, high = np.split(levels.astype(np.uint8), 2, axis=1)
    return np.asarray(low | high << 4, dtype=np.uint8)


def products(codes: Codes, tokens: Vectors) -> Vectors:
    """The inner products of packed tokens [n, d / 2] with others [q, d], [n, q]."""
    low, high = np.split(tokens, 2, axis=1)
    found = (codes & 15).astype(np.float32) @ low.T + (codes >> 4).astype(np.float32) @ high.T
    found -= _MIDDLE * tokens.sum(axis=1)
    found *= _step(tokens.shape[1])
    return np.asarray(found, dtype=np.float32)


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
        self._offsets = np.load(folder / ENDS, allow_pickle=False)
        self._codes = np.asarray(np.load(folder / TOKENS, mmap_mode="r", allow_pickle=False))
        self.texts = len(self._offsets) - 1
        if self._offsets[-1] != len(self._codes):
            raise ValueError("as many tokens as the offsets say")

    def best(self, tokens: Vectors, ranges: Sequence[tuple[int, int]]) -> list[Vectors]:
        """How near each of some tokens comes to the nearest one of each text.

        Args:
            tokens: Of a question, of unit length, [q, d].
            ranges: Of texts: the first one, and the one after the last.

        Returns:
            For each range, the greatest inner products, [texts, q]; 0 for a text without tokens.
        """
        parts = [self._codes[self._offsets[start] : self._offsets[end]] for start, end in ranges]
        sizes = [np.diff(self._offsets[start : end + 1]) for start, end in ranges]
        counts = np.concatenate([np.empty(0, np.int64), *sizes])
        found = np.zeros((len(counts), len(tokens)), np.float32)
        some = np.flatnonzero(counts)
        if len(some) and len(tokens):
            nearness = products(np.concatenate(parts), tokens)
            starts = (np.cumsum(counts) - counts)[some]
            found[some] = np.maximum.reduceat(nearness, starts, axis=0)
        return np.split(found, np.cumsum([len(each) for each in sizes])[:-1]) if sizes else []

    def counts(self, start: int, stop: int) -> list[int]:
        """How many tokens each of a range of texts has."""
        counts: list[int] = np.diff(self._offsets[start : stop + 1]).tolist()
        return counts

    def part(self, start: int, stop: int) -> list[Codes]:
        """The packed tokens of each of a range of texts."""
        codes = self._codes[self._offsets[start] : self._offsets[stop]]
        ends = self._offsets[start + 1 : stop] - self._offsets[start]
        return np.split(codes, ends) if stop > start else []


def write_token_vectors(
    folder: Path, dimension: int, counts: Sequence[int], parts: Iterable[Codes]
) -> None:
    """Writes packed tokens, in order, and how many belong to each text.

    Raises:
        OSError: If they cannot be written.
    """
    write_parts(folder / TOKENS, folder / ENDS, counts, parts, width=dimension // 2, kind="|u1")

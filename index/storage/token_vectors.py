"""Token vectors on disk, for late interaction (MaxSim).

Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT" (2020), with a model that was trained for single vectors: once the mean token
is subtracted (`index.encoders.language_bias`), its tokens rank better than its vectors, within a
language and even more so across languages.

A number takes four bits, which ranks as well as full precision: a token of 384 numbers, 192 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.arrays import Vectors
from index.storage.array_file import GroupedArray, write_grouped_array
from index.storage.verified_files import GenerationFiles

TOKENS_FILE = "tokens.npy"
OFFSETS_FILE = "token-offsets.npy"

TokenCodes = NDArray[np.uint8]
"""Quantized tokens, [tokens, dimension / 2]: byte i has number i low and number i + d / 2 high."""

_QUANTIZATION_LEVELS = 16
_LEVEL_MIDPOINT = (_QUANTIZATION_LEVELS - 1) / 2


def _quantization_step(dimension: int) -> float:
    """Return the distance of two levels: half of the usual size of a number in a unit vector."""
    return 0.5 / float(np.sqrt(dimension))


def quantize(tokens: Vectors) -> TokenCodes:
    """Return tokens in four bits a number, [tokens, dimension / 2].

    Args:
        tokens: Vectors of unit length, [tokens, dimension]; the dimension is even.
    """
    levels = np.clip(
        np.floor(tokens / _quantization_step(tokens.shape[1])) + _QUANTIZATION_LEVELS // 2,
        0,
        _QUANTIZATION_LEVELS - 1,
    )
    low, high = np.split(levels.astype(np.uint8), 2, axis=1)
    return np.asarray(low | high << 4, dtype=np.uint8)


def dot_products(codes: TokenCodes, query_tokens: Vectors) -> Vectors:
    """Return the inner products of quantized tokens with those of a query, [n, q].

    Args:
        codes: Quantized tokens, [n, dimension / 2].
        query_tokens: Tokens of a query, [q, dimension].
    """
    low, high = np.split(query_tokens, 2, axis=1)
    result = (codes & 15).astype(np.float32) @ low.T + (codes >> 4).astype(np.float32) @ high.T
    result -= _LEVEL_MIDPOINT * query_tokens.sum(axis=1)
    result *= _quantization_step(query_tokens.shape[1])
    return np.asarray(result, dtype=np.float32)


class TokenVectors(GroupedArray):
    """The quantized tokens of all texts; the tokens of a text are a group."""

    def __init__(self, files: GenerationFiles) -> None:
        """Map the files into memory.

        Args:
            files: The generation's files.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        super().__init__(files, TOKENS_FILE, OFFSETS_FILE)

    def max_similarities(
        self, query_tokens: Vectors, ranges: Sequence[tuple[int, int]]
    ) -> list[Vectors]:
        """Return for each range of texts the greatest inner products (MaxSim), [texts, q].

        For each token of the query, the inner product with the nearest token of each text; 0 for a
        text without tokens.

        Args:
            query_tokens: Tokens of a query, of unit length, [q, dimension].
            ranges: The first text, and the text after the last, of each range.
        """
        code_blocks = self.read_ranges(ranges)
        sizes = [self.group_sizes(*text_range) for text_range in ranges]
        counts = np.concatenate([np.empty(0, np.int64), *sizes])
        maxima = np.zeros((len(counts), len(query_tokens)), np.float32)
        nonempty = np.flatnonzero(counts)
        if len(nonempty) and len(query_tokens):
            similarities = dot_products(np.concatenate(code_blocks), query_tokens)
            starts = (np.cumsum(counts) - counts)[nonempty]
            maxima[nonempty] = np.maximum.reduceat(similarities, starts, axis=0)
        return np.split(maxima, np.cumsum([len(size) for size in sizes])[:-1]) if sizes else []

    def split_range(self, start: int, stop: int) -> list[TokenCodes]:
        """Return the quantized tokens of each of a range of texts, [tokens, dimension / 2].

        Args:
            start: The first text.
            stop: The text after the last.
        """
        ends = np.cumsum(self.group_sizes(start, stop))[:-1]
        return np.split(self.read_range(start, stop), ends) if stop > start else []


def write_token_vectors(
    folder: Path, dimension: int, counts: Sequence[int], chunks: Iterable[TokenCodes]
) -> None:
    """Write quantized tokens.

    Args:
        folder: Where to write them.
        dimension: The numbers in a vector before it is quantized.
        counts: The number of tokens of each text.
        chunks: The tokens, in order, in chunks of any size, [n, dimension / 2].

    Raises:
        OSError: If they cannot be written.
    """
    write_grouped_array(
        folder / TOKENS_FILE,
        folder / OFFSETS_FILE,
        counts,
        chunks,
        width=dimension // 2,
        dtype="|u1",
    )

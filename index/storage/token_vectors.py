"""Token vectors on disk, for late interaction (MaxSim).

Khattab and Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
Interaction over BERT" (2020), with a model that was trained for single vectors: once the mean token
is subtracted (`index.encoders.language_bias`), its tokens rank better than its vectors, within a
language and even more so across languages.

A number takes two or four bits. Four rank as well as full precision; two, with the bundled model's
tokens, nearly so: a token of 128 numbers takes 32 bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from index.arrays import IntArray, Vectors
from index.storage.array_file import GroupedArray, write_grouped_array
from index.storage.quantization import Codes, dot_products
from index.storage.verified_files import GenerationFiles

TOKENS_FILE = "tokens.npy"
OFFSETS_FILE = "token-offsets.npy"


class TokenVectors(GroupedArray):
    """The quantized tokens of all texts; the tokens of a text are a group.

    Attributes:
        bits: The bits of a number.
    """

    def __init__(self, files: GenerationFiles, bits: int) -> None:
        """Open the files.

        Args:
            files: The generation's files.
            bits: The bits of a number.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        super().__init__(files, TOKENS_FILE, OFFSETS_FILE)
        self.bits = bits

    def split_range(self, start: int, stop: int) -> list[Codes]:
        """Return the quantized tokens of each of a range of texts, [tokens, bytes].

        Args:
            start: The first text.
            stop: The text after the last.
        """
        ends = np.cumsum(self.group_sizes(start, stop))[:-1]
        return np.split(self.read_range(start, stop), ends) if stop > start else []


def compute_max_similarities(
    query_tokens: Vectors, blocks: Sequence[Codes], sizes: Sequence[IntArray], bits: int
) -> list[Vectors]:
    """Return for each of some ranges of texts the greatest inner products (MaxSim), [texts, q].

    For each token of the query, the inner product with the nearest token of each text; 0 for a
    text without tokens.

    Args:
        query_tokens: Tokens of a query, of unit length, [q, dimension].
        blocks: The quantized tokens of each range, [tokens, bytes] each.
        sizes: The number of tokens of each text of each range, [texts] each.
        bits: The bits of a number.
    """
    counts = np.concatenate([np.empty(0, np.int64), *sizes])
    maxima = np.zeros((len(counts), len(query_tokens)), np.float32)
    nonempty = np.flatnonzero(counts)
    if len(nonempty) and len(query_tokens):
        similarities = dot_products(np.concatenate(blocks), query_tokens, bits)
        starts = (np.cumsum(counts) - counts)[nonempty]
        maxima[nonempty] = np.maximum.reduceat(similarities, starts, axis=0)
    return np.split(maxima, np.cumsum([len(size) for size in sizes])[:-1]) if sizes else []


def write_token_vectors(
    folder: Path, width: int, counts: Sequence[int], chunks: Iterable[Codes]
) -> None:
    """Write quantized tokens.

    Args:
        folder: Where to write them.
        width: The bytes of a token.
        counts: The number of tokens of each text.
        chunks: The tokens, in order, in chunks of any size, [n, width].

    Raises:
        OSError: If they cannot be written.
    """
    write_grouped_array(
        folder / TOKENS_FILE,
        folder / OFFSETS_FILE,
        counts,
        chunks,
        width=width,
        dtype="|u1",
    )

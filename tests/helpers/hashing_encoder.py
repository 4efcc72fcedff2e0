"""An encoder without a model: vectors that depend on nothing but the text, at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np

from index.arrays import Vectors
from index.encoders.protocol import Embeddings

_PARTS = re.compile(r"[a-zA-Z\d]+|[\u3400-\u9fff]")  # its tokens


class HashingEncoder:
    """Unit vectors seeded by the text's hash; the same text gets the same vector anywhere.

    `encoded` keeps every passage that was asked for, in order.
    """

    dimension = 16
    max_tokens = 512

    def __init__(self, name: str = "hashing") -> None:
        self.name = name
        self.fingerprint = hashlib.sha256(name.encode()).hexdigest()
        self.encoded: list[str] = []

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> Embeddings:
        encoded = self.encode_queries(texts)
        self.encoded += texts
        if progress:
            progress(len(texts))
        return encoded

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        words = [_PARTS.findall(text) for text in texts]
        return Embeddings(self._hashed(texts), tuple(map(self._hashed, words)))

    def _hashed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            seed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
            vectors[at] = np.random.default_rng(list(seed)).standard_normal(self.dimension)
            vectors[at] /= np.linalg.norm(vectors[at])
        return vectors

    def count_tokens(self, text: str) -> int:
        return len(text) + 2

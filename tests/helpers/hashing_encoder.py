"""An encoder without a model: its vectors depend on the text alone and are computed quickly."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from index.arrays import Vectors
from index.encoders.protocol import Embeddings, PassageEmbeddings, PassageText
from index.encoders.separate_texts import encode_separately

_TOKEN = re.compile(r"[a-zA-Z\d]+|[\u3400-\u9fff]")


@lru_cache(1 << 16)
def _hash_text(text: str, dimension: int) -> Vectors:
    seed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    vector = np.random.default_rng(list(seed)).standard_normal(dimension).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


class HashingEncoder:
    """Unit vectors seeded by the text's hash; the same text gets the same vector anywhere.

    Attributes:
        encoded: Every passage that was encoded, in order.
    """

    dimension = 16
    max_tokens = 512
    encodes_passages_alone = True
    token_bits = 4

    def __init__(self, name: str = "hashing") -> None:
        self.name = name
        self.fingerprint = hashlib.sha256(name.encode()).hexdigest()
        self.encoded: list[str] = []

    def encode_passages(
        self, passages: Sequence[PassageText], progress: Callable[[int], None] | None = None
    ) -> list[PassageEmbeddings]:
        self.encoded += [passage.text for passage in passages]
        return encode_separately(passages, self._encode_texts, progress)

    def _encode_texts(self, texts: Sequence[str], report: Callable[[int], None]) -> Embeddings:
        embeddings = self.encode_queries(texts)
        report(len(texts))
        return embeddings

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        tokens = [_TOKEN.findall(text) for text in texts]
        return Embeddings(self._hash_texts(texts), tuple(map(self._hash_texts, tokens)))

    def _hash_texts(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = _hash_text(text, self.dimension)
        return vectors

    def count_tokens(self, text: str) -> int:
        return len(text) + 2

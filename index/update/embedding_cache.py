"""Stores the embeddings of an update in progress, so that no passage is encoded twice.

Encoding takes most of the time of an update. The cache survives an update that is interrupted, even
by a crash, and serves the next attempt; it is removed when a generation is published.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.arrays import Vectors
from index.encoders.protocol import PassageText
from index.storage.manifest import CACHE_NAME
from index.storage.quantization import Codes

if TYPE_CHECKING:
    from index.storage.records import Model

_DIGEST_BYTES, _CHECKSUM_BYTES = 16, 4  # bytes
_COUNT_DTYPE = np.dtype("<u4")

PassageKey = bytes
"""Identifies what the embeddings of a passage depend on."""


@dataclass(frozen=True, slots=True)
class PassageCodes:
    """The embeddings of a passage as they are stored.

    Attributes:
        vector: Its vector, [dimension].
        sentences: The quantized vectors of its sentences, [sentences, bytes].
        tokens: The quantized tokens of its heading and of each sentence, [tokens, bytes].
    """

    vector: Vectors
    sentences: Codes
    tokens: tuple[Codes, ...]


def compute_passage_key(passage: PassageText, group: bytes = b"") -> PassageKey:
    """Return the key of a passage.

    Args:
        passage: The passage as the encoder reads it.
        group: Identifies what is encoded with it, where its embeddings depend on that.
    """
    texts = (passage.text, passage.heading, str(passage.own_count), *passage.sentences)
    content = "\x1f".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(group + content).digest()[:_DIGEST_BYTES]


class EmbeddingCache:
    """Embeddings of passages by their key, in a file that only grows.

    A record is the key, the number of texts (the heading and the sentences), the number of tokens
    of each, the passage's vector in 16-bit floats, the sentences' vectors, the tokens and a
    checksum.

    Attributes:
        path: The file.
    """

    def __init__(self, folder: Path, model: Model, generation: int) -> None:
        """Open the model's cache in a folder; a record cut short by a crash is removed.

        Args:
            folder: The library's folder.
            model: The model of the embeddings.
            generation: The generation that they are for.

        Raises:
            OSError: If it cannot be read or written.
        """
        identity = f"{model.fingerprint} {model.dimension} {model.token_bits}"
        digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
        self.path = folder / CACHE_NAME.format(generation=generation, model=digest)
        self._dimension = model.dimension
        self._token_bytes = model.token_bytes
        self._offsets: dict[PassageKey, int] = {}
        self._file = self.path.open("a+b")
        try:
            self._recover()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> EmbeddingCache:
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()
        if not self._offsets:
            self.path.unlink(missing_ok=True)

    def find_missing(self, keys: Iterable[PassageKey]) -> list[PassageKey]:
        """Return the keys without embeddings in the cache, each once, in order.

        Args:
            keys: Keys of passages.
        """
        return [key for key in dict.fromkeys(keys) if key not in self._offsets]

    def add(self, embeddings: Mapping[PassageKey, PassageCodes]) -> None:
        """Add the embeddings of passages.

        Args:
            embeddings: The embeddings by key.

        Raises:
            OSError: If they cannot be written.
        """
        offset = self._file.seek(0, 2)
        offsets = {}
        for key, codes in embeddings.items():
            counts = np.array([len(codes.tokens), *map(len, codes.tokens)], _COUNT_DTYPE)
            vector = codes.vector.astype("<f2")
            parts = (counts, vector, codes.sentences, *codes.tokens)
            content = key + b"".join(part.tobytes() for part in parts)
            offsets[key] = offset
            offset += self._file.write(content + _checksum(content))
        self._file.flush()
        self._offsets |= offsets

    def read(self, key: PassageKey) -> PassageCodes:
        """Return the embeddings of a passage.

        Args:
            key: The key of a passage that is in the cache.

        Raises:
            OSError: If they cannot be read.
        """
        self._file.seek(self._offsets[key] + _DIGEST_BYTES)
        counts = self._read_counts()
        content = self._file.read(self._body_size(counts))
        vector_bytes, sentence_count = 2 * self._dimension, len(counts) - 1
        tokens_start = vector_bytes + sentence_count * self._dimension
        tokens = np.frombuffer(content, np.uint8, offset=tokens_start)
        tokens = tokens.reshape(-1, self._token_bytes)
        return PassageCodes(
            np.frombuffer(content[:vector_bytes], "<f2").astype(np.float32),
            np.frombuffer(content[vector_bytes:tokens_start], np.uint8).reshape(
                sentence_count, self._dimension
            ),
            tuple(tokens[start:stop] for start, stop in pairwise(accumulate(counts, initial=0))),
        )

    def _read_counts(self) -> list[int]:
        """Return the number of tokens of each text; none if the file ends before."""
        size = _COUNT_DTYPE.itemsize
        header = self._file.read(size)
        if len(header) < size:
            return []
        count = int(np.frombuffer(header, _COUNT_DTYPE)[0])
        if count * size > self.path.stat().st_size - self._file.tell():
            return []
        content = self._file.read(count * size)
        return [int(number) for number in np.frombuffer(content, _COUNT_DTYPE)]

    def _body_size(self, counts: list[int]) -> int:
        return (
            2 * self._dimension
            + (len(counts) - 1) * self._dimension
            + sum(counts) * self._token_bytes
        )

    def _recover(self) -> None:
        size = self._file.seek(0, 2)
        offset = self._file.seek(0)
        while len(key := self._file.read(_DIGEST_BYTES)) == _DIGEST_BYTES:
            counts = self._read_counts()
            end = self._file.tell() + self._body_size(counts) + _CHECKSUM_BYTES
            if not counts or end > size:
                break
            self._file.seek(offset)
            content = self._file.read(end - offset)
            if _checksum(content[:-_CHECKSUM_BYTES]) != content[-_CHECKSUM_BYTES:]:
                break
            self._offsets[key] = offset
            offset = end
        self._file.truncate(offset)


def _checksum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "little")

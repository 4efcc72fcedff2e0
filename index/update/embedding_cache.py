"""Stores the embeddings of an update in progress, so that no text is encoded twice.

Encoding takes most of the time of an update. The cache survives an update that is interrupted, even
by a crash, and serves the next attempt; it is removed when a generation is published.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.arrays import Vectors
from index.storage.manifest import CACHE_NAME
from index.storage.token_vectors import TokenCodes

if TYPE_CHECKING:
    from index.storage.records import Model

_DIGEST_BYTES, _CHECKSUM_BYTES = 16, 4  # bytes
_COUNT_DTYPE = np.dtype("<u4")


def compute_text_digest(text: str) -> bytes:
    """Return the digest of a text.

    Args:
        text: Any text, lone surrogates included.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_DIGEST_BYTES]


class EmbeddingCache:
    """Vectors and quantized tokens by their text, in a file that only grows.

    A record is the digest of the text, the number of its tokens, its vector in 16-bit floats, its
    tokens and a checksum.

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
        digest = hashlib.sha256(f"{model.fingerprint} {model.dimension}".encode()).hexdigest()[:16]
        self.path = folder / CACHE_NAME.format(generation=generation, model=digest)
        self._dimension = model.dimension
        self._offsets: dict[bytes, int] = {}
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

    def find_missing(self, texts: Iterable[str]) -> list[str]:
        """Return the texts without embeddings in the cache, each once, in order.

        Args:
            texts: Any texts.
        """
        return [
            text for text in dict.fromkeys(texts) if compute_text_digest(text) not in self._offsets
        ]

    def add(
        self, texts: Sequence[str], vectors: Vectors, token_codes: Sequence[TokenCodes]
    ) -> None:
        """Add the embeddings of n texts.

        Args:
            texts: The texts.
            vectors: Their vectors, [n, dimension].
            token_codes: The quantized tokens of each, [tokens, dimension / 2].

        Raises:
            OSError: If they cannot be written.
        """
        offset = self._file.seek(0, 2)
        offsets = {}
        for text, vector, text_codes in zip(texts, vectors, token_codes, strict=True):
            digest = compute_text_digest(text)
            count = np.array([len(text_codes)], _COUNT_DTYPE).tobytes()
            content = digest + count + vector.astype("<f2").tobytes() + text_codes.tobytes()
            offsets[digest] = offset
            offset += self._file.write(content + _checksum(content))
        self._file.flush()
        self._offsets |= offsets

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of n texts, [n, dimension].

        Args:
            texts: Texts that are in the cache.

        Raises:
            OSError: If they cannot be read.
        """
        result = np.empty((len(texts), self._dimension), dtype=np.float32)
        for index, text in enumerate(texts):
            self._file.seek(
                self._offsets[compute_text_digest(text)] + _DIGEST_BYTES + _COUNT_DTYPE.itemsize
            )
            result[index] = np.frombuffer(self._file.read(2 * self._dimension), "<f2")
        return result

    def token_counts(self, texts: Iterable[str]) -> list[int]:
        """Return the number of tokens of each text.

        Args:
            texts: Texts that are in the cache.

        Raises:
            OSError: If they cannot be read.
        """
        counts = []
        for text in texts:
            self._file.seek(self._offsets[compute_text_digest(text)] + _DIGEST_BYTES)
            counts.append(self._read_count())
        return counts

    def token_codes(self, text: str) -> TokenCodes:
        """Return the quantized tokens of a text, [tokens, dimension / 2].

        Args:
            text: A text that is in the cache.

        Raises:
            OSError: If they cannot be read.
        """
        self._file.seek(self._offsets[compute_text_digest(text)] + _DIGEST_BYTES)
        count = self._read_count()
        self._file.seek(2 * self._dimension, 1)
        width = self._dimension // 2
        return np.frombuffer(self._file.read(count * width), np.uint8).reshape(count, width)

    def _read_count(self) -> int:
        return int(np.frombuffer(self._file.read(_COUNT_DTYPE.itemsize), _COUNT_DTYPE)[0])

    def _recover(self) -> None:
        size = self._file.seek(0, 2)
        offset = self._file.seek(0)
        header_size = _DIGEST_BYTES + _COUNT_DTYPE.itemsize
        while len(content := self._file.read(header_size)) == header_size:
            count = int(np.frombuffer(content[_DIGEST_BYTES:], _COUNT_DTYPE)[0])
            body_size = 2 * self._dimension + count * (self._dimension // 2) + _CHECKSUM_BYTES
            if self._file.tell() + body_size > size:
                break
            content += self._file.read(body_size)
            if _checksum(content[:-_CHECKSUM_BYTES]) != content[-_CHECKSUM_BYTES:]:
                break
            self._offsets[content[:_DIGEST_BYTES]] = offset
            offset = self._file.tell()
        self._file.truncate(offset)


def _checksum(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_CHECKSUM_BYTES, "little")

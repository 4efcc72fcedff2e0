"""Vectors of a change in progress, kept on disk: what is encoded once need not be encoded again.

Encoding is what takes long in indexing. The cache outlives a change that is broken off, even by a
crash, and serves the next attempt; it is removed when a generation is published.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.storage.engine import Vectors
from index.storage.token_vectors import Codes

if TYPE_CHECKING:
    from types import TracebackType

    from index.storage.records import Model

_KEY, _CHECK = 16, 4  # bytes
_COUNT = np.dtype("<u4")


class EncodedTexts:
    """Vectors and packed tokens by the text that they were made from, in a file that only grows.

    A record is the text's digest, the number of its tokens, its vector in 16-bit floats, its tokens
    and a checksum.
    """

    def __init__(self, folder: Path, model: Model) -> None:
        """Opens the model's cache in a folder; what a crash has left torn at its end is cut off.

        Raises:
            OSError: If it cannot be read or written.
        """
        name = hashlib.sha256(f"{model.fingerprint} {model.dimension}".encode()).hexdigest()[:16]
        self.path = folder / f"encoded-{name}.cache"
        self._dimension = model.dimension
        self._places: dict[bytes, int] = {}
        self._file = self.path.open("a+b")
        try:
            self._recover()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> EncodedTexts:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if not self._places:
            self.path.unlink(missing_ok=True)

    def missing(self, texts: Iterable[str]) -> list[str]:
        """The texts that it has no vectors of, each once, in order."""
        return [text for text in dict.fromkeys(texts) if _digest(text) not in self._places]

    def add(self, texts: Sequence[str], vectors: Vectors, tokens: Sequence[Codes]) -> None:
        """Takes the vectors [n, d] and the packed tokens of n texts.

        Raises:
            OSError: If they cannot be written.
        """
        place = self._file.seek(0, 2)
        places = {}
        for text, vector, own in zip(texts, vectors, tokens, strict=True):
            digest = _digest(text)
            count = np.array([len(own)], _COUNT).tobytes()
            content = digest + count + vector.astype("<f2").tobytes() + own.tobytes()
            places[digest] = place
            place += self._file.write(content + _check(content))
        self._file.flush()
        self._places |= places

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, [n, d], none of which may be missing.

        Raises:
            OSError: If they cannot be read.
        """
        found = np.empty((len(texts), self._dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            self._file.seek(self._places[_digest(text)] + _KEY + _COUNT.itemsize)
            found[at] = np.frombuffer(self._file.read(2 * self._dimension), "<f2")
        return found

    def sizes(self, texts: Iterable[str]) -> list[int]:
        """How many tokens each of the texts has, none of which may be missing.

        Raises:
            OSError: If they cannot be read.
        """
        found = []
        for text in texts:
            self._file.seek(self._places[_digest(text)] + _KEY)
            found.append(self._count())
        return found

    def tokens(self, text: str) -> Codes:
        """The packed tokens of a text, which may not be missing, [tokens, d / 2].

        Raises:
            OSError: If they cannot be read.
        """
        self._file.seek(self._places[_digest(text)] + _KEY)
        count = self._count()
        self._file.seek(2 * self._dimension, 1)
        width = self._dimension // 2
        return np.frombuffer(self._file.read(count * width), np.uint8).reshape(count, width)

    def _count(self) -> int:
        return int(np.frombuffer(self._file.read(_COUNT.itemsize), _COUNT)[0])

    def _recover(self) -> None:
        size = self._file.seek(0, 2)
        place = self._file.seek(0)
        head = _KEY + _COUNT.itemsize
        while len(content := self._file.read(head)) == head:
            count = int(np.frombuffer(content[_KEY:], _COUNT)[0])
            rest = 2 * self._dimension + count * (self._dimension // 2) + _CHECK
            if self._file.tell() + rest > size:
                break
            content += self._file.read(rest)
            if _check(content[:-_CHECK]) != content[-_CHECK:]:
                break
            self._places[content[:_KEY]] = place
            place = self._file.tell()
        self._file.truncate(place)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_KEY]


def _check(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(_CHECK, "little")

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

from index.engine import Vectors

if TYPE_CHECKING:
    from types import TracebackType

    from index.catalogue import Model


class EncodedTexts:
    """Vectors by the text that they were made from, in a file that only grows."""

    def __init__(self, folder: Path, model: Model) -> None:
        """Opens the model's cache in a folder; what a crash has left torn at its end is cut off.

        Raises:
            OSError: If it cannot be read or written.
        """
        name = hashlib.sha256(f"{model.fingerprint} {model.dimension}".encode()).hexdigest()[:16]
        self.path = folder / f"encoded-{name}.cache"
        self._record = np.dtype(
            [("text", "u1", 16), ("vector", "<f2", model.dimension), ("check", "<u4")]
        )
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

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Takes the vectors [n, d] of n texts.

        Raises:
            OSError: If they cannot be written.
        """
        digests = [_digest(text) for text in texts]
        records = np.zeros(len(texts), dtype=self._record)
        records["text"] = np.frombuffer(b"".join(digests), dtype="u1").reshape(-1, 16)
        records["vector"] = vectors
        records["check"] = [_check(record) for record in records]
        self._file.write(records.tobytes())
        self._file.flush()
        for digest in digests:
            self._places[digest] = len(self._places)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts, [n, d], none of which may be missing.

        Raises:
            OSError: If they cannot be read.
        """
        dimension = self._record["vector"].shape[0]
        found = np.empty((len(texts), dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            self._file.seek(self._places[_digest(text)] * self._record.itemsize)
            record = np.frombuffer(self._file.read(self._record.itemsize), dtype=self._record)
            found[at] = record["vector"][0]
        return found

    def _recover(self) -> None:
        self._file.seek(0)
        while len(content := self._file.read(self._record.itemsize)) == self._record.itemsize:
            record = np.frombuffer(content, dtype=self._record)[0]
            if _check(record) != record["check"]:
                break
            self._places[record["text"].tobytes()] = len(self._places)
        self._file.truncate(len(self._places) * self._record.itemsize)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _check(record: np.void) -> int:
    return zlib.crc32(record.tobytes()[:-4])

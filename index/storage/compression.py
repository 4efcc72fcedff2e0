"""Records of documents, compressed one by one, so that each can be read by itself."""

from __future__ import annotations

import threading
from functools import cached_property

import zstandard

_LEVEL = 15
_MAGIC = zstandard.FRAME_HEADER  # JSON begins with another byte


class RecordCompressor:
    """Compresses records. Not for several threads."""

    def __init__(self) -> None:
        """Prepare the memory that compressing needs."""
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)

    def compress(self, record: bytes) -> bytes:
        """Return a record compressed, or as it is if that is no shorter or done already.

        Args:
            record: JSON, or what this returned.
        """
        if record.startswith(_MAGIC):
            return record
        compressed = self._compressor.compress(record)
        return compressed if len(compressed) < len(record) else record


class _OfThread(threading.local):
    """What each thread has of its own; made anew, a decompressor takes longer than its work."""

    @cached_property
    def decompressor(self) -> zstandard.ZstdDecompressor:
        return zstandard.ZstdDecompressor()


_of_thread = _OfThread()


def decompress_record(record: bytes) -> bytes:
    """Return the JSON of a record.

    Args:
        record: What `RecordCompressor.compress` returned; or JSON, as formats before 10 have it.

    Raises:
        ValueError: If it is damaged.
    """
    if not record.startswith(_MAGIC):
        return record
    try:
        return _of_thread.decompressor.decompress(record)
    except zstandard.ZstdError as error:
        raise ValueError(str(error)) from error

"""Files in batches, each of which is an update of its own: memory is bounded, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

MAX_FILES = 200
"""Files of a batch: some 300 MB of memory for the issues of a journal."""

_MAX_BYTES = 256 << 20  # of the files of a batch, unless it is one file


def split_batches(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield files in batches, in their order.

    Args:
        files: The files; of those that cannot be found the size does not count.
    """
    batch: list[Path] = []
    batch_bytes = 0
    for file in files:
        size = file.stat().st_size if file.is_file() else 0
        if batch and (len(batch) == MAX_FILES or batch_bytes + size > _MAX_BYTES):
            yield batch
            batch, batch_bytes = [], 0
        batch.append(file)
        batch_bytes += size
    yield batch

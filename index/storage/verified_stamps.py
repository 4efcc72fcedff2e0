"""Stamps of large files whose checksums were right, so that not every process reads them whole.

A stamp is an empty file in the cache, named after the place of the file on its disk, its size, the
times when it was last changed, and its checksum. Whatever changes the file changes these. What
changes on a disk by itself does not, so that a stamp is good for a week.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from index.files import cache_folder

_FOLDER = "verified"
_MIN_BYTES = 16_000_000  # smaller files are read in some milliseconds
_VALID_SECONDS = 7 * 24 * 3600


class VerifiedStamp:
    """The stamp of an open file as it is now; one of a small file is never there.

    Args:
        descriptor: The descriptor of the file.
        checksum: The checksum that it has to have.
    """

    def __init__(self, descriptor: int, checksum: int) -> None:
        status = os.fstat(descriptor)
        times = status.st_mtime_ns, status.st_ctime_ns
        state = status.st_dev, status.st_ino, status.st_size, *times, checksum
        name = hashlib.sha256(repr(state).encode()).hexdigest()[:32]
        self._is_large = status.st_size >= _MIN_BYTES
        self._path = cache_folder() / _FOLDER / name

    def is_there(self) -> bool:
        """Return whether the file was stamped within a week."""
        if not self._is_large:
            return False
        try:
            return _is_valid(self._path)
        except OSError:  # none, or a cache that cannot be read
            return False

    def write(self) -> None:
        """Stamp the file, and remove stamps that are too old.

        Where the cache cannot be written, the file is read whole by the next process, too.
        """
        if not self._is_large:
            return
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch()
            for other in self._path.parent.iterdir():
                if not _is_valid(other):
                    other.unlink()


def _is_valid(stamp: Path) -> bool:
    return 0 <= time.time() - stamp.stat().st_mtime < _VALID_SECONDS

"""Temporary folders in memory: on disk, writing takes half the time of a test of libraries."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")
_MIN_FREE_BYTES = 1 << 28


def memory_folder() -> Path | None:
    """A folder in memory; None where the system has none, or no room in it."""
    if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _MIN_FREE_BYTES:
        return _MEMORY
    return None


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A temporary folder, in memory if possible.

    An index of terms that was opened just before the end may still be locked by a thread of
    tantivy's, which then puts a file into a folder that is being removed.
    """
    with tempfile.TemporaryDirectory(dir=memory_folder(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)

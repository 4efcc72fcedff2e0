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
    """A temporary folder, in memory if possible."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        yield Path(folder)

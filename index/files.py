"""The cache folder, and files and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from platformdirs import user_cache_path

_ABANDONED_SECONDS = 3600  # after which no process can be writing a draft any more


def cache_folder() -> Path:
    """Return the folder of what can be made again: `$TONGZHU_CACHE`, or the platform's."""
    configured = os.environ.get("TONGZHU_CACHE")
    return Path(configured).expanduser() if configured else user_cache_path("tongzhu")


@contextmanager
def replace_atomically(path: Path) -> Iterator[Path]:
    """Yield a path beside another one, and rename it into that place when the block has ended.

    If the block raises, the old file or folder is kept. Drafts that killed processes left there
    more than an hour ago are removed.

    Args:
        path: The file or folder to be written. A folder that stands there is removed before the
            renaming, a file is replaced by it.

    Raises:
        OSError: If it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left_over in path.parent.glob(f".{path.name}-*"):
        with suppress(OSError):  # another process removes it
            if time.time() - left_over.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(left_over)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        draft = Path(folder) / path.name
        yield draft
        if path.is_dir():
            shutil.rmtree(path)
        draft.replace(path)

"""The temporary folder for the files of uploads."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = "tongzhu-uploads-"
_LOCK_FILE = "lock"


class UploadFolder:
    """A temporary folder of this process; that of a process that was killed is removed."""

    def __init__(self) -> None:
        _remove_abandoned_folders()
        # Only a folder that is locked already has the name of those that are removed.
        new_folder = Path(tempfile.mkdtemp(prefix="tongzhu-"))
        self._lock = FileLock(new_folder / _LOCK_FILE)
        self._lock.acquire()
        name = new_folder.name.removeprefix("tongzhu-")
        self._path = new_folder.rename(new_folder.with_name(_PREFIX + name))

    def create_folder(self) -> Path:
        """Return a new folder in it."""
        return Path(tempfile.mkdtemp(dir=self._path))

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self._path, ignore_errors=True)
        self._lock.release()


def _remove_abandoned_folders() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            with FileLock(folder / _LOCK_FILE, timeout=0):
                shutil.rmtree(folder, ignore_errors=True)
        except (Timeout, OSError):  # in use, or somebody else's
            continue

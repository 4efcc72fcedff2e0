"""Erasure of deleted content from a SQLite file and its write-ahead log.

Deleted content stays readable in several places. `PRAGMA secure_delete` zeroes what is freed, but
not the copies that moving rows between pages leaves behind, and the write-ahead log keeps earlier
states of pages. So the file is rewritten (VACUUM), and the log truncated.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

_BUSY_TIMEOUT = 0.2  # seconds to wait for others who read or write the file
_FIRST_PAUSE = 0.2  # seconds, so that several deletions are erased together
_PAUSE_FACTOR = 10  # pause before the next erasure, in multiples of what the last one took
_MAX_RETRY_PAUSE = 60.0  # seconds
_log = logging.getLogger("tongzhu")


class Eraser:
    """Erases what was deleted from a SQLite file, in the background. Thread-safe.

    Where another process prevents it, or the disk is full, it is tried again until it succeeds or
    the file is gone.

    Args:
        path: The file.
        write_lock: Held while the file is rewritten, so that writers of this process wait.
    """

    def __init__(self, path: Path, write_lock: threading.Lock) -> None:
        self._path = path
        self._write_lock = write_lock
        self._lock = threading.Lock()  # of all that follows
        self._timer: threading.Timer | None = None
        self._needs_rewrite = False
        self._needs_truncation = False
        self._is_closed = False
        self._pause = _FIRST_PAUSE

    def schedule(self) -> None:
        """Erase before long what was deleted so far."""
        with self._lock:
            self._needs_rewrite = self._needs_truncation = True
            self._start_timer()

    def schedule_if_interrupted(self) -> None:
        """Erase before long what a process that was killed may have left: its log is there."""
        log_file = self._path.with_name(f"{self._path.name}-wal")
        if log_file.exists() and log_file.stat().st_size:
            self.schedule()

    def close(self) -> None:
        """Erase now what is still to be erased, and stop."""
        with self._lock:
            self._is_closed = True
            timer = self._timer
        if timer is not None:
            timer.cancel()
            timer.join()
        if self._needs_truncation:
            self._try_to_erase()

    def _start_timer(self) -> None:
        if self._timer is None and not self._is_closed:
            self._timer = threading.Timer(self._pause, self._run)
            self._timer.daemon = True
            self._timer.start()

    def _run(self) -> None:
        started_at = time.monotonic()
        is_erased = self._try_to_erase()
        with self._lock:
            self._pause = (
                _FIRST_PAUSE + _PAUSE_FACTOR * (time.monotonic() - started_at)
                if is_erased
                else min(2 * self._pause, _MAX_RETRY_PAUSE)
            )
            self._timer = None
            if self._needs_truncation:
                self._start_timer()

    def _try_to_erase(self) -> bool:
        """Return whether everything is erased that was deleted before."""
        with self._lock:
            needs_rewrite, self._needs_rewrite = self._needs_rewrite, False
            self._needs_truncation = False
        if not self._path.exists():
            return True  # nothing of it is left
        is_rewritten = is_truncated = False
        try:
            # "rw": a file that goes meanwhile is not made anew.
            uri = f"{self._path.absolute().as_uri()}?mode=rw"
            database = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT, isolation_level=None)
            with closing(database), self._write_lock:
                if needs_rewrite:
                    database.execute("VACUUM")
                is_rewritten = True
                (is_busy, *_) = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                is_truncated = not is_busy
        except sqlite3.Error as error:
            _log.warning("What was deleted is still on the disk, in %s: %s", self._path, error)
        with self._lock:
            self._needs_rewrite |= needs_rewrite and not is_rewritten
            self._needs_truncation |= not is_truncated
        return is_truncated

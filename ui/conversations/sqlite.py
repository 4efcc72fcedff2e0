"""What visitors leave, in one SQLite file: opened, brought up to date, read and written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import TongzhuError
from index.messages import Message
from ui.messages import page

_LOCK_TIMEOUT = 1.0  # seconds to wait for another process that writes
_ERROR_MESSAGES: dict[int, Message] = {
    sqlite3.SQLITE_FULL: page.DISK_FULL,
    sqlite3.SQLITE_READONLY: page.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: page.READ_ONLY,
    sqlite3.SQLITE_BUSY: page.LOCKED,
    sqlite3.SQLITE_LOCKED: page.LOCKED,
}


class StorageError(TongzhuError):
    """What visitors leave cannot be kept, or not be read again."""


class SqliteFile:
    """One file of what visitors leave. Thread-safe.

    Args:
        path: The file; made, with its folder, if it is not there.
        migrations: What makes its tables, one script for each version; each leads on from the one
            before it.

    Raises:
        KeepingError: If it cannot be used; by this and every method.
    """

    def __init__(self, path: Path, migrations: Sequence[str]) -> None:
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._database = sqlite3.connect(
                path, timeout=_LOCK_TIMEOUT, check_same_thread=False, isolation_level=None
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA foreign_keys = ON")
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version < len(migrations):
                script = "".join(migrations[version:])
                self._database.executescript(
                    f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {len(migrations)}; COMMIT;"
                )
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"Conversations cannot be kept in {path} ({error}); "
                "name another folder with TONGZHU_DATA.",
                f"無法在 {path} 保存對話（{error}）；請以 TONGZHU_DATA 指定其他資料夾。",
            ) from error
        if version > len(migrations):
            raise StorageError(
                f"{path} was written by a newer release; use that, "
                "or name another folder with TONGZHU_DATA.",
                f"{path} 由較新的版本寫成；請使用該版本，或以 TONGZHU_DATA 指定其他資料夾。",
            )

    def fetch_rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with _translate_errors():
            return self._database.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time; all of it is written, or nothing."""
        with self._lock, _translate_errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:  # a full disk has ended it already
                    self._database.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()


@contextmanager
def _translate_errors() -> Iterator[None]:
    """What goes wrong in the file as one line for visitors, without the place of the file."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without SQLite's finer distinctions
        reason = _ERROR_MESSAGES.get(code, page.STORAGE_UNAVAILABLE)
        raise StorageError(reason.en, reason.zh) from error

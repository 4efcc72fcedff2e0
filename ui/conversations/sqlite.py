"""One SQLite file: opened, migrated to the current schema, read and written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.messages import MessageCatalogue
from ui.conversations.database import StorageError
from ui.conversations.erasure import Eraser

_MESSAGES = MessageCatalogue("ui", "page")

_LOCK_TIMEOUT = 1.0  # seconds to wait for another process
_ERROR_KEYS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
}


class SqliteFile:
    """A SQLite file with a versioned schema, from which deletions can be erased. Thread-safe.

    Args:
        path: The file; created, with its folder, if it does not exist.
        migrations: One SQL script for each version of the schema, applied in order.

    Raises:
        StorageError: If the file cannot be used; by the constructor and every method.
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
            self._database.execute("PRAGMA secure_delete = ON")
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version < len(migrations):
                self._database.execute("VACUUM")  # earlier releases did not erase
                script = "".join(migrations[version:])
                self._database.executescript(
                    f"BEGIN IMMEDIATE; {script} PRAGMA user_version = {len(migrations)}; COMMIT;"
                )
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                _MESSAGES["storage.unusable"].format(path=path, error=error)
            ) from error
        if version > len(migrations):
            raise StorageError(_MESSAGES["storage.newer_format"].format(path=path))
        self._eraser = Eraser(path, self._lock)

    def fetch_rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that a query selects."""
        with _translate_errors():
            return self._database.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction: one writer at a time, and all of it is written or nothing."""
        with self._lock, _translate_errors():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:  # a full disk has rolled it back already
                    self._database.execute("ROLLBACK")
                raise

    def build_json_text(self, column: str, *path: str | int) -> str:
        """See `ui.conversations.database.Database`."""
        keys = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
        return f"{column} ->> '${keys}'"

    def erase_deleted(self) -> None:
        """Erase all bytes of deleted content from the file; called after the transaction.

        It is done in the background, soon, and before the file is closed.
        """
        self._eraser.schedule()

    def erase_interrupted(self) -> None:
        """Erase what a killed process has deleted, but not erased; called when a server starts."""
        self._eraser.schedule_if_interrupted()

    def close(self) -> None:
        """Close the file."""
        self._eraser.close()
        with self._lock:
            self._database.close()


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Turn SQLite's errors into one line for visitors, which does not name the file."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without SQLite's finer distinctions
        reason = _MESSAGES[_ERROR_KEYS.get(code, "storage_unavailable")]
        raise StorageError(reason) from error

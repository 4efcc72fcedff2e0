"""SQLite files that never change, read from many threads."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any


class ReadOnlyDatabase:
    """A read-only connection to an SQLite file that never changes. Safe to use from many threads.

    Every method raises `sqlite3.DatabaseError` where the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            sqlite3.DatabaseError: If it is missing or cannot be read.
        """
        # "immutable": there are no other writers that SQLite would have to look for.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _fetch_all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def _fetch_one(self, sql: str, *values: object) -> tuple[Any, ...]:
        """Return the first row; raise `KeyError` with the first value if there is none."""
        rows = self._fetch_all(sql, *values)
        if not rows:
            raise KeyError(values[0])
        return rows[0]

    def _fetch_by_key(
        self, table: str, key: str, columns: str, keys: Iterable[object]
    ) -> dict[Any, tuple[Any, ...]]:
        """Return the columns of those keys that a table has, by key."""
        sql = (
            f"SELECT {key}, {columns} FROM {table} WHERE {key} IN (SELECT value FROM json_each(?))"  # noqa: S608 - names that callers spell out
        )
        return {row[0]: row[1:] for row in self._fetch_all(sql, json.dumps(list(keys)))}

"""What keeps conversations: a SQLite file or PostgreSQL, behind one protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from index.errors import TongzhuError

MAX_NAME_LENGTH = 120
"""Characters of the name of a conversation or a collection."""

POSTGRES_SCHEMES = ("postgresql://", "postgres://")
"""What the address of a PostgreSQL database begins with."""


class StorageError(TongzhuError):
    """The conversations cannot be stored, or not be read again."""


class Result(Protocol):
    """What a statement has done."""

    @property
    def rowcount(self) -> int:
        """The number of rows that it changed."""

    def fetchone(self) -> Any:
        """Return the next row that it selects; None without one."""


class Transaction(Protocol):
    """An open transaction."""

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Result:
        """Execute a statement, with `?` for each value."""


class Database(Protocol):
    """A database with a versioned schema. Thread-safe.

    Statements are in the SQL that SQLite and PostgreSQL share, with `?` for each value. Every
    method raises StorageError if the database cannot be used.
    """

    def fetch_rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows that a query selects."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction: one writer at a time, and all of it is written or nothing."""

    def build_json_text(self, column: str, *path: str | int) -> str:
        """Return the expression of a text inside a column of JSON; NULL where it has none.

        Args:
            column: The column's name.
            path: The keys and indices that lead to the text.
        """

    def erase_deleted(self) -> None:
        """Erase all bytes of deleted content, where this database can; after the transaction."""

    def erase_interrupted(self) -> None:
        """Erase what a killed process has deleted, but not erased; called when a server starts."""

    def close(self) -> None:
        """Close the database."""


def hide_secret(address: str) -> str:
    """Return the address of a database without user, password and parameters, to be printed."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def hash_visitor(visitor: str) -> str:
    """Return what stands for a visitor in the database: the digest of the secret."""
    return hashlib.sha256(visitor.encode()).hexdigest()


def utc_now() -> str:
    """Return the time as it is stored."""
    return datetime.now(UTC).isoformat()


def shorten_name(name: str) -> str:
    """Return a name on one line, cut where it is too long."""
    name = " ".join(name.split())
    return name if len(name) <= MAX_NAME_LENGTH else name[: MAX_NAME_LENGTH - 1] + "…"

"""The databases that keep conversations, by their addresses."""

from __future__ import annotations

from pathlib import Path

from ui.conversations.database import POSTGRES_SCHEMES, Database
from ui.conversations.schema import MIGRATIONS, POSTGRES_MIGRATIONS
from ui.conversations.sqlite import SqliteFile


def open_database(address: str | Path) -> Database:
    """Return the database of conversations.

    Args:
        address: A file, created if it does not exist; or the address of a PostgreSQL database.

    Raises:
        StorageError: If it cannot be used.
        ExtraError: If PostgreSQL's client is not installed.
    """
    if isinstance(address, str) and address.startswith(POSTGRES_SCHEMES):
        from ui.conversations.postgres import PostgresDatabase

        return PostgresDatabase(address, POSTGRES_MIGRATIONS)
    return SqliteFile(Path(address), MIGRATIONS)

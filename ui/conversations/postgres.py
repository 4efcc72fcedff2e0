"""A PostgreSQL database, which servers on several machines share."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from index.messages import MessageCatalogue
from rag.adapters.extras import build_extra_error
from ui.conversations.database import StorageError, Transaction, hide_secret

try:
    import psycopg
    from psycopg import sql
    from psycopg_pool import ConnectionPool, PoolTimeout
except ImportError as error:
    raise build_extra_error("postgresql", error) from error

_MESSAGES = MessageCatalogue("ui", "page")
_log = logging.getLogger("tongzhu")

_MAX_CONNECTIONS = 8
_CONNECT_TIMEOUT = 5  # seconds
_POOL_TIMEOUT = 2.0  # seconds to wait for a connection, while the server is away too
# A process that stops in the middle of a transaction must not keep the others from writing.
_SETTINGS = (
    "SET statement_timeout = '10s'; SET lock_timeout = '2s';"
    " SET idle_in_transaction_session_timeout = '5s'"
)
_WRITER_LOCK = "SELECT pg_advisory_xact_lock(7346201)"  # any number that nobody else has
_ERROR_KEYS = {
    "53100": "disk_full",
    "25006": "read_only",
    "42501": "read_only",
    "55P03": "locked",
}


class PostgresDatabase:
    """A PostgreSQL database, as `ui.conversations.database.Database`. Thread-safe.

    Deleted content is left to the server: its vacuum, its log and its backups. That the server is
    away is logged once, and that it is back.

    Args:
        address: The address, `postgresql://user@host/name`; a password may stand where PostgreSQL's
            clients look for one (PGPASSWORD, `.pgpass`).
        migrations: One SQL script for each version of the schema, applied in order.

    Raises:
        StorageError: If the database cannot be used; by the constructor and every method.
    """

    def __init__(self, address: str, migrations: Sequence[str]) -> None:
        try:
            with psycopg.connect(address, connect_timeout=_CONNECT_TIMEOUT) as connection:
                version = _migrate(connection, migrations)
        except psycopg.Error as error:
            reason = " ".join(str(error).split())
            raise StorageError(
                _MESSAGES["storage.no_database"].format(address=hide_secret(address), error=reason)
            ) from error
        if version > len(migrations):
            raise StorageError(
                _MESSAGES["storage.newer_database"].format(address=hide_secret(address))
            )
        self._shown_address = hide_secret(address)
        self._is_away = False
        # The pool logs every attempt to connect, two lines each, for as long as the server is away.
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
        self._pool = ConnectionPool(
            address,
            min_size=1,
            max_size=_MAX_CONNECTIONS,
            timeout=_POOL_TIMEOUT,
            kwargs={"autocommit": True, "connect_timeout": _CONNECT_TIMEOUT},
            configure=_configure,
            check=ConnectionPool.check_connection,
            open=True,
        )

    def fetch_rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """See `Database`."""
        with self._connect() as connection:
            return _execute(connection, query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """See `Database`."""
        with self._connect() as connection, connection.transaction():
            connection.execute(_WRITER_LOCK)
            yield _PostgresTransaction(connection)

    def build_json_text(self, column: str, *path: str | int) -> str:
        """See `Database`."""
        keys = ",".join(map(str, path))
        # A text with NUL cannot be a value in PostgreSQL.
        return f"CASE WHEN strpos({column}, '\\u0000') = 0 THEN {column}::json #>> '{{{keys}}}' END"

    def erase_deleted(self) -> None:
        """See `Database`; PostgreSQL erases in its own time."""

    def erase_interrupted(self) -> None:
        """See `Database`; PostgreSQL erases in its own time."""

    def close(self) -> None:
        """See `Database`."""
        self._pool.close()

    @contextmanager
    def _connect(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """Yield a connection; log that the server is away, or that it is back."""
        with _translate_errors():
            try:
                with self._pool.connection() as connection:
                    if self._is_away:
                        _log.warning("the database %s answers again", self._shown_address)
                    self._is_away = False
                    yield connection
            except PoolTimeout:
                if not self._is_away:
                    _log.warning("the database %s does not answer", self._shown_address)
                self._is_away = True
                raise


class _PostgresTransaction:
    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[Any]:
        return _execute(self._connection, query, values)


def _execute(
    connection: psycopg.Connection[tuple[Any, ...]], query: str, values: Sequence[Any]
) -> psycopg.Cursor[tuple[Any, ...]]:
    """Execute a statement that has `?` for each value."""
    statement = sql.SQL(query.replace("?", "%s"))
    return connection.execute(statement, [_remove_nul(value) for value in values])


def _remove_nul(value: object) -> object:
    """Return a value as PostgreSQL can keep it: NUL, which no text there has, as U+FFFD."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _configure(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    connection.execute(_SETTINGS)


def _migrate(connection: psycopg.Connection[tuple[Any, ...]], migrations: Sequence[str]) -> int:
    """Bring the schema to the current version, if it is older; return the version it had."""
    connection.execute(_WRITER_LOCK)
    connection.execute("CREATE TABLE IF NOT EXISTS tongzhu_schema (version INTEGER NOT NULL)")
    row = connection.execute("SELECT max(version) FROM tongzhu_schema").fetchone()
    version = int(row[0] or 0) if row else 0
    if version < len(migrations):
        for script in migrations[version:]:
            connection.execute(sql.SQL(script))
        connection.execute("DELETE FROM tongzhu_schema")
        connection.execute("INSERT INTO tongzhu_schema VALUES (%s)", [len(migrations)])
    return version


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Turn PostgreSQL's errors into one line for visitors, which does not name the database."""
    try:
        yield
    except psycopg.Error as error:
        reason = _MESSAGES[_ERROR_KEYS.get(error.sqlstate or "", "storage_unavailable")]
        raise StorageError(reason) from error

"""Fixtures of the store of conversations: in memory, and in every database that can keep them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.memory import tmp_path
from tests.helpers.postgres_server import PostgresServer, find_programs, serve_postgres
from ui.conversations.store import ConversationStore

__all__ = ["tmp_path"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server; the files of tests that use it run in one process."""
    programs = find_programs()
    if programs is None:
        reason = "PostgreSQL is not installed (Debian's package postgresql)"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; CI must run this test")
        pytest.skip(reason)
    with serve_postgres(programs) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return tmp_path / "data" / "store.sqlite3"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture
def any_store(address: str | Path) -> Iterator[ConversationStore]:
    """A store in each kind of database in turn."""
    with closing(ConversationStore.open(address)) as store:
        yield store

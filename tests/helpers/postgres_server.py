"""A PostgreSQL server of Debian's packages, for the tests of one process."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

_USER = "postgres"  # PostgreSQL does not run as root


@dataclass(frozen=True)
class PostgresServer:
    """A running server, reached by a socket in its folder.

    Attributes:
        folder: The folder.
    """

    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def address(self) -> str:
        return f"postgresql:///postgres?host={self.folder}&user={_USER}"

    def create_database(self) -> str:
        """Return the address of an empty database: a schema of its own."""
        name = f"test_{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.address}&options=-csearch_path%3D{name}"

    def end_connections(self) -> None:
        """End all connections, as a server does that is started anew."""
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid != pg_backend_pid() AND backend_type = 'client backend'"
        )

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


def find_programs() -> Path | None:
    """Return the folder of the server's programs; None where it is not installed."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if program := shutil.which("initdb"):
        folders.append(Path(program).parent)
    return max(folders, default=None)


@contextmanager
def serve_postgres(programs: Path) -> Iterator[PostgresServer]:
    """Run a server that keeps nothing safe, until the end of the block."""
    user = _USER if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        initialize = ("--username", _USER, "--auth=trust", "--no-sync", "--locale=C.UTF-8")
        subprocess.run(
            [programs / "initdb", "-D", data, *initialize],
            check=True,
            user=user,
            cwd=folder,
            capture_output=True,
        )
        settings = (
            "listen_addresses=",
            "fsync=off",
            "shared_buffers=8MB",
            f"unix_socket_directories={folder}",
        )
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *(f"-c{setting}" for setting in settings)],
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        server = PostgresServer(folder)
        try:
            _wait_until_ready(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # ends the connections, and then itself
            process.wait(30)


def _wait_until_ready(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return

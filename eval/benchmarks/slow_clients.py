"""Answers of `tongzhu serve` while many connections send requests that do not end.

Run `python -m eval.benchmarks.slow_clients`, with `--library FOLDER` for a library other than that
of the bundled sample. The connections come from the same address as the questions, and are opened
anew as the server closes them.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from rich.console import Console
from rich.table import Table

from eval.benchmarks.processes import list_benchmark_questions
from eval.benchmarks.serving import LoadResult, put_under_load, run_server
from index import sample
from index.update.update import update_library

_CACHED_ANSWERS = "1024"
_UNFINISHED_REQUEST = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\n"


@contextmanager
def keep_connections_open(port: int, count: int) -> Iterator[None]:
    """Hold connections that send the start of a request; those that are closed are replaced."""
    stop, ready = Event(), Event()

    def keep_open() -> None:
        connections: list[socket.socket] = []
        while not stop.is_set():
            connections = [item for item in connections if _is_open(item)]
            while len(connections) < count and not stop.is_set():
                connections.append(socket.create_connection(("127.0.0.1", port), timeout=10))
                connections[-1].sendall(_UNFINISHED_REQUEST)
                connections[-1].setblocking(False)
            ready.set()
            time.sleep(1)
        for connection in connections:
            connection.close()

    thread = Thread(target=keep_open)
    thread.start()
    try:
        ready.wait(60)
        yield
    finally:
        stop.set()
        thread.join()


def _is_open(connection: socket.socket) -> bool:
    try:
        is_open = connection.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        is_open = False
    if not is_open:
        connection.close()
    return is_open


def measure_slow_clients(library: Path, count: int, question_count: int) -> Table:
    """Return the latencies of questions without and with slow connections, as a table."""
    questions = list_benchmark_questions(library, None)[:question_count]
    table = Table("", "asked", "failed", "p50 ms", "p95 ms")
    with run_server(library, _CACHED_ANSWERS) as port:
        put_under_load(port, questions, 4)  # to warm up
        _add_row(table, "alone", put_under_load(port, questions, 4))
        with keep_connections_open(port, count):
            _add_row(table, f"beside {count} slow connections", put_under_load(port, questions, 4))
    return table


def _add_row(table: Table, name: str, load: LoadResult) -> None:
    latencies = [f"{load.compute_percentile_ms(percent):.0f}" for percent in (50, 95)]
    table.add_row(name, str(load.question_count), str(load.failed), *latencies)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, help="a library's folder; else of the sample")
    parser.add_argument("--connections", type=int, default=1000, help="slow connections (1000)")
    parser.add_argument("--questions", type=int, default=100, help="questions (100)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = arguments.library or Path(folder)
        if arguments.library is None:
            update_library(folder, add=[sample.get_path()])
        Console().print(measure_slow_clients(library, arguments.connections, arguments.questions))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Throughput of `tongzhu serve`, with and without its cache of answers.

Run `python -m eval.benchmarks.serving`, with `--library FOLDER` for a library other than that of
the bundled sample. A hundred different questions are repeated on sixteen concurrent connections.
The server runs on the same processors as the clients.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from eval.benchmarks.processes import (
    compute_percentile,
    list_benchmark_questions,
    start_tongzhu,
)
from index import sample
from index.errors import TongzhuError
from index.update.update import update_library

_CACHED_ANSWERS, _NO_CACHED_ANSWERS = "1024", "0"
_MAX_SECONDS = 30  # that a client waits for an answer


class LoadResult(NamedTuple):
    """The result of a load.

    Attributes:
        question_count: The number of questions sent.
        failed: The number of questions without an answer.
        seconds: The time from the first question to the last answer.
        latencies: The time of each answer, in seconds.
    """

    question_count: int
    failed: int
    seconds: float
    latencies: tuple[float, ...]

    def compute_percentile_ms(self, percent: int) -> float:
        """Return a percentile of the latencies, in milliseconds."""
        return compute_percentile(self.latencies, percent) * 1000


@contextmanager
def run_server(library: Path, cache_size: str) -> Iterator[int]:
    """Yield the port of a server, which is terminated in the end.

    Args:
        library: The folder of the library.
        cache_size: The number of answers that the server caches.

    Raises:
        RuntimeError: If it does not start.
    """
    arguments = ["--lang", "en", "serve", "--library", str(library), "--port", "0"]
    with start_tongzhu([*arguments, "--answers", cache_size]) as process:
        first_line = process.stdout.readline() if process.stdout else ""
        port = re.search(r":(\d+);", first_line)
        if port is None:
            raise RuntimeError("the server does not start: try `tongzhu serve` by hand")
        yield int(port[1])


def put_under_load(port: int, questions: Sequence[str], connections: int) -> LoadResult:
    """Return the result of sending every question once, on several connections."""
    parts = [questions[offset::connections] for offset in range(connections)]
    start = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        latencies_by_connection = list(pool.map(lambda part: _ask_questions(port, part), parts))
    seconds = time.perf_counter() - start
    latencies = tuple(
        latency
        for connection_latencies in latencies_by_connection
        for latency in connection_latencies
        if latency is not None
    )
    return LoadResult(len(questions), len(questions) - len(latencies), seconds, latencies)


def _ask_questions(port: int, questions: Sequence[str]) -> list[float | None]:
    """Return the seconds of each question on one connection; None for one without an answer."""
    latencies: list[float | None] = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_MAX_SECONDS)) as connection:
        for question in questions:
            body = json.dumps({"question": question}).encode()
            start = time.perf_counter()
            connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            is_answered = json.loads(response.read()).get("question") == question
            latencies.append(time.perf_counter() - start if is_answered else None)
    return latencies


def measure_serving(
    library: Path, questions: Sequence[str], connections: int, rounds: int
) -> tuple[Table, tuple[LoadResult, LoadResult]]:
    """Return the results of a server without and with a cache, as a table and by themselves."""
    title = (
        f"{len(questions)} different questions, {connections} connections, {os.cpu_count()} CPUs"
    )
    table = Table("", "asked", "failed", "questions/s", "p50 ms", "p95 ms", "p99 ms", title=title)
    with run_server(library, _NO_CACHED_ANSWERS) as port:
        put_under_load(port, questions[:connections], connections)  # to warm up
        uncached = put_under_load(port, questions, connections)
    with run_server(library, _CACHED_ANSWERS) as port:
        put_under_load(port, questions, connections)
        cached = put_under_load(port, [*questions] * rounds, connections)
    _add_row(table, "without cache", uncached)
    _add_row(table, "cached", cached)
    return table, (uncached, cached)


def _add_row(table: Table, name: str, load: LoadResult) -> None:
    latencies = [f"{load.compute_percentile_ms(percent):.0f}" for percent in (50, 95, 99)]
    answered = load.question_count - load.failed
    rate = f"{answered / load.seconds:.0f}"
    table.add_row(name, str(load.question_count), str(load.failed), rate, *latencies)


def main() -> int:
    """Print the table; return 1 if a question was not answered."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, help="a library's folder; else of the sample")
    parser.add_argument(
        "--questions", type=Path, help="a question set; else the library's headings"
    )
    parser.add_argument("--different", type=int, default=100, help="questions (100)")
    parser.add_argument("--connections", type=int, default=16, help="concurrent connections (16)")
    parser.add_argument("--rounds", type=int, default=20, help="over all questions, cached (20)")
    arguments = parser.parse_args()
    if arguments.library is not None:
        return _run_benchmark(arguments.library, arguments)
    with tempfile.TemporaryDirectory() as folder:
        update_library(folder, add=[sample.get_path()])
        return _run_benchmark(Path(folder), arguments)


def _run_benchmark(folder: Path, arguments: argparse.Namespace) -> int:
    try:
        questions = list_benchmark_questions(folder, arguments.questions)[: arguments.different]
    except TongzhuError as error:
        Console(stderr=True).print(str(error))
        return 1
    if len(questions) < arguments.different:
        Console(stderr=True).print(f"Only {len(questions)} different questions are asked.")
    table, loads = measure_serving(folder, questions, arguments.connections, arguments.rounds)
    Console().print(table)
    return 1 if any(load.failed for load in loads) else 0


if __name__ == "__main__":
    sys.exit(main())

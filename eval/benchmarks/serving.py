"""Questions a second of `tongzhu serve`, asked by another process, with and without its memory.

Run `python -m eval.benchmarks.serving`, for a library of one's own with `--library FOLDER`; else
one of the bundled sample is made. A hundred different questions are asked over and over on sixteen
connections at once. The server is started and stopped here; it shares the processors with the
clients, as it would on a machine of its own with a proxy before it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from eval.questions.format import load_questions
from index import sample
from index.errors import TongzhuError
from index.storage.library import Library
from index.update.update import update_library

_TONGZHU = (sys.executable, "-c", "import sys; from ui.cli.main import main; sys.exit(main())")
_CACHED_ANSWERS, _NO_CACHED_ANSWERS = "1024", "0"
_MAX_SECONDS = 30  # that a client waits for an answer


class LoadResult(NamedTuple):
    """What a server was asked, and how it did.

    Attributes:
        question_count: Number of questions.
        failed: How many of them got no answer.
        seconds: From the first question to the last answer.
        latencies: Seconds of each answer.
    """

    question_count: int
    failed: int
    seconds: float
    latencies: tuple[float, ...]

    def compute_percentile_ms(self, percent: int) -> float:
        """Milliseconds within which so many of a hundred answers came."""
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1] * 1000


@contextmanager
def run_server(library: Path, cache_size: str) -> Iterator[int]:
    """The port of a server that keeps so many answers; the server is gone in the end.

    Raises:
        RuntimeError: If it does not start.
    """
    command = [*_TONGZHU, "--lang", "en", "serve", "--library", str(library), "--port", "0"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--answers", cache_size],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        first_line = process.stdout.readline() if process.stdout else ""
        port = re.search(r":(\d+);", first_line)
        if port is None:
            raise RuntimeError("the server does not start: try `tongzhu serve` by hand")
        yield int(port[1])
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def put_under_load(port: int, questions: Sequence[str], connections: int) -> LoadResult:
    """Asks every question once, on several connections at once."""
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
    """Seconds that each question took on one connection; None for one that was not answered."""
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


def list_library_questions(library: Library) -> list[str]:
    """The headings of a library and the beginnings of its sentences, each once."""
    headings: list[str] = []
    for summary in library.publications():
        for article in library.publication(summary.id).articles:
            headings += [article.title, *(section.heading for section in article.sections)]
    sentences = [
        passage.text[start:end][:30]
        for passage in library.passages(range(min(library.engine.size, 100)))
        for start, end in passage.sentences[:2]
    ]
    texts = (text.strip() for text in (*headings, *sentences))
    return list(dict.fromkeys(text for text in texts if any(map(str.isalnum, text))))


def measure_serving(
    library: Path, questions: Sequence[str], connections: int, rounds: int
) -> tuple[Table, tuple[LoadResult, LoadResult]]:
    """Both servers under load, as a table, and the loads themselves."""
    title = (
        f"{len(questions)} different questions, {connections} connections, {os.cpu_count()} CPUs"
    )
    table = Table("", "asked", "failed", "questions/s", "p50 ms", "p95 ms", "p99 ms", title=title)
    with run_server(library, _NO_CACHED_ANSWERS) as port:
        put_under_load(port, questions[:connections], connections)  # the process is warm, too
        uncached = put_under_load(port, questions, connections)
    with run_server(library, _CACHED_ANSWERS) as port:
        put_under_load(port, questions, connections)
        cached = put_under_load(port, [*questions] * rounds, connections)
    _add_row(table, "nothing remembered", uncached)
    _add_row(table, "warm", cached)
    return table, (uncached, cached)


def _add_row(table: Table, name: str, load: LoadResult) -> None:
    latencies = [f"{load.compute_percentile_ms(percent):.0f}" for percent in (50, 95, 99)]
    answered = load.question_count - load.failed
    rate = f"{answered / load.seconds:.0f}"
    table.add_row(name, str(load.question_count), str(load.failed), rate, *latencies)


def main() -> int:
    """Prints the table; 1 if there are no questions or some were not answered."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, help="a library's folder; else of the sample")
    parser.add_argument(
        "--questions", type=Path, help="a question set; else the library's headings"
    )
    parser.add_argument("--different", type=int, default=100, help="questions (100)")
    parser.add_argument("--connections", type=int, default=16, help="at once (16)")
    parser.add_argument("--rounds", type=int, default=20, help="over all questions, warm (20)")
    arguments = parser.parse_args()
    if arguments.library is not None:
        return _run_benchmark(arguments.library, arguments)
    with tempfile.TemporaryDirectory() as folder:
        update_library(folder, add=[sample.get_path()])
        return _run_benchmark(Path(folder), arguments)


def _run_benchmark(folder: Path, arguments: argparse.Namespace) -> int:
    try:
        with Library.open(folder) as library:
            questions = list_library_questions(library)
        if arguments.questions:
            questions = [
                question.question
                for question in load_questions(arguments.questions)
                if not question.history
            ]
    except TongzhuError as error:
        Console(stderr=True).print(str(error))
        return 1
    questions = list(dict.fromkeys(questions))[: arguments.different]
    if len(questions) < arguments.different:
        Console(stderr=True).print(f"Only {len(questions)} different questions are asked.")
    table, loads = measure_serving(folder, questions, arguments.connections, arguments.rounds)
    Console().print(table)
    return 1 if any(load.failed for load in loads) else 0


if __name__ == "__main__":
    sys.exit(main())

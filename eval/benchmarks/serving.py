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

from eval.questions.format import load
from index import sample
from index.errors import TongzhuError
from index.storage.library import Library
from index.update.update import update

_TONGZHU = (sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())")
_REMEMBERING, _FORGETTING = "1024", "0"
_MAX_SECONDS = 30  # that a client waits for an answer


class Load(NamedTuple):
    """What a server was asked, and how it did.

    Attributes:
        asked: Number of questions.
        failed: How many of them got no answer.
        seconds: From the first question to the last answer.
        latencies: Seconds of each answer.
    """

    asked: int
    failed: int
    seconds: float
    latencies: tuple[float, ...]

    def latency(self, percent: int) -> float:
        """Milliseconds within which so many of a hundred answers came."""
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1] * 1000


@contextmanager
def server(library: Path, answers: str) -> Iterator[int]:
    """The port of a server that keeps so many answers; the server is gone in the end.

    Raises:
        RuntimeError: If it does not start.
    """
    command = [*_TONGZHU, "--lang", "en", "serve", "--library", str(library), "--port", "0"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*command, "--answers", answers],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        said = process.stdout.readline() if process.stdout else ""
        port = re.search(r":(\d+);", said)
        if port is None:
            raise RuntimeError("the server does not start: try `tongzhu serve` by hand")
        yield int(port[1])
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def put_under_load(port: int, questions: Sequence[str], connections: int) -> Load:
    """Asks every question once, on several connections at once."""
    parts = [questions[at::connections] for at in range(connections)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        outcomes = list(pool.map(lambda part: _ask(port, part), parts))
    seconds = time.perf_counter() - begun
    latencies = tuple(latency for outcome in outcomes for latency in outcome if latency is not None)
    return Load(len(questions), len(questions) - len(latencies), seconds, latencies)


def _ask(port: int, questions: Sequence[str]) -> list[float | None]:
    """Seconds that each question took on one connection; None for one that was not answered."""
    found: list[float | None] = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_MAX_SECONDS)) as connection:
        for question in questions:
            body = json.dumps({"question": question}).encode()
            begun = time.perf_counter()
            connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answered = json.loads(response.read()).get("question") == question
            found.append(time.perf_counter() - begun if answered else None)
    return found


def own_questions(library: Library) -> list[str]:
    """The headings of a library and the beginnings of its sentences, each once."""
    headings: list[str] = []
    for summary in library.publications():
        for article in library.publication(summary.id).articles:
            headings += [article.title, *(each.heading for each in article.sections)]
    sentences = [
        passage.text[start:end][:30]
        for passage in library.passages(range(min(library.engine.size, 100)))
        for start, end in passage.sentences[:2]
    ]
    worded = (text.strip() for text in (*headings, *sentences))
    return list(dict.fromkeys(text for text in worded if any(map(str.isalnum, text))))


def measure(
    library: Path, questions: Sequence[str], connections: int, rounds: int
) -> tuple[Table, tuple[Load, Load]]:
    """Both servers under load, as a table, and the loads themselves."""
    title = (
        f"{len(questions)} different questions, {connections} connections, {os.cpu_count()} CPUs"
    )
    table = Table("", "asked", "failed", "questions/s", "p50 ms", "p95 ms", "p99 ms", title=title)
    with server(library, _FORGETTING) as port:
        put_under_load(port, questions[:connections], connections)  # the process is warm, too
        forgetting = put_under_load(port, questions, connections)
    with server(library, _REMEMBERING) as port:
        put_under_load(port, questions, connections)
        warm = put_under_load(port, [*questions] * rounds, connections)
    _add(table, "nothing remembered", forgetting)
    _add(table, "warm", warm)
    return table, (forgetting, warm)


def _add(table: Table, name: str, load: Load) -> None:
    latencies = [f"{load.latency(percent):.0f}" for percent in (50, 95, 99)]
    answered = load.asked - load.failed
    rate = f"{answered / load.seconds:.0f}"
    table.add_row(name, str(load.asked), str(load.failed), rate, *latencies)


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
        return _report(arguments.library, arguments)
    with tempfile.TemporaryDirectory() as folder:
        update(folder, add=[sample.path()])
        return _report(Path(folder), arguments)


def _report(folder: Path, arguments: argparse.Namespace) -> int:
    try:
        with Library.open(folder) as library:
            questions = own_questions(library)
        if arguments.questions:
            questions = [each.question for each in load(arguments.questions) if not each.history]
    except TongzhuError as error:
        Console(stderr=True).print(str(error))
        return 1
    questions = list(dict.fromkeys(questions))[: arguments.different]
    if len(questions) < arguments.different:
        Console(stderr=True).print(f"Only {len(questions)} different questions are asked.")
    table, loads = measure(folder, questions, arguments.connections, arguments.rounds)
    Console().print(table)
    return 1 if any(load.failed for load in loads) else 0


if __name__ == "__main__":
    sys.exit(main())

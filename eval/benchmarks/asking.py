"""From shell prompt to answer: `tongzhu ask` next to a plain LangChain script, whole processes.

Run `python -m eval.benchmarks.asking FILE`. Both have their index in place, with the same weights;
they take turns, so that whatever else the machine does falls on both alike. The questions are the
file's own headings. The peer is `eval.benchmarks.langchain_ask`; it needs `langchain-community`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from index.document import Publication
from index.readers import read

_PEER = "eval.benchmarks.langchain_ask"
_TONGZHU = (sys.executable, "-c", "import sys; from ui.cli.main import main; sys.exit(main())")
_CHECKPOINT = "from index.models import weights as w; print(w.default_checkpoint(), end='')"
_KB_PER_MB = 1024  # ru_maxrss counts KB on Linux


class ProcessUsage(NamedTuple):
    """What one process took: seconds on the clock, seconds of processors, MB at its peak."""

    seconds: float
    cpu_seconds: float
    peak_memory_mb: float


def time_process(command: Sequence[str]) -> ProcessUsage:
    """Runs a process to its end.

    Raises:
        RuntimeError: If it fails.
    """
    # Nothing may ask the network for anything while it is timed.
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile() as stderr:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, stdout=subprocess.DEVNULL, stderr=stderr, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            stderr.seek(0)
            raise RuntimeError(f"{command} failed: {stderr.read().decode(errors='replace')}")
    return ProcessUsage(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _KB_PER_MB)


def make_questions(publication: Publication) -> list[str]:
    """The headings of a publication; its titles where there are none."""
    sections = [section for article in publication.articles for section in article.sections]
    headings = [section.heading for section in sections if len(section.path) > 1]
    return headings or [article.title for article in publication.articles]


def measure_asking(file: Path, runs: int) -> Table:
    """Both by turns, as a table."""
    # What takes memory is done by children: a child's peak is at least that of its parent.
    checkpoint = subprocess.check_output([sys.executable, "-c", _CHECKPOINT], text=True)  # noqa: S603
    with tempfile.TemporaryDirectory() as temporary:
        library, folder = str(Path(temporary, "library")), str(Path(temporary, "faiss"))
        time_process([*_TONGZHU, "index", str(file), "--library", library])
        peer = [sys.executable, "-m", _PEER, checkpoint, folder]
        time_process([*peer, "index", str(file)])
        tongzhu_runs: list[ProcessUsage] = []
        langchain_runs: list[ProcessUsage] = []
        # The first round is not counted: it brings both programs into the page cache.
        for question in islice(cycle(make_questions(read(file))), runs + 1):
            tongzhu_runs.append(time_process([*_TONGZHU, "ask", question, "--library", library]))
            langchain_runs.append(time_process([*peer, "ask", question]))
    return _build_table(tongzhu_runs[1:], langchain_runs[1:])


def _build_table(
    tongzhu_runs: Sequence[ProcessUsage], langchain_runs: Sequence[ProcessUsage]
) -> Table:
    title = f"A question from the shell, {len(tongzhu_runs)} runs by turns"
    table = Table("median (min to max)", "tongzhu ask", "LangChain script", "ratio", title=title)
    rows = (
        (
            "seconds",
            [run.seconds for run in tongzhu_runs],
            [run.seconds for run in langchain_runs],
            2,
        ),
        (
            "processor seconds",
            [r.cpu_seconds for r in tongzhu_runs],
            [r.cpu_seconds for r in langchain_runs],
            2,
        ),
        (
            "peak memory, MB",
            [run.peak_memory_mb for run in tongzhu_runs],
            [run.peak_memory_mb for run in langchain_runs],
            0,
        ),
    )
    for name, tongzhu_values, langchain_values, digits in rows:
        cells = [
            f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
            for values in (tongzhu_values, langchain_values)
        ]
        table.add_row(name, *cells, f"{median(langchain_values) / median(tongzhu_values):.1f}")
    return table


def main() -> int:
    """Prints the table; 1 if the peer is not installed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="a publication")
    parser.add_argument("--runs", type=int, default=9, help="of both by turns (9)")
    arguments = parser.parse_args()
    if find_spec("langchain_community") is None:
        Console(stderr=True).print("The peer is missing: pip install langchain-community")
        return 1
    Console().print(measure_asking(arguments.file, arguments.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())

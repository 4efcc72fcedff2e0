"""Latency of a warm question, with and without its encoding.

`python -m eval.benchmarks.latency LIBRARY --set fortnightly-87` asks a library the questions of a
set; `python -m eval.benchmarks.latency --made-up 100000` builds a synthetic one and asks it
synthetic questions (`eval.benchmarks.made_up`). On a busy machine processor time is more reliable
than the clock; on an idle one it is higher, where a query and its translation are encoded in
parallel.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.benchmarks import made_up
from eval.questions.sets import find_set
from index.arrays import FloatArray
from index.encoders.protocol import Embeddings, Encoder, load_encoder
from index.encoders.wrapper import EncoderWrapper
from index.storage.library import Library
from rag.retriever import Retriever

_WARM_UP = 10
_ZERO = np.zeros(2)


class TimedEncoder(EncoderWrapper):
    """An encoder that sums the time of its queries in `elapsed`."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.elapsed = _ZERO

    def encode_queries(self, texts: Sequence[str]) -> Embeddings:
        """See `Encoder`; the time is added to `elapsed`."""
        start = _read_clocks()
        encoded = self._encoder.encode_queries(texts)
        self.elapsed = self.elapsed + _read_clocks() - start
        return encoded


def measure_latency(library: Library, questions: Sequence[str]) -> Table:
    """Return the latencies of questions, five citations each, as a table; some warm up before."""
    encoder = TimedEncoder(load_encoder(library.model.name))
    retriever = Retriever(library, encoder)
    for question in questions[-_WARM_UP:]:
        retriever.retrieve(question)
    total_seconds, encoding_seconds = [], []
    for question in questions[:-_WARM_UP] or questions:
        encoder.elapsed = _ZERO
        start = _read_clocks()
        retriever.retrieve(question)
        total_seconds.append(_read_clocks() - start)
        encoding_seconds.append(encoder.elapsed)
    title = f"{len(total_seconds)} questions, {library.counts.passages:,} passages, milliseconds"
    table = Table("", "p50", "p95", "p50, processor", "p95, processor", title=title)
    rows = {
        "a question": total_seconds,
        "its encoding": encoding_seconds,
        "all else": np.subtract(total_seconds, encoding_seconds),
    }
    for name, seconds in rows.items():
        clock, processor = 1000 * np.percentile(seconds, [50, 95], axis=0).T
        table.add_row(name, *(f"{value:.1f}" for value in (*clock, *processor)))
    return table


def _read_clocks() -> FloatArray:
    """Return the seconds of the clock and of the processor; [2]."""
    return np.array([time.perf_counter(), time.process_time()])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("library", type=Path, nargs="?", help="a library's folder")
    parser.add_argument("--set", default="sample", help="whose questions are asked (sample)")
    parser.add_argument(
        "--made-up", type=int, metavar="N", help="build a synthetic library of N passages"
    )
    parser.add_argument("--questions", type=int, default=200, help="synthetic questions (200)")
    arguments = parser.parse_args()
    if arguments.library:
        questions = [
            question.question for question in find_set(arguments.set, split="dev").questions
        ]
        with Library.open(arguments.library) as library:
            Console().print(measure_latency(library, questions))
    elif arguments.made_up:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary, "library")
            start = time.perf_counter()
            made_up.build_library(folder, arguments.made_up, load_encoder())
            Console().print(f"Built in {time.perf_counter() - start:.0f} s")
            with Library.open(folder) as library:
                Console().print(
                    measure_latency(library, made_up.make_questions(arguments.questions))
                )
    else:
        parser.error("name a library, or --made-up N")


if __name__ == "__main__":
    main()

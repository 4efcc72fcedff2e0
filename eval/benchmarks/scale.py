"""What the size of a library costs: time of a search and of a question, memory, disk, recall.

`python -m eval.benchmarks.scale --sizes 1000 10000 100000` builds libraries of made-up text
(`eval.benchmarks.made_up`) whose vectors are drawn around those of the bundled sample, and measures
each in a process of its own. It says beforehand how long it will take, and how much room. A million
passages is a size like any other. `--plot FILE` draws what it has measured.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from eval.benchmarks import made_up
from index import readers, sample
from index.arrays import FloatArray, Vectors
from index.encoders.protocol import Encoder, load_encoder
from index.passages import split_publication
from index.storage.library import Library
from index.storage.records import SourceFile
from index.storage.size import measure_library
from index.storage.vectors import MAX_APPROXIMATE_HITS
from index.update.entries import build_entry, build_passage_texts
from rag.ranking.parameters import load_parameters
from rag.retriever import Retriever

_BUILDING_RATE = 60  # passages a second, on two cores that do something else, too
_BYTES = 45_000  # of a made-up passage on the disk: in the library, and in the cache while building
_SEARCHES = 100
_WARM_UP = 10


@dataclass(frozen=True, slots=True)
class Measurements:
    """What was measured of a library; times in milliseconds, p50 and p95.

    Attributes:
        passages: Its passages.
        search, search_processor: A search of the nearest passages, by the clock and the processor.
        question, question_processor: A warm question, with its encoding.
        question_without_reader, question_without_reader_processor: The same without the reader.
        first_question: The first question, from before the library is opened, once the model is
            loaded.
        recall: The share of the exact hits of such searches that they return.
        resident: The megabytes in memory after the questions with the reader, with mapped files.
        private: Those that are not mapped files.
        bytes_per_passage: The bytes on the disk.
        bytes_of_parts: Those of each part, as of `index.storage.size`, a passage.
    """

    passages: int
    search: tuple[float, float]
    search_processor: tuple[float, float]
    question: tuple[float, float]
    question_processor: tuple[float, float]
    question_without_reader: tuple[float, float]
    question_without_reader_processor: tuple[float, float]
    first_question: float
    recall: float
    resident: float
    private: float
    bytes_per_passage: float
    bytes_of_parts: dict[str, float]


def measure(folder: Path, questions: Sequence[str]) -> Measurements:
    """Return what is measured of a library in this process, which should be a fresh one."""
    encoder = load_encoder()
    encoder.encode_queries(questions[:1])
    start = time.perf_counter()
    with Library.open(folder) as library:
        retriever = Retriever(library, encoder)
        retriever.retrieve(questions[0])
        first_question = 1000 * (time.perf_counter() - start)
        of_questions = _measure_questions(retriever, questions)
        resident, private = _read_memory()
        of_others = _measure_questions(Retriever(library, encoder, use_reader=False), questions)
        vectors = encoder.encode_queries(questions[-_SEARCHES:]).vectors
        depth = load_parameters().candidates.vector_search_depth
        of_searches, recalls = _measure_searches(library, vectors, depth)
        search, search_processor = _percentiles(of_searches)
        question_times, question_processor = _percentiles(of_questions)
        other_times, other_processor = _percentiles(of_others)
        size = measure_library(library)
        return Measurements(
            library.counts.passages,
            search,
            search_processor,
            question_times,
            question_processor,
            other_times,
            other_processor,
            first_question,
            float(np.mean(recalls)),
            resident,
            private,
            size.total / size.passages,
            {name: part / size.passages for name, part in size.parts.items()},
        )


def _measure_questions(retriever: Retriever, questions: Sequence[str]) -> list[FloatArray]:
    """Return the times of warm questions."""
    for question in questions[:_WARM_UP]:
        retriever.retrieve(question)
    return [time_call(partial(retriever.retrieve, question)) for question in questions[_WARM_UP:]]


def _measure_searches(
    library: Library, vectors: Vectors, depth: int
) -> tuple[list[FloatArray], list[float]]:
    """Return the times of searches, and how much of the exact hits they return."""
    times, recalls = [], []
    for vector in vectors:
        exact = library.engine.search_vectors(vector, MAX_APPROXIMATE_HITS + depth)[:depth]
        times.append(time_call(partial(library.engine.search_vectors, vector, depth)))
        hits = library.engine.search_vectors(vector, depth)
        recalls.append(len({hit.row for hit in hits} & {hit.row for hit in exact}) / len(exact))
    return times, recalls


def time_call(call: Callable[[], object]) -> FloatArray:
    """Return the seconds of a call by the clock and by the processor, [2]."""
    start = time.perf_counter(), time.process_time()
    call()
    return np.array([time.perf_counter() - start[0], time.process_time() - start[1]])


def _percentiles(seconds: Sequence[FloatArray]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return p50 and p95 in milliseconds, by the clock and by the processor."""
    clock, processor = 1000 * np.percentile(np.array(seconds), [50, 95], axis=0).T
    return (float(clock[0]), float(clock[1])), (float(processor[0]), float(processor[1]))


def format_percentiles(seconds: FloatArray) -> tuple[str, str]:
    """Return p50 and p95 in milliseconds for people, by the clock and by the processor.

    Args:
        seconds: The seconds of each call, by the clock and by the processor, [calls, 2].
    """
    clock, processor = _percentiles([*seconds])
    return "{:.1f} / {:.1f}".format(*clock), "{:.1f} / {:.1f}".format(*processor)


def _read_memory() -> tuple[float, float]:
    """Return the megabytes of this process in memory, and those that are no mapped files."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    kilobytes = {
        line.partition(":")[0]: int(line.split()[1]) for line in lines if line.startswith("Rss")
    }
    return sum(kilobytes.values()) / 1000, kilobytes["RssAnon"] / 1000


def encode_sample(encoder: Encoder) -> Vectors:
    """Return the vectors of the sentences and passages of the bundled sample."""
    path = sample.get_path()
    publication = readers.read(path)
    entry = build_entry(
        publication, SourceFile(str(path), ""), 0, split_publication(publication, encoder)
    )
    embeddings = encoder.encode_passages(build_passage_texts(entry))
    return np.concatenate([np.vstack([item.vector, item.sentence_vectors]) for item in embeddings])


def _measure_size(folder: Path, passages: int, encoder: Encoder, around: Vectors) -> Measurements:
    """Build a library unless it is there, and measure it in another process."""
    library = folder / f"{passages}" / "library"
    if not library.exists():
        library.parent.mkdir(parents=True)
        start = time.perf_counter()
        made_up.build_library(library, passages, encoder, around=around)
        seconds = time.perf_counter() - start
        Console().print(f"{passages:,} passages built in {seconds:.0f} s")
    command = [sys.executable, "-m", "eval.benchmarks.scale", "--measure", str(library)]
    questions = msgspec.json.encode(made_up.make_questions(2 * _SEARCHES)).decode()
    result = subprocess.run(  # noqa: S603
        command, check=True, capture_output=True, text=True, input=questions
    )
    return msgspec.json.decode(result.stdout, type=Measurements)


def format_measurements(measurements: Sequence[Measurements]) -> Table:
    """Return measurements as a table, a column for each library."""
    table = Table("", *(f"{item.passages:,}" for item in measurements))
    for label, name in (
        ("search", "search"),
        ("search, processor", "search_processor"),
        ("question", "question"),
        ("question, processor", "question_processor"),
        ("question without reader", "question_without_reader"),
        ("question without reader, processor", "question_without_reader_processor"),
    ):
        pairs = [getattr(item, name) for item in measurements]
        cells = (f"{p50:.1f} / {p95:.1f}" for p50, p95 in pairs)
        table.add_row(f"{label}, p50 / p95, ms", *cells)
    rows: dict[str, Callable[[Measurements], str]] = {
        "first question, s": lambda item: f"{item.first_question / 1000:.2f}",
        "recall of the candidates": lambda item: f"{item.recall:.4f}",
        "resident, MB": lambda item: f"{item.resident:.0f}",
        "… without mapped files": lambda item: f"{item.private:.0f}",
        "bytes a passage": lambda item: f"{item.bytes_per_passage:,.0f}",
    }
    for label, format_item in rows.items():
        table.add_row(label, *map(format_item, measurements))
    for name in measurements[0].bytes_of_parts:
        parts = [item.bytes_of_parts[name] for item in measurements]
        table.add_row(f"… of {name.replace('_', ' ')}", *map("{:,.0f}".format, parts))
    return table


def plot_measurements(path: Path, measurements: Sequence[Measurements]) -> None:
    """Draw processor time and memory by the number of passages."""
    sizes = [item.passages for item in measurements]
    figure = Figure(figsize=(8, 3.5), layout="constrained")
    times, memory = figure.subplots(1, 2)
    for name, attribute in (
        ("question with the reader", "question_processor"),
        ("question without", "question_without_reader_processor"),
        ("search", "search_processor"),
    ):
        for index, style in enumerate(("-", ":")):
            values = [getattr(item, attribute)[index] for item in measurements]
            label = f"{name}, p{(50, 95)[index]}"
            times.plot(sizes, values, style, marker="o", markersize=3, label=label)
    for label, style, values in (
        ("resident", "-", [item.resident for item in measurements]),
        ("without mapped files", ":", [item.private for item in measurements]),
    ):
        memory.plot(sizes, values, style, marker="o", markersize=3, label=label)
    times.set(xscale="log", yscale="log", xlabel="passages", ylabel="processor time, ms")
    memory.set(xscale="log", xlabel="passages", ylabel="memory, MB", ylim=(0, None))
    times.legend(loc=(0.02, 0.24), fontsize="small")
    memory.legend()
    for axes in (times, memory):
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where libraries are kept (nowhere)")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draws a plot, a PNG file")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        questions = msgspec.json.decode(sys.stdin.read(), type=list[str])
        sys.stdout.write(msgspec.json.encode(measure(arguments.measure, questions)).decode())
        return
    total = sum(arguments.sizes)
    Console().print(
        f"Some {total / _BUILDING_RATE / 60:.0f} minutes to build, "
        f"{total * _BYTES / 1e9:.1f} GB on the disk."
    )
    with tempfile.TemporaryDirectory() as temporary:
        encoder = load_encoder()
        around = encode_sample(encoder)
        folder = arguments.folder or Path(temporary)
        measurements = [
            _measure_size(folder, passages, encoder, around) for passages in arguments.sizes
        ]
    Console().print(format_measurements(measurements))
    if arguments.plot:
        plot_measurements(arguments.plot, measurements)


if __name__ == "__main__":
    main()

"""Random damage to libraries: each has to be detected, or to be without any effect.

`python -m eval.benchmarks.damage --megabytes 1 50 500 --count 300` builds synthetic libraries of
about these sizes (`eval.benchmarks.made_up`), measures how long it takes to open them and to answer
a first question, and damages each so many times: a bit flipped, 4 KB zeroed, the end cut off, bytes
appended, a file deleted, two files swapped. Half of the damages are done while the library is open.
After each the questions are asked in a process that may crash. It ends with 1 if an answer changed
silently, or if the output was anything but one error line.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

import numpy as np
from rich.console import Console
from rich.table import Table

from eval.benchmarks import made_up
from index.encoders.protocol import Encoder, load_encoder
from index.errors import TongzhuError
from index.storage.library import Library
from index.storage.manifest import LOCK_FILE
from rag.answer.serialization import to_json
from rag.retriever import Retriever

Effect = Literal["noticed", "without effect", "SILENT CHANGE", "CRASH OR TRACEBACK"]
EFFECTS: tuple[Effect, ...] = ("noticed", "without effect", "SILENT CHANGE", "CRASH OR TRACEBACK")

_PASSAGES_PER_MEGABYTE = 20
_ZEROED_BYTES = 4096
_QUESTIONS = 8
_OPENINGS = 5
_LONGEST_NAME = 30
_PROCESSES = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Damage:
    """A damage that was done, and what came of it.

    Attributes:
        kind: How the file was damaged.
        file: The file, relative to the library's folder.
        was_open: Whether the library was open at that time.
        effect: What came of it.
        detail: The error or the output, if there was any.
    """

    kind: str
    file: str
    was_open: bool
    effect: Effect
    detail: str = ""


@contextmanager
def _overwrite(file: Path, offset: int, content: bytes) -> Iterator[None]:
    with file.open("r+b") as stream:
        stream.seek(offset)
        before = stream.read(len(content))
        stream.seek(offset)
        stream.write(content[: len(before)])
    yield
    with file.open("r+b") as stream:
        stream.seek(offset)
        stream.write(before)


@contextmanager
def _flip_bit(file: Path, generator: random.Random, _: Sequence[Path]) -> Iterator[None]:
    offset = generator.randrange(file.stat().st_size)
    with file.open("rb") as stream:
        stream.seek(offset)
        [byte] = stream.read(1)
    with _overwrite(file, offset, bytes([byte ^ 1 << generator.randrange(8)])):
        yield


@contextmanager
def _zero_block(file: Path, generator: random.Random, _: Sequence[Path]) -> Iterator[None]:
    offset = generator.randrange(file.stat().st_size) // _ZEROED_BYTES * _ZEROED_BYTES
    with _overwrite(file, offset, bytes(_ZEROED_BYTES)):
        yield


@contextmanager
def _truncate(file: Path, generator: random.Random, _: Sequence[Path]) -> Iterator[None]:
    size = generator.randrange(file.stat().st_size)
    with file.open("rb") as stream:
        stream.seek(size)
        end = stream.read()
    os.truncate(file, size)
    yield
    with file.open("ab") as stream:
        stream.write(end)


@contextmanager
def _append(file: Path, generator: random.Random, _: Sequence[Path]) -> Iterator[None]:
    size = file.stat().st_size
    with file.open("ab") as stream:
        stream.write(generator.randbytes(generator.randrange(1, 10_000)))
    yield
    os.truncate(file, size)


@contextmanager
def _delete(file: Path, _: random.Random, __: Sequence[Path]) -> Iterator[None]:
    away = file.with_name(f"{file.name}.away")
    file.rename(away)
    yield
    away.rename(file)


@contextmanager
def _swap(file: Path, generator: random.Random, files: Sequence[Path]) -> Iterator[None]:
    other = generator.choice([candidate for candidate in files if candidate != file])
    away = file.with_name(f"{file.name}.away")
    for first, second in ((file, away), (other, file), (away, other)):
        first.rename(second)
    yield
    for first, second in ((other, away), (file, other), (away, file)):
        first.rename(second)


_DAMAGES = {
    "bit flipped": _flip_bit,
    "4 KB zeroed": _zero_block,
    "end cut off": _truncate,
    "bytes appended": _append,
    "deleted": _delete,
    "swapped": _swap,
}


def damage_library(
    path: Path,
    count: int,
    questions: Sequence[str],
    seed: int = 0,
    encoder: Encoder | None = None,
) -> Iterator[Damage]:
    """Yield random damages; each is repaired before the next one.

    Args:
        path: The library's folder.
        count: How many damages there are to be; every file and kind gets its turn.
        questions: What is asked after each.
        seed: The seed of all that is random.
        encoder: The encoder of the questions; None for the bundled one.
    """
    generator = random.Random(seed)  # noqa: S311 - not for secrets
    # An empty file cannot be damaged in most of these ways.
    files = [
        file
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.stat().st_size and file.name != LOCK_FILE
    ]
    with _Checker(path, questions, encoder) as checker:
        intact = checker.check(keep=False)
        for number in range(count):
            kind = list(_DAMAGES)[number % len(_DAMAGES)]
            file = files[number // len(_DAMAGES) % len(files)]
            was_open = bool(generator.getrandbits(1))
            if was_open:
                checker.check(keep=True)
            with _DAMAGES[kind](file, generator, files):
                outcome = checker.check(keep=False)
            effect = _classify(outcome, intact)
            yield Damage(kind, str(file.relative_to(path)), was_open, effect, outcome.detail)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What asking the questions gave: answers, an error, or something worse, then with detail."""

    answers: tuple[str, ...] = ()
    error: str = ""
    output: str = ""

    @property
    def detail(self) -> str:
        return self.output or self.error


def _classify(outcome: _Outcome, intact: _Outcome) -> Effect:
    if outcome.output:
        return "CRASH OR TRACEBACK"
    if outcome.error:
        return "noticed"
    return "without effect" if outcome.answers == intact.answers else "SILENT CHANGE"


class _Checker:
    """Asks the questions in a process of its own, which is started again where it crashes."""

    def __init__(self, path: Path, questions: Sequence[str], encoder: Encoder | None) -> None:
        self._arguments = (path, questions, encoder)

    def __enter__(self) -> _Checker:
        self._start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._pipe.close()
        self._process.join()

    def check(self, *, keep: bool) -> _Outcome:
        """Return what the questions give; keep the library open for the next time if so wished."""
        self._pipe.send(keep)
        try:
            outcome: _Outcome = self._pipe.recv()
        except EOFError:
            self._process.join()
            outcome = _Outcome(output=f"ended with {self._process.exitcode}")
            self._start()
        return outcome

    def _start(self) -> None:
        self._pipe, other = _PROCESSES.Pipe()
        self._process = _PROCESSES.Process(target=_serve_checks, args=(*self._arguments, other))
        self._process.start()
        other.close()


def _serve_checks(
    path: Path, questions: Sequence[str], encoder: Encoder | None, pipe: Connection
) -> None:
    encoder = encoder or load_encoder()
    library: Library | None = None
    with tempfile.TemporaryFile() as output:
        os.dup2(output.fileno(), sys.stderr.fileno())
        while True:
            try:
                keep = pipe.recv()
            except EOFError:
                return
            answers: tuple[str, ...] = ()
            error = ""
            position = output.seek(0, os.SEEK_END)
            try:
                library = library.refreshed() if library else Library.open(path)
                answers = _read_all(Retriever(library, encoder), questions)
            except TongzhuError as caught:
                error = str(caught)
            except BaseException as caught:  # what is to be counted
                sys.stderr.write(f"{type(caught).__name__}: {caught}")
                sys.stderr.flush()
            if not keep:
                library = None
            output.seek(position)
            pipe.send(_Outcome(answers, error, output.read().decode(errors="replace")))


def _read_all(retriever: Retriever, questions: Sequence[str]) -> tuple[str, ...]:
    """Return the answers to the questions, and what the library has besides."""
    library = retriever.library
    publications = library.publications()
    answers = [to_json(retriever.retrieve(question)) for question in questions]
    contents = [repr(library.publication(summary.id)) for summary in publications[:1]]
    return (*answers, *contents, repr(publications), repr(library.glosses()[:10]))


def measure_opening(path: Path, question: str) -> Table:
    """Return how long it takes to open a library and to answer a first and a second question."""
    encoder = load_encoder()
    encoder.encode_queries([question])
    seconds = []
    for _ in range(_OPENINGS):
        clocks = [_read_clocks()]
        library = Library.open(path)
        clocks.append(_read_clocks())
        retriever = Retriever(library, encoder)
        for _ in range(2):
            retriever.retrieve(question)
            clocks.append(_read_clocks())
        seconds.append(np.diff(clocks, axis=0))
        library.close()
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    table = Table("", "clock", "processor", title=f"{size / 1e6:.0f} MB, milliseconds (median)")
    rows = ("open", "first question", "the same again")
    for name, (clock, processor) in zip(rows, 1000 * np.median(seconds, axis=0), strict=True):
        table.add_row(name, f"{clock:.1f}", f"{processor:.1f}")
    return table


def _read_clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def tabulate(damages: Sequence[Damage], key: Callable[[Damage], str]) -> Table:
    """Return how many damages had which effect, a row for each key.

    Args:
        damages: The damages.
        key: The row that a damage is counted in.
    """
    table = Table("", *EFFECTS)
    rows = dict.fromkeys(map(key, damages))
    for row in rows:
        counts = Counter(damage.effect for damage in damages if key(damage) == row)
        table.add_row(row, *(str(counts[effect]) for effect in EFFECTS))
    return table


def _shorten(file: str) -> str:
    """Return the name of a file; of one that is named by a number, the suffix."""
    name = Path(file).name
    return name if len(name) < _LONGEST_NAME else f"*{Path(file).suffix}"


def main() -> int:
    """Print the tables; return 1 if a damage was silent, or ended the process."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=int, nargs="+", default=[1, 50], help="sizes (1 50)")
    parser.add_argument("--count", type=int, default=300, help="damages to each library (300)")
    parser.add_argument("--seed", type=int, default=0, help="of the damages (0)")
    parser.add_argument("--folder", type=Path, help="where libraries are kept for the next time")
    arguments = parser.parse_args()
    console = Console()
    questions = made_up.make_questions(_QUESTIONS)
    failures = 0
    with tempfile.TemporaryDirectory() as temporary:
        for megabytes in arguments.megabytes:
            folder = (arguments.folder or Path(temporary)) / f"{megabytes}-mb"
            path = folder / "library"
            if not path.exists():
                folder.mkdir(parents=True)
                made_up.build_library(path, _PASSAGES_PER_MEGABYTE * megabytes, load_encoder())
            console.print(measure_opening(path, questions[0]))
            damages = list(damage_library(path, arguments.count, questions, arguments.seed))
            console.print(tabulate(damages, lambda damage: damage.kind))
            console.print(tabulate(damages, lambda damage: _shorten(damage.file)))
            console.print(tabulate(damages, lambda damage: "open" if damage.was_open else "closed"))
            failed = [damage for damage in damages if damage.effect in EFFECTS[2:]]
            for damage in failed:
                console.print(damage)
            failures += len(failed)
    console.print(f"{failures} silent changes, crashes or tracebacks")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

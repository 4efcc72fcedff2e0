"""What an update costs in libraries of several sizes: time, and bytes written.

Run `python -m eval.benchmarks.updates`, or with `--passages 1000 10000`, and `--folder FOLDER` to
keep the libraries, which are made up, for the next run. To each of them an issue of some 63
passages is added and removed again, beginning with an empty library. Time is without encoding: the
embeddings are random and drawn beforehand. Updates that merged segments are listed by themselves,
and so is what is merged after them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from eval.benchmarks.made_up import RandomEncoder, build_library, make_markdown
from index import readers
from index.encoders.protocol import Encoder, load_encoder
from index.storage.library import Library
from index.update.compact import compact_library
from index.update.merged_segment import merge_segments
from index.update.update import Update, encode_update, make_update, update_library

_SECTIONS = 63  # of an issue, a passage each
_ISSUES = 8


@dataclass(frozen=True, slots=True)
class UpdateCost:
    """What an update took.

    Attributes:
        name: What was done.
        seconds: The time, without encoding.
        written: The bytes of the files that are new.
        merged: How many segments were written anew.
    """

    name: str
    seconds: float
    written: int
    merged: int


def measure_updates(path: Path, files: Sequence[Path], encoder: Encoder) -> Iterator[UpdateCost]:
    """Yield what it costs to add each of some files, and then to remove each.

    Args:
        path: The folder of a library.
        files: The files.
        encoder: Makes the embeddings.
    """
    for file in files:
        yield _measure_update("add", path, Update((file,), encoder=encoder, read=readers.read))
        yield from _measure_merge(path)
    for file in files:
        update = Update(remove=(readers.read(file).id,), encoder=encoder)
        yield _measure_update("remove", path, update)
        yield from _measure_merge(path)


def _measure_update(name: str, path: Path, update: Update) -> UpdateCost:
    with TemporaryDirectory() as folder:
        encode_update(path, update, Path(folder), lambda _: None)
        return _measure(name, path, partial(make_update, path, update, Path(folder)))


def _measure_merge(path: Path) -> Iterator[UpdateCost]:
    """Yield what it costs to merge what an update has left, if that is anything."""
    cost = _measure("merge afterwards", path, partial(merge_segments, path))
    if cost.merged:
        yield cost


def _measure(name: str, path: Path, change: Callable[[], object]) -> UpdateCost:
    with Library.open(path) as library:
        before = {segment.record.number for segment in library.segments}
    files = _list_files(path)
    start = time.perf_counter()
    change()
    seconds = time.perf_counter() - start
    with Library.open(path) as library:
        left = {segment.record.number for segment in library.segments}
    written = sum(size for file, size in _list_files(path).items() if file not in files)
    return UpdateCost(name, seconds, written, len(before - left))


def _list_files(path: Path) -> dict[int, int]:
    """Return the size of each file of a library, by its inode: links count once."""
    statuses = [file.stat() for file in path.rglob("*") if file.is_file()]
    return {status.st_ino: status.st_size for status in statuses}


def _prepare_library(folder: Path, passages: int, encoder: Encoder) -> Path:
    """Return the path of a library of one segment with a number of passages, made if need be."""
    path = folder / str(passages) / "library"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        if passages:
            build_library(path, passages, encoder)
        else:
            file = path.parent / "empty.md"
            file.write_text("# Empty\n\nNothing.\n", encoding="utf-8")
            update_library(path, [file], encoder=RandomEncoder(encoder))
            update_library(path, remove=[readers.read(file).id], encoder=encoder)
    compact_library(path)
    return path


def _format_row(passages: int, name: str, costs: Sequence[UpdateCost]) -> tuple[str, ...]:
    return (
        f"{passages:,}",
        name,
        str(len(costs)),
        f"{median(cost.seconds for cost in costs):.2f}",
        f"{median(cost.written for cost in costs) / 1e6:.2f}",
    )


def main() -> None:
    """Print what updates of libraries of several sizes cost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--folder", type=Path, help="where the libraries are kept")
    arguments = parser.parse_args()
    encoder = load_encoder()
    table = Table("passages", "update", "times", "seconds (median)", "MB written (median)")
    with TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        files = [Path(temporary) / f"issue-{seed}.md" for seed in range(_ISSUES)]
        for seed, file in enumerate(files):
            file.write_text(make_markdown(_SECTIONS, 1000 + seed), encoding="utf-8")
        for passages in (0, *arguments.passages):
            path = _prepare_library(folder, passages, encoder)
            costs = list(measure_updates(path, files, RandomEncoder(encoder)))
            for name in ("add", "remove", "merge afterwards"):
                plain = [cost for cost in costs if cost.name == name and not cost.merged]
                merging = [cost for cost in costs if cost.name == name and cost.merged]
                second = name if name.startswith("merge") else f"{name}, merging"
                for title, chosen in ((name, plain), (second, merging)):
                    if chosen:
                        table.add_row(*_format_row(passages, title, chosen))
    Console().print(table)


if __name__ == "__main__":
    main()

"""What a library is after its writer was killed at random moments: the old one or the new one.

Run `python -m eval.benchmarks.kills`, with `--passages 1000 10000 --kills 500 200` for the sizes of
libraries and how often the writer of each is killed, and `--folder FOLDER` to keep the libraries,
which are made up, for the next run. A process adds an issue of some 63 passages, or removes one, or
compacts the library, and is killed after a part of the time that this takes. Then every file that
the library names is compared with its checksum, and its publications with those of before and
after. Embeddings are random.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from eval.benchmarks.made_up import RandomEncoder, build_library, make_markdown
from index import readers
from index.encoders.protocol import Encoder, load_encoder
from index.storage.library import Library
from index.text.dictionary import load_dictionary
from index.update.compact import compact_library
from index.update.update import Update, make_update

_SECTIONS = 63  # of an issue, a passage each
_ISSUES = 6
_COMPACTED = 1 / 3  # of all changes
_MAX_SHARE = 1.1  # of the time that a change takes, until the writer is killed

Publications = frozenset[str]


@dataclass(frozen=True, slots=True)
class KillResult:
    """What libraries were after their writers were killed.

    Attributes:
        old: How many were as before.
        new: How many were as after the change.
        lost: How many were neither, or damaged.
    """

    old: int
    new: int
    lost: int


def kill_writers(
    path: Path, files: Sequence[Path], encoder: Encoder, kills: int, seed: int = 0
) -> KillResult:
    """Return what a library is after each of its writers was killed.

    Args:
        path: The folder of a library; it changes.
        files: Issues to add and remove.
        encoder: Makes the embeddings.
        kills: How often a writer is killed.
        seed: Of the random moments and changes.
    """
    generator = random.Random(seed)  # noqa: S311 - no secret
    context = multiprocessing.get_context("fork")
    seconds: dict[str, float] = {}
    results: Counter[str] = Counter()
    while sum(results.values()) < kills:
        before = _read_publications(path)
        name, update, after = _choose_change(files, before, generator)
        writer = context.Process(target=_change, args=(path, update, encoder))
        start = time.perf_counter()
        writer.start()
        if name in seconds:
            writer.join(seconds[name] * generator.uniform(0, _MAX_SHARE))
            writer.kill()
            writer.join()
            results[_judge(path, before, after)] += 1
        else:  # the first of a kind says how long it takes
            writer.join()
            seconds[name] = time.perf_counter() - start
    return KillResult(results["old"], results["new"], results["lost"])


def _choose_change(
    files: Sequence[Path], before: Publications, generator: random.Random
) -> tuple[str, Update | None, Publications]:
    """Return a change: its name, what it is (None to compact), and the publications after it."""
    file = generator.choice(files)
    publication_id = readers.read(file).id
    if generator.random() < _COMPACTED:
        return "compact", None, before
    if publication_id in before:
        return "remove", Update(remove=(publication_id,)), before - {publication_id}
    return "add", Update((file,), read=readers.read), before | {publication_id}


def _change(path: Path, update: Update | None, encoder: Encoder) -> None:
    load_dictionary.cache_clear()  # processes must not share a connection of SQLite
    if update is None:
        compact_library(path)
    else:
        make_update(path, replace(update, encoder=encoder))


def _judge(path: Path, before: Publications, after: Publications) -> str:
    """Return what a library is: "old", "new", or "lost" where it is neither."""
    try:
        publications = _read_publications(path)
    except Exception as error:  # whatever is wrong with it
        Console(stderr=True).print(str(error))
        return "lost"
    if publications == before:
        return "old"
    return "new" if publications == after else "lost"


def _read_publications(path: Path) -> Publications:
    """Return the ids of the publications of a library, all files of which are verified."""
    with Library.open(path) as library:
        library.verify()
        summaries = library.publications()
        passages = sum(summary.counts.passages for summary in summaries)
        if not passages == library.counts.passages == library.engine.size:
            raise ValueError(f"{passages} passages, {library.engine.size} of them searched")
        return frozenset(summary.id for summary in summaries)


def main() -> int:
    """Print what libraries of several sizes were; return 1 if one was lost."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--passages", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--kills", type=int, nargs="+", default=[500, 200])
    parser.add_argument("--folder", type=Path, help="where the libraries are kept")
    arguments = parser.parse_args()
    if len(arguments.passages) != len(arguments.kills):
        parser.error("--kills needs a number for each of --passages")
    table = Table("passages", "kills", "old", "new", "lost or mixed")
    encoder, lost = load_encoder(), 0
    with TemporaryDirectory() as temporary:
        files = [Path(temporary) / f"issue-{seed}.md" for seed in range(_ISSUES)]
        for seed, file in enumerate(files):
            file.write_text(make_markdown(_SECTIONS, 1000 + seed), encoding="utf-8")
        for passages, kills in zip(arguments.passages, arguments.kills, strict=True):
            path = (arguments.folder or Path(temporary)) / str(passages) / "library"
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                build_library(path, passages, encoder)
            result = kill_writers(path, files, RandomEncoder(encoder), kills)
            lost += result.lost
            row = passages, kills, result.old, result.new, result.lost
            table.add_row(*map("{:,}".format, row))
    Console().print(table)
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main())

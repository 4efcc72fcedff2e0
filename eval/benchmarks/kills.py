"""What a library is after its writer was killed at random moments: the old one or the new one.

Run `python -m eval.benchmarks.kills`, with `--passages 1000 10000 --kills 500 200` for the sizes of
libraries and how often the writer of each is killed, and `--folder FOLDER` to keep the libraries,
are made up, for the next run. A process adds an issue of some 63 passages or removes one, and then
merges segments if there are enough (half of them leave even small ones to that), or compacts the
library, and is killed after a part of the time that the longest such change takes once files are in
memory; one that has ended by then is no kill, and another one follows. So kills lie evenly over all
of the work. Then every file that the library names is compared with its checksum, and its
publications with those of before and after. Embeddings are random.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import faiss
from rich.console import Console
from rich.table import Table

from eval.benchmarks.made_up import RandomEncoder, build_library, make_markdown
from index import readers
from index.encoders.protocol import Encoder, load_encoder
from index.storage.library import Library
from index.text.dictionary import load_dictionary
from index.update import merging
from index.update.compact import compact_library
from index.update.merged_segment import merge_segments
from index.update.progress import ProgressEvent
from index.update.update import Update, make_update

_SECTIONS = 63  # of an issue, a passage each
_ISSUES = 6
_COMPACTED = 1 / 3  # of all changes
_MERGING_LATER = 1 / 2  # of all others: they leave even little to be merged afterwards
_TIMED_RUNS = 3  # of each kind of change, before the first is killed
_MAX_SECONDS = 3600  # of a change that is timed
_STAGES = ("starting", "reading", "encoding", "writing", "publishing", "merging")

Publications = frozenset[str]


@dataclass(frozen=True, slots=True)
class KillResult:
    """What libraries were after their writers were killed.

    Attributes:
        old: How many were as before.
        new: How many were as after the change.
        lost: How many were neither, or damaged.
        stages: How many writers were killed in each stage of their work.
    """

    old: int
    new: int
    lost: int
    stages: Mapping[str, int]


class WorkTimes:
    """How long changes take, by kind: until when a writer can be killed."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, list[float]] = defaultdict(list)

    def add(self, kind: str, seconds: float) -> None:
        """Take how long a change took that came to its end.

        Args:
            kind: The kind of change.
            seconds: How long it took.
        """
        self._seconds[kind].append(seconds)

    def draw_moment(self, kind: str, generator: random.Random) -> float | None:
        """Return after how many seconds a writer is killed; None if it is to be timed first.

        Changes of one kind differ widely, by what is merged with them. Moments lie evenly up to the
        end of the longest one: so those that come before the end of any change lie evenly over it.
        The first change of a kind, which reads from the disk, is left out.

        Args:
            kind: The kind of change.
            generator: Makes the random numbers.
        """
        seconds = self._seconds[kind]
        if len(seconds) < _TIMED_RUNS:
            return None
        return generator.uniform(0, max(seconds[1:]))


def kill_writers(
    path: Path,
    files: Sequence[Path],
    encoder: Encoder,
    kills: int,
    *,
    compacted: float = _COMPACTED,
    seed: int = 0,
) -> KillResult:
    """Return what a library is after each of its writers was killed.

    Args:
        path: The folder of a library; it changes.
        files: Issues to add and remove.
        encoder: Makes the embeddings.
        kills: How often a writer is killed.
        compacted: The share of all changes that compact the library.
        seed: Of the random moments and changes.
    """
    generator = random.Random(seed)  # noqa: S311 - no secret
    context = multiprocessing.get_context("fork")
    times = WorkTimes()
    results: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    while results.total() < kills:
        before = _read_publications(path)
        kind, update, after = _choose_change(files, before, generator, compacted)
        stage = context.Value("i", 0, lock=False)
        merges_later = generator.random() < _MERGING_LATER
        arguments = (path, update, encoder, stage, merges_later)
        writer = context.Process(target=_change, args=arguments)
        moment = times.draw_moment(kind, generator)
        start = time.perf_counter()
        writer.start()
        writer.join(_MAX_SECONDS if moment is None else moment)
        seconds = time.perf_counter() - start
        writer.kill()
        writer.join()
        if moment is not None and writer.exitcode == -signal.SIGKILL:
            results[_judge(path, before, after)] += 1
            stages[_STAGES[stage.value]] += 1
        elif writer.exitcode:
            raise RuntimeError(f"a change that was not to be killed failed, or hangs: {kind}")
        else:
            times.add(kind, seconds)
    return KillResult(results["old"], results["new"], results["lost"], stages)


def _choose_change(
    files: Sequence[Path], before: Publications, generator: random.Random, compacted: float
) -> tuple[str, Update | None, Publications]:
    """Return a change: its name, what it is (None to compact), and the publications after it."""
    file = generator.choice(files)
    publication_id = readers.read(file).id
    if generator.random() < compacted:
        return "compact", None, before
    if publication_id in before:
        return "remove", Update(remove=(publication_id,)), before - {publication_id}
    return "add", Update((file,), read=readers.read), before | {publication_id}


def _change(
    path: Path, update: Update | None, encoder: Encoder, stage: Any, merges_later: bool
) -> None:
    def note_stage(event: ProgressEvent) -> None:
        is_written = event.stage == "writing" and event.done == event.total
        stage.value = _STAGES.index("publishing" if is_written else event.stage)

    load_dictionary.cache_clear()  # processes must not share a connection of SQLite
    faiss.omp_set_num_threads(1)  # the threads that FAISS has started are not in this process
    if merges_later:
        merging.LARGEST_MERGED_AT_ONCE = 0  # in this process, which ends after the change
    if update is None:
        compact_library(path, note_stage)
    else:
        make_update(path, replace(update, encoder=encoder, progress=note_stage))
        merge_segments(path, note_stage)


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
    parser.add_argument(
        "--compacted",
        type=float,
        default=_COMPACTED,
        metavar="SHARE",
        help="of all changes; 0 leaves more to be merged",
    )
    arguments = parser.parse_args()
    if len(arguments.passages) != len(arguments.kills):
        parser.error("--kills needs a number for each of --passages")
    table = Table("passages", "kills", *(f"… {stage}" for stage in _STAGES), "old", "new", "lost")
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
            result = kill_writers(
                path, files, RandomEncoder(encoder), kills, compacted=arguments.compacted
            )
            lost += result.lost
            stages = (result.stages[stage] for stage in _STAGES)
            row = passages, kills, *stages, result.old, result.new, result.lost
            table.add_row(*map("{:,}".format, row))
    Console().print(table)
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main())

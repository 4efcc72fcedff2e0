"""Libraries of many segments: the same contents as a fresh library, after any failure too."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryError
from index.passages import build_encoder_input
from index.storage.library import Library
from index.storage.size import measure_library
from index.update import merging
from index.update.compact import compact_library
from index.update.progress import ProgressEvent
from index.update.update import update_library
from tests.helpers.fault_injection import FaultInjector
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["index.update.update", "tests.helpers.warm_writer"])

ISSUES, LASTING = (1, 2, 3), range(10, 30)
FIRST = 3000  # the first version of the issues; no year that is printed in them
STRIDE = 12  # every event would take long
KILLS = 12


@pytest.fixture(autouse=True)
def _no_small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "SMALL_SEGMENT", 0)


def write_issues(folder: Path, version: int) -> list[Path]:
    return [print_to(folder, number, f"第{number}號的第{version}版") for number in ISSUES]


def update(path: Path, files: list[Path]) -> None:
    update_library(path, files, encoder=HashingEncoder())


def make_library(path: Path, folder: Path) -> None:
    """Make a library of two segments, one of which has dropped publications."""
    lasting = [print_to(folder, number, f"不變的第{number}篇") for number in LASTING]
    update(path, [*lasting, *write_issues(folder, FIRST)])
    update(path, write_issues(folder, FIRST + 1))
    with Library.open(path) as library:
        assert [len(segment.record.dropped_ids) for segment in library.segments] == [3, 0]


def read_version(path: Path, *, is_changing: bool = False) -> int:
    """Return the version of the issues, having compared everything with what there should be."""
    with Library.open(path) as library:
        if not is_changing:  # what is read no more may be removed at any moment
            library.verify()
        rows = range(library.engine.size)
        passages = library.passages(rows)
        texts = [passage.text for passage in passages]
        assert texts[len(ISSUES) :] == [f"不變的第{number}篇。" for number in LASTING]
        [version] = {int(text.split("第")[2].split("版")[0]) for text in texts[: len(ISSUES)]}
        assert len(rows) == library.counts.passages == len(LASTING) + len(ISSUES)
        ids = [passage.publication_id for passage in passages]
        assert [summary.id for summary in library.publications()] == ids
        assert [header.publication_id for header in library.article_headers()] == ids
        assert library.engine.document_frequency(str(version)) == len(ISSUES)
        assert library.engine.document_frequency(str(version - 1)) == 0
        vectors = HashingEncoder().encode_queries(list(map(build_encoder_input, passages))).vectors
        assert np.allclose(library.engine.read_vectors(rows), vectors, atol=0.01)
        for row, passage in enumerate(passages):
            assert library.row(passage.id) == row
            assert len(library.engine.max_similarities(vectors[:1], [row])[0]) == 1 + len(
                library.sentences([row])[0]
            )
        return version


def test_compacting_leaves_one_segment_and_nothing_of_what_was_dropped(tmp_path: Path) -> None:
    path = tmp_path / "library"
    make_library(path, tmp_path)
    assert read_version(path) == FIRST + 1
    events: list[ProgressEvent] = []
    with Library.open(path) as reader:
        size = measure_library(reader)
        assert (size.segments, size.dropped_passages) == (2, len(ISSUES))
        assert 0 < size.savings < size.total
        assert compact_library(path, events.append)
        assert len(reader.passages(range(reader.engine.size))) == reader.counts.passages
    assert read_version(path) == FIRST + 1
    assert not compact_library(path)
    steps = 3 * (len(LASTING) + len(ISSUES))
    assert [(event.done, event.total) for event in (events[0], events[-1])] == [
        (0, steps),
        (steps, steps),
    ]
    assert [folder.name for folder in (path / "segments").iterdir()] == ["000003"]
    assert [folder.name for folder in (path / "generations").iterdir()] == ["000003"]
    with Library.open(path) as library:
        size = measure_library(library)
        assert (size.segments, size.dropped_passages, size.savings) == (1, 0, 0)
    files = [file for file in (path / "segments").rglob("*") if file.is_file()]
    assert size.total >= sum(file.stat().st_size for file in files)
    assert not [file for file in files if f"第{FIRST}版".encode() in file.read_bytes()]


def test_compacting_needs_a_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no library here"):
        compact_library(tmp_path / "library")
    assert not (tmp_path / "library").exists()


def test_room_of_the_state_before_is_freed(tmp_path: Path) -> None:
    path = tmp_path / "library"
    make_library(path, tmp_path)
    for version in (FIRST + 2, FIRST + 3):
        update(path, write_issues(tmp_path, version))
    compact_library(path)
    update(path, write_issues(tmp_path, FIRST + 4))
    update(path, write_issues(tmp_path, FIRST + 5))
    with Library.open(path) as library:
        before = measure_library(library)
    assert before.superseded_bytes > 0
    compact_library(path)
    with Library.open(path) as library:
        assert measure_library(library).superseded_bytes == 0
    assert read_version(path) == FIRST + 5


def test_library_of_many_segments_survives_an_error_at_every_step(tmp_path: Path) -> None:
    path = tmp_path / "library"
    make_library(path, tmp_path)
    injector, version, failures = FaultInjector(), FIRST + 1, 0
    for event in range(random.Random().randrange(STRIDE) + 1, 4000, STRIDE):
        finished = False
        try:
            with injector.inject(event, path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))):
                if event % 2:
                    compact_library(path)
                update(path, write_issues(tmp_path, version + 1))
                finished = injector.left > 0
        except LibraryError:
            failures += 1
            assert read_version(path) == version
        else:
            version += 1
            assert read_version(path) == version
        if finished:
            break
    assert failures > 5


def write_and_compact(path: Path, folder: Path, version: int) -> None:
    merging.SMALL_SEGMENT = 0
    while True:
        update(path, write_issues(folder, version))
        compact_library(path)
        version += 1


def test_library_survives_a_kill_while_it_is_updated_or_compacted(tmp_path: Path) -> None:
    path = tmp_path / "library"
    make_library(path, tmp_path)
    generator, version = random.Random(), FIRST + 1
    for _ in range(KILLS):
        arguments = (path, tmp_path, version + 1)
        writer = FORKSERVER.Process(target=write_and_compact, args=arguments)
        writer.start()
        time.sleep(generator.uniform(0.005, 0.4))
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        assert read_version(path) >= version
        version = read_version(path) + 100  # larger than any version that was written
        update(path, write_issues(tmp_path, version))
        assert read_version(path) == version
    with Library.open(path) as library:
        used = {segment.folder for segment in library.segments}
    assert used <= set((path / "segments").iterdir())
    assert compact_library(path)
    assert len(list((path / "segments").iterdir())) == 1


def read_repeatedly(path: Path, pipe: Connection) -> None:
    opened = 0
    try:
        while not pipe.poll():
            read_version(path, is_changing=True)
            opened += 1
        pipe.send(opened)
    except BaseException as error:
        pipe.send(repr(error))
        raise


def test_readers_are_not_disturbed_by_compaction(tmp_path: Path) -> None:
    path = tmp_path / "library"
    make_library(path, tmp_path)
    pipe, other = FORKSERVER.Pipe()
    reader = FORKSERVER.Process(target=read_repeatedly, args=(path, other))
    reader.start()
    other.close()
    snapshot = Library.open(path)
    for version in range(FIRST + 2, FIRST + 12):
        update(path, write_issues(tmp_path, version))
        compact_library(path)
    pipe.send("stop")
    opened = pipe.recv()
    reader.join()
    assert isinstance(opened, int), opened
    assert opened > 0
    assert snapshot.engine.document_frequency(str(FIRST + 1)) == len(ISSUES)
    snapshot.close()


def test_publications_of_a_segment_are_removed_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "library"
    update(path, [print_to(tmp_path, number, f"第{number}篇談港口") for number in LASTING])
    for left in range(len(LASTING) - 1, len(LASTING) - 5, -1):
        with Library.open(path) as library:
            first = library.publications()[0]
        update_library(path, remove=[first.id], encoder=HashingEncoder())
        with Library.open(path) as library:
            assert len(library.segments) == 1
            assert library.segments[0].record.dropped_ids
            assert library.counts.publications == left
            assert library.engine.size == library.counts.passages
            assert library.engine.document_frequency("港") == left

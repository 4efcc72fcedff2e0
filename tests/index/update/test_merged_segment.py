"""Merging after publication: the same contents, whatever others do to the library meanwhile."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from index.errors import LibraryError, LockedLibraryError
from index.passages import build_encoder_input
from index.storage.generation import merger_lock, merging_folder
from index.storage.library import Library
from index.storage.manifest import LOCK_FILE
from index.update import merged_segment, merging
from index.update.compact import compact_library
from index.update.merged_segment import merge_segments
from index.update.progress import ProgressEvent
from index.update.update import update_library
from tests.helpers.fault_injection import FaultInjector
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

SEGMENTS = 4  # so many are merged
STRIDE = 9  # every event would take long
KILLS = 12

# Processes that are killed start from one that has loaded everything already.
FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["index.update.update", "tests.helpers.warm_writer"])


@pytest.fixture(autouse=True)
def _every_merge_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "LARGEST_MERGED_AT_ONCE", 0)
    monkeypatch.setattr(merging, "SMALL_SEGMENT", 0)


def add_issues(path: Path, folder: Path, number: int) -> None:
    """Add two issues, which become a segment."""
    files = [print_to(folder, 10 * number + n, f"第{10 * number + n}篇談港口") for n in (1, 2)]
    update_library(path, files, encoder=HashingEncoder())


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for number in range(1, SEGMENTS + 1):
        add_issues(tmp_path / "library", tmp_path, number)
    return tmp_path / "library"


def count_segments(path: Path) -> int:
    """Return how many segments a library has, having verified all of it and what is found."""
    with Library.open(path) as library:
        library.verify()
        rows = range(library.engine.size)
        passages = library.passages(rows)
        texts = [passage.text for passage in passages]
        assert texts == sorted(texts)
        assert len(texts) == library.counts.passages == library.counts.publications
        assert library.engine.document_frequency("港") == len(texts)
        vectors = HashingEncoder().encode_queries(list(map(build_encoder_input, passages))).vectors
        assert np.allclose(library.engine.read_vectors(rows), vectors, atol=0.01)
        names = {f"{segment.record.number:06}" for segment in library.segments}
        assert names <= {folder.name for folder in (path / "segments").iterdir()}
        return len(library.segments)


def read_texts(path: Path) -> list[str]:
    with Library.open(path) as library:
        return [passage.text for passage in library.passages(range(library.engine.size))]


def call_once(action: Callable[[], object]) -> Callable[[ProgressEvent], None]:
    """Return what does something at the last step of writing."""

    def report(event: ProgressEvent) -> None:
        assert event.stage == "merging"
        if event.done == event.total:
            action()

    return report


def test_segments_are_merged_after_the_update(library: Path) -> None:
    before = read_texts(library)
    assert count_segments(library) == SEGMENTS
    with Library.open(library) as reader:
        assert merge_segments(library)
        assert len(reader.passages(range(reader.engine.size))) == 2 * SEGMENTS
    assert count_segments(library) == 1
    assert read_texts(library) == before
    assert not merge_segments(library)


def test_others_add_and_remove_meanwhile(library: Path, tmp_path: Path) -> None:
    with Library.open(library) as opened:
        first = opened.publications()[0].id

    def change() -> None:
        add_issues(library, tmp_path, 9)
        update_library(library, remove=[first], encoder=HashingEncoder())

    assert merge_segments(library, call_once(change))
    assert count_segments(library) == 2
    numbers = [text[1:3] for text in read_texts(library)]
    assert numbers == ["12", "21", "22", "31", "32", "41", "42", "91", "92"]
    assert not merging_folder(library).exists()


def test_segment_is_thrown_away_if_its_parts_are_gone(library: Path) -> None:
    assert not merge_segments(library, call_once(lambda: compact_library(library)))
    assert count_segments(library) == 1
    assert not merging_folder(library).exists()


def test_two_do_not_merge_at_once(library: Path) -> None:
    results = []
    assert merge_segments(library, call_once(lambda: results.append(merge_segments(library))))
    assert results == [False]
    assert count_segments(library) == 1


def test_a_writer_that_does_not_end_is_not_waited_for(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merged_segment, "_WAITING_SECONDS", 0.1)
    with FileLock(library / LOCK_FILE):
        assert not merge_segments(library)
    assert count_segments(library) == SEGMENTS
    assert merge_segments(library)


def test_writers_wait_while_a_merged_segment_is_published(library: Path, tmp_path: Path) -> None:
    lock = FileLock(library / LOCK_FILE, thread_local=False)
    with merger_lock(library):
        lock.acquire()
        release = threading.Timer(0.2, lock.release)
        release.start()
        add_issues(library, tmp_path, 9)
    release.join()
    with lock, pytest.raises(LockedLibraryError):
        add_issues(library, tmp_path, 10)


def test_what_a_killed_process_has_left_is_removed(library: Path, tmp_path: Path) -> None:
    merging_folder(library).mkdir()
    (merging_folder(library) / "tokens.npy").write_bytes(b"half")
    add_issues(library, tmp_path, 9)
    assert not merging_folder(library).exists()
    merging_folder(library).mkdir()
    (merging_folder(library) / "tokens.npy").write_bytes(b"half")
    assert merge_segments(library)
    assert count_segments(library) == 1


def test_interrupt_leaves_the_library_as_it_was(library: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        merge_segments(library, call_once(interrupt))
    assert count_segments(library) == SEGMENTS
    assert not merging_folder(library).exists()


def test_library_survives_an_error_at_every_step(library: Path) -> None:
    injector, failures, before = FaultInjector(), 0, read_texts(library)
    for event in range(1, 4000, STRIDE):
        try:
            with injector.inject(event, library, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))):
                merge_segments(library)
        except LibraryError:
            failures += 1
            assert count_segments(library) == SEGMENTS
        else:
            break
        assert read_texts(library) == before
    assert failures > 5
    assert count_segments(library) == 1


def add_and_merge(path: Path, folder: Path, number: int) -> None:
    merging.LARGEST_MERGED_AT_ONCE = merging.SMALL_SEGMENT = 0
    while True:
        add_issues(path, folder, number)
        merge_segments(path)
        number += 1


def test_library_survives_a_kill_while_segments_are_merged(library: Path, tmp_path: Path) -> None:
    generator, count = random.Random(), SEGMENTS
    for _ in range(KILLS):
        writer = FORKSERVER.Process(target=add_and_merge, args=(library, tmp_path, count + 1))
        writer.start()
        time.sleep(generator.uniform(0.005, 0.5))
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        texts = read_texts(library)
        count = len(texts) // 2
        numbers = [10 * number + n for number in range(1, count + 1) for n in (1, 2)]
        assert texts == [f"第{number}篇談港口。" for number in numbers]
        with Library.open(library) as opened:
            opened.verify()
    add_issues(library, tmp_path, count + 1)
    assert not merging_folder(library).exists()


def test_merging_that_is_left_for_long_is_done_by_an_update(tmp_path: Path) -> None:
    path = tmp_path / "library"
    for number in range(1, 2 * SEGMENTS + 2):
        add_issues(path, tmp_path, number)
        with Library.open(path) as opened:
            assert len(opened.segments) < 2 * merging.TIER_FACTOR


def test_merging_needs_a_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="no library here"):
        merge_segments(tmp_path / "library")
    assert not (tmp_path / "library").exists()

"""Tests of stamps of verified files."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from index.errors import DamagedLibraryError
from index.storage import verified_stamps
from index.storage.manifest import record_file
from index.storage.verified_files import DamageReporter, VerifiedFile
from index.storage.verified_stamps import VerifiedStamp

_WEEK = 7 * 24 * 3600


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(verified_stamps, "_MIN_BYTES", 1)
    monkeypatch.setenv("TONGZHU_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "verified"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "terms.idx"
    file.write_bytes(b"harbour" * 1000)
    return file


@pytest.fixture
def count_reads(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Return what opens the file, and returns how many blocks of it were read for that."""
    record = record_file(path)
    reads: list[int] = []
    pread = os.pread

    def read(descriptor: int, size: int, start: int) -> bytes:
        reads.append(start)
        return pread(descriptor, size, start)

    def count() -> int:
        reads.clear()
        VerifiedFile(path, record, DamageReporter(path.parent), by_block=False)
        return len(reads)

    monkeypatch.setattr(os, "pread", read)
    return count


def test_verified_file_is_not_read_again(count_reads: Callable[[], int]) -> None:
    assert count_reads() == 1
    assert count_reads() == 0


def test_changed_file_is_read_again(path: Path, count_reads: Callable[[], int]) -> None:
    count_reads()
    status = path.stat()
    path.write_bytes(b"Harbour" + b"harbour" * 999)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # as if nothing had happened
    with pytest.raises(DamagedLibraryError):
        count_reads()


def test_file_is_read_again_after_a_week(
    path: Path, cache: Path, count_reads: Callable[[], int]
) -> None:
    count_reads()
    [stamp] = cache.iterdir()
    old = time.time() - _WEEK
    os.utime(stamp, (old, old))
    assert count_reads() == 1
    other = cache / "0123"
    other.touch()
    os.utime(other, (old, old))
    os.utime(stamp, (old, old))
    count_reads()
    assert list(cache.iterdir()) == [stamp]


def test_small_file_is_always_read(
    cache: Path, count_reads: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verified_stamps, "_MIN_BYTES", 1_000_000)
    assert (count_reads(), count_reads()) == (1, 1)
    assert not cache.exists()


def test_cache_that_cannot_be_written_does_no_harm(
    cache: Path, count_reads: Callable[[], int]
) -> None:
    cache.parent.write_text("a file where the folder would be", encoding="utf-8")
    assert (count_reads(), count_reads()) == (1, 1)


def test_stamp_is_of_one_checksum(path: Path) -> None:
    with path.open("rb") as file:
        VerifiedStamp(file.fileno(), zlib.crc32(path.read_bytes())).write()
        assert not VerifiedStamp(file.fileno(), 0).is_there()

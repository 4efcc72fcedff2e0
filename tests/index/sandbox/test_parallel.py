"""Tests of reading several files at the same time."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from index import readers
from index.document import Publication
from index.errors import ReadError
from index.sandbox.client import SandboxedReader
from index.sandbox.parallel import ParallelReader


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    files = [tmp_path / f"{number}.md" for number in range(6)]
    for file in files:
        file.write_text(
            f"# Harbours of {file.stem}\n\nThe harbour was opened in 1900.[^1]\n\n[^1]: A.\n"
        )
    return files


def test_prepared_files_are_read_as_one_by_one(files: list[Path]) -> None:
    with ParallelReader() as reader:
        reader.prepare(files)
        assert [reader.read_publication(file) for file in files] == list(map(readers.read, files))


def test_file_that_was_not_prepared_is_read(files: list[Path]) -> None:
    with ParallelReader() as reader:
        reader.prepare(files[:1])
        assert reader.read_publication(files[1]) == readers.read(files[1])


def test_unreadable_file_does_not_stop_the_others(files: list[Path]) -> None:
    files[2].write_bytes(b"%PDF-1.7 broken")
    with ParallelReader() as reader:
        reader.prepare(files)
        with pytest.raises(ReadError, match=r"2\.md"):
            reader.read_publication(files[2])
        assert reader.read_publication(files[3]) == readers.read(files[3])


def test_files_are_read_at_the_same_time(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    both_read = threading.Barrier(2, timeout=20)

    def read(self: SandboxedReader, path: Path) -> Publication:
        both_read.wait()
        return readers.read(path)

    monkeypatch.setattr("index.sandbox.parallel.count_processors", lambda: 2)
    monkeypatch.setattr(SandboxedReader, "read_publication", read)
    with ParallelReader() as reader:
        reader.prepare(files[:2])
        assert reader.read_publication(files[0]) == readers.read(files[0])


def test_closing_ends_what_is_being_read(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    ended: list[BaseException] = []

    def read(self: SandboxedReader, path: Path) -> Publication:
        begun.set()
        try:
            while True:
                self._check()
        except BaseException as error:
            ended.append(error)
            raise

    monkeypatch.setattr("index.sandbox.parallel.count_processors", lambda: 1)
    monkeypatch.setattr(SandboxedReader, "read_publication", read)
    with ParallelReader() as reader:
        reader.prepare(files)
        begun.wait(20)
    assert len(ended) == 1

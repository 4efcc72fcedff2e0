"""After any failure of an update a library is either the old one or the new one, complete."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryError
from index.passages import build_encoder_input
from index.storage.library import Library
from index.update.update import update_library
from tests.helpers.fault_injection import FaultInjector
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

# Processes that are killed start from one that has loaded everything already.
FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["index.update.update", "tests.helpers.warm_writer"])

ISSUES = (1, 2, 3)


def write_issues(folder: Path, version: int) -> list[Path]:
    """Write the files of a version of the library; each contains its number."""
    return [print_to(folder, n, f"第{n}號刊物的第{version}版", "共同的一段") for n in ISSUES]


def read_version(path: Path) -> int:
    """Return the one version that all parts of the library contain."""
    with Library.open(path) as library:
        library.verify()
        versions = set()
        for summary in library.publications():
            first = library.passage(library.rows_of(summary.id)[0])
            versions.add(int(first.text.split("第")[2].split("版")[0]))
            assert (
                library.publication(summary.id)
                .articles[0]
                .sections[0]
                .paragraphs[first.start.paragraph]
                .text.startswith(first.text[:4])
            )
        assert library.counts.publications == len(ISSUES)
        [version] = versions
        term = library.engine.document_frequency(str(version))
        assert term == len(ISSUES)
        return version


def list_generations(path: Path) -> list[str]:
    return sorted(entry.name for entry in (path / "generations").iterdir())


def write_repeatedly(path: Path, folder: Path, version: int) -> None:
    while True:
        update_library(path, write_issues(folder, version), encoder=HashingEncoder())
        version += 1


def test_library_survives_a_writer_killed_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "library"
    generator = random.Random()
    seen = first = 3000  # no year that is printed in the issues
    update_library(path, write_issues(tmp_path, seen), encoder=HashingEncoder())
    for _ in range(24):
        writer = FORKSERVER.Process(target=write_repeatedly, args=(path, tmp_path, seen + 1))
        writer.start()
        time.sleep(generator.uniform(0.005, 0.15))  # an update takes 0.05 to 0.15 s
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
        version = read_version(path)
        assert version >= seen
        seen = version + 100  # larger than any version that an earlier writer has written
        done = update_library(path, write_issues(tmp_path, seen), encoder=HashingEncoder())
        assert len(done.replaced) == len(ISSUES)
        assert read_version(path) == seen
        assert list_generations(path) == [f"{done.generation - 1:06}", f"{done.generation:06}"]
        assert not list(path.glob("*.cache"))
    assert seen >= first + 100 * 24


@pytest.fixture(scope="module")
def injector() -> FaultInjector:
    return FaultInjector()


STRIDE = 8  # every event would take long


DISK_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("error", "raised"), [(DISK_FULL, LibraryError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_library_survives_an_error_at_every_step(
    tmp_path: Path, injector: FaultInjector, error: BaseException, raised: type[BaseException]
) -> None:
    path = tmp_path / "library"
    update_library(path, write_issues(tmp_path, 1), encoder=HashingEncoder())
    version, failures, finished = 1, 0, False
    for event in range(random.Random().randrange(STRIDE) + 1, 999, STRIDE):
        files = write_issues(tmp_path, event + 10)
        try:
            with injector.inject(event, path, error):
                update_library(path, files, encoder=HashingEncoder())
                finished = injector.left > 0
        except raised:
            failures += 1
            # An interrupt right after publishing leaves the new library.
            assert read_version(path) in {
                version,
                event + 10 if raised is KeyboardInterrupt else version,
            }
            version = read_version(path)
        else:
            version = event + 10
            assert read_version(path) == version
        if finished:
            break
    assert failures > 10
    assert len(list_generations(path)) == 2
    assert not list(path.glob("*.cache"))


def test_new_library_is_absent_or_complete_after_an_error(
    tmp_path: Path, injector: FaultInjector
) -> None:
    failures = 0
    for event in range(random.Random().randrange(STRIDE) + 1, 999, STRIDE):
        path = tmp_path / f"library-{event}"
        files = write_issues(tmp_path, 1)
        try:
            with injector.inject(event, path, DISK_FULL):
                update_library(path, files, encoder=HashingEncoder())
                finished = injector.left > 0
        except LibraryError:
            failures += 1
            with pytest.raises(LibraryError, match="no library here"):
                Library.open(path)
            update_library(path, files, encoder=HashingEncoder())
            finished = False
        assert read_version(path) == 1
        assert list_generations(path) == ["000001"]
        if finished:
            break
    assert failures > 5


def write_with_little_room(path: Path, files: list[Path], limit: int, result: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        update_library(path, files, encoder=HashingEncoder())
        result.send("")
    except LibraryError as error:
        result.send(error.message.en)


def test_full_disk_leaves_the_library_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "library"
    update_library(path, write_issues(tmp_path, 1), encoder=HashingEncoder())
    sizes = sorted({entry.stat().st_size for entry in path.rglob("*") if entry.is_file()})
    failures = 0
    for version, limit in enumerate([0, 1, *(size - 1 for size in sizes[2::2])], 2):
        files = write_issues(tmp_path, version)
        result, sender = FORKSERVER.Pipe(duplex=False)
        writer = FORKSERVER.Process(
            target=write_with_little_room, args=(path, files, limit, sender)
        )
        writer.start()
        sender.close()
        message = result.recv()
        writer.join()
        assert writer.exitcode == 0
        if message:
            failures += 1
            assert "is as it was" in message
            assert read_version(path) == 1
        else:
            assert read_version(path) == version
            break
    assert failures > 5
    update_library(path, write_issues(tmp_path, 99), encoder=HashingEncoder())
    assert read_version(path) == 99


def pause_while_encoding(path: Path, files: list[Path], pipe: Connection) -> None:
    # A shell that starts the tests in the background has them ignore the signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    class PausingEncoder(HashingEncoder):
        def encode_passages(self, *arguments):
            pipe.send("encoding")
            pipe.recv()
            return super().encode_passages(*arguments)

    try:
        pipe.send(update_library(path, files, encoder=PausingEncoder()).generation)
    except KeyboardInterrupt:
        pipe.send("interrupted")


@contextmanager
def running_writer(path: Path, files: list[Path]) -> Iterator[tuple[Connection, int]]:
    pipe, other = FORKSERVER.Pipe()
    writer = FORKSERVER.Process(target=pause_while_encoding, args=(path, files, other))
    writer.start()
    other.close()
    assert pipe.recv() == "encoding"
    yield pipe, writer.pid or 0
    writer.join()
    assert writer.exitcode == 0


def test_concurrent_writer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library"
    update_library(path, write_issues(tmp_path, 1), encoder=HashingEncoder())
    with running_writer(path, write_issues(tmp_path, 2)) as (pipe, _):
        with pytest.raises(LibraryError, match="another process") as caught:
            update_library(path, write_issues(tmp_path, 2), encoder=HashingEncoder())
        assert "另一個程序" in caught.value.message.zh
        assert read_version(path) == 1
        pipe.send("go on")
        assert pipe.recv() == 2
    assert read_version(path) == 2


def test_concurrent_writer_of_a_new_library_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "library"
    with running_writer(path, write_issues(tmp_path, 1)) as (pipe, _):
        with pytest.raises(LibraryError, match="another process"):
            update_library(path, write_issues(tmp_path, 1), encoder=HashingEncoder())
        with pytest.raises(LibraryError, match="no library here"):
            Library.open(path)
        pipe.send("go on")
        assert pipe.recv() == 1
    assert read_version(path) == 1


def test_interrupt_leaves_the_library_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "library"
    update_library(path, write_issues(tmp_path, 1), encoder=HashingEncoder())
    with running_writer(path, write_issues(tmp_path, 2)) as (pipe, process):
        os.kill(process, signal.SIGINT)
        assert pipe.recv() == "interrupted"
    assert read_version(path) == 1
    assert list_generations(path) == ["000001"]


def find_record_ends(content: bytes) -> list[int]:
    """A record: digest (16 bytes), counts, vectors, tokens, checksum (4 bytes)."""
    dimension, ends, offset = HashingEncoder.dimension, [], 0
    while offset < len(content):
        count = int.from_bytes(content[offset + 16 : offset + 20], "little")
        token_counts = np.frombuffer(content, "<u4", count, offset + 20)
        offset += 20 + 4 * count + 2 * dimension + (count - 1) * dimension
        offset += int(token_counts.sum()) * dimension // 2 + 4
        ends.append(offset)
    assert len(ends) == 8
    assert offset == len(content)
    return ends


@pytest.mark.parametrize("damage", [0, 1, 5])
def test_embeddings_of_an_interrupted_update_are_reused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: int
) -> None:
    class StoppingEncoder(HashingEncoder):
        def encode_passages(self, *arguments):
            if len(self.encoded) >= 8:
                raise KeyboardInterrupt
            return super().encode_passages(*arguments)

    monkeypatch.setattr("index.update.encoding._BATCH_PASSAGES", 2)
    path = tmp_path / "library"
    files = [print_to(tmp_path, number, f"第{number}號") for number in range(1, 17)]
    first = StoppingEncoder()
    with pytest.raises(KeyboardInterrupt):
        update_library(path, files, encoder=first)
    [cache] = path.glob("*.cache")
    content = bytearray(cache.read_bytes())
    ends = find_record_ends(content)
    if damage:
        content[ends[-damage] - 9] ^= 1  # in the last text but `damage` - 1
        cache.write_bytes(content[: len(content) - 3 if damage == 1 else None])
    second = HashingEncoder()
    done = update_library(path, files, encoder=second)
    assert not set(second.encoded) & set(first.encoded[: 8 - damage])
    assert (done.encoded, done.reused) == (len(second.encoded), 8 - damage)
    assert not list(path.glob("*.cache"))
    with Library.open(path) as library:
        for row in range(library.engine.size):
            passage = library.passage(row)
            vector = second.encode_queries([build_encoder_input(passage)]).vectors[0]
            assert library.engine.search_vectors(vector, 1)[0].row == row


def read_repeatedly(path: Path, pipe: Connection) -> None:
    opened = 0
    try:
        while not pipe.poll():
            with Library.open(path) as library:
                opened += 1
                assert len(library.publications()) == len(ISSUES)
                vector = HashingEncoder().encode_queries(["x"]).vectors[0]
                rows = [hit.row for hit in library.engine.search_vectors(vector, 3)]
                versions = {passage.text.split("第")[2] for passage in library.passages(rows)}
                assert len(versions) == 1
        pipe.send(opened)
    except BaseException as error:
        pipe.send(repr(error))
        raise


def test_readers_keep_their_snapshot_while_a_writer_publishes(tmp_path: Path) -> None:
    path = tmp_path / "library"
    update_library(path, write_issues(tmp_path, 1), encoder=HashingEncoder())
    early = Library.open(path)
    pipes = []
    for _ in range(2):
        pipe, other = FORKSERVER.Pipe()
        reader = FORKSERVER.Process(target=read_repeatedly, args=(path, other))
        reader.start()
        other.close()
        pipes.append((pipe, reader))
    snapshots: list[tuple[int, Library]] = [(1, early)]
    for version in range(2, 22):
        update_library(path, write_issues(tmp_path, version), encoder=HashingEncoder())
        newest = snapshots[-1][1].refreshed()
        assert newest is newest.refreshed()
        assert newest.generation == version
        snapshots.append((version, newest))
    for version, library in snapshots:  # whose folders are gone, but for the last two
        assert library.generation == version
        assert library.engine.document_frequency(str(version)) == len(ISSUES)
        rows = range(library.engine.size)
        assert all(f"第{version}版" in passage.text for passage in library.passages(rows))
        vector = HashingEncoder().encode_queries(["x"]).vectors[0]
        assert len(library.engine.search_vectors(vector, 3)) == 3
        assert [len(s) for s in library.engine.sentence_similarities(vector, rows)] == [
            len(refs) for refs in library.sentences(rows)
        ]
        library.close()
    for pipe, reader in pipes:
        pipe.send("stop")
        opened = pipe.recv()
        reader.join()
        assert isinstance(opened, int), opened
        assert opened > 5


def read_without_write_permission(path: Path, result: Connection) -> None:
    Library.open(path).close()  # imports all that is needed
    if os.geteuid() == 0:  # who may write anywhere
        os.setuid(65534)
    with Library.open(path) as library:
        result.send(library.engine.document_frequency("1"))
    try:
        update_library(path, remove=["x"], encoder=HashingEncoder())
    except LibraryError as error:
        result.send(error.message.en)


def test_read_only_library_is_opened_and_update_refused() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "library"
        update_library(path, write_issues(folder, 1), encoder=HashingEncoder())
        folders = [folder, path, *(entry for entry in path.rglob("*") if entry.is_dir())]
        for entry in folders:
            entry.chmod(0o555)
        result, sender = FORKSERVER.Pipe(duplex=False)
        reader = FORKSERVER.Process(target=read_without_write_permission, args=(path, sender))
        reader.start()
        sender.close()
        assert result.recv() == len(ISSUES)
        assert "cannot be written (Permission denied) and is as it was" in result.recv()
        reader.join()
        for entry in folders:
            entry.chmod(0o755)

"""Generations: each change of a library is a folder of its own, published by one rename.

A library's folder holds:

- `tongzhu.json`, the pointer: the name of the current generation. Replacing it publishes.
- `generations/`: the current generation, the one before it, and at times one being written.
- `writer.lock`: held by the one writer.
- `encoded-….cache`: vectors of a change that was broken off (see `index.encoded`).

A generation never changes once it is published, so a reader that has its files open keeps a whole
snapshot, even when the folder is gone. A writer that is killed leaves a folder that the pointer
does not name; the next writer removes it.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from index import faults
from index.catalogue import Counts, Model

FORMAT = 1
"""Raised whenever older libraries could not be searched rightly any more: for other files, and
also for another analysis of terms or other passages."""

POINTER = "tongzhu.json"
GENERATIONS = "generations"
LOCK = "writer.lock"
CACHES = "encoded-*.cache"
MANIFEST = "manifest.json"

_NEXT = "tongzhu.json.next"
_BLOCK = 1 << 20  # bytes read at once
_SMALL = 32 << 20  # bytes that are checked whenever a library is opened: some 20 ms


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file has to be: its size in bytes and its CRC-32."""

    size: int
    checksum: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is.

    Attributes:
        created_by: The version of Tongzhu that wrote it.
        model: What made the vectors.
        counts: Of the whole library.
        files: By path, relative to the generation's folder, with forward slashes.
    """

    created_by: str
    model: Model
    counts: Counts
    files: dict[str, FileRecord]


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation is current.

    Attributes:
        tongzhu: The format of the library.
        generation: The number of the current one, from 1.
        previous: The number of the one before, which is kept; 0 if none.
        manifest: The checksum of the current one's manifest.
        check: The checksum of the other fields.
    """

    tongzhu: int
    generation: int
    previous: int
    manifest: int
    check: int = 0


def folder_of(path: Path, generation: int) -> Path:
    """Where a generation is."""
    return path / GENERATIONS / f"{generation:06}"


def read_pointer(path: Path) -> Pointer:
    """The pointer of the library at a path.

    Raises:
        LibraryError: If there is no library, or one that this version cannot read.
    """
    try:
        content = (path / POINTER).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise faults.missing(path) if _may_become(path) else faults.foreign(path) from None
    except OSError as error:
        raise faults.unreadable(path, error) from error
    try:
        made = msgspec.json.decode(content, type=dict[str, int])["tongzhu"]
        if made > FORMAT:
            raise faults.newer(path, made, FORMAT)
        pointer = msgspec.json.decode(content, type=Pointer)
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError):
        raise faults.damaged(path, POINTER) from None
    if pointer.tongzhu != FORMAT or pointer.check != _check(pointer):
        raise faults.damaged(path, POINTER)
    return pointer


def read_manifest(path: Path, pointer: Pointer, *, thorough: bool) -> Manifest:
    """The manifest of the current generation, whose files have the sizes that it says.

    Args:
        path: The library.
        pointer: Its pointer.
        thorough: Whether to compare the checksums of all files, however large.

    Raises:
        LibraryError: If a file is missing or is not what was written.
    """
    folder = folder_of(path, pointer.generation)
    try:
        content = (folder / MANIFEST).read_bytes()
        if zlib.crc32(content) != pointer.manifest:
            raise faults.damaged(path, MANIFEST)
        manifest = msgspec.json.decode(content, type=Manifest)
        total = sum(record.size for record in manifest.files.values())
        for name, record in manifest.files.items():
            file = folder / name
            if file.stat().st_size != record.size:
                raise faults.damaged(path, name)
            if (thorough or total <= _SMALL) and _checksum(file) != record.checksum:
                raise faults.damaged(path, name)
    except FileNotFoundError as error:
        raise faults.damaged(path, f"{Path(str(error.filename)).name} missing") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise faults.damaged(path, MANIFEST) from error
    except OSError as error:
        raise faults.unreadable(path, error) from error
    return manifest


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Makes this process the one writer of the library at a path, which need not exist.

    Removes what killed writers have left. Where nothing comes of it, a folder that is made here
    is removed again.

    Raises:
        LibraryError: If another process is writing, if something else is at the path, or if it
            cannot be written to: then nothing of the library has changed.
    """
    if not (path / POINTER).exists() and not _may_become(path):
        raise faults.foreign(path)
    try:
        made = not path.exists()
        path.mkdir(parents=True, exist_ok=True)
        with FileLock(path / LOCK, timeout=0):
            try:
                _sweep(path)
                yield
            finally:
                # The lock's file goes while it is locked: whoever waits for it looks again.
                if made and not {entry.name for entry in path.iterdir()} - {LOCK, GENERATIONS}:
                    shutil.rmtree(path)
    except Timeout:
        raise faults.busy(path) from None
    except OSError as error:
        raise faults.unwritable(path, error) from error


@contextmanager
def drafting(path: Path, generation: int) -> Iterator[Path]:
    """The folder of a generation to be written; gone in the end if it is not published."""
    folder = folder_of(path, generation)
    folder.mkdir(parents=True)
    try:
        yield folder
    except BaseException:
        _sweep(path)
        raise


def publish(path: Path, current: Pointer | None, model: Model, counts: Counts) -> None:
    """Makes the generation after the current one the current one, in one step.

    Only the writer may call this. When it returns, the generation is safe from a power failure.

    Raises:
        OSError: If something cannot be written; the current generation stays current.
    """
    previous = current.generation if current else 0
    folder = folder_of(path, previous + 1)
    files = {}
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        _sync(file)
        name = file.relative_to(folder).as_posix()
        files[name] = FileRecord(file.stat().st_size, _checksum(file))
    manifest = msgspec.json.encode(Manifest(version("tongzhu"), model, counts, files))
    _write(folder / MANIFEST, manifest)
    for directory in (*(entry for entry in folder.rglob("*") if entry.is_dir()), folder):
        _sync(directory)
    _sync(folder.parent)
    pointer = Pointer(FORMAT, previous + 1, previous, zlib.crc32(manifest))
    pointer = replace(pointer, check=_check(pointer))
    _write(path / _NEXT, msgspec.json.encode(pointer))
    (path / _NEXT).replace(path / POINTER)
    _sync(path)
    _sweep(path)


def remove_caches(path: Path, keep: Path | None = None) -> None:
    """Removes the vectors of changes that were broken off."""
    for cache in path.glob(CACHES):
        if cache != keep:
            cache.unlink()


def _may_become(path: Path) -> bool:
    """Whether there is nothing at a path but what a writer leaves that was stopped early."""
    if not path.exists():
        return True
    if not path.is_dir():
        return False
    ours = {GENERATIONS, LOCK, _NEXT}
    return all(entry.name in ours or entry.match(CACHES) for entry in path.iterdir())


def _sweep(path: Path) -> None:
    """Removes every generation but the current one and the one before it.

    What a reader holds at this moment, on systems where that prevents it, is left to the next
    writer.
    """
    kept: set[str] = set()
    if (path / POINTER).exists():
        pointer = read_pointer(path)
        kept = {folder_of(path, number).name for number in (pointer.generation, pointer.previous)}
    (path / _NEXT).unlink(missing_ok=True)
    if (path / GENERATIONS).exists():
        for folder in (path / GENERATIONS).iterdir():
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _check(pointer: Pointer) -> int:
    return zlib.crc32(msgspec.json.encode(replace(pointer, check=0)))


def _checksum(file: Path) -> int:
    checksum = 0
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _sync(path: Path) -> None:
    """Has the system write a file or, where it can do that, a folder's list of files."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

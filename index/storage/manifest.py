"""What a library's folder holds, and how it is known to be what was written.

- `tongzhu.json`, the pointer: the number of the current generation. Replacing it publishes.
- `generations/`: the current generation, the one before it, and at times one being written; in
  each of them a manifest and the files that it lists.
- `writer.lock`: held by the one writer.
- `encoded-….cache`: vectors of a change that was broken off (see `index.update.embedding_cache`).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from index import faults
from index.errors import LibraryError
from index.storage.records import Counts, Model

FORMAT = 5
"""Raised whenever older libraries could not be searched rightly any more: for other files, and
also for another analysis of terms or other passages. The writer makes an older library anew, from
the publications that it holds (see `index.update.update`)."""

POINTER = "tongzhu.json"
NEXT_POINTER = "tongzhu.json.next"
GENERATIONS = "generations"
LOCK = "writer.lock"
CACHES = "encoded-*.cache"
MANIFEST = "manifest.json"

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
        generation: The number of the current one, from 1; 0 while the first one is being written.
        previous: The number of the one before, which is kept; 0 if none.
        manifest: The checksum of the current one's manifest.
        check: The checksum of the other fields.
    """

    tongzhu: int
    generation: int
    previous: int
    manifest: int
    check: int = 0

    def checked(self) -> Pointer:
        """The same with the right `check`."""
        bare = replace(self, check=0)
        return replace(bare, check=zlib.crc32(msgspec.json.encode(bare)))


def folder_of(path: Path, generation: int) -> Path:
    """Where a generation is."""
    return path / GENERATIONS / f"{generation:06}"


def read_pointer(path: Path, *, older: bool = False) -> Pointer:
    """The pointer of the library at a path.

    Args:
        path: The library.
        older: Whether it may be of an older format.

    Raises:
        LibraryError: If there is no library, or one that this version cannot read.
    """
    pointer = find_pointer(path, older=older)
    if pointer is None or not pointer.generation:
        raise faults.missing(path)
    return pointer


def find_pointer(path: Path, *, older: bool = False) -> Pointer | None:
    """The pointer of the library at a path; None if nothing is there that it could belong to.

    Args:
        path: The library.
        older: Whether it may be of an older format.

    Raises:
        LibraryError: If something else is there, or a library that this version cannot read.
    """
    try:
        content = (path / POINTER).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        fault = _not_nothing(path)
        if fault and (path / POINTER).exists():  # a writer has made it at this moment
            return find_pointer(path, older=older)
        if fault:
            raise fault from None
        return None
    except OSError as error:
        raise faults.unreadable(path, error) from error
    except ValueError:  # the path holds a zero byte: nothing can be there
        return None
    try:
        made = msgspec.json.decode(content, type=dict[str, int])["tongzhu"]
        if made > FORMAT:
            raise faults.newer(path, made, FORMAT)
        pointer = msgspec.json.decode(content, type=Pointer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError):
        raise faults.damaged(path, POINTER) from None
    if pointer != pointer.checked():
        raise faults.damaged(path, POINTER)
    if made < FORMAT and not older:
        raise faults.older(path, made, FORMAT)
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
            if (thorough or total <= _SMALL) and checksum(file) != record.checksum:
                raise faults.damaged(path, name)
    except FileNotFoundError as error:
        raise faults.damaged(path, f"{Path(str(error.filename)).name} missing") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise faults.damaged(path, MANIFEST) from error
    except OSError as error:
        raise faults.unreadable(path, error) from error
    return manifest


def checksum(file: Path) -> int:
    """The CRC-32 of a file.

    Raises:
        OSError: If it cannot be read.
    """
    result = 0
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            result = zlib.crc32(block, result)
    return result


def _not_nothing(path: Path) -> LibraryError | None:
    """What is wrong where there is more at a path than a writer leaves that was stopped early."""
    try:
        entries = list(path.iterdir()) if path.exists() else []
        generations = any(path.glob(f"{GENERATIONS}/*"))
    except NotADirectoryError:
        return faults.foreign(path)
    except OSError as error:
        return faults.unreadable(path, error)
    ours = {GENERATIONS, LOCK, NEXT_POINTER}
    if not all(entry.name in ours or entry.match(CACHES) for entry in entries):
        return faults.foreign(path)
    return faults.damaged(path, f"{POINTER} missing") if generations else None

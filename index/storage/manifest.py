"""What a library's folder holds, and how it is known to be what was written.

- `tongzhu.json`, the pointer: the number of the current generation. Replacing it publishes.
- `generations/`: the current generation, the one before it, and at times one being written; in
  each of them a manifest and the files that it lists.
- `writer.lock`: held by the one writer.
- `encoded-….cache`: vectors of a change that was broken off (see `index.update.embedding_cache`).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from index import errors
from index.errors import LibraryError
from index.storage.records import Counts, Model

FORMAT_VERSION = 6
"""Raised whenever older libraries could not be searched rightly any more: for other files, and
also for another analysis of terms or other passages. The writer makes an older library anew, from
the publications that it holds (see `index.update.update`)."""

POINTER_FILE = "tongzhu.json"
NEXT_POINTER_FILE = "tongzhu.json.next"
GENERATIONS_FOLDER = "generations"
LOCK_FILE = "writer.lock"
CACHE_PATTERN = "encoded-*.cache"
MANIFEST_FILE = "manifest.json"

_READ_BLOCK_BYTES = 1 << 20  # bytes read at once
_MAX_BYTES_CHECKED_ON_OPEN = (
    32 << 20
)  # bytes that are checked whenever a library is opened: some 20 ms


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


class Pointer(msgspec.Struct, frozen=True):
    """Which generation is current.

    Attributes:
        format_version: The format of the library; its key on disk is "tongzhu".
        generation: The number of the current one, from 1; 0 while the first one is being written.
        previous: The number of the one before, which is kept; 0 if none.
        manifest: The checksum of the current one's manifest.
        check: The checksum of the other fields.
    """

    format_version: int = msgspec.field(name="tongzhu")
    generation: int
    previous: int
    manifest: int
    check: int = 0

    def with_checksum(self) -> Pointer:
        """The same with the right `check`."""
        bare = msgspec.structs.replace(self, check=0)
        return msgspec.structs.replace(bare, check=zlib.crc32(msgspec.json.encode(bare)))


def generation_folder(path: Path, generation: int) -> Path:
    """Where a generation is."""
    return path / GENERATIONS_FOLDER / f"{generation:06}"


def read_pointer(path: Path, *, allow_outdated: bool = False) -> Pointer:
    """The pointer of the library at a path.

    Args:
        path: The library.
        allow_outdated: Whether it may be of an older format.

    Raises:
        LibraryError: If there is no library, or one that this version cannot read.
    """
    pointer = find_pointer(path, allow_outdated=allow_outdated)
    if pointer is None or not pointer.generation:
        raise errors.missing_library_error(path)
    return pointer


def find_pointer(path: Path, *, allow_outdated: bool = False) -> Pointer | None:
    """The pointer of the library at a path; None if nothing is there that it could belong to.

    Args:
        path: The library.
        allow_outdated: Whether it may be of an older format.

    Raises:
        LibraryError: If something else is there, or a library that this version cannot read.
    """
    try:
        content = (path / POINTER_FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        error = _diagnose_missing_pointer(path)
        if error and (path / POINTER_FILE).exists():  # a writer has made it at this moment
            return find_pointer(path, allow_outdated=allow_outdated)
        if error:
            raise error from None
        return None
    except OSError as error:
        raise errors.unreadable_library_error(path, error) from error
    except ValueError:  # the path holds a zero byte: nothing can be there
        return None
    try:
        format_version = msgspec.json.decode(content, type=dict[str, int])["tongzhu"]
        if format_version > FORMAT_VERSION:
            raise errors.newer_format_error(path, format_version, FORMAT_VERSION)
        pointer = msgspec.json.decode(content, type=Pointer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError):
        raise errors.damaged_library_error(path, POINTER_FILE) from None
    if pointer != pointer.with_checksum():
        raise errors.damaged_library_error(path, POINTER_FILE)
    if format_version < FORMAT_VERSION and not allow_outdated:
        raise errors.outdated_format_error(path, format_version, FORMAT_VERSION)
    return pointer


def read_manifest(path: Path, pointer: Pointer, *, check_all_files: bool) -> Manifest:
    """The manifest of the current generation, whose files have the sizes that it says.

    Args:
        path: The library.
        pointer: Its pointer.
        check_all_files: Whether to compare the checksums of all files, however large.

    Raises:
        LibraryError: If a file is missing or is not what was written.
    """
    folder = generation_folder(path, pointer.generation)
    try:
        content = (folder / MANIFEST_FILE).read_bytes()
        if zlib.crc32(content) != pointer.manifest:
            raise errors.damaged_library_error(path, MANIFEST_FILE)
        manifest = msgspec.json.decode(content, type=Manifest)
        total_size = sum(record.size for record in manifest.files.values())
        for name, record in manifest.files.items():
            file = folder / name
            if file.stat().st_size != record.size:
                raise errors.damaged_library_error(path, name)
            if (check_all_files or total_size <= _MAX_BYTES_CHECKED_ON_OPEN) and compute_checksum(
                file
            ) != record.checksum:
                raise errors.damaged_library_error(path, name)
    except FileNotFoundError as error:
        raise errors.damaged_library_error(
            path, f"{Path(str(error.filename)).name} missing"
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise errors.damaged_library_error(path, MANIFEST_FILE) from error
    except OSError as error:
        raise errors.unreadable_library_error(path, error) from error
    return manifest


def compute_checksum(file: Path) -> int:
    """The CRC-32 of a file.

    Raises:
        OSError: If it cannot be read.
    """
    crc = 0
    with file.open("rb") as stream:
        while block := stream.read(_READ_BLOCK_BYTES):
            crc = zlib.crc32(block, crc)
    return crc


def _diagnose_missing_pointer(path: Path) -> LibraryError | None:
    """What is wrong where there is more at a path than a writer leaves that was stopped early."""
    try:
        entries = list(path.iterdir()) if path.exists() else []
        has_generations = any(path.glob(f"{GENERATIONS_FOLDER}/*"))
    except NotADirectoryError:
        return errors.not_a_library_error(path)
    except OSError as error:
        return errors.unreadable_library_error(path, error)
    own_names = {GENERATIONS_FOLDER, LOCK_FILE, NEXT_POINTER_FILE}
    if not all(entry.name in own_names or entry.match(CACHE_PATTERN) for entry in entries):
        return errors.not_a_library_error(path)
    return (
        errors.damaged_library_error(path, f"{POINTER_FILE} missing") if has_generations else None
    )

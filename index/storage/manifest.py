"""The files in a library's folder, and the checksums by which damage is noticed.

- `tongzhu.json`, the pointer: the number of the current generation. Replacing it publishes.
- `segments/`: publications with all that is stored of them, in folders that never change once they
  are written; in each of them a manifest of its files.
- `generations/`: the current generation, the one before it, and at times one being written; in
  each of them a manifest that names the segments, and the term index over all of them.
- `writer.lock`: locked by the one writer.
- `encoded-GENERATION-….cache`: embeddings of an interrupted update that was to publish that
  generation (see `index.update.embedding_cache`).
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from index import errors
from index.errors import LibraryError
from index.glossary.gloss import Gloss
from index.storage.records import Counts, Model, StoredPublication

FORMAT_VERSION = 10
"""Raised whenever older versions can no longer search a library correctly: for other files, and
also for another analysis of terms or other passages."""

OLDEST_FORMAT_VERSION = 9
"""The oldest format that this version searches and adds to; what it writes is of its own. Format 9
had its records not compressed. The writer rebuilds a library of an older one from the publications
that it contains (see `index.update.update`)."""

POINTER_FILE = "tongzhu.json"
NEXT_POINTER_FILE = "tongzhu.json.next"
GENERATIONS_FOLDER = "generations"
SEGMENTS_FOLDER = "segments"
LOCK_FILE = "writer.lock"
MERGER_LOCK_FILE = "merger.lock"
CACHE_PATTERN = "encoded-*.cache"
CACHE_NAME = "encoded-{generation:06}-{model}.cache"
MANIFEST_FILE = "manifest.json"

BLOCK_BYTES = 1 << 16
"""The bytes of a block that has a checksum of its own; part of the format."""

_M = TypeVar("_M")

_MAX_JSON_BYTES = 1 << 28  # more than the manifest of any library that can be searched


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a file contained when it was written.

    Attributes:
        size: Its size in bytes.
        checksum: Its CRC-32.
        blocks: The CRC-32 of each of its blocks, the last of which may be shorter; empty for a file
            of one block.
    """

    size: int
    checksum: int
    blocks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentRecord:
    """A segment as a generation has it.

    Attributes:
        number: The number of the generation that wrote it, which its folder is named after.
        checksum: The CRC-32 of its manifest.
        passages: The passages that are stored in it.
        dropped_passages: Those of them that are in the library no more.
        dropped_ids: The ids of the publications in it that are in the library no more.
    """

    number: int
    checksum: int
    passages: int
    dropped_passages: int = 0
    dropped_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentManifest:
    """The manifest of a segment.

    Attributes:
        files: The files, by path relative to the segment's folder, with forward slashes.
        publications: The publications in it, in the order of their passages.
        format_version: The format that it is written in; 9 does not say so.
    """

    files: dict[str, FileRecord]
    publications: tuple[StoredPublication, ...]
    format_version: int = 9


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a generation.

    Attributes:
        created_by: The version of Tongzhu that wrote it.
        model: The model that made the embeddings.
        counts: How much the library contains of each kind.
        files: The files in the generation's folder that no segment has, by path relative to it,
            with forward slashes.
        segments: The segments, in the order in which they were written; none in formats before 9.
        next_key: The smallest key that a new passage may have.
        user_glosses: The user's own glosses.
    """

    created_by: str
    model: Model
    counts: Counts
    files: dict[str, FileRecord]
    segments: tuple[SegmentRecord, ...] = ()
    next_key: int = 0
    user_glosses: tuple[Gloss, ...] = ()


class Pointer(msgspec.Struct, frozen=True):
    """Names the current generation. The keys on disk never change: every version reads them.

    Attributes:
        format_version: The format of the library.
        generation: The number of the current generation, from 1; 0 while the first is written.
        previous: The number of the generation before, which is kept; 0 if there is none.
        manifest_checksum: The CRC-32 of the current generation's manifest.
        checksum: The CRC-32 of the pointer itself, with a checksum of 0.
    """

    format_version: int = msgspec.field(name="tongzhu")
    generation: int
    previous: int
    manifest_checksum: int = msgspec.field(name="manifest")
    checksum: int = msgspec.field(name="check", default=0)

    def with_checksum(self) -> Pointer:
        """Return the same pointer with the right checksum."""
        bare = msgspec.structs.replace(self, checksum=0)
        return msgspec.structs.replace(bare, checksum=zlib.crc32(msgspec.json.encode(bare)))


def generation_folder(path: Path, generation: int) -> Path:
    """Return the folder of a generation.

    Args:
        path: The library's folder.
        generation: The generation's number.
    """
    return path / GENERATIONS_FOLDER / f"{generation:06}"


def segment_folder(path: Path, number: int) -> Path:
    """Return the folder of a segment.

    Args:
        path: The library's folder.
        number: The segment's number.
    """
    return path / SEGMENTS_FOLDER / f"{number:06}"


def read_pointer(path: Path, *, allow_outdated: bool = False) -> Pointer:
    """Return the pointer of the library at a path.

    Args:
        path: The library's folder.
        allow_outdated: Whether it may be of an older format.

    Raises:
        LibraryError: If there is no library, or one that this version cannot read.
    """
    pointer = find_pointer(path, allow_outdated=allow_outdated)
    if pointer is None:
        raise errors.missing_library_error(path)
    return pointer


def find_pointer(path: Path, *, allow_outdated: bool = False) -> Pointer | None:
    """Return the pointer of the library at a path; None if no library was ever published there.

    Then the path is missing, empty, or has only what a writer left that was stopped before it
    published anything.

    Args:
        path: The library's folder.
        allow_outdated: Whether it may be of an older format.

    Raises:
        LibraryError: If something else is there, or a library that this version cannot read.
    """
    try:
        content = _read_regular_file(path / POINTER_FILE)
    except (FileNotFoundError, NotADirectoryError):
        problem = _diagnose_missing_pointer(path)
        if problem and (path / POINTER_FILE).exists():  # a writer has made it at this moment
            return find_pointer(path, allow_outdated=allow_outdated)
        if problem:
            raise problem from None
        return None
    except OSError as error:
        raise errors.unreadable_library_error(path, error) from error
    except ValueError:  # it has a null character, or half a Unicode character
        raise errors.invalid_path_error(path) from None
    try:
        format_version = msgspec.json.decode(content, type=dict[str, int])["tongzhu"]
        if format_version > FORMAT_VERSION:
            raise errors.newer_format_error(path, format_version, FORMAT_VERSION)
        pointer = msgspec.json.decode(content, type=Pointer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError):
        raise errors.damaged_library_error(path, POINTER_FILE) from None
    if pointer != pointer.with_checksum():
        raise errors.damaged_library_error(path, POINTER_FILE)
    if format_version < OLDEST_FORMAT_VERSION and not allow_outdated:
        raise errors.outdated_format_error(path, format_version, FORMAT_VERSION)
    return pointer if pointer.generation else None


def read_manifest(path: Path, pointer: Pointer) -> Manifest:
    """Return the manifest of the current generation, having compared the files' sizes with it.

    Args:
        path: The library's folder.
        pointer: Its pointer.

    Raises:
        LibraryError: If a file is missing or has another size than was written.
    """
    folder = generation_folder(path, pointer.generation)
    manifest = _read_manifest_file(path, folder, pointer.manifest_checksum, Manifest)
    check_file_sizes(path, folder, manifest.files)
    return manifest


def read_segment_manifest(path: Path, record: SegmentRecord) -> SegmentManifest:
    """Return the manifest of a segment, having compared the files' sizes with it.

    Args:
        path: The library's folder.
        record: The segment, as the generation's manifest lists it.

    Raises:
        LibraryError: If a file is missing or has another size than was written.
    """
    folder = segment_folder(path, record.number)
    manifest = _read_manifest_file(path, folder, record.checksum, SegmentManifest)
    check_file_sizes(path, folder, manifest.files)
    return manifest


def find_segment_numbers(folder: Path, checksum: int | None = None) -> frozenset[int] | None:
    """Return the numbers of the segments of a generation; None if that cannot be found out.

    Args:
        folder: The generation's folder.
        checksum: The CRC-32 of its manifest; None if that is not known.
    """
    try:
        content = _read_regular_file(folder / MANIFEST_FILE)
        if checksum not in (None, zlib.crc32(content)):
            return None
        manifest = msgspec.json.decode(content, type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return frozenset(record.number for record in manifest.segments)


def _read_manifest_file(path: Path, folder: Path, checksum: int, kind: type[_M]) -> _M:
    """Return a manifest, verified; what goes wrong becomes a `LibraryError`."""
    try:
        content = _read_regular_file(folder / MANIFEST_FILE)
        if zlib.crc32(content) != checksum:
            raise errors.damaged_library_error(path, MANIFEST_FILE)
        return msgspec.json.decode(content, type=kind)
    except FileNotFoundError as error:
        raise errors.damaged_library_error(path, MANIFEST_FILE, "missing") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise errors.damaged_library_error(path, MANIFEST_FILE) from error
    except OSError as error:
        raise errors.unreadable_library_error(path, error) from error


def check_file_sizes(path: Path, folder: Path, files: Mapping[str, FileRecord]) -> None:
    """Compare the sizes of files with what was written.

    Args:
        path: The library's folder.
        folder: The folder that they are in.
        files: The files, by path relative to it.

    Raises:
        LibraryError: If one is missing or has another size.
    """
    try:
        for name, record in files.items():
            status = (folder / name).stat()
            if status.st_size != record.size or not stat.S_ISREG(status.st_mode):
                raise errors.damaged_library_error(path, name)
    except FileNotFoundError as error:
        name = Path(str(error.filename)).name
        raise errors.damaged_library_error(path, name, "missing") from error
    except OSError as error:
        raise errors.unreadable_library_error(path, error) from error


def record_file(file: Path) -> FileRecord:
    """Return the size and the checksums of a file.

    Args:
        file: The file.

    Raises:
        OSError: If it cannot be read.
    """
    size = checksum = 0
    blocks = []
    with file.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            size += len(block)
            checksum = zlib.crc32(block, checksum)
            blocks.append(zlib.crc32(block))
    return FileRecord(size, checksum, tuple(blocks) if len(blocks) > 1 else ())


def _read_regular_file(file: Path) -> bytes:
    """Return the content of a file; nothing of a pipe or a device, which could have no end."""
    status = file.stat()
    is_readable = stat.S_ISREG(status.st_mode) and status.st_size <= _MAX_JSON_BYTES
    return file.read_bytes() if is_readable else b""


def _diagnose_missing_pointer(path: Path) -> LibraryError | None:
    """Return the error of a path with more than a writer leaves that was stopped early, or None."""
    try:
        entries = list(path.iterdir()) if path.exists() else []
        has_generations = any(path.glob(f"{GENERATIONS_FOLDER}/*"))
    except NotADirectoryError:
        return errors.not_a_library_error(path)
    except OSError as error:
        return errors.unreadable_library_error(path, error)
    if path.is_symlink() and not path.exists():
        return errors.not_a_library_error(path)
    own_names = {
        *(GENERATIONS_FOLDER, SEGMENTS_FOLDER),
        *(LOCK_FILE, MERGER_LOCK_FILE, NEXT_POINTER_FILE),
    }
    if not all(entry.name in own_names or entry.match(CACHE_PATTERN) for entry in entries):
        return errors.not_a_library_error(path)
    return errors.damaged_library_error(path, POINTER_FILE, "missing") if has_generations else None

"""Generations: each state of a library is a list of segments, published by one rename.

Neither a generation nor a segment changes once it is published, so a reader with open files keeps a
complete snapshot, even when the folders are removed. A writer that is killed leaves folders that no
pointer leads to, or a cache of embeddings that has served its purpose; the next writer removes
them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from index import errors
from index.errors import LibraryError
from index.storage.manifest import (
    CACHE_NAME,
    CACHE_PATTERN,
    FORMAT_VERSION,
    GENERATIONS_FOLDER,
    LOCK_FILE,
    MANIFEST_FILE,
    MERGER_LOCK_FILE,
    NEXT_POINTER_FILE,
    POINTER_FILE,
    SEGMENTS_FOLDER,
    FileRecord,
    Manifest,
    Pointer,
    SegmentManifest,
    find_pointer,
    find_segment_numbers,
    generation_folder,
    record_file,
    segment_folder,
)
from index.storage.records import StoredPublication

_MERGING_FOLDER = "merging"
_MERGER_SECONDS = 10.0  # that a merged segment may take to be published


@contextmanager
def writer_lock(path: Path, seconds: float = 0) -> Iterator[Pointer | None]:
    """Yield the pointer of the library at a path, with this process as its one writer.

    Removes what killed writers have left. A folder that is made here is removed again if no library
    is made in it.

    Args:
        path: The library's folder, which need not exist.
        seconds: How long another process that is writing is waited for; one that merges segments,
            which takes the lock only to write lists, is waited for in any case.

    Yields:
        The pointer; None if there is no library yet.

    Raises:
        LockedLibraryError: If another process is writing.
        LibraryError: If something else is at the path, if there is a library that this version
            cannot read, or if it cannot be written to. In all these cases the library is unchanged.
    """
    find_pointer(path, allow_outdated=True)  # before anything is touched
    try:
        is_new_folder = not path.exists()
        path.mkdir(parents=True, exist_ok=True)
        with _acquire_writer_lock(path, seconds):
            try:
                pointer = find_pointer(path, allow_outdated=True)
                _remove_stale_files(path)
                yield pointer
            finally:
                if is_new_folder:
                    _remove_unused_folder(path)
    except Timeout:
        raise errors.locked_library_error(path) from None
    except OSError as error:
        raise errors.unwritable_library_error(path, error) from error


def _acquire_writer_lock(path: Path, seconds: float) -> AbstractContextManager[object]:
    lock = FileLock(path / LOCK_FILE)
    try:
        return lock.acquire(timeout=seconds)
    except Timeout:
        with merger_lock(path) as is_alone:
            if is_alone:
                raise
    return lock.acquire(timeout=_MERGER_SECONDS)


@contextmanager
def merger_lock(path: Path) -> Iterator[bool]:
    """Yield whether this process is the one that merges segments beside writers.

    Args:
        path: The library's folder.

    Raises:
        OSError: If the folder cannot be written to.
    """
    lock = FileLock(path / MERGER_LOCK_FILE, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def merging_folder(path: Path) -> Path:
    """Return the folder in which segments become one, before that has its number.

    Args:
        path: The library's folder.
    """
    return path / SEGMENTS_FOLDER / _MERGING_FOLDER


@contextmanager
def draft_generation(path: Path, current: Pointer | None) -> Iterator[Path]:
    """Yield the folder of the next generation; it is removed if the block raises.

    Args:
        path: The library's folder.
        current: The library's pointer; None if there is no library yet.
    """
    if current is None:
        # From here on a library without a pointer is a damaged one.
        _replace_pointer(
            path, Pointer(FORMAT_VERSION, generation=0, previous=0, manifest_checksum=0)
        )
    folder = generation_folder(path, current.generation + 1 if current else 1)
    try:
        folder.mkdir(parents=True)
        yield folder
    except BaseException:
        _remove_stale_files(path)
        raise


def seal_segment(folder: Path, publications: Sequence[StoredPublication]) -> int:
    """Return the checksum of the manifest of a segment that is complete now, and flush its files.

    Args:
        folder: The segment's folder.
        publications: The publications in it, in the order of their passages.

    Raises:
        OSError: If something cannot be written.
    """
    return _seal_folder(
        folder, SegmentManifest(_record_files(folder), tuple(publications), FORMAT_VERSION)
    )


def publish_generation(
    path: Path,
    current: Pointer | None,
    manifest: Manifest,
    linked_names: Collection[str],
    *,
    keep_previous: bool = True,
    prepare: Callable[[Pointer], None] = lambda _: None,
) -> None:
    """Make the draft the current generation, in one step, and remove what it replaces.

    Only the writer may call this.

    Args:
        path: The library's folder.
        current: The library's pointer; None if there is no library yet.
        manifest: What the generation consists of. Its files are listed here, and who wrote it.
        linked_names: The files in the draft that segments have, which are not listed again.
        keep_previous: Whether the generation before is kept until the next one.
        prepare: Called with the pointer that is about to be published, whose generation is
            complete; what it raises ends this.

    Raises:
        OSError: If something cannot be written; the current generation stays current.
    """
    number = current.generation + 1 if current else 1
    folder = generation_folder(path, number)
    files = _record_files(folder, linked_names)
    checksum = _seal_folder(folder, replace(manifest, created_by=version("tongzhu"), files=files))
    if (path / SEGMENTS_FOLDER).is_dir():
        _fsync(path / SEGMENTS_FOLDER)
    previous = current.generation if current and keep_previous else 0
    pointer = Pointer(FORMAT_VERSION, number, previous, checksum)
    prepare(pointer)
    _replace_pointer(path, pointer)
    # It is published. If cleaning up fails, the next writer does it; after a power failure there is
    # still either the old library or the new one.
    with suppress(OSError, LibraryError):
        _fsync(path)
        _remove_stale_files(path)


def forget_previous_generation(path: Path, current: Pointer) -> None:
    """Remove the generation before the current one, and what it alone needs.

    Only the writer may call this.

    Args:
        path: The library's folder.
        current: The library's pointer.

    Raises:
        OSError: If something cannot be written.
    """
    if current.previous:
        _replace_pointer(path, msgspec.structs.replace(current, previous=0))
        _remove_stale_files(path)


def _record_files(folder: Path, excluded: Collection[str] = ()) -> dict[str, FileRecord]:
    """Return what the files in a folder contain, having flushed them."""
    files = {}
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = file.relative_to(folder).as_posix()
        if name not in excluded:
            _fsync(file)
            files[name] = record_file(file)
    return files


def _seal_folder(folder: Path, manifest: Manifest | SegmentManifest) -> int:
    """Return the checksum of a manifest, having written it and flushed the folder."""
    _write_json(folder / MANIFEST_FILE, manifest)
    for directory in (*(entry for entry in folder.rglob("*") if entry.is_dir()), folder):
        _fsync(directory)
    _fsync(folder.parent)
    return record_file(folder / MANIFEST_FILE).checksum


def _replace_pointer(path: Path, pointer: Pointer) -> None:
    """Replace the pointer by one rename."""
    _write_json(path / NEXT_POINTER_FILE, pointer.with_checksum())
    (path / NEXT_POINTER_FILE).replace(path / POINTER_FILE)


def _remove_unused_folder(path: Path) -> None:
    """Remove a folder without a library or embeddings in it."""
    with suppress(OSError, LibraryError):  # an empty folder may stay, and is no reason to fail
        if not any(path.glob(CACHE_PATTERN)) and not find_pointer(path, allow_outdated=True):
            # The lock's file is removed while locked: a process that waits for it opens it anew.
            shutil.rmtree(path)


def _remove_stale_files(path: Path) -> None:
    """Remove what neither the current generation needs nor the one before it.

    Where open files cannot be removed, those of readers are left to the next writer.
    """
    pointer = find_pointer(path, allow_outdated=True)
    numbers = (pointer.generation, pointer.previous) if pointer else ()
    retained = {generation_folder(path, number) for number in numbers}
    (path / NEXT_POINTER_FILE).unlink(missing_ok=True)
    for folder in path.glob(f"{GENERATIONS_FOLDER}/*"):
        if folder not in retained:
            shutil.rmtree(folder, ignore_errors=True)
    _remove_stale_segments(path, pointer)
    _remove_stale_merge(path)
    next_generation = pointer.generation + 1 if pointer else 1
    for cache in path.glob(CACHE_PATTERN):
        if not cache.match(CACHE_NAME.format(generation=next_generation, model="*")):
            cache.unlink()


def _remove_stale_segments(path: Path, pointer: Pointer | None) -> None:
    used: set[Path] = set()
    checksums: dict[int, int | None] = {}
    if pointer:
        checksums = {pointer.previous: None, pointer.generation: pointer.manifest_checksum}
    for generation, checksum in checksums.items():
        folder = generation_folder(path, generation)
        numbers = find_segment_numbers(folder, checksum)
        if numbers is None and folder.is_dir():
            return  # it is damaged: what it needs is not known
        used |= {segment_folder(path, number) for number in numbers or ()}
    used.add(merging_folder(path))
    for folder in path.glob(f"{SEGMENTS_FOLDER}/*"):
        if folder not in used:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_stale_merge(path: Path) -> None:
    """Remove what a killed process has merged, not what another one is merging."""
    folder = merging_folder(path)
    if folder.exists():
        with merger_lock(path) as is_alone:
            if is_alone:
                shutil.rmtree(folder, ignore_errors=True)


def _write_json(file: Path, content: Manifest | SegmentManifest | Pointer) -> None:
    with file.open("wb") as stream:
        stream.write(msgspec.json.encode(content))
        stream.flush()
        os.fsync(stream.fileno())


def _fsync(path: Path) -> None:
    """Flush a file or, where the system can do that, a folder to the disk."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

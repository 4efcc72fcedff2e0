"""Publishes the next generation, with the engine that is to search it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from index.storage.engine_setting import EngineSetting, write_engine_setting
from index.storage.generation import publish_generation
from index.storage.library import Library
from index.storage.manifest import Pointer, generation_folder, read_manifest
from index.storage.passage_reader import PassageReader
from index.storage.qdrant.collection import CollectionHead, name_collection
from index.storage.qdrant.connection import QdrantConnection, connect
from index.storage.qdrant.points import RemoteCollection
from index.storage.qdrant.publication import (
    PassageChange,
    find_continued_head,
    name_newest_collection,
    remove_unused,
    send_generation,
)
from index.storage.records import Model
from index.update.generation_writer import Draft
from index.update.progress import ProgressCallback, ProgressEvent

_BLOCK_PASSAGES = 1024  # passages that are read at once


def publish(
    path: Path,
    current: Library | None,
    draft: Draft,
    setting: EngineSetting | None,
    progress: ProgressCallback = lambda _: None,
    *,
    keep_previous: bool = True,
) -> None:
    """Make the draft the current generation, once the engine that is to search it has it.

    Only the writer may call this.

    Args:
        path: The library's folder.
        current: The current generation; None if there is no library yet.
        draft: The generation as it was written.
        setting: Names the engine; None for the local one.
        progress: Called at every step.
        keep_previous: Whether the generation before is kept until the next one.

    Raises:
        LibraryError: If the engine fails; the current generation stays current.
        OSError: If something cannot be written; the current generation stays current.
    """
    former = current.pointer if current else None
    number = former.generation + 1 if former else 1
    folder = generation_folder(path, number)
    if setting is None:
        write_engine_setting(folder, None)
        publish_generation(path, former, *draft, keep_previous=keep_previous)
        return
    connection = connect(setting.location)
    continued = _find_continued(connection, setting, current, draft.manifest.model)
    if continued is None:
        setting = msgspec.structs.replace(setting, collection=number)
    write_engine_setting(folder, setting)
    name = setting.name
    collection = RemoteCollection(connection, name_collection(name, setting.collection))

    def send(pointer: Pointer) -> None:
        manifest = read_manifest(path, pointer)
        with Library(path, pointer, manifest, for_writing=True) as library:
            send_generation(
                collection,
                pointer,
                library.model,
                _list_changes(library, current if continued else None),
                continued,
                lambda done, total: progress(ProgressEvent("sending", done, total)),
            )
        if continued is None:
            name_newest_collection(connection, name, collection.name)

    publish_generation(path, former, *draft, keep_previous=keep_previous, prepare=send)
    kept = {collection.name}
    if current and current.engine_setting:
        kept.add(name_collection(name, current.engine_setting.collection))
    remove_unused(collection, name, kept, number - 1)


def is_published(library: Library) -> bool:
    """Return whether the engine of a library has all of its passages, and can take more.

    Args:
        library: The current generation.

    Raises:
        LibraryError: If the engine does not answer.
    """
    setting = library.engine_setting
    if setting is None:
        return True
    return _find_continued(connect(setting.location), setting, library, library.model) is not None


def _find_continued(
    connection: QdrantConnection, setting: EngineSetting, current: Library | None, model: Model
) -> CollectionHead | None:
    """Return the head of the current generation if the next one can add to its collection."""
    if current is None or setting != current.engine_setting:
        return None
    if current.is_outdated or current.model != model:
        return None  # whose passages get other keys
    name = name_collection(setting.name, setting.collection)
    return find_continued_head(RemoteCollection(connection, name), current.pointer, model)


def _list_changes(library: Library, former: Library | None) -> PassageChange:
    """Return what a generation adds to the one before and drops of it; all that it has if None."""
    ranges = list(library.row_map.iter_ranges(_BLOCK_PASSAGES))
    if former is None:
        return PassageChange(ranges, PassageReader(library.segments))
    former_ranges = list(former.row_map.iter_ranges(_BLOCK_PASSAGES))
    keys = {(stored.first_key, stored.size) for stored in ranges}
    former_keys = {(stored.first_key, stored.size) for stored in former_ranges}
    return PassageChange(
        [stored for stored in ranges if (stored.first_key, stored.size) not in former_keys],
        PassageReader(library.segments),
        [stored for stored in former_ranges if (stored.first_key, stored.size) not in keys],
        PassageReader(former.segments),
    )

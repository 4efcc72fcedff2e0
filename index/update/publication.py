"""Publishes the next generation, with the engine that is to search it."""

from __future__ import annotations

from pathlib import Path

from index.storage.engine_setting import EngineSetting, write_engine_setting
from index.storage.generation import publish_generation
from index.storage.library import Library
from index.storage.manifest import Pointer, generation_folder, read_manifest
from index.storage.qdrant.connection import connect
from index.storage.qdrant.publication import (
    name_newest_collection,
    remove_old_collections,
    write_collection,
)
from index.update.generation_writer import Draft
from index.update.progress import ProgressCallback, ProgressEvent


def publish(
    path: Path,
    current: Pointer | None,
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
        current: The library's pointer; None if there is no library yet.
        draft: The generation as it was written.
        setting: Names the engine; None for the local one.
        progress: Called at every step.
        keep_previous: Whether the generation before is kept until the next one.

    Raises:
        LibraryError: If the engine fails; the current generation stays current.
        OSError: If something cannot be written; the current generation stays current.
    """
    number = current.generation + 1 if current else 1
    write_engine_setting(generation_folder(path, number), setting)
    if setting is None:
        publish_generation(path, current, *draft, keep_previous=keep_previous)
        return
    connection = connect(setting.location)

    def send(pointer: Pointer) -> None:
        with Library(path, pointer, read_manifest(path, pointer)) as library:
            write_collection(
                connection,
                setting.name,
                number,
                library.model,
                library.local_engine,
                lambda done, total: progress(ProgressEvent("sending", done, total)),
            )
        name_newest_collection(connection, setting.name, number)

    publish_generation(path, current, *draft, keep_previous=keep_previous, prepare=send)
    remove_old_collections(connection, setting.name, (number, number - 1))

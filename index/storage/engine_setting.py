"""Which engine searches a generation: its own files, unless a file in its folder names Qdrant."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from index.storage.verified_files import GenerationFiles

ENGINE_FILE = "engine.json"

_SUFFIX_BYTES = 3  # so that libraries in folders of the same name have collections of their own


class EngineSetting(msgspec.Struct, frozen=True):
    """Names the Qdrant that searches a library.

    Attributes:
        location: The address of the server, or the folder of the client's local mode.
        name: The name of the library there, which its collections begin with.
        collection: The generation that its collection was begun with; 0 if it has none yet.
    """

    location: str
    name: str
    collection: int = 0


def read_engine_setting(files: GenerationFiles) -> EngineSetting | None:
    """Return what names the engine of a generation; None for the local one.

    Args:
        files: The generation's files.

    Raises:
        LibraryError: If the file is damaged or cannot be read.
    """
    if not files.has(ENGINE_FILE):
        return None
    content = files.read(ENGINE_FILE)
    try:
        return msgspec.json.decode(content, type=EngineSetting)
    except msgspec.MsgspecError as error:
        raise files.reporter.damaged(ENGINE_FILE) from error


def choose_engine_setting(
    location: str | None, path: Path, current: EngineSetting | None
) -> EngineSetting | None:
    """Return what names the engine of the next generation; None for the local one.

    Args:
        location: Where it is to be; "" for the local engine, None for the engine of before.
        path: The library's folder, after which a library is named that is new there.
        current: What names the engine of the current generation.
    """
    if location is None:
        return current
    if not location:
        return None
    if current and current.location == location:
        return current
    return EngineSetting(location, f"{path.resolve().name}-{secrets.token_hex(_SUFFIX_BYTES)}")


def write_engine_setting(folder: Path, setting: EngineSetting | None) -> None:
    """Write what names the engine of a generation.

    Args:
        folder: The generation's folder.
        setting: The engine; None for the local one, for which there is no file.

    Raises:
        OSError: If it cannot be written.
    """
    if setting:
        (folder / ENGINE_FILE).write_bytes(msgspec.json.encode(setting))
    else:
        (folder / ENGINE_FILE).unlink(missing_ok=True)

"""The user's own glosses: into a library, and out of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from index import errors
from index.glossary.gloss import Gloss
from index.storage.generation import draft_generation, publish_generation, writer_lock
from index.storage.library import DOCUMENTS_FILE, Library
from index.storage.manifest import MANIFEST_FILE


def update_user_glossary(path: Path, edit: Callable[[tuple[Gloss, ...]], Sequence[Gloss]]) -> None:
    """Changes the user's glosses, all at once or not at all, and publishes the next generation.

    Args:
        path: The library's folder.
        edit: Makes what shall be of what is. Where both are the same, nothing is published.

    Raises:
        LibraryError: If there is no library, if it is damaged, if somebody else is writing, or if
            it cannot be written. The library is then as it was.
    """
    if not path.exists():
        raise errors.missing_library_error(path)
    with writer_lock(path) as pointer:
        if not pointer:
            raise errors.missing_library_error(path)
        with Library.open(path) as library:
            before = tuple(
                stored.gloss for stored in library.glosses() if not stored.publication_id
            )
            after = tuple(edit(before))
            if after == before:
                return
            library.verify()
            with draft_generation(path, pointer) as folder:
                unlisted = shutil.ignore_patterns(MANIFEST_FILE)
                shutil.copytree(library.folder, folder, ignore=unlisted, dirs_exist_ok=True)
                _write_user_glosses(folder / DOCUMENTS_FILE, after)
                publish_generation(path, pointer, library.model, library.counts)


def _write_user_glosses(path: Path, glosses: Iterable[Gloss]) -> None:
    """Puts the user's glosses in the place of those in the documents of a draft."""
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DELETE FROM gloss WHERE publication IS NULL")
            insert = "INSERT INTO gloss VALUES (NULL, ?)"
            connection.executemany(insert, ((msgspec.json.encode(gloss),) for gloss in glosses))
    except sqlite3.OperationalError as error:  # what SQLite raises for a full disk
        raise OSError(f"{path}: {error}") from error

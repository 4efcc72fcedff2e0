"""Changes the user's own glosses in a library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from index import errors
from index.glossary.gloss import Gloss
from index.storage.generation import draft_generation, writer_lock
from index.storage.library import Library
from index.storage.manifest import read_pointer
from index.update.generation_writer import Change, write_generation
from index.update.publication import publish


def update_user_glossary(path: Path, edit: Callable[[tuple[Gloss, ...]], Sequence[Gloss]]) -> None:
    """Change the user's glosses, all at once or not at all, and publish the next generation.

    Args:
        path: The library's folder.
        edit: Given the user's glosses, returns those to be stored in their place. If both are
            equal, nothing is published.

    Raises:
        LibraryError: If there is no library, if it is damaged, if another process is writing, or if
            it cannot be written. The library is then unchanged.
    """
    read_pointer(path, allow_outdated=True)  # before a folder is made
    with writer_lock(path) as pointer:
        if not pointer:
            raise errors.missing_library_error(path)
        with Library.open(path, for_writing=True) as library:
            before = library.user_glosses()
            after = tuple(edit(before))
            if after == before:
                return
            change = Change(library.model, library.counts, after)
            with draft_generation(path, pointer):
                draft = write_generation(path, pointer, library, change, lambda _: None)
                publish(path, library, draft, library.engine_setting)

"""Makes all segments of a library one, without what was dropped."""

from __future__ import annotations

from pathlib import Path

from index import errors
from index.storage.generation import (
    draft_generation,
    forget_previous_generation,
    writer_lock,
)
from index.storage.library import Library
from index.storage.manifest import FORMAT_VERSION, read_pointer
from index.storage.segment import Segment
from index.update.generation_writer import Change, write_generation
from index.update.progress import ProgressCallback
from index.update.publication import publish


def compact_library(path: Path | str, progress: ProgressCallback | None = None) -> bool:
    """Return whether there was anything to merge; one segment is all that is left on the disk.

    Answers stay as they are, but that what was dropped counts in no statistic any more. A segment
    of an older format is written anew in that of this version. Meanwhile the library takes up to
    twice its room.

    Args:
        path: The library's folder.
        progress: Called at every step.

    Raises:
        LibraryError: If there is no library, if it is damaged or of an older format, if another
            process is writing, or if it cannot be written.
        KeyboardInterrupt: If the user interrupts it.
        In all these cases the library is unchanged.
    """
    path = Path(path)
    read_pointer(path)  # before a folder is made
    with writer_lock(path) as pointer:
        if not pointer:
            raise errors.missing_library_error(path)
        with Library.open(path, for_writing=True) as library:
            if not any(map(_is_worth_writing, library.segments)) and len(library.segments) == 1:
                forget_previous_generation(path, pointer)
                return False
            change = Change(library.model, library.counts, library.user_glosses(), merges_all=True)
            report_progress = progress or (lambda _: None)
            with draft_generation(path, pointer):
                draft = write_generation(path, pointer, library, change, report_progress)
                setting = library.engine_setting
                publish(path, library, draft, setting, report_progress, keep_previous=False)
    return True


def _is_worth_writing(segment: Segment) -> bool:
    """Return whether a segment takes less room once it is written anew."""
    return bool(segment.dropped_ids) or segment.format_version < FORMAT_VERSION

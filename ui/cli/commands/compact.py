"""`tongzhu compact`: merges the segments of the library, and frees what was removed."""

from __future__ import annotations

from pathlib import Path

from index.messages import Language, MessageCatalogue
from index.storage.library import Library
from index.storage.size import measure_library
from index.update.compact import compact_library
from ui.cli.output import print_line
from ui.cli.paths import resolve_library_path
from ui.cli.progress import ProgressBars
from ui.service.labels import format_bytes

_CLI_MESSAGES = MessageCatalogue("ui", "cli")

_INTERRUPTED = 130


def merge_segments(library: Path | None, language: Language) -> int:
    """Merge the segments of the library, and print what room it takes; return the exit status.

    Raises:
        LibraryError: If there is no library, if it is damaged, or if it cannot be written.
    """
    folder = resolve_library_path(library)
    before = _measure(folder)
    try:
        with ProgressBars(language) as bars:
            compact_library(folder, bars.show_progress)
    except KeyboardInterrupt:
        print_line(_CLI_MESSAGES["library_unchanged"].in_language(language), stderr=True)
        return _INTERRUPTED
    line = _CLI_MESSAGES["compacted"].in_language(
        language, before=format_bytes(before), after=format_bytes(_measure(folder))
    )
    print_line(line)
    return 0


def _measure(folder: Path) -> int:
    with Library.open(folder) as opened:
        return measure_library(opened).total

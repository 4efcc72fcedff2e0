"""Find the files to be read in folders."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import ReadError
from index.input_files import find_files, get_mode, read_file, read_start
from index.messages import Message, MessageCatalogue
from index.readers.formats import (
    ARCHIVE_START,
    SAMPLE_BYTES,
    SUPPORTED_SUFFIXES,
    detect_binary_format,
)

_MESSAGES = MessageCatalogue("index", "files")


@dataclass(slots=True)
class CollectedFiles:
    """Files to be read, and what is not read of the folders that were named.

    Attributes:
        files: The files that were named, and those in folders.
        passed_over: By folder, the files in it of other kinds.
        problems: By path, why a folder cannot be read, or that nothing in it can.
    """

    files: list[Path] = field(default_factory=list)
    passed_over: dict[Path, list[Path]] = field(default_factory=dict)
    problems: list[tuple[Path, Message]] = field(default_factory=list)


def collect_files(paths: Iterable[Path]) -> CollectedFiles:
    """Return the files that are named, and those in folders and their folders that can be read.

    Args:
        paths: Of files, which are returned as they are, and of folders.
    """
    result = CollectedFiles()
    for path in paths:
        if not stat.S_ISDIR(get_mode(path)):
            result.files.append(path)
            continue
        failures: list[Message] = []
        passed_over: list[Path] = []
        files = find_files(path, is_readable, failures, passed_over)
        if not files and not failures:
            kinds = ", ".join(SUPPORTED_SUFFIXES)
            failures.append(_MESSAGES["no_readable_files"].format(path=path, kinds=kinds))
        if passed_over:
            result.passed_over[path] = passed_over
        result.files += files
        result.problems += [(path, failure) for failure in failures]
    return result


def is_readable(path: Path) -> bool:
    """Return whether the ending of a file, or else its content, is of a kind that is read.

    Plain text has no content that would tell it from tables, programs and settings: there the
    ending decides alone.

    Args:
        path: The file.
    """
    suffix = path.suffix.lower()
    if suffix in SUPPORTED_SUFFIXES:
        return True
    try:
        data = read_start(path, SAMPLE_BYTES)
        if data.startswith(ARCHIVE_START):
            data = read_file(path)  # what an archive holds stands at its end
    except ReadError:
        return False
    return detect_binary_format(data, suffix) not in ("unknown", "ole")

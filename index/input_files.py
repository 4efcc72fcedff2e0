"""Read the files that users name, whatever they are: only ordinary files, and never for ever."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from index.errors import ReadError
from index.messages import Message, MessageCatalogue

_MESSAGES = MessageCatalogue("index", "files")

MAX_FILE_BYTES = 64 * 1024 * 1024
"""Larger than any publication in print."""


def read_file(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """Return the content of an ordinary file; never wait for a pipe or read a device.

    Args:
        path: The file, or a link to it.
        max_bytes: The size of the largest file that is read.

    Raises:
        ReadError: If there is no such file, it is no ordinary file, is too large, cannot be read,
            or changes while it is being read.
    """
    try:
        _check_kind(path, path.stat())  # to open a device may already do something
        with open(path, "rb", opener=_open_without_waiting) as stream:
            before = os.fstat(stream.fileno())
            _check_kind(path, before)
            content = b"" if before.st_size > max_bytes else stream.read(max_bytes + 1) or b""
            after = os.fstat(stream.fileno())
    except FileNotFoundError:
        key = "dangling_link" if path.is_symlink() else "not_found"
        raise ReadError(_MESSAGES[key].format(path=path)) from None
    except PermissionError:
        raise ReadError(_MESSAGES["no_permission"].format(path=path)) from None
    except (OSError, ValueError) as error:
        raise ReadError(unreadable_message(path, error)) from None
    if max(len(content), before.st_size) > max_bytes:
        raise ReadError(_MESSAGES["too_large"].format(path=path, limit=max_bytes >> 20))
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ReadError(changed_message(path))
    return content


def read_start(path: Path, size: int) -> bytes:
    """Return how an ordinary file begins.

    Args:
        path: The file, or a link to it.
        size: The number of bytes.

    Raises:
        ReadError: If it is no ordinary file, or cannot be read.
    """
    try:
        _check_kind(path, path.stat())
        with open(path, "rb", opener=_open_without_waiting) as stream:
            return stream.read(size) or b""
    except (OSError, ValueError) as error:
        raise ReadError(unreadable_message(path, error)) from None


def find_files(
    folder: Path,
    is_wanted: Callable[[Path], bool],
    failures: list[Message],
    passed_over: list[Path],
) -> list[Path]:
    """Return the sorted paths in a folder, and in those in it, that are wanted.

    Names that begin with a dot are left out; links to folders are not followed. Whatever is wanted
    and no folder is returned, so that `read_file` can say why it is not read.

    Args:
        folder: The folder.
        is_wanted: Whether a path that is no folder is wanted.
        failures: Receives a message for each folder that cannot be read.
        passed_over: Receives the other paths.
    """
    result: list[Path] = []
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            failures.append(unreadable_message(current, error))
            continue
        for entry in visible:
            path = current / entry.name
            if entry.is_dir(follow_symlinks=False):
                pending.append(path)
            elif stat.S_ISDIR(get_mode(path)):
                continue
            elif is_wanted(path):
                result.append(path)
            else:
                passed_over.append(path)
    passed_over.sort()
    return sorted(result)


def get_mode(path: Path) -> int:
    """Return the mode of a file or folder as `os.stat` does; 0 if there is none that can be seen.

    Args:
        path: Of a file, a folder or a link.
    """
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return 0


def unreadable_message(path: Path, error: Exception) -> Message:
    """Return the message of a file or folder that the system does not read.

    Args:
        path: The file or folder.
        error: What the system raised.
    """
    reason = getattr(error, "strerror", None) or error
    return _MESSAGES["unreadable"].format(path=path, reason=reason)


def changed_message(path: Path) -> Message:
    """Return the message of a file that changes while it is being read.

    Args:
        path: The file.
    """
    return _MESSAGES["changed"].format(path=path)


def resolve_path(path: Path) -> str:
    """Return the absolute path of a file without links, as text that can be stored.

    Args:
        path: The file.

    Raises:
        ReadError: If a name in it is not UTF-8.
    """
    resolved_path = os.path.realpath(path)
    try:
        resolved_path.encode()
    except UnicodeEncodeError:
        raise ReadError(_MESSAGES["invalid_name"].format(path=path)) from None
    return resolved_path


def _check_kind(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ReadError(_MESSAGES["is_a_folder"].format(path=path))
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(_MESSAGES["no_ordinary_file"].format(path=path))


def _open_without_waiting(name: str, flags: int) -> int:
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))

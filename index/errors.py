"""Errors that are shown to people: each has one line in each language that says what to do."""

from __future__ import annotations

import errno
from pathlib import Path

from index.messages import Message, MessageCatalogue

_MESSAGES = MessageCatalogue("index", "library")


class TongzhuError(Exception):
    """An error that a user can correct.

    Attributes:
        message: What is wrong, where, and what to do, in each language.
    """

    def __init__(self, message: Message) -> None:
        """Make an error.

        Args:
            message: What is wrong, where, and what to do.
        """
        super().__init__(message)
        self.message = message


class ReadError(TongzhuError):
    """A file cannot be read, or not as what it is wanted for."""


class ModelError(TongzhuError):
    """A model cannot be loaded, or is not the one that made the library."""


class LibraryError(TongzhuError):
    """A library is missing, damaged, of another format, or being written by another process."""


class LockedLibraryError(LibraryError):
    """A library is being written by another process."""


class DamagedLibraryError(LibraryError):
    """A part of a library is not what was written.

    Attributes:
        part: The file or folder, relative to the generation's folder or the library's.
    """

    def __init__(self, message: Message, part: str) -> None:
        """Make an error.

        Args:
            message: What is wrong, where, and what to do.
            part: The file or folder.
        """
        super().__init__(message)
        self.part = part


class QuestionError(TongzhuError):
    """A question, or an option that came with it, is not valid."""


class OptionError(TongzhuError):
    """An option has a value that it cannot have, or does not go with another one."""


def missing_library_error(path: Path) -> LibraryError:
    """Return the error of a path where there is no library.

    Args:
        path: The folder that was named.
    """
    return LibraryError(_MESSAGES["missing"].format(path=path))


def invalid_path_error(path: Path) -> LibraryError:
    """Return the error of a path that no folder can have.

    Args:
        path: What was named.
    """
    return LibraryError(_MESSAGES["invalid_path"].format(path=ascii(str(path))))


def not_a_library_error(path: Path) -> LibraryError:
    """Return the error of a path where there is something that is not a library.

    Args:
        path: The folder or file that was named.
    """
    return LibraryError(_MESSAGES["not_a_library"].format(path=path))


def newer_format_error(path: Path, library_format: int, supported_format: int) -> LibraryError:
    """Return the error of a library that a later version of Tongzhu made.

    Args:
        path: The library's folder.
        library_format: The format of the library.
        supported_format: The newest format that this version reads.
    """
    return LibraryError(
        _MESSAGES["newer_format"].format(
            path=path, library_format=library_format, supported_format=supported_format
        )
    )


def outdated_format_error(path: Path, library_format: int, supported_format: int) -> LibraryError:
    """Return the error of a library that an earlier version of Tongzhu made.

    Args:
        path: The library's folder.
        library_format: The format of the library.
        supported_format: The format that this version reads.
    """
    return LibraryError(
        _MESSAGES["outdated_format"].format(
            path=path, library_format=library_format, supported_format=supported_format
        )
    )


def damaged_library_error(path: Path, part: str, reason: str = "") -> DamagedLibraryError:
    """Return the error of a library with a file that is not what was written.

    Args:
        path: The library's folder.
        part: The file or folder that is damaged.
        reason: What is wrong with it, if more is known.
    """
    detail = f"{part}: {reason}" if reason else part
    return DamagedLibraryError(_MESSAGES["damaged"].format(path=path, detail=detail), part)


def locked_library_error(path: Path) -> LockedLibraryError:
    """Return the error of a library that another process is writing to.

    Args:
        path: The library's folder.
    """
    return LockedLibraryError(_MESSAGES["locked"].format(path=path))


def unreadable_library_error(path: Path, error: OSError) -> LibraryError:
    """Return the error of a library that the system does not let us read.

    Args:
        path: The library's folder.
        error: What the system raised.
    """
    return LibraryError(_MESSAGES["unreadable"].format(path=path, reason=_describe_os_error(error)))


def unwritable_library_error(path: Path, error: OSError) -> LibraryError:
    """Return the error of a library that the system does not let us write to; it is unchanged.

    Args:
        path: The library's folder.
        error: What the system raised.
    """
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return LibraryError(_MESSAGES["disk_full"].format(path=path))
    return LibraryError(_MESSAGES["unwritable"].format(path=path, reason=_describe_os_error(error)))


def unwritable_cache_error(folder: Path, error: Exception) -> LibraryError:
    """Return the error of a cache folder that cannot be written to.

    Args:
        folder: The folder.
        error: What the system, or SQLite, raised.
    """
    reason = _describe_os_error(error) if isinstance(error, OSError) else str(error)
    return LibraryError(_MESSAGES["unwritable_cache"].format(folder=folder, reason=reason))


def is_native_panic(error: BaseException) -> bool:
    """Return whether native code has raised an error that derives from no `Exception`.

    Extensions in Rust (PyO3) do so; no module has the class.

    Args:
        error: Any error.
    """
    return type(error).__name__ == "PanicException"


def _describe_os_error(error: OSError) -> str:
    return error.strerror or str(error)

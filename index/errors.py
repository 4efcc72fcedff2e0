"""Errors that are shown to people: each has one line in each language that says what to do."""

from __future__ import annotations

import errno
from pathlib import Path

from index.messages import Message


class TongzhuError(Exception):
    """An error that a user can correct.

    Attributes:
        message: What is wrong, where, and what to do, in each language.
    """

    def __init__(self, en: str, zh: str) -> None:
        """Make an error.

        Args:
            en: The message in English.
            zh: The message in Chinese.
        """
        super().__init__(en)
        self.message = Message(en, zh)


class ReadError(TongzhuError):
    """A file cannot be read as a publication."""


class ModelError(TongzhuError):
    """A model cannot be loaded, or is not the one that made the library."""


class LibraryError(TongzhuError):
    """A library is missing, damaged, of another format, or being written by another process."""


class QuestionError(TongzhuError):
    """A question, or an option that came with it, is not valid."""


def missing_library_error(path: Path) -> LibraryError:
    """Return the error of a path where there is no library.

    Args:
        path: The folder that was named.
    """
    return LibraryError(
        f"{path}: there is no library here; make one with `tongzhu index`.",
        f"{path}：這裡沒有館藏；請用 `tongzhu index` 建立。",
    )


def not_a_library_error(path: Path) -> LibraryError:
    """Return the error of a path where there is something that is not a library.

    Args:
        path: The folder or file that was named.
    """
    return LibraryError(
        f"{path}: not a Tongzhu library but something else; name another folder.",
        f"{path}：不是同註的館藏，而是其他內容；請指定別的資料夾。",
    )


def newer_format_error(path: Path, library_format: int, supported_format: int) -> LibraryError:
    """Return the error of a library that a later version of Tongzhu made.

    Args:
        path: The library's folder.
        library_format: The format of the library.
        supported_format: The newest format that this version reads.
    """
    return LibraryError(
        f"{path}: the library has format {library_format}, this version knows up to {supported_format}; "
        "upgrade Tongzhu.",
        f"{path}：館藏格式為 {library_format}，此版本最高支援 {supported_format}；請升級同註。",
    )


def outdated_format_error(path: Path, library_format: int, supported_format: int) -> LibraryError:
    """Return the error of a library that an earlier version of Tongzhu made.

    Args:
        path: The library's folder.
        library_format: The format of the library.
        supported_format: The format that this version reads.
    """
    return LibraryError(
        f"{path}: the library has format {library_format}, this version reads {supported_format}; bring it up to date "
        "with `tongzhu index` and any file: nothing that it holds is lost.",
        f"{path}：館藏格式為 {library_format}，此版本讀取的是 {supported_format}；"
        "請以 `tongzhu index` 加入任一檔案，即可更新格式，原有內容都會保留。",
    )


def damaged_library_error(path: Path, detail: str) -> LibraryError:
    """Return the error of a library with a file that is not what was written.

    Args:
        path: The library's folder.
        detail: The file that is damaged, or what is wrong with it.
    """
    return LibraryError(
        f"{path}: the library is damaged ({detail}); put back a copy, "
        "or delete the folder and index the files again.",
        f"{path}：館藏已損壞（{detail}）；請還原備份，或刪除該資料夾後重新建立索引。",
    )


def locked_library_error(path: Path) -> LibraryError:
    """Return the error of a library that another process is writing to.

    Args:
        path: The library's folder.
    """
    return LibraryError(
        f"{path}: another process is changing this library; try again when it has finished.",
        f"{path}：另一個程序正在更新這個館藏；請待其完成後再試。",
    )


def unreadable_library_error(path: Path, error: OSError) -> LibraryError:
    """Return the error of a library that the system does not let us read.

    Args:
        path: The library's folder.
        error: What the system raised.
    """
    return LibraryError(
        f"{path}: the library cannot be read ({_describe_os_error(error)}); "
        "check the permissions and the disk.",
        f"{path}：無法讀取館藏（{_describe_os_error(error)}）；請檢查權限與磁碟。",
    )


def unwritable_library_error(path: Path, error: OSError) -> LibraryError:
    """Return the error of a library that the system does not let us write to; it is unchanged.

    Args:
        path: The library's folder.
        error: What the system raised.
    """
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return LibraryError(
            f"{path}: the disk is full; the library is as it was. Free some space and try again.",
            f"{path}：磁碟空間不足；館藏維持原狀。請釋出空間後再試。",
        )
    return LibraryError(
        f"{path}: the library cannot be written ({_describe_os_error(error)}) and is as it was; "
        "check the permissions and the space on the disk.",
        f"{path}：無法寫入館藏（{_describe_os_error(error)}），館藏維持原狀；請檢查權限與磁碟空間。",
    )


def _describe_os_error(error: OSError) -> str:
    return error.strerror or str(error)

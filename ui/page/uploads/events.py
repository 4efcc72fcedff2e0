"""What a change of the library tells while it is made: one line of JSON for each of these."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from index.document import Finding, SetAsideReason
from index.messages import Message


class ChangeRequest(msgspec.Struct):
    """What is to be changed.

    Attributes:
        library: The library's folder.
        files: Paths of files that come, by the names that their senders gave them.
        remove: Ids of publications that go.
    """

    library: str
    files: dict[str, str] = {}
    remove: tuple[str, ...] = ()


class InProgress(msgspec.Struct, tag="progress"):
    """It has come so far; see `index.update.progress.Step`."""

    stage: str
    done: int = 0
    total: int = 0


class FileRead(msgspec.Struct, tag="read"):
    """A file was read: what its reader found in it.

    Attributes:
        file: Its name.
        title, number: Of the publication.
        articles, sections, notes, marks: How many.
        findings: What was repaired and what is to be checked.
        set_aside: Pieces of text that are in no article, by the reason.
        missing, extra: Characters that are nowhere, or there twice; 0 where all is well.
    """

    file: str
    title: str
    number: str
    articles: int
    sections: int
    notes: int
    marks: int
    findings: tuple[Finding, ...]
    set_aside: dict[SetAsideReason, int]
    missing: int = 0
    extra: int = 0


class Rejected(msgspec.Struct, tag="rejected"):
    """A file cannot be taken, or a publication not be removed."""

    message: Message


class Done(msgspec.Struct, tag="done"):
    """The change was made.

    Attributes:
        added, removed: The names of publications.
        passages: How many came.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    passages: int = 0


class Failed(msgspec.Struct, tag="failed"):
    """The library is as it was, for this reason."""

    message: Message


class Cancelled(msgspec.Struct, tag="cancelled"):
    """It was cancelled; `late` if the library had been changed already."""

    too_late: bool = False


UploadEvent: TypeAlias = InProgress | FileRead | Rejected | Done | Failed | Cancelled

"""The messages between server and worker about changes of the library: lines of JSON."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from index.document import Finding, SetAsideReason
from index.messages import Message


class ChangeRequest(msgspec.Struct):
    """A change of a library.

    Attributes:
        library: The library's folder.
        files: The paths of the files to add, by the names that their senders gave them.
        remove: The ids of the publications to remove.
        folder: A folder for what is made of the files; only needed with files.
        max_seconds: Seconds that encoding them may take.
    """

    library: str
    files: dict[str, str] = {}
    remove: tuple[str, ...] = ()
    folder: str = ""
    max_seconds: float = 0


class StartChange(msgspec.Struct, tag="start"):
    """A command to the worker: make a change, by a number that events and `CancelChange` name."""

    number: int
    request: ChangeRequest


class CancelChange(msgspec.Struct, tag="cancel"):
    """A command to the worker: cancel a change."""

    number: int


class MergeSegments(msgspec.Struct, tag="merge"):
    """The last command to the worker: merge what changes have left, when all are finished."""

    library: str


WorkerCommand: TypeAlias = StartChange | CancelChange | MergeSegments


class Queued(msgspec.Struct, tag="queued"):
    """The place of a change among those that take turns: 1 is at work."""

    place: int
    length: int


class InProgress(msgspec.Struct, tag="progress"):
    """The stage of the change; see `index.update.progress.ProgressEvent`."""

    stage: str
    done: int = 0
    total: int = 0


class FileRead(msgspec.Struct, tag="read"):
    """What a file that was read contains.

    Attributes:
        file: The file's name.
        name: The publication's title and number.
        date: The publication's date, "" where it is not known.
        sources: Where title, number, authors and date come from.
        articles, sections, notes, marks: Their counts.
        pages: What is known of the pages.
        findings: What was repaired and what should be checked.
        set_aside: The counts of the pieces of text that are in no article, by reason.
        missing, extra: The counts of characters that were lost, or occur twice; 0 if all is well.
    """

    file: str
    name: str
    date: str
    sources: Message
    articles: int
    sections: int
    notes: int
    marks: int
    pages: Message
    findings: tuple[Finding, ...]
    set_aside: dict[SetAsideReason, int]
    missing: int = 0
    extra: int = 0


class Rejected(msgspec.Struct, tag="rejected"):
    """Why a file cannot be added, or a publication not be removed."""

    message: Message


class Done(msgspec.Struct, tag="done"):
    """The change was made.

    Attributes:
        added, removed: The names of the publications.
        passages: The count of passages that were added.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    passages: int = 0


class Failed(msgspec.Struct, tag="failed"):
    """The library is unchanged, for this reason."""

    message: Message


class Cancelled(msgspec.Struct, tag="cancelled"):
    """The change was cancelled; the library is unchanged."""


UploadEvent: TypeAlias = Queued | InProgress | FileRead | Rejected | Done | Failed | Cancelled


class ChangeEvent(msgspec.Struct):
    """An event of the change of a number."""

    number: int
    event: UploadEvent

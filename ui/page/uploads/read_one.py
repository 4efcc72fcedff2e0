"""Program that reads one file under limits of time and memory; run in the file's folder.

`python -m ui.page.uploads.read_one NAME SECONDS BYTES` writes a `ReadOutcome` to stdout as
MessagePack.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import msgspec

from index.document import Publication
from index.errors import ReadError
from index.messages import Message

OUT_OF_MEMORY_STATUS = 77
"""The exit status if the memory did not suffice."""


class ReadOutcome(msgspec.Struct):
    """The publication of a file, or the error of its reader.

    Attributes:
        publication: None if the file could not be read.
        error: Why it could not be read.
        missing: Count of the file's characters that are not in the publication.
        extra: Count of the publication's characters that are not in the file.
    """

    publication: Publication | None = None
    error: Message | None = None
    missing: int = 0
    extra: int = 0


def limit_process(seconds: int, memory: int) -> None:
    """Limit this process for good: its processor time, its memory, and that it writes no file."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_file(file: Path) -> ReadOutcome:
    """Return the publication of a file, and its count of lost and extra characters."""
    from index import readers
    from index.readers.accounting import audit_characters

    try:
        publication, text = readers.read_with_text(file)
        accounting = audit_characters(text, publication)
    except ReadError as error:
        return ReadOutcome(error=error.message)
    return ReadOutcome(
        publication, missing=sum(accounting.missing.values()), extra=sum(accounting.extra.values())
    )


def main() -> int:
    """Run the program.

    Returns:
        The exit status.
    """
    name, seconds, memory = sys.argv[1:]
    limit_process(int(seconds), int(memory))
    try:
        reply = msgspec.msgpack.encode(read_file(Path(name)))
        sys.stdout.buffer.write(reply)
    except MemoryError:
        return OUT_OF_MEMORY_STATUS
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Reads one file under limits of time and memory; run as a program in the file's folder.

`python -m ui.page.uploads.read_one NAME SECONDS BYTES` writes an `Outcome` to stdout, as
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
"""The exit status where the memory did not suffice."""


class ReadOutcome(msgspec.Struct):
    """What came of a file: a publication, or the line that says why there is none.

    Attributes:
        publication: As the reader understood it.
        refusal: Why it could not be read.
        missing: Characters of the file that are nowhere in the publication.
        extra: Characters of the publication that the file does not have.
    """

    publication: Publication | None = None
    error: Message | None = None
    missing: int = 0
    extra: int = 0


def limit_process(seconds: int, memory: int) -> None:
    """Limits this process, for good: what it may use, and that it may write no file."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read_file(file: Path) -> ReadOutcome:
    """Reads a file, and adds up where its characters went."""
    from index import readers
    from index.readers.accounting import audit_characters
    from index.readers.decoding import load_text

    try:
        publication = readers.read(file)
        accounting = audit_characters(load_text(file), publication)
    except ReadError as error:
        return ReadOutcome(error=error.message)
    return ReadOutcome(
        publication, missing=sum(accounting.missing.values()), extra=sum(accounting.extra.values())
    )


def main() -> int:
    """Runs the program.

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

"""Reads one file under limits of time and memory; run as a program in the file's folder.

`python -m ui.page.uploads.read_one NAME SECONDS BYTES` writes an `Outcome` to stdout, as
MessagePack.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import msgspec

from index.document import Message, Publication
from index.errors import ReadError

NO_MEMORY = 77
"""The exit status where the memory did not suffice."""


class Outcome(msgspec.Struct):
    """What came of a file: a publication, or the line that says why there is none.

    Attributes:
        publication: As the reader understood it.
        refusal: Why it could not be read.
        missing: Characters of the file that are nowhere in the publication.
        extra: Characters of the publication that the file does not have.
    """

    publication: Publication | None = None
    refusal: Message | None = None
    missing: int = 0
    extra: int = 0


def confine(seconds: int, memory: int) -> None:
    """Limits this process, for good: what it may use, and that it may write no file."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(file: Path) -> Outcome:
    """Reads a file, and adds up where its characters went."""
    from index import readers
    from index.readers.accounting import account
    from index.readers.decoding import load

    try:
        publication = readers.read(file)
        sums = account(load(file), publication)
    except ReadError as error:
        return Outcome(refusal=error.message)
    return Outcome(publication, missing=sum(sums.missing.values()), extra=sum(sums.extra.values()))


def main() -> int:
    """Runs the program.

    Returns:
        The exit status.
    """
    name, seconds, memory = sys.argv[1:]
    confine(int(seconds), int(memory))
    try:
        reply = msgspec.msgpack.encode(read(Path(name)))
        sys.stdout.buffer.write(reply)
    except MemoryError:
        return NO_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main())

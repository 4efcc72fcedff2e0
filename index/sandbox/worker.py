"""Program that reads files under limits: `python -m index.sandbox.worker SOCKET SECONDS BYTES`.

It receives a request at a time and answers it, `ReadRequest` with `ReadReply` and `DrawRequest`
with `DrawReply`, all as MessagePack, until the socket is closed.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from index.document import Publication
from index.errors import ReadError
from index.messages import Message
from index.page_numbers import MarkedPage
from index.readers.accounting import CharacterAudit
from index.sandbox.confinement import confine_process, limit_processor_time

OUT_OF_MEMORY_STATUS = 77
"""The exit status if the memory did not suffice."""

_GC_THRESHOLD = 100_000  # objects: a file is read into many, hardly any of them in cycles


class ReadRequest(msgspec.Struct, tag="read"):
    """A file to be read.

    Attributes:
        path: What it is called; nothing is opened there.
        data: Its content.
        ocr: Whether the text of pages that are pictures is recognised.
    """

    path: str
    data: bytes
    ocr: bool = False


class ReadReply(msgspec.Struct):
    """What was read of a file, or why nothing was.

    Attributes:
        publication: None if the file could not be read.
        audit: The account of its characters; None if it could not be read.
        error: Why it could not be read, if it is at fault.
        failure: The traceback, if the reader is at fault.
    """

    publication: Publication | None = None
    audit: CharacterAudit | None = None
    error: Message | None = None
    failure: str = ""


class DrawRequest(msgspec.Struct, tag="draw"):
    """Pages of a PDF to be drawn.

    Attributes:
        data: The content of the file.
        pages: The pages.
    """

    data: bytes
    pages: tuple[MarkedPage, ...]


class DrawReply(msgspec.Struct):
    """A picture of pages.

    Attributes:
        picture: As PNG; empty if none could be drawn.
        failure: The traceback, if none could be drawn.
    """

    picture: bytes = b""
    failure: str = ""


def draw_request(request: DrawRequest) -> DrawReply:
    """Return a picture of pages, or why there is none.

    Args:
        request: The pages.

    Raises:
        MemoryError: If the memory does not suffice.
    """
    from index.page_pictures import draw_pages

    try:
        return DrawReply(draw_pages(request.data, request.pages))
    except MemoryError:
        raise
    except Exception:
        return DrawReply(failure=traceback.format_exc())


def read_request(request: ReadRequest) -> ReadReply:
    """Return what a file holds, or why it cannot be read.

    Args:
        request: The file.

    Raises:
        MemoryError: If the memory does not suffice.
    """
    from index import readers
    from index.readers.accounting import audit_characters

    try:
        publication, text = readers.read_data(
            request.data, Path(request.path), ocr=request.ocr, processes=count_processors()
        )
        return ReadReply(publication, audit_characters(text, publication))
    except ReadError as error:
        return ReadReply(error=error.message)
    except MemoryError:
        raise
    except Exception:
        return ReadReply(failure=traceback.format_exc())


def count_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def main() -> int:
    """Run the program.

    Returns:
        The exit status.
    """
    descriptor, seconds, memory = map(int, sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process ends this one
    gc.set_threshold(_GC_THRESHOLD, *gc.get_threshold()[1:])
    with Connection(descriptor) as connection:
        confine_process(memory)
        while True:
            try:
                message = connection.recv_bytes()
            except EOFError:
                return 0
            limit_processor_time(seconds)
            try:
                request = msgspec.msgpack.decode(message, type=ReadRequest | DrawRequest)
                del message
                if isinstance(request, DrawRequest):
                    reply: ReadReply | DrawReply = draw_request(request)
                else:
                    reply = read_request(request)
                connection.send_bytes(msgspec.msgpack.encode(reply))
            except MemoryError:
                return OUT_OF_MEMORY_STATUS


if __name__ == "__main__":
    sys.exit(main())

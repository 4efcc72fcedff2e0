"""Read the pages of a long PDF file in two processes."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection, Pipe

import msgspec
import pypdfium2 as pdfium

from index.readers.pdf.pages import PrintedPage, read_page
from index.readers.pdf.structure_tags import has_structure_tags

_MIN_PAGES = 16  # that are worth a second process
_PIPE_BYTES = 1 << 20  # some ten pages: what the second process may be ahead
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h


def read_pages(document: pdfium.PdfDocument, processes: int = 1) -> list[PrintedPage]:
    """Return what stands on each page.

    A second process, which shares the memory of this one, reads from the last page backwards, until
    this one, which reads from the first one on, meets it. PDFium's calls must not be made in
    several threads.

    Args:
        document: An open file.
        processes: How many may read pages: 1, or 2 if this one has no other threads.
    """
    count = len(document)
    read = partial(read_page, document, with_tags=has_structure_tags(document))
    if processes < 2 or count < _MIN_PAGES:
        return [read(index) for index in range(count)]
    pages: dict[int, PrintedPage] = {}
    with _read_backwards(read, count) as connection:
        is_open = True
        for index in range(count):
            while is_open and index not in pages and connection.poll():
                try:
                    message = connection.recv_bytes()
                except (EOFError, OSError):
                    is_open = False
                else:
                    page = msgspec.msgpack.decode(message, type=PrintedPage)
                    pages[page.number - 1] = page
            if index not in pages:
                pages[index] = read(index)
    return [pages[index] for index in range(count)]


@contextmanager
def _read_backwards(read: Callable[[int], PrintedPage], count: int) -> Iterator[Connection]:
    """Yield the connection to a process that sends all pages from the last one on."""
    receiver, sender = Pipe(duplex=False)
    if sys.platform == "linux":
        with suppress(OSError):  # where all pipes of the user may have so much, and no more
            fcntl.fcntl(sender, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    process = os.fork()
    if not process:
        receiver.close()
        _send_pages(read, count, sender)
    sender.close()
    try:
        yield receiver
    finally:
        receiver.close()
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _send_pages(read: Callable[[int], PrintedPage], count: int, sender: Connection) -> None:
    """Send all pages from the last one on, and end this process."""
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        for index in reversed(range(count)):
            sender.send_bytes(msgspec.msgpack.encode(read(index)))
    finally:
        os._exit(0)

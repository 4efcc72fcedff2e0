"""Have files read in a separate process."""

from __future__ import annotations

import multiprocessing.connection
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import msgspec

from index import readers
from index.document import Publication
from index.errors import ReadError
from index.input_files import read_file
from index.messages import MessageCatalogue
from index.page_numbers import MarkedPage
from index.readers.accounting import CharacterAudit, audit_characters
from index.readers.formats import detect_binary_format
from index.readers.series import IssueNames
from index.sandbox.worker import (
    OUT_OF_MEMORY_STATUS,
    DrawReply,
    DrawRequest,
    ReadReply,
    ReadRequest,
)

_MESSAGES = MessageCatalogue("index", "readers")

WORKER_ARGUMENTS = ("-m", "index.sandbox.worker")
"""The arguments of Python that run the worker."""

OCR_SECONDS = 36_000
"""Processor time that a file may take whose text is recognised."""

_ROOT = Path(__file__).resolve().parents[2]
_POLL_SECONDS = 0.2
_WALL_TIME_FACTOR = 2  # wall time that a file may take, in multiples of its processor time
_END_SECONDS = 5  # until a process that has closed its socket has ended
_MAX_FILES = 50  # that one process reads, so that what it leaks stays little
_PASSED_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TESSDATA_PREFIX")


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What reading one file may take.

    Attributes:
        seconds: Processor time.
        memory: Bytes of address space.
        plain_text: Bytes of the largest plain text that is read in this process: Markdown and the
            text of printed pages are read by Python alone, in time linear in their length.
    """

    seconds: int = 300
    memory: int = 3 << 30
    plain_text: int = 1 << 20


class CheckedReading(NamedTuple):
    """A publication as it was read, and the account of its file's characters."""

    publication: Publication
    audit: CharacterAudit


def build_environment(
    environ: Mapping[str, str], names: Sequence[str] = _PASSED_VARIABLES
) -> dict[str, str]:
    """Return the environment of a process of ours; no secrets are passed on.

    Args:
        environ: The environment of this process.
        names: The variables to pass on.
    """
    passed = {name: environ[name] for name in names if name in environ}
    return passed | {"PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"}


class SandboxedReader:
    """Reads files in a separate process, which is started when it is first needed.

    Use it as a context manager, or close it.
    """

    def __init__(
        self,
        limits: ReadLimits | None = None,
        check: Callable[[], None] = lambda: None,
        worker: Sequence[str] = WORKER_ARGUMENTS,
        *,
        ocr: bool = False,
        other_names: Sequence[str] = (),
    ) -> None:
        """Store what a file may take.

        Args:
            limits: Of each file; None for those of the command line.
            check: Called again and again while a file is read; what it raises ends the reading.
            worker: The arguments of Python that run the worker.
            ocr: Whether the text of pages that are pictures is recognised; that takes seconds a
                page, and as many minutes as needed.
            other_names: Names of files that may belong to a series with those that are read.
        """
        self._limits = limits or ReadLimits(OCR_SECONDS if ocr else ReadLimits().seconds)
        self._ocr = ocr
        self._check = check
        self._worker = worker
        self._issue_names = IssueNames(other_names)
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._count = 0

    def __enter__(self) -> SandboxedReader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def read_publication(self, path: Path) -> Publication:
        """Return the publication in a file; see `read`.

        Args:
            path: The file.
        """
        return self.read(path).publication

    def read(self, path: Path, shown_as: str = "") -> CheckedReading:
        """Return the publication in a file, and the account of its characters.

        Numbers and dates that only its name has are in the publication: see `index.readers.series`.

        Args:
            path: The file.
            shown_as: What messages call it; "" for its path.

        Raises:
            ReadError: If it cannot be read as a publication, or reading it exceeds a limit. Where
                the reader failed, its traceback is a note of the error.
            OSError: If no process can be started.
        """
        publication, audit = self._read_alone(path, shown_as)
        return CheckedReading(self._issue_names.fill(publication, path), audit)

    def _read_alone(self, path: Path, shown_as: str) -> CheckedReading:
        data = read_file(path)
        path = Path(shown_as or path)
        is_small = len(data) <= self._limits.plain_text
        if is_small and detect_binary_format(data, path.suffix.lower()) is None:
            publication, text = readers.read_data(data, path)
            return CheckedReading(publication, audit_characters(text, publication))
        name = os.fsencode(path).decode("utf-8", "replace")
        request = ReadRequest(name, data, self._ocr)
        reply = msgspec.msgpack.decode(self._ask(request, path), type=ReadReply)
        if reply.error:
            raise ReadError(reply.error)
        if reply.publication is None or reply.audit is None:
            error = ReadError(_MESSAGES["sandbox.failed"].format(path=path))
            error.add_note(reply.failure)
            raise error
        return CheckedReading(reply.publication, reply.audit)

    def draw_pages(self, data: bytes, pages: Sequence[MarkedPage], shown_as: str) -> bytes:
        """Return a PNG picture of pages of a PDF, one below the other.

        Args:
            data: The content of the file.
            pages: The pages.
            shown_as: What messages call the file.

        Raises:
            ReadError: If they cannot be drawn, or that exceeds a limit. Where drawing failed, the
                traceback is a note of the error.
            OSError: If no process can be started.
        """
        request = DrawRequest(data, tuple(pages))
        reply = msgspec.msgpack.decode(self._ask(request, Path(shown_as)), type=DrawReply)
        if not reply.picture:
            error = ReadError(_MESSAGES["sandbox.not_drawn"].format(path=shown_as))
            error.add_note(reply.failure)
            raise error
        return reply.picture

    def _ask(self, request: ReadRequest | DrawRequest, path: Path) -> bytes:
        if self._count >= _MAX_FILES:
            self.close()
        process, connection = self._start()
        self._count += 1
        message = msgspec.msgpack.encode(request)
        timer = threading.Timer(self._limits.seconds * _WALL_TIME_FACTOR, process.kill)
        timer.start()
        try:
            connection.send_bytes(message)
            while not connection.poll(_POLL_SECONDS):
                self._check()
            return connection.recv_bytes(self._limits.memory)
        except (EOFError, OSError):
            raise self._explain_end(process, path) from None
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()

    def _start(self) -> tuple[subprocess.Popen[bytes], Connection]:
        if self._process is not None and self._connection is not None:
            return self._process, self._connection
        self._count = 0
        own_end, other_end = multiprocessing.connection.Pipe()
        with other_end:
            numbers = (other_end.fileno(), self._limits.seconds, self._limits.memory)
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", *self._worker, *map(str, numbers)],
                env=build_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(other_end.fileno(),),
            )
        self._connection = own_end
        return self._process, own_end

    def _explain_end(self, process: subprocess.Popen[bytes], path: Path) -> ReadError:
        """Return why a process has ended before it answered."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
        self.close()
        if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            key = "too_slow"
        elif process.returncode == OUT_OF_MEMORY_STATUS:
            key = "too_much_memory"
        else:
            key = "ended"
        message = _MESSAGES[f"sandbox.{key}"]
        size = self._limits.memory >> 20
        return ReadError(message.format(path=path, seconds=self._limits.seconds, size=size))

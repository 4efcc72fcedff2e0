"""The changes of a library that visitors ask for: made one after the other, each for its visitor.

What a visitor sees of a change is its `State`; nothing of any web framework is here.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, assert_never

import msgspec

from index.document import Message
from ui.asgi.origin import from_this_machine
from ui.messages import uploads as words
from ui.page.uploads.events import Done, Failed, FileRead, Going, Refused, Request, Stopped, Told
from ui.page.uploads.sandbox import environment
from ui.service import limits

WORKER = ("-m", "ui.page.uploads.worker")
_GRACE = 5.0  # seconds in which a worker that is to stop may tidy up
_SECRETS = ("TONGZHU_PASSWORD", "TONGZHU_API_KEYS")
_log = logging.getLogger("tongzhu")


class NotNowError(Exception):
    """A change cannot be asked for at the moment: `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True, slots=True)
class State:
    """How far a change is, and what came of it.

    Attributes:
        going: Where it is.
        read: What was found in the files that were read.
        refused: Why some things cannot be done.
        end: What came of it; None while it is being made.
        cancelling: Whether it was told to stop.
        adding: Whether it puts files into the library; else it takes a publication out.
    """

    going: Going = field(default_factory=lambda: Going("waiting"))
    read: tuple[FileRead, ...] = ()
    refused: tuple[Message, ...] = ()
    end: Done | Failed | Stopped | None = None
    cancelling: bool = False
    adding: bool = True

    def after(self, told: Told) -> State:
        """The state once a worker has told something."""
        match told:
            case Going():
                return replace(self, going=told)
            case FileRead():
                return replace(self, read=(*self.read, told))
            case Refused():
                return replace(self, refused=(*self.refused, told.message))
            case Done() | Failed() | Stopped():
                return replace(self, end=told)
            case _:
                assert_never(told)


class _Job:
    def __init__(self, request: Request, folder: Path | None, refused: Sequence[Message]) -> None:
        self.request = request
        self.folder = folder
        self.state = State(refused=tuple(refused), adding=not request.remove)
        self.process: subprocess.Popen[bytes] | None = None


class Changes:
    """Makes changes of a library. Thread-safe.

    Args:
        library: The library's folder.
        anywhere: Whether visitors of other machines may ask for them, too.
        worker: The arguments of Python that run a worker.
    """

    def __init__(
        self, library: Path, *, anywhere: bool = False, worker: Sequence[str] = WORKER
    ) -> None:
        self.anywhere = anywhere
        self._library = library.absolute()
        self._worker = worker
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}
        self._pool = ThreadPoolExecutor(1, "change")

    def add(
        self,
        visitor: str,
        files: Mapping[str, Path],
        folder: Path,
        refused: Sequence[Message] = (),
    ) -> State:
        """Puts files into the library, soon.

        Args:
            visitor: Who wants it.
            files: By the names that they go by; none, if all are refused.
            folder: What is removed once it is done.
            refused: Why other files that came with them are not taken.

        Raises:
            NotNowError: If the visitor's last change is not done, or too many wait. The folder is
                then left to the caller.
        """
        paths = {name: str(path) for name, path in files.items()}
        return self._begin(visitor, _Job(self._request(files=paths), folder, refused))

    def remove(self, visitor: str, publication: str) -> State:
        """Takes a publication out of the library, soon.

        Raises:
            NotNowError: As `add`.
        """
        return self._begin(visitor, _Job(self._request(remove=(publication,)), None, ()))

    def state(self, visitor: str) -> State | None:
        """How far a visitor's last change is; None if there is none to be told of."""
        with self._lock:
            job = self._jobs.get(visitor)
            return job.state if job else None

    def cancel(self, visitor: str) -> None:
        """Stops a visitor's change, wherever it is."""
        with self._lock:
            job = self._jobs.get(visitor)
            if job is None or job.state.end or job.state.cancelling:
                return
            job.state = replace(job.state, cancelling=True)
            process = job.process
        if process is not None:
            _interrupt(process)

    def dismiss(self, visitor: str) -> None:
        """Forgets a visitor's last change, if it is done."""
        with self._lock:
            job = self._jobs.get(visitor)
            if job and job.state.end:
                del self._jobs[visitor]

    def close(self) -> None:
        """Stops everything; every change is made or is not."""
        with self._lock:
            visitors = list(self._jobs)
        for visitor in visitors:
            self.cancel(visitor)
        self._pool.shutdown()

    def _request(
        self, files: dict[str, str] | None = None, remove: tuple[str, ...] = ()
    ) -> Request:
        return Request(str(self._library), files or {}, remove)

    def _begin(self, visitor: str, job: _Job) -> State:
        with self._lock:
            last = self._jobs.get(visitor)
            if last and not last.state.end:
                raise NotNowError(words.AT_WORK)
            waiting = sum(each.state.end is None for each in self._jobs.values())
            if waiting >= limits.CHANGES:
                raise NotNowError(words.TOO_BUSY)
            self._forget()
            job.state = replace(job.state, going=Going("waiting" if waiting else "preparing"))
            self._jobs[visitor] = job
        self._pool.submit(self._make, job)
        return job.state

    def _forget(self) -> None:
        """Forgets the reports that nobody has closed, beyond those of the last visitors."""
        done = [visitor for visitor, job in self._jobs.items() if job.state.end]
        for visitor in done[: max(0, len(done) - 10 * limits.CHANGES)]:
            del self._jobs[visitor]

    def _make(self, job: _Job) -> None:
        try:
            if not job.request.files and not job.request.remove:
                self._tell(job, Done())
                return
            self._run(job)
        except Exception:
            # The visitor is told in one line; what happened is for who runs the server.
            _log.exception("A change of the library failed")
        finally:
            if not job.state.end:
                self._tell(job, Stopped() if job.state.cancelling else Failed(words.FAILED))

    def _run(self, job: _Job) -> None:
        with tempfile.TemporaryFile() as errors:
            process = self._start(job, errors)
            if process is None:
                return
            try:
                assert process.stdin
                assert process.stdout
                process.stdin.write(msgspec.json.encode(job.request))
                process.stdin.close()
                for line in process.stdout:
                    self._tell(job, msgspec.json.decode(line, type=Told))
            finally:
                _end(process)
            if (said := _said(errors)) and not job.state.cancelling:
                _log.error("Changing the library: %s", said)

    def _start(self, job: _Job, errors: BinaryIO) -> subprocess.Popen[bytes] | None:
        """The worker; None if the change was cancelled before it."""
        with self._lock:
            if job.state.cancelling:
                return None
            job.state = replace(job.state, going=Going("preparing"))
            job.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", *self._worker],
                env=environment(os.environ, [name for name in os.environ if name not in _SECRETS]),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
            return job.process

    def _tell(self, job: _Job, told: Told) -> None:
        if job.folder and isinstance(told, Done | Failed | Stopped):
            shutil.rmtree(job.folder, ignore_errors=True)
        with self._lock:
            job.state = job.state.after(told)


def permitted(changes: Changes | None, headers: Mapping[str, str]) -> bool:
    """Whether who sends a request may change the library, and is shown how."""
    return changes is not None and (changes.anywhere or from_this_machine(headers))


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """Tells a worker to stop, and ends it if it does not."""
    process.send_signal(signal.SIGINT)
    threading.Timer(_GRACE, _kill, (process,)).start()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Waits for a worker that has closed its output."""
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.wait()
    if process.stdout:
        process.stdout.close()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends a worker, with the reader that it may have started: they are one group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _said(errors: BinaryIO) -> str:
    errors.seek(0)
    return errors.read().decode(errors="replace")[-8000:].strip()

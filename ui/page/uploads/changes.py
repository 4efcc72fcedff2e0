"""The changes of a library that visitors ask for, and the process that makes them.

Visitors see the `ChangeState` of their own change; nothing of any web framework is here.
"""

from __future__ import annotations

import itertools
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, BinaryIO, assert_never

import msgspec

from index.messages import Message, MessageCatalogue
from index.sandbox.client import build_environment
from ui.asgi.origin import is_direct_local_request
from ui.page.uploads.events import (
    CancelChange,
    Cancelled,
    ChangeEvent,
    ChangeRequest,
    Done,
    Failed,
    FileRead,
    InProgress,
    MergeSegments,
    Queued,
    Rejected,
    StartChange,
    UploadEvent,
    WorkerCommand,
)
from ui.page.uploads.upload_folder import UploadFolder
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "uploads")

WORKER_ARGUMENTS = ("-m", "ui.page.uploads.worker")
_STOP_TIMEOUT = 5.0  # seconds that a worker has to clean up when the server stops
_SECRET_VARIABLES = ("TONGZHU_PASSWORD", "TONGZHU_API_KEYS")
_log = logging.getLogger("tongzhu")


class BusyError(Exception):
    """A change cannot be queued at the moment; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True, slots=True)
class ChangeState:
    """The progress and the result of a change.

    Attributes:
        progress: The current stage.
        files_read: What the files that were read contain.
        rejections: Why some files or publications cannot be changed.
        result: The result; None while the change runs.
        is_cancelling: Whether the change has been cancelled.
        is_adding: Whether it adds files; else it removes a publication.
        place: The place among the changes that take turns; the first is at work.
        queue_length: The number of those changes.
    """

    progress: InProgress = field(default_factory=lambda: InProgress("preparing"))
    files_read: tuple[FileRead, ...] = ()
    rejections: tuple[Message, ...] = ()
    result: Done | Failed | Cancelled | None = None
    is_cancelling: bool = False
    is_adding: bool = True
    place: int = 1
    queue_length: int = 1

    def apply_event(self, event: UploadEvent) -> ChangeState:
        """Return the state after an event of the worker."""
        match event:
            case Queued():
                return replace(self, place=event.place, queue_length=event.length)
            case InProgress():
                return replace(self, progress=event)
            case FileRead():
                return replace(self, files_read=(*self.files_read, event))
            case Rejected():
                return replace(self, rejections=(*self.rejections, event.message))
            case Done() | Failed() | Cancelled():
                return replace(self, result=event)
            case _:
                assert_never(event)


class _Job:
    def __init__(
        self, request: ChangeRequest, folder: Path | None, rejections: Sequence[Message]
    ) -> None:
        self.request = request
        self.folder = folder
        self.state = ChangeState(rejections=tuple(rejections), is_adding=not request.remove)


class ChangeQueue:
    """Has changes of a library made, which take turns. Thread-safe.

    A process makes them; it runs while there are any.

    Args:
        library: The library's folder.
        allow_remote: Whether visitors on other machines may ask for changes, too.
        worker: The arguments of Python that run a worker.
        max_seconds: Seconds that encoding the files of a change may take.
    """

    def __init__(
        self,
        library: Path,
        *,
        allow_remote: bool = False,
        worker: Sequence[str] = WORKER_ARGUMENTS,
        max_seconds: float = 60 * limits.DEFAULT_UPLOAD_MINUTES,
    ) -> None:
        self.allow_remote = allow_remote
        self._library = library.absolute()
        self._worker = worker
        self._max_seconds = max_seconds
        self._upload_folder = UploadFolder()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}
        self._running: dict[int, _Job] = {}  # by number, those of the process
        self._process: subprocess.Popen[bytes] | None = None
        self._merging: set[subprocess.Popen[bytes]] = set()  # that have no changes to make any more
        self._followers: list[threading.Thread] = []

    def create_folder(self) -> Path:
        """Return a new folder for the files of a change."""
        return self._upload_folder.create_folder()

    def add(
        self,
        visitor: str,
        files: Mapping[str, Path],
        folder: Path,
        rejections: Sequence[Message] = (),
    ) -> ChangeState:
        """Queue the addition of files.

        Args:
            visitor: The visitor's secret.
            files: The files by name; none if all were rejected.
            folder: The folder of the files, deleted when the change is finished.
            rejections: Why other files of the upload are not taken.

        Returns:
            The state of the change.

        Raises:
            BusyError: If the visitor's last change is running, or too many are queued. The folder
                is then left to the caller.
        """
        paths = {name: str(path) for name, path in files.items()}
        request = ChangeRequest(
            str(self._library), paths, folder=str(folder), max_seconds=self._max_seconds
        )
        return self._enqueue(visitor, _Job(request, folder, rejections))

    def remove(self, visitor: str, publication: str) -> ChangeState:
        """Queue the removal of a publication.

        Args:
            visitor: The visitor's secret.
            publication: The publication's id.

        Returns:
            The state of the change.

        Raises:
            BusyError: As `add`.
        """
        request = ChangeRequest(str(self._library), remove=(publication,))
        return self._enqueue(visitor, _Job(request, None, ()))

    def get_state(self, visitor: str) -> ChangeState | None:
        """Return the state of a visitor's last change; None if there is none."""
        with self._lock:
            job = self._jobs.get(visitor)
            return job.state if job else None

    def cancel(self, visitor: str) -> None:
        """Cancel a visitor's change, queued or at work."""
        with self._lock:
            job = self._jobs.get(visitor)
            if job is None or job.state.result or job.state.is_cancelling:
                return
            job.state = replace(job.state, is_cancelling=True)
            for number, running in self._running.items():
                if running is job:
                    self._send(CancelChange(number))

    def dismiss(self, visitor: str) -> None:
        """Forget a visitor's last change, if it is finished."""
        with self._lock:
            job = self._jobs.get(visitor)
            if job and job.state.result:
                del self._jobs[visitor]

    def close(self) -> None:
        """Cancel all changes, stop merging, and wait until all have ended."""
        with self._lock:
            for job in self._running.values():
                job.state = replace(job.state, is_cancelling=True)
            self._release_process()
            merging = list(self._merging)
        for process in merging:
            process.terminate()
        for process in merging:
            _end_worker(process)
        for follower in self._followers:
            follower.join()
        self._upload_folder.close()

    def _enqueue(self, visitor: str, job: _Job) -> ChangeState:
        with self._lock:
            previous = self._jobs.get(visitor)
            if previous and not previous.state.result:
                raise BusyError(_MESSAGES["change_running"])
            length = len(self._running) + 1
            if length > limits.MAX_PENDING_CHANGES:
                raise BusyError(_MESSAGES["too_busy"])
            self._drop_old_reports()
            self._jobs[visitor] = job
            if job.request.files or job.request.remove:
                job.state = replace(job.state, place=length, queue_length=length)
                self._start(job)
                return job.state
        self._finish(job, Done())
        return job.state

    def _drop_old_reports(self) -> None:
        """Forget reports that nobody has dismissed, beyond those of the last visitors."""
        finished = [visitor for visitor, job in self._jobs.items() if job.state.result]
        for visitor in finished[: max(0, len(finished) - 10 * limits.MAX_PENDING_CHANGES)]:
            del self._jobs[visitor]

    def _start(self, job: _Job) -> None:
        number = next(self._numbers)
        self._running[number] = job
        if self._process is None:
            errors = tempfile.TemporaryFile()  # noqa: SIM115 - the follower closes it
            self._process = _start_worker(self._worker, errors)
            follower = threading.Thread(target=self._follow, args=(self._process, errors))
            self._followers = [*(f for f in self._followers if f.is_alive()), follower]
            follower.start()
        self._send(StartChange(number, job.request))

    def _send(self, command: WorkerCommand) -> None:
        if self._process and self._process.stdin:
            with suppress(BrokenPipeError):  # it has died, and its follower ends its changes
                self._process.stdin.write(msgspec.json.encode(command) + b"\n")
                self._process.stdin.flush()

    def _release_process(self) -> None:
        """Have the worker exit; the next change starts another one."""
        if self._process and self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process = None

    def _follow(self, process: subprocess.Popen[bytes], errors: BinaryIO) -> None:
        """Apply the events of a worker until it exits."""
        assert process.stdout
        numbers: set[int] = set()
        with errors:
            for line in process.stdout:
                change_event = msgspec.json.decode(line, type=ChangeEvent)
                numbers.add(change_event.number)
                self._apply_event(change_event.number, change_event.event)
            _end_worker(process)
            process.stdout.close()
            if stderr_text := _read_stderr(errors):
                _log.error("Changing the library: %s", stderr_text)
        with self._lock:
            self._merging.discard(process)
            if self._process is process:
                self._process = None
                numbers |= self._running.keys()
            abandoned = [number for number in numbers if number in self._running]
        for number in abandoned:
            is_cancelling = self._running[number].state.is_cancelling
            self._apply_event(number, Cancelled() if is_cancelling else Failed(_MESSAGES["failed"]))

    def _apply_event(self, number: int, event: UploadEvent) -> None:
        job = self._running.get(number)
        if job is None:
            return
        if not isinstance(event, Done | Failed | Cancelled):
            with self._lock:
                job.state = job.state.apply_event(event)
            return
        self._finish(job, event)
        with self._lock:
            del self._running[number]
            if not self._running and self._process:
                self._merging.add(self._process)
                self._send(MergeSegments(str(self._library)))
                self._release_process()

    def _finish(self, job: _Job, result: Done | Failed | Cancelled) -> None:
        if job.folder:
            shutil.rmtree(job.folder, ignore_errors=True)
        with self._lock:
            job.state = job.state.apply_event(result)


def is_change_allowed(changes: ChangeQueue | None, headers: Mapping[str, str]) -> bool:
    """Return whether the sender of a request may change the library."""
    return changes is not None and (changes.allow_remote or is_direct_local_request(headers))


def _start_worker(arguments: Sequence[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-P", *arguments],
        env=build_environment(
            os.environ, [name for name in os.environ if name not in _SECRET_VARIABLES]
        ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        # Not a session of its own: Linux shares the processors between sessions before it looks at
        # niceness (sched_autogroup), and questions would wait.
        process_group=0,
    )


def _end_worker(process: subprocess.Popen[bytes]) -> None:
    """Wait for a worker that is ending; kill it if that takes too long."""
    try:
        process.wait(_STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        _kill_worker(process)
        process.wait()


def _kill_worker(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker and the reader that it may have started: they are one process group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _read_stderr(errors: BinaryIO) -> str:
    errors.seek(0)
    return errors.read().decode(errors="replace")[-8000:].strip()

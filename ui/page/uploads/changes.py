"""The queue of the changes of a library that visitors ask for.

Visitors see the `ChangeState` of their own change; nothing of any web framework is here.
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

from index.messages import Message, MessageCatalogue
from ui.asgi.origin import is_direct_local_request
from ui.page.uploads.events import (
    Cancelled,
    ChangeRequest,
    Done,
    Failed,
    FileRead,
    InProgress,
    Rejected,
    UploadEvent,
)
from ui.page.uploads.sandbox import build_environment
from ui.service import limits

_MESSAGES = MessageCatalogue("ui", "uploads")

WORKER_ARGUMENTS = ("-m", "ui.page.uploads.worker")
_STOP_TIMEOUT = 5.0  # seconds that an interrupted worker has to clean up
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
    """

    progress: InProgress = field(default_factory=lambda: InProgress("waiting"))
    files_read: tuple[FileRead, ...] = ()
    rejections: tuple[Message, ...] = ()
    result: Done | Failed | Cancelled | None = None
    is_cancelling: bool = False
    is_adding: bool = True

    def apply_event(self, event: UploadEvent) -> ChangeState:
        """Return the state after an event of the worker."""
        match event:
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
        self.process: subprocess.Popen[bytes] | None = None


class ChangeQueue:
    """Makes changes of a library, one after the other. Thread-safe.

    Args:
        library: The library's folder.
        allow_remote: Whether visitors on other machines may ask for changes, too.
        worker: The arguments of Python that run a worker.
    """

    def __init__(
        self, library: Path, *, allow_remote: bool = False, worker: Sequence[str] = WORKER_ARGUMENTS
    ) -> None:
        self.allow_remote = allow_remote
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
        return self._enqueue(visitor, _Job(self._build_request(files=paths), folder, rejections))

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
        return self._enqueue(visitor, _Job(self._build_request(remove=(publication,)), None, ()))

    def get_state(self, visitor: str) -> ChangeState | None:
        """Return the state of a visitor's last change; None if there is none."""
        with self._lock:
            job = self._jobs.get(visitor)
            return job.state if job else None

    def cancel(self, visitor: str) -> None:
        """Cancel a visitor's change, queued or running."""
        with self._lock:
            job = self._jobs.get(visitor)
            if job is None or job.state.result or job.state.is_cancelling:
                return
            job.state = replace(job.state, is_cancelling=True)
            process = job.process
        if process is not None:
            _interrupt_worker(process)

    def dismiss(self, visitor: str) -> None:
        """Forget a visitor's last change, if it is finished."""
        with self._lock:
            job = self._jobs.get(visitor)
            if job and job.state.result:
                del self._jobs[visitor]

    def close(self) -> None:
        """Cancel all changes and wait for the running one."""
        with self._lock:
            visitors = list(self._jobs)
        for visitor in visitors:
            self.cancel(visitor)
        self._pool.shutdown()

    def _build_request(
        self, files: dict[str, str] | None = None, remove: tuple[str, ...] = ()
    ) -> ChangeRequest:
        return ChangeRequest(str(self._library), files or {}, remove)

    def _enqueue(self, visitor: str, job: _Job) -> ChangeState:
        with self._lock:
            previous = self._jobs.get(visitor)
            if previous and not previous.state.result:
                raise BusyError(_MESSAGES["change_running"])
            waiting = sum(queued.state.result is None for queued in self._jobs.values())
            if waiting >= limits.MAX_PENDING_CHANGES:
                raise BusyError(_MESSAGES["too_busy"])
            self._drop_old_reports()
            job.state = replace(
                job.state, progress=InProgress("waiting" if waiting else "preparing")
            )
            self._jobs[visitor] = job
        self._pool.submit(self._run_job, job)
        return job.state

    def _drop_old_reports(self) -> None:
        """Forget reports that nobody has dismissed, beyond those of the last visitors."""
        finished = [visitor for visitor, job in self._jobs.items() if job.state.result]
        for visitor in finished[: max(0, len(finished) - 10 * limits.MAX_PENDING_CHANGES)]:
            del self._jobs[visitor]

    def _run_job(self, job: _Job) -> None:
        try:
            if not job.request.files and not job.request.remove:
                self._apply_event(job, Done())
                return
            self._run_worker(job)
        except Exception:
            # The visitor gets one line; the details are for the operator of the server.
            _log.exception("A change of the library failed")
        finally:
            if not job.state.result:
                self._apply_event(
                    job, Cancelled() if job.state.is_cancelling else Failed(_MESSAGES["failed"])
                )

    def _run_worker(self, job: _Job) -> None:
        with tempfile.TemporaryFile() as errors:
            process = self._start_worker(job, errors)
            if process is None:
                return
            try:
                assert process.stdin
                assert process.stdout
                process.stdin.write(msgspec.json.encode(job.request))
                process.stdin.close()
                for line in process.stdout:
                    self._apply_event(job, msgspec.json.decode(line, type=UploadEvent))
            finally:
                _wait_for_worker(process)
            if (stderr_text := _read_stderr(errors)) and not job.state.is_cancelling:
                _log.error("Changing the library: %s", stderr_text)

    def _start_worker(self, job: _Job, errors: BinaryIO) -> subprocess.Popen[bytes] | None:
        """Return the started worker; None if the change was cancelled before."""
        with self._lock:
            if job.state.is_cancelling:
                return None
            job.state = replace(job.state, progress=InProgress("preparing"))
            job.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", *self._worker],
                env=build_environment(
                    os.environ, [name for name in os.environ if name not in _SECRET_VARIABLES]
                ),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
            return job.process

    def _apply_event(self, job: _Job, event: UploadEvent) -> None:
        if job.folder and isinstance(event, Done | Failed | Cancelled):
            shutil.rmtree(job.folder, ignore_errors=True)
        with self._lock:
            job.state = job.state.apply_event(event)


def is_change_allowed(changes: ChangeQueue | None, headers: Mapping[str, str]) -> bool:
    """Return whether the sender of a request may change the library."""
    return changes is not None and (changes.allow_remote or is_direct_local_request(headers))


def _interrupt_worker(process: subprocess.Popen[bytes]) -> None:
    """Interrupt a worker, and kill it if it does not stop."""
    process.send_signal(signal.SIGINT)
    threading.Timer(_STOP_TIMEOUT, _kill_worker, (process,)).start()


def _wait_for_worker(process: subprocess.Popen[bytes]) -> None:
    """Wait for a worker that has closed its output."""
    try:
        process.wait(_STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        _kill_worker(process)
        process.wait()
    if process.stdout:
        process.stdout.close()


def _kill_worker(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker and the reader that it may have started: they are one process group."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _read_stderr(errors: BinaryIO) -> str:
    errors.seek(0)
    return errors.read().decode(errors="replace")[-8000:].strip()

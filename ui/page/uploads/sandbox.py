"""Reading of untrusted files, each in a process of its own."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from index.errors import ReadError
from index.messages import MessageCatalogue
from ui.page.uploads.read_one import OUT_OF_MEMORY_STATUS, ReadOutcome
from ui.service import limits

_log = logging.getLogger("tongzhu")
_MESSAGES = MessageCatalogue("ui", "uploads")

READER_ARGUMENTS = ("-m", "ui.page.uploads.read_one")
_ROOT = Path(__file__).resolve().parents[3]
_POLL_SECONDS = 0.2
_WALL_TIME_FACTOR = 2  # wall time a reader may take, in multiples of its processor time
_PASSED_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


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


def read_in_sandbox(
    file: Path,
    seconds: int = limits.READ_TIMEOUT_SECONDS,
    memory: int = limits.MAX_READ_MEMORY_BYTES,
    reader: Sequence[str] = READER_ARGUMENTS,
    check: Callable[[], None] = lambda: None,
) -> ReadOutcome:
    """Return the publication of a file, read in a process of its own.

    Args:
        file: The file; messages name it without its folder.
        seconds: Processor time that reading may take.
        memory: Bytes of memory that reading may take.
        reader: The arguments of Python that run the reader.
        check: Called again and again while it is read; what it raises ends the reading.

    Raises:
        ReadError: If the file is not a publication, or reading it exceeds a limit.
        OSError: If no process can be started.
    """
    process = subprocess.Popen(  # noqa: S603 - our own program; the name has no folder in it
        [sys.executable, "-P", *reader, file.name, str(seconds), str(memory)],
        cwd=file.parent,
        env=build_environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        reply, stderr = _wait_for_reply(process, seconds * _WALL_TIME_FACTOR, check)
    except subprocess.TimeoutExpired:
        raise ReadError(_MESSAGES["too_slow"].format(file=file.name, seconds=seconds)) from None
    finally:
        process.kill()
        process.wait()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise ReadError(_MESSAGES["too_slow"].format(file=file.name, seconds=seconds))
    if process.returncode == OUT_OF_MEMORY_STATUS or b"MemoryError" in stderr:
        raise ReadError(_MESSAGES["too_much_memory"].format(file=file.name, size=memory >> 20))
    if process.returncode != 0:
        _log.error("Reading %r failed (%d): %s", file.name, process.returncode, stderr[-4000:])
        raise ReadError(_MESSAGES["not_readable"].format(file=file.name))
    outcome = msgspec.msgpack.decode(reply, type=ReadOutcome)
    if outcome.error:
        raise ReadError(outcome.error)
    return outcome


def _wait_for_reply(
    process: subprocess.Popen[bytes], seconds: float, check: Callable[[], None]
) -> tuple[bytes, bytes]:
    deadline = time.monotonic() + seconds
    while True:
        try:
            return process.communicate(timeout=_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            check()
            if time.monotonic() > deadline:
                raise

"""Reads a file that nobody vouches for in a process of its own, which is ended when it is over."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from index.document import Message
from index.errors import ReadError
from ui.messages import uploads as words
from ui.messages.cli import filled
from ui.page.uploads.read_one import NO_MEMORY, Outcome
from ui.service import limits

READER = ("-m", "ui.page.uploads.read_one")
_ROOT = Path(__file__).resolve().parents[3]
_SLOWER = 2  # how many times the seconds of its own a reader may take beside other programs
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


def environment(given: Mapping[str, str], names: Sequence[str] = _PASSED_ON) -> dict[str, str]:
    """What a process of ours needs of the environment; no secrets are passed on."""
    kept = {name: given[name] for name in names if name in given}
    return kept | {"PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8"}


def read_apart(
    file: Path,
    seconds: int = limits.READING,
    memory: int = limits.READING_MEMORY,
    reader: Sequence[str] = READER,
) -> Outcome:
    """Reads a file.

    Args:
        file: The file; messages name it without its folder.
        seconds: Of the processor, that the reading may take.
        memory: Bytes that it may take.
        reader: The program that reads.

    Raises:
        ReadError: If the file is not a publication, or if reading it takes more than it may.
        OSError: If no process can be started.
    """
    process = subprocess.Popen(  # noqa: S603 - our own program; the name has no folder in it
        [sys.executable, "-P", *reader, file.name, str(seconds), str(memory)],
        cwd=file.parent,
        env=environment(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        reply, said = process.communicate(timeout=seconds * _SLOWER)
    except subprocess.TimeoutExpired:
        raise _error(words.TOO_SLOW, file, seconds=seconds) from None
    finally:
        process.kill()
        process.wait()
    if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise _error(words.TOO_SLOW, file, seconds=seconds)
    if process.returncode == NO_MEMORY or b"MemoryError" in said:
        raise _error(words.TOO_MUCH_MEMORY, file, size=memory >> 20)
    if process.returncode != 0:
        _log.error("Reading %r failed (%d): %s", file.name, process.returncode, said[-4000:])
        raise _error(words.NOT_READABLE, file)
    outcome = msgspec.msgpack.decode(reply, type=Outcome)
    if outcome.refusal:
        raise ReadError(outcome.refusal.en, outcome.refusal.zh)
    return outcome


_log = logging.getLogger("tongzhu")


def _error(message: Message, file: Path, **values: object) -> ReadError:
    line = filled(message, file=file.name, **values)
    return ReadError(line.en, line.zh)

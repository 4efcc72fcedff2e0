"""Output of lines for people, without control characters."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import TongzhuError
from index.messages import Language, Message, MessageCatalogue
from rag.render.rich_text import escape_controls

_CLI_MESSAGES = MessageCatalogue("ui", "cli")
_OUTLINE_MESSAGES = MessageCatalogue("ui", "outline")

MAX_LINE_WIDTH = 88
"""Cells of a line that reads well: 44 Chinese characters."""


class OutputError(TongzhuError):
    """What a command prints cannot be written."""


def get_line_width() -> int:
    """Return how many cells a line of prose may take."""
    return min(shutil.get_terminal_size().columns, MAX_LINE_WIDTH)


def print_error(message: Message, language: Language) -> None:
    """Print one line about an error on stderr."""
    line = " ".join(escape_controls(message.in_language(language)).split())
    label = _CLI_MESSAGES["error"].in_language(language)
    print_line(
        _OUTLINE_MESSAGES["labelled"].in_language(language, label=label, value=line), stderr=True
    )


def print_line(line: str = "", *, stderr: bool = False) -> None:
    """Print a line in full, without control characters."""
    stream = sys.stderr if stderr else sys.stdout
    if stderr:
        flush_output()  # so that the two stay in order where they go to one place
    encoding = stream.encoding or "utf-8"
    with _output_errors():
        stream.write(escape_controls(line).encode(encoding, "replace").decode(encoding) + "\n")


def format_path(path: object) -> str:
    """Return a path as it stands in a line: line feeds in the names are shown as ␊."""
    return str(path).replace("\n", "␊")


def flush_output() -> None:
    """Write what was printed on stdout and is still in memory.

    Raises:
        OutputError: If it cannot be written.
    """
    with _output_errors():
        sys.stdout.flush()


def discard_output() -> None:
    """Print nothing more on stdout, so that Python does not try to when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _output_errors() -> Iterator[None]:
    """Raise an OutputError for an error of a file that stdout is written into."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_output()
        reason = error.strerror or error
        raise OutputError(_CLI_MESSAGES["output_failed"].format(reason=reason)) from error

"""Output of lines for people, without control characters."""

from __future__ import annotations

import shutil
import sys

from index.messages import Language, Message, MessageCatalogue
from rag.render.rich_text import escape_controls

_CLI_MESSAGES = MessageCatalogue("ui", "cli")
_OUTLINE_MESSAGES = MessageCatalogue("ui", "outline")

MAX_LINE_WIDTH = 88
"""Cells of a line that reads well: 44 Chinese characters."""


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
        sys.stdout.flush()  # so that the two stay in order where they go to one place
    encoding = stream.encoding or "utf-8"
    stream.write(escape_controls(line).encode(encoding, "replace").decode(encoding) + "\n")

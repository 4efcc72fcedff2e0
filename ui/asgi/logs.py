"""Logs as JSON: one line for each event, with the id of the request that it belongs to.

Questions and answers are never logged, and what is long is cut.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from contextvars import ContextVar
from typing import TextIO

from rag.render.rich_text import CONTROL_CHARACTERS

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being served."""

_STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "color_message"}


_MAX_FIELD_LENGTH = 2_000  # characters
_MAX_TRACEBACK_LENGTH = 20_000  # characters


def cut_text(text: str, limit: int = _MAX_FIELD_LENGTH) -> str:
    """Return a text without its middle if it is too long, and how much that was."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} … [{len(text) - 2 * half}] … {text[-half:]}"


class CutStream(io.TextIOBase):
    """A stream that cuts long lines: frameworks print what they could not read whole.

    Args:
        stream: Where to write.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text; a line of it is what one call brings."""
        self._stream.write("\n".join(map(cut_text, text.split("\n"))))
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()


class JsonFormatter(logging.Formatter):
    """Formats a log record, with the fields of its `extra`, as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        timestamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "time": f"{timestamp}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": cut_text(record.getMessage()),
        }
        if current_id := request_id.get():
            line["request_id"] = current_id
        line |= {
            name: cut_text(value) if isinstance(value, str) else value
            for name, value in vars(record).items()
            if name not in _STANDARD_ATTRIBUTES
        }
        if record.exc_info:
            traceback = self.formatException(record.exc_info)
            line["exception"] = cut_text(traceback, _MAX_TRACEBACK_LENGTH)
        text = json.dumps(line, ensure_ascii=False, default=str)
        return CONTROL_CHARACTERS.sub(lambda match: json.dumps(match.group())[1:-1], text)


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write every log of the process to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)

"""Logs as JSON: one line for each event, with the id of the request that it belongs to.

Questions and answers are never logged.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from contextvars import ContextVar

from rag.render.rich_text import CONTROL_CHARACTERS

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being served."""

_STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {"message", "color_message"}


class JsonFormatter(logging.Formatter):
    """Formats a log record, with the fields of its `extra`, as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        timestamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, object] = {
            "time": f"{timestamp}.{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if current_id := request_id.get():
            line["request_id"] = current_id
        line |= {
            name: value for name, value in vars(record).items() if name not in _STANDARD_ATTRIBUTES
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        text = json.dumps(line, ensure_ascii=False, default=str)
        return CONTROL_CHARACTERS.sub(lambda match: json.dumps(match.group())[1:-1], text)


def log_to_stderr(level: int = logging.INFO) -> None:
    """Write every log of the process to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)

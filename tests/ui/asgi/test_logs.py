"""Logs as JSON."""

from __future__ import annotations

import io
import json
import logging
import sys
import traceback
from contextlib import redirect_stderr

from ui.asgi.logs import CutStream, JsonFormatter


def test_log_record_is_one_line_of_json() -> None:
    record = logging.makeLogRecord({"msg": "two\nlines \x1b[2J", "levelname": "INFO", "status": 2})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    assert '"status": 2' in line


def test_long_log_fields_are_truncated() -> None:
    long = "a" * 10**6
    try:
        raise ValueError(long)
    except ValueError:
        exception = sys.exc_info()
    record = logging.makeLogRecord({"msg": long, "exc_info": exception, "path": long})
    fields = json.loads(JsonFormatter().format(record))
    assert len(fields["message"]) < 3_000 > len(fields["path"])
    assert len(fields["exception"]) < 30_000
    assert fields["exception"].startswith("Traceback")


def test_traceback_printed_to_stderr_is_truncated() -> None:
    written = io.StringIO()
    with redirect_stderr(CutStream(written)):
        try:
            raise ValueError(f"Received inputs:\n  {'a' * 10**6}")
        except ValueError:
            traceback.print_exc()
    assert len(written.getvalue()) < 5_000
    assert "Received inputs:\n  aaaa" in written.getvalue()

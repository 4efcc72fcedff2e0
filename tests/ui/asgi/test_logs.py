"""Logs as JSON."""

from __future__ import annotations

import logging

from ui.asgi.logs import JsonFormatter


def test_a_log_is_one_line_of_json_whatever_is_logged() -> None:
    record = logging.makeLogRecord({"msg": "two\nlines \x1b[2J", "levelname": "INFO", "status": 2})
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    assert '"status": 2' in line

"""Tests that write libraries and databases do so in memory."""

from __future__ import annotations

from tests.helpers.memory import tmp_path

__all__ = ["tmp_path"]

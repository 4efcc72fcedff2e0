"""Tests of how the documents of a segment are written."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from index.errors import unwritable_library_error
from index.storage import document_writer


def test_full_disk_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect_with_little_room(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA max_page_count = 2")
        return connection

    monkeypatch.setattr(document_writer, "_connect", connect_with_little_room)
    with pytest.raises(OSError, match="No space") as raised:
        document_writer.write_documents(tmp_path / "documents.sqlite", [], [])
    assert raised.value.errno == errno.ENOSPC
    assert "disk is full" in str(unwritable_library_error(tmp_path, raised.value))

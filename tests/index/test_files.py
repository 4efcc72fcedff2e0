"""Tests of atomic replacement of files and folders."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from index.files import cache_folder, replace_atomically


def test_file_is_replaced_when_the_draft_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    for content in ("first", "second"):
        with replace_atomically(path) as draft:
            draft.write_text(content)
            assert not path.exists() or path.read_text() == "first"
        assert path.read_text() == content
    assert list(path.parent.iterdir()) == [path]


def test_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    (path / "old").touch()
    with replace_atomically(path) as draft:
        draft.mkdir()
        (draft / "new").touch()
    assert [entry.name for entry in path.iterdir()] == ["new"]


def test_failed_replacement_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail() -> None:
        with replace_atomically(path) as draft:
            draft.write_text("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_cache_folder_is_set_by_an_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGZHU_CACHE", "~/cache")
    assert cache_folder() == Path.home() / "cache"
    monkeypatch.delenv("TONGZHU_CACHE")
    assert cache_folder().name == "tongzhu"


def test_stale_drafts_are_removed_after_an_hour(tmp_path: Path) -> None:
    drafts = [tmp_path / f".file-{name}" for name in ("new", "old")]
    for draft in drafts:
        draft.mkdir()
        (draft / "file").touch()
    an_hour_ago = time.time() - 3601
    os.utime(drafts[1], (an_hour_ago, an_hour_ago))
    with replace_atomically(tmp_path / "file") as draft:
        draft.touch()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".file-new", "file"]

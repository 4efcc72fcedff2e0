"""Tests that a library whose writer is killed is the old one or the new one."""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.kills import kill_writers
from eval.benchmarks.made_up import RandomEncoder, build_library, make_markdown
from index.storage.library import Library
from tests.helpers.hashing_encoder import HashingEncoder

_KILLS = 12


def test_no_library_is_lost_or_mixed_when_writers_are_killed(tmp_path: Path) -> None:
    path = tmp_path / "library"
    encoder = HashingEncoder()
    build_library(path, 200, encoder)
    files = [tmp_path / f"issue-{seed}.md" for seed in range(3)]
    for seed, file in enumerate(files):
        file.write_text(make_markdown(20, seed), encoding="utf-8")
    result = kill_writers(path, files, RandomEncoder(encoder), _KILLS)
    assert result.lost == 0
    assert result.old + result.new == _KILLS
    assert result.old > 0
    with Library.open(path) as library:
        library.verify()

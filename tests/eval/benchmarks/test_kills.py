"""Tests that a library whose writer is killed is the old one or the new one."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from eval.benchmarks.kills import WorkTimes, kill_writers
from eval.benchmarks.made_up import RandomEncoder, build_library, make_markdown
from index.storage.library import Library
from tests.helpers.hashing_encoder import HashingEncoder

_KILLS = 8


def test_moments_lie_evenly_over_the_longest_change_but_the_first() -> None:
    times, generator = WorkTimes(), random.Random(3)
    for seconds in (9.0, 0.1, 2.0):
        assert times.draw_moment("add", generator) is None
        times.add("add", seconds)
        times.add("remove", seconds / 100)
    moments = np.array([times.draw_moment("add", generator) for _ in range(1000)], float)
    assert moments.max() <= 2.0
    counts, _ = np.histogram(moments, bins=4, range=(0, 2))
    assert counts.min() > 200
    times.add("add", 4.0)
    assert max(times.draw_moment("add", generator) or 0 for _ in range(1000)) > 3.9


def test_no_library_is_lost_or_mixed_when_writers_are_killed(tmp_path: Path) -> None:
    path = tmp_path / "library"
    encoder = HashingEncoder()
    build_library(path, 100, encoder)
    files = [tmp_path / f"issue-{seed}.md" for seed in range(3)]
    for seed, file in enumerate(files):
        file.write_text(make_markdown(20, seed), encoding="utf-8")
    result = kill_writers(path, files, RandomEncoder(encoder), _KILLS)
    assert result.lost == 0
    assert result.old + result.new == _KILLS
    assert result.old > 0
    assert sum(result.stages.values()) == _KILLS
    with Library.open(path) as library:
        library.verify()

"""Tests that random damage to the sample's library is detected or has no effect."""

from __future__ import annotations

from pathlib import Path

from eval.benchmarks.damage import EFFECTS, damage_library
from index import sample
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.serving import QUESTION

COUNT = 60


def test_damage_to_a_library_never_changes_answers_silently(tmp_path: Path) -> None:
    path = tmp_path / "library"
    update_library(path, [sample.get_path()], encoder=HashingEncoder())
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    damages = list(damage_library(path, COUNT, [QUESTION], encoder=HashingEncoder()))
    assert {file: file.read_bytes() for file in before} == before  # repaired
    assert len(damages) == COUNT
    assert [damage for damage in damages if damage.effect in EFFECTS[2:]] == []
    assert sum(damage.effect == "noticed" for damage in damages) > COUNT / 2
    assert {damage.was_open for damage in damages} == {False, True}

"""Tests of the benchmark that times `tongzhu ask`."""

from __future__ import annotations

import sys

import pytest

from eval.benchmarks import asking
from index import sample
from index.document import Article, Publication
from index.readers import read


def test_a_process_is_timed_to_its_end() -> None:
    run = asking.time_process([sys.executable, "-c", "import time; time.sleep(0.3)"])
    assert run.seconds >= 0.3
    assert 0 < run.cpu_seconds < run.seconds
    assert run.peak_memory_mb > 2


def test_peak_memory_is_that_of_the_child_process() -> None:
    hungry = asking.time_process([sys.executable, "-c", "held = b'x' * 400_000_000"])
    assert hungry.peak_memory_mb > 380


def test_failing_process_raises_instead_of_being_timed() -> None:
    with pytest.raises(RuntimeError, match="no such thing"):
        asking.time_process([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_questions_are_made_from_the_file() -> None:
    assert len(asking.make_questions(read(sample.get_path()))) > 5
    assert asking.make_questions(Publication("", "", articles=(Article("A"),))) == ["A"]


def test_missing_framework_is_reported_with_the_install_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(asking, "find_spec", lambda name: None)
    monkeypatch.setattr(sys, "argv", ["asking", str(sample.get_path())])
    assert asking.main() == 1
    assert "pip install langchain-community" in capsys.readouterr().err

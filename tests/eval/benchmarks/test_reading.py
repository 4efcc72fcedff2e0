"""Tests of measuring how files are read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from eval.benchmarks import reading


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged, text = tmp_path / "damaged.pdf", tmp_path / "text.md"
    damaged.write_bytes(b"%PDF-1.7\n")
    text.write_text("# Silt\n\nThe harbour fell dry.[^1]\n\n[^1]: Merrow, 3.\n")
    monkeypatch.setattr(sys, "argv", ["reading", str(damaged), str(text)])
    reading.main()
    printed = capsys.readouterr()
    assert "text.md" in printed.out
    assert "damaged.pdf" not in printed.out
    assert "damaged.pdf" in printed.err
    assert "Traceback" not in printed.err

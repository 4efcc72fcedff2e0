"""Paths of the files that tests read."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder."""

SHARED = ROOT.parent / "shared"
"""Data for tests that the project does not hold: a real publication, public question sets."""

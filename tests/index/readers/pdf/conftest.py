"""Fixtures of tests that typeset PDF files."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.helpers.typesetting import FONT


@pytest.fixture(scope="session")
def chinese_font() -> None:
    """Skips where Typst finds no Chinese font, but not in CI."""
    families = ""
    if command := shutil.which("fc-list"):
        listing = subprocess.run([command], check=True, capture_output=True, text=True)
        families = listing.stdout
    if FONT not in families and not os.environ.get("CI"):
        pytest.skip(f"the font {FONT} is not installed")

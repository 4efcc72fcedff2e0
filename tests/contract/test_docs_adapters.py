"""Tests that the examples of the pages on Python and the frameworks run unchanged."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

DOCS = ROOT / "docs"
EXAMPLE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ("python", "works", "langchain", "llamaindex", "haystack")
EXAMPLES = {
    (page, number): code
    for page in PAGES
    for number, code in enumerate(EXAMPLE.findall((DOCS / f"{page}.md").read_text("utf-8")))
}


@pytest.mark.parametrize(("page", "number"), EXAMPLES)
def test_example_in_docs_runs_unchanged(
    page: str, number: int, sample_library: Path, tmp_path: Path
) -> None:
    code = EXAMPLES[page, number]
    assert len(code.strip().splitlines()) < 20
    shutil.copytree(sample_library, tmp_path / "my-library")
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_every_adapter_page_has_an_example() -> None:
    assert {page for page, _ in EXAMPLES} == set(PAGES)

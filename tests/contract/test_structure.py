"""The packages import one way only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

PACKAGES = ("index", "rag", "eval", "ui")  # each may import itself and those before it
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def imported_packages(source: str) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    own = PACKAGES.index(path.relative_to(ROOT).parts[0])
    later = set(PACKAGES[own + 1 :])
    assert not imported_packages(path.read_text(encoding="utf-8")) & later


def writes_an_answer(source: str) -> bool:
    """Whether a module has a dictionary with the keys of an answer in JSON."""
    return any(
        {"question", "citations", "confidence"}
        <= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Dict)
    )


def test_an_answer_becomes_json_in_one_place() -> None:
    found = [path for path in FILES if writes_an_answer(path.read_text(encoding="utf-8"))]
    assert found == [ROOT / "rag" / "answer" / "serialization.py"]


def test_the_rule_sees_every_way_of_importing() -> None:
    source = "import ui.web\ndef f():\n    from eval.run import g\n    import rag as r\n"
    assert imported_packages(source) == {"ui", "eval", "rag"}

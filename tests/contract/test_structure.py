"""The packages import one way only."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.helpers.paths import ROOT

PACKAGES = ("index", "rag", "eval", "ui")  # each may import itself and those before it
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


@cache
def import_nodes(source: str) -> Sequence[ast.Import | ast.ImportFrom]:
    """The imports of a module, anywhere in it; three tests ask for them."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]


def imported_packages(source: str) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in import_nodes(source):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def test_packages_import_in_one_direction() -> None:
    for path in FILES:
        own = PACKAGES.index(path.relative_to(ROOT).parts[0])
        later = set(PACKAGES[own + 1 :])
        assert not imported_packages(path.read_text(encoding="utf-8")) & later, path


# Inside ui, each package may import itself and those in the rows before it; ui.messages, which has
# no row, may be imported by all of them.
UI_LAYERS = (
    ("service",),
    ("conversations", "asgi"),
    ("api", "mcp", "page"),
    ("cli",),
)
UI_FILES = [path for path in FILES if path.is_relative_to(ROOT / "ui")]


def imported_modules(source: str) -> set[str]:
    """The modules of the project that a module imports, anywhere in it."""
    names: set[str] = set()
    for node in import_nodes(source):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif node.module and not node.level:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return {known for known in map(nearest_module, names) if known}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def nearest_module(name: str) -> str | None:
    """The module that a dotted name leads to: itself, or the one that defines its last part."""
    if name in MODULES:
        return name
    parent = name.rpartition(".")[0]
    return parent if parent in MODULES else None


# Allowed imports inside a function: of a factory's product, and of a method's implementation.
LEADS_BACK = {
    ("index.encoders.protocol", "index.encoders.bundled"),
    ("index.encoders.protocol", "index.encoders.sentence_transformers"),
    ("index.text.patterns", "index.text.scripts"),
    ("rag.answer.model", "rag.answer.serialization"),
}


def test_ui_packages_import_in_one_direction() -> None:
    level = {package: row for row, packages in enumerate(UI_LAYERS) for package in packages}
    for path in UI_FILES:
        own = path.relative_to(ROOT / "ui").parts[0]
        others = {
            name.split(".")[1]
            for name in imported_modules(path.read_text(encoding="utf-8"))
            if name.startswith("ui.")
        } - {own, "messages"}
        # What has no level is ui.messages, which imports no other package.
        assert not {other for other in others if level[other] >= level.get(own, 0)}, path


def test_modules_have_no_circular_imports() -> None:
    """Neither directly nor through others; what is imported inside a function counts too."""
    graph = {
        name: {
            other
            for other in imported_modules(path.read_text(encoding="utf-8")) - {name}
            if (name, other) not in LEADS_BACK
        }
        for name, path in MODULES.items()
    }
    done: set[str] = set()

    def find_circle(name: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if name in path:
            return (*path[path.index(name) :], name)
        if name in done:
            return ()
        for other in sorted(graph[name]):
            if circle := find_circle(other, (*path, name)):
                return circle
        done.add(name)
        return ()

    circles = [circle for name in sorted(graph) if (circle := find_circle(name, ()))]
    assert not circles, " -> ".join(circles[0])


def writes_an_answer(source: str) -> bool:
    """Whether a module has a dictionary with the keys of an answer in JSON."""
    return '"citations"' in source and any(
        {"question", "citations", "confidence"}
        <= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Dict)
    )


def test_only_one_module_serializes_answers() -> None:
    writers = [path for path in FILES if writes_an_answer(path.read_text(encoding="utf-8"))]
    assert writers == [ROOT / "rag" / "answer" / "serialization.py"]


def test_only_one_module_reads_arrays() -> None:
    """NumPy's own function fails at times in several threads of CPython 3.11."""
    readers = [path for path in FILES if "np.load(" in path.read_text(encoding="utf-8")]
    assert readers == [ROOT / "index" / "arrays.py"]


def test_import_check_detects_every_form_of_import() -> None:
    source = "import ui.web\ndef f():\n    from eval.run import g\n    import rag as r\n"
    assert imported_packages(source) == {"ui", "eval", "rag"}

"""Tests of the rules of CONTRIBUTING.md on names, docstrings and complexity."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from radon.complexity import cc_visit

from tests.helpers.paths import ROOT

PACKAGES = ("index", "rag", "eval", "ui")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
TEST_FILES = sorted((ROOT / "tests").rglob("*.py"))
DOCUMENTED = [path for path in FILES if path.relative_to(ROOT).parts[0] in ("index", "rag")]

MAX_COMPLEXITY = 15
"""McCabe's cyclomatic complexity, as radon counts it, of a function or method."""

NO_NAMES = frozenset(
    "above alone asked at by each found held hold meant one said say says sign signs spoken sure"
    " tell told way ways worded".split()
)
"""Words that say nothing of what they name."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_public(name: str) -> bool:
    return not name.startswith("_")


def public_definitions(
    node: ast.AST, prefix: str = ""
) -> Iterator[tuple[str, FunctionNode | ast.ClassDef]]:
    """The public functions, classes and methods of a module, with their qualified names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode | ast.ClassDef) and is_public(child.name):
            yield prefix + child.name, child
            if isinstance(child, ast.ClassDef):
                yield from public_definitions(child, f"{prefix}{child.name}.")


def parameters(function: FunctionNode) -> list[str]:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument.arg for argument in named if argument.arg not in ("self", "cls")]


def is_property(function: FunctionNode) -> bool:
    names = {
        decorator.id if isinstance(decorator, ast.Name) else getattr(decorator, "attr", "")
        for decorator in function.decorator_list
    }
    return bool(names & {"property", "cached_property", "setter", "overload"})


def returns_something(function: FunctionNode) -> bool:
    annotation = function.returns
    return not (isinstance(annotation, ast.Constant) and annotation.value is None)


def docstring_faults(source: str) -> Iterator[str]:
    """What the docstrings of a module's public definitions lack."""
    for name, node in public_definitions(ast.parse(source)):
        docstring = ast.get_docstring(node) or ""
        if not docstring:
            yield f"{name}: no docstring"
        elif isinstance(node, FunctionNode) and not is_property(node):
            if parameters(node) and "Args:" not in docstring:
                yield f"{name}: no Args"
            says_return = docstring.startswith(("Return ", "Yield "))
            described = says_return or "Returns:" in docstring or "Yields:" in docstring
            if returns_something(node) and not described:
                yield f'{name}: neither "Return …" nor Returns'


def bound_names(source: str) -> Iterator[str]:
    """Yield every name that a module binds: functions, fields, parameters, variables."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, FunctionNode | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name


def test_no_function_exceeds_the_complexity_limit() -> None:
    complexities: dict[str, int] = {}
    for path in FILES:
        blocks = cc_visit(path.read_text(encoding="utf-8"))
        methods = [method for block in blocks for method in getattr(block, "methods", [])]
        for block in [*blocks, *methods]:
            complexities[f"{relative(path)}: {block.fullname}"] = block.complexity
    assert {name: count for name, count in complexities.items() if count > MAX_COMPLEXITY} == {}


def test_no_identifier_is_on_the_list_of_vague_names() -> None:
    vague_names = [
        f"{relative(path)}: {name}"
        for path in [*FILES, *TEST_FILES]
        for name in bound_names(path.read_text("utf-8"))
        if name.strip("_").lower() in NO_NAMES
    ]
    assert vague_names == []


def test_public_docstrings_have_args_and_returns() -> None:
    faults = [
        f"{relative(path)}: {fault}"
        for path in DOCUMENTED
        for fault in docstring_faults(path.read_text(encoding="utf-8"))
    ]
    assert faults == []


def test_convention_checks_detect_vague_names_and_missing_sections() -> None:
    source = (
        "told = 1\n"
        "class Box:\n"
        '    """A box."""\n'
        "    said: int\n"
        "    def add(self, each: int) -> int:\n"
        '        """Add one."""\n'
        "def bare() -> None: ...\n"
    )
    assert set(bound_names(source)) == {"told", "Box", "said", "add", "self", "each", "bare"}
    assert list(docstring_faults(source)) == [
        "Box.add: no Args",
        'Box.add: neither "Return …" nor Returns',
        "bare: no docstring",
    ]

"""The regular expressions of a package's code and pattern files, found in its source.

An expression counts wherever it stands: compiled at the head of a module, in a list of them, or
written where it is used. What is built of words known only at run time is not found.
"""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from index.readers.notes.conventions import load_conventions
from index.text.patterns import LANGUAGES, read_entries

_SCANS = frozenset({"sub", "subn", "split", "findall", "finditer"})
_APPLICATIONS = frozenset({"search", "match", "fullmatch"}) | _SCANS


@dataclass(frozen=True, slots=True)
class Expression:
    """A regular expression, where it stands, and how the code applies it."""

    place: str
    pattern: re.Pattern[str]
    uses: tuple[str, ...]


@cache
def find_expressions(package: str) -> tuple[Expression, ...]:
    """Return the expressions of a package and of the packages in it."""
    names = [package]
    root = import_module(package)
    names += [module.name for module in pkgutil.walk_packages(root.__path__, f"{package}.")]
    expressions = [expression for name in names for expression in _find_in_module(name)]
    expressions += [
        Expression(f"{name} {language} {key}", re.compile(entry.expression), (entry.use,))
        for name in names
        if Path(str(import_module(name).__file__)).with_name("patterns").is_dir()
        and hasattr(import_module(name), "__path__")
        for language in LANGUAGES
        for key, entry in read_entries(name, language).items()
    ]
    if package == "index":
        expressions += [
            Expression(f"convention {name} {part}", pattern, uses)
            for name, convention in load_conventions().items()
            for part, pattern, uses in (
                ("mark", convention.mark, ("findall",)),
                ("note", convention.note, ("match",)),
                ("closing", convention.closing, ("search",)),
            )
            if pattern
        ]
    return tuple({(item.pattern, item.uses): item for item in expressions}.values())


def _find_in_module(name: str) -> Iterator[Expression]:
    module = import_module(name)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    uses = _collect_uses(tree)
    loops = {use for key in uses if key.islower() and key != "re" for use in uses[key]}
    in_loops = tuple(sorted(loops - {"findall"} or loops)) or ("match",)
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            for target in ast.walk(statement):
                if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store):
                    for pattern in _list_patterns(vars(module).get(target.id)):
                        applied = uses.get(target.id, in_loops)
                        yield Expression(f"{name} {target.id}", pattern, applied)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in _APPLICATIONS
            and (pattern := _evaluate(node.args[0], module))
        ):
            yield Expression(f"{name}:{node.lineno}", pattern, (_simplify(node.func.attr),))


def _collect_uses(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    uses: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in _APPLICATIONS
        ):
            uses.setdefault(node.value.id, set()).add(_simplify(node.attr))
    return {name: tuple(sorted(methods)) for name, methods in uses.items()}


def _simplify(method: str) -> str:
    return "findall" if method in _SCANS else method


def _list_patterns(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, tuple | list | frozenset):
        for item in value:
            yield from _list_patterns(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _list_patterns(item)


def _evaluate(node: ast.expr, module: ModuleType) -> re.Pattern[str] | None:
    if any(isinstance(part, ast.Call) for part in ast.walk(node)):
        return None
    try:
        value = eval(compile(ast.Expression(node), "<expression>", "eval"), vars(module))
    except NameError:  # built of what only a call knows
        return None
    return re.compile(value) if isinstance(value, str) else None

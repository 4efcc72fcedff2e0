"""Tests that the examples in docstrings run and print the output shown."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

PACKAGES = ("index", "rag", "eval", "ui")
FILES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
WITH_EXAMPLES = [path for path in FILES if ">>> " in path.read_text(encoding="utf-8")]

ENTRIES = (
    "index.encoders.protocol.load_encoder",
    "index.readers.read",
    "index.storage.library.Library.open",
    "index.update.update.update_library",
    "rag.adapters.haystack.TongzhuRetriever",
    "rag.adapters.langchain.TongzhuRetriever",
    "rag.adapters.llamaindex.TongzhuRetriever",
    "rag.answer.serialization.from_dict",
    "rag.answer.serialization.to_dict",
    "rag.answer.serialization.to_json",
    "rag.render.markdown.to_markdown",
    "rag.render.text.to_text",
    "rag.retriever.Retriever.open",
    "rag.retriever.Retriever.retrieve",
)
"""What users call from Python."""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def loads_the_model(path: Path) -> bool:
    source = path.read_text(encoding="utf-8")
    return ">>> from index.update.update import" in source or ">>> encoder = load_enc" in source


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(module_name(path), marks=[pytest.mark.slow] if loads_the_model(path) else [])
        for path in WITH_EXAMPLES
    ],
)
def test_doctests_of_a_module_pass(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.attempted
    assert not result.failed


def documented_names(node: ast.AST, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield the qualified name and the docstring of each class and function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield f"{prefix}.{child.name}", ast.get_docstring(child) or ""
            yield from documented_names(child, f"{prefix}.{child.name}")


def test_public_entries_have_a_docstring_example() -> None:
    docstrings: dict[str, str] = {}
    for path in WITH_EXAMPLES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings.update(documented_names(tree, module_name(path)))
    assert [name for name in ENTRIES if ">>> " not in docstrings.get(name, "")] == []

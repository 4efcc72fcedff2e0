"""Tests of the public surface, name by name: a change here can break users' programs.

`surface.txt` beside this file holds it as readable text. After an intended change:
`python -m tests.contract.test_surface > tests/contract/surface.txt`, and a line in the change log.
"""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import rag
from tests.helpers.paths import ROOT

HERE = Path(__file__).parent
MODULES = {
    "rag": rag.__all__,
    "index.update.update": ["ProgressEvent", "UpdateReport", "update_library"],
    "rag.adapters.langchain": ["TongzhuRetriever"],
    "rag.adapters.llamaindex": ["FollowUp", "TongzhuRetriever"],
    "rag.adapters.haystack": ["TongzhuRetriever"],
}


def surface() -> str:
    lines: list[str] = []
    for module, names in MODULES.items():
        lines += ["", f"# {module}"]
        for name in names:
            lines += describe_name(name, getattr(import_module(module), name))
    return "\n".join(lines).lstrip() + "\n"


def describe_name(name: str, thing: Any) -> list[str]:
    if not inspect.isclass(thing):
        return [f"def {name}{signature(thing)}"]
    bases = ", ".join(base.__name__ for base in thing.__bases__ if base is not object)
    return [f"class {name}({bases})" if bases else f"class {name}", *list_members(thing)]


def list_members(thing: type[Any]) -> Iterator[str]:
    yield from list_fields(thing)
    yield from list_methods(thing)


def list_fields(thing: type[Any]) -> Iterator[str]:
    if is_dataclass(thing):
        for field in fields(thing):
            default = "" if field.default is MISSING else f" = {field.default!r}"
            yield f"    {field.name}: {field.type}{default}"
    elif hasattr(thing, "_fields") or hasattr(thing, "model_fields"):
        for name, kind in inspect.get_annotations(thing).items():
            yield f"    {name}: {getattr(kind, '__forward_arg__', kind)}"
    elif "__init__" in vars(thing) and not getattr(thing, "_is_protocol", False):
        yield f"    def __init__{signature(vars(thing)['__init__'])}"


def list_methods(thing: type[Any]) -> Iterator[str]:
    for name, member in sorted(vars(thing).items()):
        if name.startswith("_") or name in getattr(thing, "_fields", ()):
            continue
        if isinstance(member, property) and member.fget:
            yield f"    {name}: {inspect.signature(member.fget).return_annotation}  # property"
        elif isinstance(member, classmethod):
            yield f"    classmethod {name}{signature(member.__func__)}"
        elif inspect.isfunction(member):
            kind = "async def" if inspect.iscoroutinefunction(member) else "def"
            yield f"    {kind} {name}{signature(member)}"


class UnquotedText(str):
    """A text that stands in a signature without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def signature(function: Callable[..., Any]) -> str:
    parameters = inspect.signature(function)
    plain = [
        parameter.replace(
            annotation=unquote(parameter.annotation),
            default=UnquotedText(parameter.default.__name__)
            if inspect.isfunction(parameter.default)
            else parameter.default,
        )
        for parameter in parameters.parameters.values()
    ]
    returns = unquote(parameters.return_annotation)
    return str(parameters.replace(parameters=plain, return_annotation=returns))


def unquote(annotation: Any) -> Any:
    return UnquotedText(annotation) if isinstance(annotation, str) else annotation


def test_public_surface_matches_the_recorded_one() -> None:
    expected = (HERE / "surface.txt").read_text(encoding="utf-8")
    assert surface() == expected, __doc__


def test_public_names_are_unique_and_importable() -> None:
    tree = ast.parse(Path(rag.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name: node.module
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert typed == rag._MODULE_OF
    assert sorted(rag._MODULE_OF) == sorted(rag.__all__) == sorted(set(rag.__all__))
    assert set(rag.__all__) <= set(dir(rag))


def test_public_names_are_documented() -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    assert [name for name in rag.__all__ if f"`{name}" not in page] == []
    assert [name for name in rag.__all__ if not getattr(rag, name).__doc__] == []


def test_importing_rag_loads_no_heavy_modules() -> None:
    script = "import rag, sys; print(*(name.split('.')[0] for name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "rag" in loaded
    assert not loaded & {"index", "numpy", "faiss", "torch", "gradio", "pydantic"}


def test_importing_retriever_loads_no_slow_modules() -> None:
    slow = {"torch", "gradio", "sentence_transformers", "langchain_core", "sklearn"}
    script = "import sys\nfrom rag import Retriever\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not slow & set(done.stdout.split())


if __name__ == "__main__":
    sys.stdout.write(surface())

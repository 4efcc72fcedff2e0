"""Every pattern table of every package: the examples hold, and every name is defined and used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from index.readers.notes.evidence import find_evidence
from index.text.patterns import LANGUAGES, PatternEntry, PatternTable, load_patterns, read_entries
from index.text.scripts import convert_to_simplified
from tests.helpers.paths import ROOT

FILES = [
    path
    for package in ("index", "rag", "eval", "ui")
    for path in sorted((ROOT / package).rglob("patterns/*.toml"))
]
PACKAGES = list(dict.fromkeys(".".join(path.relative_to(ROOT).parts[:-2]) for path in FILES))
ENTRIES = [
    pytest.param(package, name, entry, id=f"{package}.{language}.{name}")
    for package in PACKAGES
    for language in LANGUAGES
    for name, entry in read_entries(package, language).items()
]


def test_pattern_files_are_named_after_languages() -> None:
    assert {path.stem for path in FILES} <= set(LANGUAGES)


@pytest.mark.parametrize(("package", "name", "entry"), ENTRIES)
def test_pattern_matches_and_rejects_its_examples(
    package: str, name: str, entry: PatternEntry
) -> None:
    if entry.evidence:
        assert [text for text in entry.match if name not in find_evidence(text).weights] == []
        assert [text for text in entry.reject if name in find_evidence(text).weights] == []
        return
    matches_alone = getattr(re.compile(entry.expression), entry.use)
    joined = getattr(load_patterns(package)[name], entry.use)
    assert entry.match
    assert entry.reject
    assert [text for text in entry.match if not (matches_alone(text) and joined(text))] == []
    assert [text for text in entry.reject if matches_alone(text)] == []


@pytest.mark.parametrize(("package", "name", "entry"), ENTRIES)
def test_examples_match_alike_in_simplified_script(
    package: str, name: str, entry: PatternEntry
) -> None:
    apply = getattr(re.compile(entry.expression), entry.use)
    for text in (*entry.match, *entry.reject):
        simplified = convert_to_simplified(text)
        match, simplified_match = apply(text), apply(simplified)
        assert (match and match.span()) == (simplified_match and simplified_match.span()), text


def subscripts(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The package and the name of each pattern that a module looks up by a literal name."""
    packages = {
        target.id: node.value.args[0].value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        for target in node.targets
        if isinstance(target, ast.Name)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "load_patterns"
        and isinstance(node.value.args[0], ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            package, name = packages.get(node.value.id), node.slice
            if package and isinstance(name, ast.Constant):
                yield str(package), str(name.value)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_every_pattern_used_in_code_is_defined() -> None:
    for package in ("index", "rag", "eval", "ui"):
        for path in (ROOT / package).rglob("*.py"):
            for owner, name in subscripts(parse(path)):
                assert name in load_patterns(owner), f"{path}: {owner} has no pattern {name}"


@cache
def constants(package: str) -> set[object]:
    """The constants in the code of a top-level package."""
    return {
        node.value
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant)
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_every_pattern_is_used(package: str) -> None:
    used = constants(package.split(".", maxsplit=1)[0])
    entries = [item for lang in LANGUAGES for item in read_entries(package, lang).items()]
    assert [name for name, entry in entries if name not in used and not entry.evidence] == []


def test_unknown_pattern_name_raises_key_error() -> None:
    with pytest.raises(KeyError, match="no-such-name"):
        load_patterns("index.text")["no-such-name"]


def test_pattern_files_are_read_on_first_access() -> None:
    table = PatternTable("no.such.package")
    with pytest.raises(ModuleNotFoundError):
        len(table)


def test_fragments_flags_and_alternatives_are_expanded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pattern_sample" / "patterns"
    folder.mkdir(parents=True)
    (folder / "en.toml").write_text(
        "[fragments]\nwho = 'who|whom'\nasks = '(?:{who}) (?:is|was)'\n"
        "[asks]\npattern = ['^{asks}', 'by whom$']\nflags = 'i'\nmatch = []\nreject = []\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    pattern = PatternTable("pattern_sample")["asks"]
    assert pattern.pattern == "(?i:^(?:who|whom) (?:is|was)|by whom$)"
    assert list(PatternTable("pattern_sample")) == ["asks"]

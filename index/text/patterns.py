"""Tables of regular expressions, kept as data: `PACKAGE/patterns/{zh,en}.toml`.

A table of a file is a pattern, with examples that the tests run:

    [fragments]                # optional; {who} below stands for the text of `who`
    who = '谁|何人|哪一?位'

    [asks-for-author]
    pattern = [                # one expression, or alternatives that are joined with |
        '(?:{who})[写撰著]',
        '作者是(?:{who})',
    ]
    flags = "i"                # optional: i, m and s as in `re`
    use = "search"             # optional: how the code applies it: search, match or fullmatch
    match = ["这篇是谁写的"]     # at least one
    reject = ["作者认为"]        # at least one

A table with a number `evidence` is a sign that a text is a reference: see
`index.readers.notes.evidence`. Its examples are whole references and sentences.

Fragments hold for the patterns and the later fragments of their file. `{han}` is there in every
file: `index.text.characters.BASIC_HAN`, for use within a character class.

Chinese characters of an expression match their variants in both scripts, so that each word is
written once (`index.text.script_variants`). A file with `folded = true` at its head is for text
that was folded before (`index.text.scripts.fold`), and is in simplified script alone; a table in it
with `folded = false` is for text as it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from index.text.characters import BASIC_HAN
from index.text.script_variants import match_either_script

if TYPE_CHECKING:
    from index.text.scripts import Language  # uses patterns itself

LANGUAGES: tuple[Language, ...] = ("zh", "en")

_FRAGMENT = re.compile(r"\{([a-z][a-z-]*)\}")


class PatternEntry(NamedTuple):
    """A pattern of one language.

    Attributes:
        expression: The regular expression, fragments filled in and flags set.
        use: The method of `re.Pattern` by which the code applies it.
        match: Texts that it must match.
        reject: Texts that it must not match.
        evidence: What a match adds to the score of a text as a reference; 0 for other patterns.
    """

    expression: str
    use: Literal["search", "match", "fullmatch"]
    match: tuple[str, ...]
    reject: tuple[str, ...]
    evidence: float = 0


class PatternTable(Mapping[str, re.Pattern[str]]):
    """The patterns of a package by name: read when the first is used, each compiled when used."""

    def __init__(self, package: str, languages: tuple[Language, ...] = LANGUAGES) -> None:
        """Store what is to be loaded.

        Args:
            package: The package whose folder `patterns` holds the files.
            languages: The languages whose expressions are joined, in this order.
        """
        self._package = package
        self._languages = languages
        self._compiled: dict[str, re.Pattern[str]] = {}

    def __getitem__(self, name: str) -> re.Pattern[str]:
        """Return a compiled pattern; of several languages, one that matches any of them."""
        pattern = self._compiled.get(name)
        if pattern is None:
            expressions = [table[name].expression for table in self._tables() if name in table]
            if not expressions:
                raise KeyError(f"{self._package} has no pattern {name!r}")
            pattern = self._compiled[name] = re.compile("|".join(expressions))
        return pattern

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names, each once."""
        return iter(dict.fromkeys(name for table in self._tables() for name in table))

    def __len__(self) -> int:
        """Return the number of names."""
        return sum(1 for _ in self)

    def _tables(self) -> list[dict[str, PatternEntry]]:
        return [read_entries(self._package, language) for language in self._languages]


@cache
def load_patterns(package: str, language: Language | None = None) -> PatternTable:
    r"""Return the patterns of a package; its files are read when the first of them is used.

    Args:
        package: The package whose folder `patterns` holds the files, such as "rag.query".
        language: The language whose patterns are wanted; None joins those of all languages.

    >>> bool(load_patterns("index.text")["clause-words"].search("这是什么"))
    True
    """
    return PatternTable(package, LANGUAGES if language is None else (language,))


@cache
def read_entries(package: str, language: Language) -> dict[str, PatternEntry]:
    """Return the patterns of one language by name; none where the package has no such file.

    Args:
        package: The package whose folder `patterns` holds the file.
        language: The language.
    """
    import tomllib  # takes 15 ms to import

    path = Path(import_module(package).__path__[0], "patterns", f"{language}.toml")
    if not path.exists():
        return {}
    tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    is_folded = tables.pop("folded", False)
    fragments = build_fragments(tables.pop("fragments", {}))
    return {name: _build_entry(table, fragments, is_folded) for name, table in tables.items()}


def build_fragments(table: Mapping[str, str | list[str]]) -> dict[str, str]:
    """Return the fragments of a file by name, with `{han}`.

    Args:
        table: The fragments as the file has them, each of which may name those before it.
    """
    fragments = {"han": BASIC_HAN}
    for name, value in table.items():
        fragments[name] = build_expression(value, fragments)
    return fragments


def build_expression(value: str | list[str], fragments: Mapping[str, str]) -> str:
    """Return an expression with the fragments that it names filled in.

    Args:
        value: The expression, or alternatives that are to be joined.
        fragments: The fragments by name.
    """
    expression = value if isinstance(value, str) else "|".join(value)
    return _FRAGMENT.sub(lambda match: fragments[match[1]], expression)


def _build_entry(
    table: dict[str, Any], fragments: Mapping[str, str], is_folded: bool
) -> PatternEntry:
    expression = build_expression(table["pattern"], fragments)
    if not table.get("folded", is_folded):
        expression = match_either_script(expression)
    if flags := table.get("flags"):
        expression = f"(?{flags}:{expression})"
    return PatternEntry(
        expression,
        table.get("use", "search"),
        tuple(table["match"]),
        tuple(table["reject"]),
        table.get("evidence", 0),
    )

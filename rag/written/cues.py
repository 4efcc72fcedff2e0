"""Words by which sentences contradict each other or say more: `data/cues.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Opposites(NamedTuple):
    """Words of which one cannot be said where the other is.

    Attributes:
        first: Those of one side.
        second: Those of the other one.
        is_noun: Whether a negation does not make the other one of it.
    """

    first: re.Pattern[str]
    second: re.Pattern[str]
    is_noun: bool


class Cues(NamedTuple):
    """The words.

    Attributes:
        patterns: The words of a kind, by its name.
        opposites: Pairs of opposites.
    """

    patterns: Mapping[str, re.Pattern[str]]
    opposites: Sequence[Opposites]


@cache
def load_cues() -> Cues:
    """Return the words."""
    import tomllib  # takes 15 ms to import

    path = Path(__file__).with_name("data") / "cues.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    opposites = tables.pop("opposites")
    return Cues(
        {name: _compile(table) for name, table in tables.items()},
        tuple(
            Opposites(
                _compile(table["first"]), _compile(table["second"]), table.get("is_noun", False)
            )
            for table in opposites.values()
        ),
    )


def has_cue(name: str, folded: str) -> bool:
    """Return whether a text has a word of a kind.

    Args:
        name: The kind.
        folded: A text after `index.text.scripts.fold`.
    """
    return load_cues().patterns[name].search(folded) is not None


def _compile(words: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    english = "|".join(word.replace("*", "[a-z]*") for word in words["en"])
    chinese = "|".join(words["zh"])
    return re.compile(rf"(?:{chinese})|(?<![a-z'’])(?:{english})(?![a-z])")

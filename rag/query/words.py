"""Words of questions in both languages: `data/words.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from index.text.scripts import Language


@cache
def load_question_words(language: Language) -> Mapping[str, str]:
    """Return the question words of the other language, folded, with those of a language for them.

    Args:
        language: The language that they are translated to.
    """
    return dict(_read_words()["question-words"][language])


@cache
def load_count_words() -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
    """Return nouns that questions count, with the words that stand beside numbers of them."""
    return tuple(
        (frozenset(entry["nouns"]), tuple(entry["words"])) for entry in _read_words()["counted"]
    )


@cache
def _read_words() -> dict[str, Any]:
    import tomllib  # takes 15 ms to import

    path = Path(__file__).with_name("data") / "words.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))

"""Word lists that are data: `data/stop_words.{zh,en}.txt` and `data/abbreviations.en.txt`.

Each line of a file names uses, and the words that are in the lists of all of these uses; a line
that begins with a blank goes on with the words. So what two lists share stands there once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path


def load_stop_words(language: str, use: str) -> frozenset[str]:
    """Return the stop words of a language for one use.

    Args:
        language: "zh" or "en".
        use: One of the uses that the head of the file explains, such as "terms".
    """
    return _read_lists(f"stop_words.{language}")[use]


def load_abbreviations(use: str) -> frozenset[str]:
    """Return the English abbreviations of one use, without their last full stop.

    Args:
        use: One of the uses that the head of the file explains, such as "note".
    """
    return _read_lists("abbreviations.en")[use]


def abbreviation_expression(use: str) -> str:
    """Return a regular expression for the abbreviations of one use, without their last full stop.

    Args:
        use: As for `load_abbreviations`.
    """
    return "|".join(map(re.escape, sorted(load_abbreviations(use))))


@cache
def _read_lists(name: str) -> Mapping[str, frozenset[str]]:
    lists: defaultdict[str, list[str]] = defaultdict(list)
    uses: list[str] = []
    text = Path(__file__).with_name("data").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        head, colon, words = line.partition(": ")
        if colon:
            uses = head.split(", ")
        for use in uses:
            lists[use] += (words if colon else line).split()
    return {use: frozenset(words) for use, words in lists.items()}

"""Who does what: whether a sentence has two parties the other way round, in one language.

Nothing is parsed. Where words of a clause stand in a cited clause in reverse order, from the first
ones on, they are taken for exchanged roles, unless a word says that the voice is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.text.scripts import detect_language, fold
from rag.written.content import analyze_word
from rag.written.cues import has_cue

_CLAUSE = re.compile(r"[^，。；：！？,;:!?\n]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MIN_SHARED = 2  # characters of Han that two texts share
_START = 3  # characters, or words, before the subject of a clause


class _Item(NamedTuple):
    """Words that two clauses share, and where they stand in each."""

    length: int
    place: int
    other_place: int


def find_exchanged_roles(text: str, cited: Sequence[str]) -> Iterator[str]:
    """Yield the clauses in which two parties are the other way round than in what is cited.

    Args:
        text: The written sentence.
        cited: What it cites; sentences in another language are passed over.
    """
    language = detect_language(text)
    known = [
        clause
        for item in cited
        if detect_language(item) == language
        for clause in _CLAUSE.findall(fold(item))
    ]
    written = _CLAUSE.findall(fold(text))
    for clause in written:
        for other in known:
            if not (has_cue("voice", clause) or has_cue("voice", other)) and _is_reversed(
                _list_shared(clause, other)
            ):
                yield clause.strip()
                return


def _split_units(clause: str) -> list[str]:
    """Return the units of a clause that are compared: characters of Han, or terms of words."""
    if detect_language(clause) == "zh":
        return list(clause)
    return [" ".join(analyze_word(word)) for word in _WORD.findall(clause)]


def _list_shared(clause: str, other: str) -> list[_Item]:
    """Return the runs of units of a clause that stand once in another one, in order."""
    units, others = _split_units(clause), _split_units(other)
    least = _MIN_SHARED if detect_language(clause) == "zh" else 1
    items = []
    start = 0
    while start < len(units):
        length, place = _find_longest(units[start:], others)
        if length >= least and any(unit.strip() for unit in units[start : start + length]):
            items.append(_Item(length, start, place))
            start += length
        else:
            start += 1
    return items


def _find_longest(units: Sequence[str], others: Sequence[str]) -> tuple[int, int]:
    """Return the length of the longest run of units, from the first, in others, and its place."""
    best, best_place = 0, 0
    for place in range(len(others)):
        length = 0
        while (
            length < len(units)
            and place + length < len(others)
            and units[length] == others[place + length]
        ):
            length += 1
        if length > best:
            best, best_place = length, place
    return best, best_place


def _is_reversed(items: Sequence[_Item]) -> bool:
    """Return whether the first three runs begin a clause, and the other one in reverse order."""
    return any(
        first.other_place > second.other_place > third.other_place
        and max(first.place, third.other_place) <= _START
        for first, second, third in zip(items, items[1:], items[2:], strict=False)
    )

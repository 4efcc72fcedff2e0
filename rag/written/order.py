"""What comes first: a sentence that has before something what is after it in what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from index.text.characters import FOLDED_HAN
from index.text.dictionary import Dictionary
from rag.written.clauses import Clause, measure_overlap, split_clauses
from rag.written.content import read_content
from rag.written.cues import has_cue

_BEFORE = frozenset(("before", "prior to", "ahead of", "by", "前"))
_PLACE = re.compile(
    r"(?<![a-z])(?P<word>before|prior to|ahead of|after|following)"
    r" (?:(?:the|an?|its|their|his|her|this) )?(?P<object>[a-z]+(?: [a-z]+)?)"
    rf"|(?P<object_zh>[{FOLDED_HAN}]{{2}})[之以](?P<word_zh>[前后])"
    r"|(?<![a-z])(?P<word_year>before|by|after) (?P<year>[12]\d{3})(?!\d)"
    r"|(?<!\d)(?P<year_zh>[12]\d{3}) ?年[底初]?[之以]?(?P<word_year_zh>[前后])"
)
_ONLY = re.compile("(?<![a-z])only(?![a-z])|才|直到")


class _Place(NamedTuple):
    """A place in time.

    Attributes:
        is_before: Whether it is before something.
        object: What it is before or after; without words for a year.
        year: The year that it is before or after; "" for something else.
        text: All of it.
    """

    is_before: bool
    object: Clause
    year: str
    text: str


def find_exchanged_order(
    text: str, cited: Sequence[str], dictionary: Dictionary, share: float
) -> Iterator[str]:
    """Yield the words by which something is before what it is after in other sentences.

    A clause with a negation is let pass: not before something is after it.

    Args:
        text: The written sentence.
        cited: What it cites, in either language.
        dictionary: CC-CEDICT.
        share: Of the words of what something is before, from which it is the same.
    """
    known = list(_list_places("\n".join(cited), dictionary))
    for place in _list_places(text, dictionary):
        same = [other for other in known if _is_same(place, other, share)]
        if same and all(other.is_before != place.is_before for other in same):
            yield place.text


def _is_same(place: _Place, other: _Place, share: float) -> bool:
    """Return whether two are before or after the same."""
    if place.year or other.year:
        return place.year == other.year
    first, second = place.object, other.object
    return min(measure_overlap(first, second), measure_overlap(second, first)) >= share


def _list_places(text: str, dictionary: Dictionary) -> Iterator[_Place]:
    for clause in split_clauses(text, dictionary):
        if has_cue("negator", clause.folded) or _ONLY.search(clause.folded):
            continue
        for match in _PLACE.finditer(clause.folded):
            words = match["object"] or match["object_zh"] or ""
            year = match["year"] or match["year_zh"] or ""
            content = read_content(words, dictionary)
            if content.words or year:
                groups = ("word", "word_zh", "word_year", "word_year_zh")
                word = next(match[name] for name in groups if match[name])
                yield _Place(word in _BEFORE, Clause(words, content), year, match[0])

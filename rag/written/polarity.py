"""Negations and directions of change in a written sentence that its citations do not have.

They are compared clause by clause: a clause is said in another text if that has nearly all of its
content words. Where words differ, nothing is concluded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from index.text.characters import contains_han
from index.text.dictionary import Dictionary
from index.text.patterns import load_patterns
from rag.written.content import Content, is_latin_name, match_words, measure_coverage, read_content
from rag.written.cues import has_cue

_PATTERNS = load_patterns("rag.written")
_MIN_WORDS = 2  # of a clause that is compared
_CLAUSE = re.compile(r"[^，。；：！？,;:!?()（）\n]+")


def find_reversals(
    text: str, cited: Sequence[str], dictionary: Dictionary, share: float
) -> Iterator[tuple[Literal["negation", "direction"], str]]:
    """Yield the clauses that negate, or let rise or fall, otherwise than the other text.

    Args:
        text: The written sentence.
        cited: What it cites.
        dictionary: CC-CEDICT.
        share: Of the content words of a clause, from which it is said in another text.
    """
    known = _split_clauses("\n".join(cited), dictionary)
    written = _split_clauses(text, dictionary)
    for first, second in ((written, known), (known, written)):
        for clause in first:
            other = _find_same(clause, second, dictionary, share)
            if other is None or has_cue("condition", clause.folded) != has_cue(
                "condition", other.folded
            ):
                continue
            if _is_negated_otherwise(clause.folded, other.folded):
                yield "negation", clause.folded.strip()
            elif _is_opposite(clause.folded, other.folded):
                yield "direction", clause.folded.strip()


def _is_negated_otherwise(folded: str, other: str) -> bool:
    """Return whether one of two clauses negates; across languages, if the other one in no way."""
    counts = _count("negation", folded), _count("negation", other)
    if (counts[0] - counts[1]) % 2 == 0:
        return False
    positive = folded if counts[0] % 2 == 0 else other
    is_cross_lingual = contains_han(folded) != contains_han(other)
    return not (is_cross_lingual and has_cue("negative", positive))


def _split_clauses(text: str, dictionary: Dictionary) -> list[Content]:
    return [read_content(clause, dictionary) for clause in _CLAUSE.findall(text)]


def _find_same(
    clause: Content, others: Sequence[Content], dictionary: Dictionary, share: float
) -> Content | None:
    """Return the clause that says the same but for a word; None if none does."""
    shares = {
        other: min(_share(clause, other, dictionary), _share(other, clause, dictionary))
        for other in others
        if min(len(clause.words), len(other.words)) >= _MIN_WORDS
        and _may_reach(clause, other, share)
        and _may_reach(other, clause, share)
    }
    best = max(shares, key=shares.__getitem__, default=None)
    return best if best and shares[best] >= share else None


def _may_reach(first: Content, second: Content, share: float) -> bool:
    """Return whether a text has so much of another one, if all names sound alike."""
    pairs = zip(first.words, match_words(first, second), strict=True)
    return sum(1 if is_latin_name(word) else score for word, score in pairs) >= share * len(
        first.words
    )


def _share(first: Content, second: Content, dictionary: Dictionary) -> float:
    return sum(measure_coverage(first, second, dictionary)) / len(first.words)


def _count(name: Literal["negation", "rise", "fall"], folded: str) -> int:
    return sum(1 for _ in _PATTERNS[name].finditer(folded))


def _is_opposite(folded: str, other: str) -> bool:
    """Return whether a text says that something rises where another says that it falls."""
    rises, falls = _count("rise", folded) > 0, _count("fall", folded) > 0
    other_rises, other_falls = _count("rise", other) > 0, _count("fall", other) > 0
    return (rises and not other_rises and other_falls) or (
        falls and not other_falls and other_rises
    )

"""Whether the numbers of a written sentence are said of the same things as in what it cites.

Three kinds of exchanges are found: a change in the other direction (from 43 to 31), an amount of
another year than its own, and a number whose clause is about what another number is said of.
Numbers that are computed, and clauses in which it is not clear what a number is said of, are let
pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from index.text.dictionary import Dictionary
from index.text.patterns import load_patterns
from rag.written.clauses import Clause, split_clauses
from rag.written.content import match_words
from rag.written.facts import EARLIEST_YEAR, LATEST_YEAR, Fact, list_facts, normalize_facts
from rag.written.parameters import AttributionThresholds
from rag.written.support import supports

_PATTERNS = load_patterns("rag.written")
_NUMBER = r"(\d+(?:\.\d+)?)%?"
_UNIT = "(?:[a-z$£€]+ ){0,3}?"
_FILLING = r"[^\d，。；,;.]{0,10}?"
_CHANGES = re.compile(
    rf"(?<![a-z])from {_UNIT}{_NUMBER} {{0,2}}{_UNIT}to {_UNIT}{_NUMBER}"
    rf"|[由从自]{_FILLING}{_NUMBER}{_FILLING}[到至为成]{_FILLING}{_NUMBER}"
)
_YEAR = re.compile(r"(?:(?<![a-z])in )?(?<!\d)[12]\d{3}(?:年度?的?|(?![\d.,%年]))")


class _Pair(NamedTuple):
    time: Decimal
    amount: Fact


def find_misplaced_facts(
    text: str, cited: Sequence[str], dictionary: Dictionary, thresholds: AttributionThresholds
) -> Iterator[str]:
    """Yield the numbers of a sentence that are said of other things than in what it cites.

    Args:
        text: The written sentence.
        cited: The texts of the sentences that it cites.
        dictionary: CC-CEDICT.
        thresholds: From which two clauses are about the same.
    """
    written = split_clauses(text, dictionary)
    known = [split_clauses(sentence, dictionary) for sentence in cited]
    yield from _find_turned_changes(text, cited)
    yield from _find_other_times(written, known)
    yield from _find_other_subjects(written, list(chain.from_iterable(known)), thresholds)


def _find_turned_changes(text: str, cited: Iterable[str]) -> Iterator[str]:
    known = {change for sentence in cited for change in _list_changes(sentence)}
    for start, end in _list_changes(text):
        if (end, start) in known and (start, end) not in known:
            yield f"{start} → {end}"


def _list_changes(text: str) -> Iterator[tuple[str, str]]:
    """Yield the numbers from which and to which something changes."""
    for match in _CHANGES.finditer(_YEAR.sub("", normalize_facts(text))):
        start, end = (number for number in match.groups() if number)
        if start != end:
            yield start, end


def _find_other_times(
    written: Iterable[Clause], known: Iterable[Sequence[Clause]]
) -> Iterator[str]:
    """Yield the amounts that are said of another year, where both have others of their own."""
    dated = _read_dated_amounts(known)
    for clause in written:
        if any(_PATTERNS[name].search(clause.folded) for name in ("year-after", "year-before")):
            continue
        facts = list_facts(clause.folded)
        for pair in _pair(facts, _list_years(facts)):
            if _is_of_other_year(pair, dated):
                yield pair.amount.text


class _DatedAmounts(NamedTuple):
    """The amounts of cited sentences with their years.

    Attributes:
        pairs: Amounts whose year is clear.
        unclear: The facts of other clauses.
    """

    pairs: list[_Pair]
    unclear: list[Fact]


def _read_dated_amounts(known: Iterable[Sequence[Clause]]) -> _DatedAmounts:
    """Return the amounts of sentences; a clause without a year goes on with the one before it."""
    dated = _DatedAmounts([], [])
    for sentence in known:
        before: list[Decimal] = []
        for clause in sentence:
            facts = list_facts(clause.folded)
            years = _list_years(facts)
            own = _pair(facts, years or before)
            before = years[-1:] or before
            dated.pairs.extend(own)
            dated.unclear.extend([] if own else facts)
    return dated


def _is_of_other_year(pair: _Pair, dated: _DatedAmounts) -> bool:
    """Return whether an amount is said of other years only, and its year has another amount."""
    times = [other.time for other in dated.pairs if supports(other.amount, pair.amount)]
    if not times or pair.time in times:
        return False
    if any(fact.value == pair.time or supports(fact, pair.amount) for fact in dated.unclear):
        return False
    return any(
        other.time == pair.time and _is_alike(other.amount, pair.amount) for other in dated.pairs
    )


def _pair(facts: Sequence[Fact], years: Sequence[Decimal]) -> list[_Pair]:
    """Return the amounts of a clause with their years; none where that is not clear."""
    amounts = [fact for fact in facts if not _is_year(fact) and fact.kind in ("number", "share")]
    if len(years) == 1:
        return [_Pair(years[0], amount) for amount in amounts]
    return list(map(_Pair, years, amounts)) if len(years) == len(amounts) else []


def _list_years(facts: Iterable[Fact]) -> list[Decimal]:
    return [fact.value for fact in facts if _is_year(fact)]


def _is_year(fact: Fact) -> bool:
    is_bare = fact.kind == "number" and not fact.dimension and not fact.bound
    return fact.kind == "year" or (is_bare and EARLIEST_YEAR <= fact.value <= LATEST_YEAR)


def _is_alike(fact: Fact, other: Fact) -> bool:
    """Return whether two facts are of one kind, and different."""
    return (
        (fact.kind, fact.dimension) == (other.kind, other.dimension)
        and not supports(fact, other)
        and _is_year(fact) == _is_year(other)
    )


def _find_other_subjects(
    written: Iterable[Clause], known: Sequence[Clause], thresholds: AttributionThresholds
) -> Iterator[str]:
    """Yield the numbers whose clause is about what another number of its kind is said of."""
    for clause in written:
        named = list_facts(clause.folded)
        for fact in named:
            if _is_year(fact) or any(_is_alike(other, fact) for other in named):
                continue
            own, others = _split_by_fact(known, fact)
            if own and any(_is_nearer(clause, other, own, thresholds) for other in others):
                yield fact.text


def _split_by_fact(
    known: Sequence[Clause], fact: Fact
) -> tuple[list[Sequence[Clause]], list[Sequence[Clause]]]:
    """Return the places of a number, and of others of its kind: clauses with those beside them."""
    own: set[int] = set()
    others: set[int] = set()
    for index, clause in enumerate(known):
        facts = list_facts(clause.folded)
        if any(supports(other, fact) for other in facts):
            own.add(index)
        elif any(_is_alike(other, fact) for other in facts):
            others.add(index)
    named = own | others

    def find_places(indices: set[int]) -> list[Sequence[Clause]]:
        return [
            [
                known[near]
                for near in range(max(index - 1, 0), min(index + 2, len(known)))
                if near == index or near not in named
            ]
            for index in sorted(indices)
        ]

    return find_places(own), find_places(others)


def _is_nearer(
    clause: Clause,
    other: Sequence[Clause],
    own: Sequence[Sequence[Clause]],
    thresholds: AttributionThresholds,
) -> bool:
    """Return whether a clause has most of its words in common with another place, not its own."""
    here = _match(clause, other)
    there = _match(clause, list(chain.from_iterable(own)))
    only_here = _count_only_first(here, there, thresholds.word)
    only_there = _count_only_first(there, here, thresholds.word)
    return only_here >= thresholds.share * len(here) and only_here > thresholds.ratio * only_there


def _match(clause: Clause, others: Sequence[Clause]) -> list[float]:
    """Return how far any of some clauses has each word of a clause, from 0 to 1."""
    scores = [match_words(clause.content, other.content) for other in others]
    return [max(of_word) for of_word in zip(*scores, strict=True)]


def _count_only_first(first: Sequence[float], second: Sequence[float], word: float) -> int:
    """Return the number of words that one place has, and another one has not."""
    return sum(has >= word and other <= 1 - word for has, other in zip(first, second, strict=True))

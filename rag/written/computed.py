"""Numbers of a written sentence that follow from those of what it cites.

Sums and differences, ratios and relative changes in words for shares, a number changed by a share
of it, what is left of a hundred per cent, and the years between two dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import permutations

from rag.written.facts import EARLIEST_YEAR, LATEST_YEAR, Fact
from rag.written.number_words import load_number_words
from rag.written.tolerance import is_duration_of, is_near, is_same

_HUNDRED = Decimal(100)  # per cent


def is_computed(known: Sequence[Fact], fact: Fact) -> bool:
    """Return whether a number follows from one or two others.

    Args:
        known: The facts of the cited sentences.
        fact: A fact of the written sentence.
    """
    if not fact.value:
        return False
    if fact.kind == "share" and any(
        is_same(_HUNDRED - other.value, fact) for other in known if other.kind == "share"
    ):
        return True
    dated = [*known, *_list_years(known)]
    return any(_follows(first, second, fact) for first, second in permutations(dated, 2))


def _follows(first: Fact, second: Fact, fact: Fact) -> bool:
    if not second.value:
        return False
    if first.kind == "number" and second.kind == "share":
        return fact.kind == "number" and any(
            is_same(value, fact) for value in _list_changed(first.value, second.value / _HUNDRED)
        )
    if first.kind != second.kind or first.dimension != second.dimension:
        return False
    if first.kind == "year":
        return fact.dimension == "duration" and is_duration_of(
            abs(first.value - second.value), fact
        )
    return _is_ratio(first.value / second.value, fact) or (
        first.kind == fact.kind and _is_total_or_rest(first.value, second.value, fact)
    )


def _is_ratio(ratio: Decimal, fact: Fact) -> bool:
    """Return whether a multiple, or a share in words, is a ratio or the change that it means."""
    if fact.kind == "multiple":
        return is_near(ratio, fact)
    if not _is_in_words(fact):
        return False
    values = [_HUNDRED * value for value in (ratio, abs(1 - ratio))]
    return any(is_near(value, fact) for value in values)


def _is_total_or_rest(first: Decimal, second: Decimal, fact: Fact) -> bool:
    is_measured = fact.kind == "share" or bool(fact.dimension)  # counts are sums of too many others
    return fact.value == first - second or (is_measured and is_same(first + second, fact))


def _list_years(known: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the bare numbers that may be years, as years."""
    for fact in known:
        is_bare = fact.kind == "number" and not fact.dimension
        if is_bare and EARLIEST_YEAR <= fact.value <= LATEST_YEAR:
            yield Fact("year", fact.value, fact.text)


def _list_changed(value: Decimal, share: Decimal) -> tuple[Decimal, ...]:
    """Return a number with a share of it added, without it, and the share."""
    return value * (1 + share), value * (1 - share), value * share


def _is_in_words(fact: Fact) -> bool:
    """Return whether a share is one that words give: about a third, three in ten."""
    shares = load_number_words().shares.values()
    is_rough = fact.kind == "share" and bool(fact.bound)
    return is_rough and (float(fact.value) in shares or not fact.value % 10)

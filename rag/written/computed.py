"""Numbers of a written sentence that follow from those of what it cites.

Sums and differences, ratios and relative changes in words for shares, a number changed by a share
of it, what it is a share of, what is left of a hundred per cent, and the years between two dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, permutations

from rag.written.facts import EARLIEST_YEAR, LATEST_YEAR, MONTH, Fact
from rag.written.tolerance import (
    is_duration_of,
    is_exact,
    is_fraction,
    is_in_words,
    is_near,
    is_rounded,
    is_same,
    load_tolerances,
)

_CHANGED = frozenset((("number", "share"), ("number", "multiple"), ("share", "multiple")))
"""Kinds of a number, and of another one by which it is changed."""

_HUNDRED = Decimal(100)  # per cent
_THOUSAND = 1_000
_FEW = 3  # counts of which a product is hardly one by chance


def is_computed(known: Sequence[Fact], fact: Fact) -> bool:
    """Return whether a number follows from one or two others.

    Args:
        known: The facts of the cited sentences.
        fact: A fact of the written sentence.
    """
    if not fact.value:
        return False
    dated = [*known, *_list_years(known)]
    return (
        _is_left_of_hundred(known, fact)
        or any(_follows(first, second, fact) for first, second in permutations(dated, 2))
        or _is_product(known, fact)
        or _is_sum(known, fact)
    )


def _is_left_of_hundred(known: Sequence[Fact], fact: Fact) -> bool:
    return fact.kind == "share" and any(
        is_same(rest, fact) or (is_in_words(fact) and bool(fact.bound) and is_near(rest, fact))
        for rest in (_HUNDRED - other.value for other in known if other.kind == "share")
    )


def _is_product(known: Sequence[Fact], fact: Fact) -> bool:
    counts = [other.value for other in known if other.kind == "number"]
    return len(counts) <= _FEW and any(
        first * second == fact.value for first, second in combinations(counts, 2)
    )


def _is_sum(known: Sequence[Fact], fact: Fact) -> bool:
    """Return whether a number is the sum of all of its kind and unit, three or more."""
    if not fact.dimension and fact.kind != "share":
        return False
    parts = [
        other.value * other.size
        for other in known
        if other.kind == fact.kind and other.dimension == fact.dimension
    ]
    return len(parts) >= _FEW and sum(parts) == fact.value * fact.size


def _follows(first: Fact, second: Fact, fact: Fact) -> bool:
    if not second.value:
        return False
    if (first.kind, second.kind) in _CHANGED:
        return fact.kind == first.kind and _is_changed(first.value, second, fact)
    if first.kind != second.kind or not _have_one_dimension(first, second):
        return False
    if first.kind in ("day", "year"):
        return fact.dimension == "duration" and _is_time_between(first, second, fact)
    if first.kind == fact.kind and _is_total_or_rest(first, second, fact):
        return True
    if fact.kind == "share" and not is_in_words(fact):
        is_count = first.kind == "number" and bool(fact.bound)
        return is_count and _is_relative_change(first.value, second.value, fact)
    return _is_ratio(first.value, second.value, fact)


def _is_time_between(first: Fact, second: Fact, fact: Fact) -> bool:
    """Return whether a duration is that between two days or years, or with both years."""
    if first.kind == "day":
        return _is_days_away(first, second, fact)
    years = abs(first.value - second.value)
    return any(is_duration_of(years + more, fact) for more in (0, 1))


def _is_changed(value: Decimal, change: Fact, fact: Fact) -> bool:
    """Return whether a number is another one, changed by a share or a multiple."""
    is_rough = change.kind == "multiple" and fact.bound == "about"
    return any(
        is_same(changed, fact)
        or is_fraction(changed, fact)
        or (is_rough and is_near(changed, fact))
        for changed in _list_changed(value, change, fact)
    )


def _is_ratio(part: Decimal, whole: Decimal, fact: Fact) -> bool:
    """Return whether a multiple, or a share in words, is a ratio or the change that it means."""
    ratio = part / whole
    if fact.kind == "multiple":
        return is_near(ratio, fact) or is_exact(ratio - 1, fact)
    if fact.kind != "share":
        return False
    shares = [_HUNDRED * value for value in (ratio, abs(1 - ratio), part / (part + whole))]
    return any(is_near(share, fact) if fact.bound else is_exact(share, fact) for share in shares)


def _is_relative_change(part: Decimal, whole: Decimal, fact: Fact) -> bool:
    """Return whether a share that is about right is the change from one number to another."""
    return min(part, whole) >= load_tolerances().least_changed and is_exact(
        _HUNDRED * abs(1 - part / whole), fact
    )


def _is_total_or_rest(first: Fact, second: Fact, fact: Fact) -> bool:
    rest = first.value - second.value
    is_alike = first.dimension == second.dimension and bool(fact.bound)
    if rest == fact.value or (is_alike and is_rounded(rest, fact)):
        return True
    total = first.value + second.value
    if fact.kind == "share" or fact.dimension:
        return is_same(total, fact)
    # Small counts are sums of too many others: one of them has to say that it is a difference.
    return total == fact.value and (total >= _THOUSAND or first.is_change or second.is_change)


def _have_one_dimension(first: Fact, second: Fact) -> bool:
    """Return whether two numbers measure the same: one of them may leave its unit out."""
    return first.dimension == second.dimension or not (first.dimension and second.dimension)


def _list_years(known: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the bare numbers that may be years, as years."""
    for fact in known:
        is_bare = fact.kind == "number" and not fact.dimension
        if is_bare and EARLIEST_YEAR <= fact.value <= LATEST_YEAR:
            yield Fact("year", fact.value, fact.text)


def _is_days_away(first: Fact, second: Fact, fact: Fact) -> bool:
    """Return whether two days of a year are so many days apart, in months of equal length."""
    places = [day.value // _HUNDRED * MONTH + day.value % _HUNDRED for day in (first, second)]
    distance = abs(places[0] - places[1])
    return bool(distance) and is_exact(distance / fact.size, fact)


def _list_changed(value: Decimal, change: Fact, fact: Fact) -> Iterator[Decimal]:
    """Yield a number times another one, or with a share added, without it, and its whole."""
    if change.kind == "multiple":
        yield from (value * change.value, value / change.value)
        return
    share = change.value / _HUNDRED
    yield from (value * (1 + share), value * (1 - share), value * share, value / share)
    if fact.bound and share < 1:
        yield from (value / (1 - share), value / (1 + share))

"""When two numbers count as the same: one is rounded, a limit, or a part of a calendar year."""

from __future__ import annotations

from decimal import Decimal

from rag.ranking.parameters import load_parameters
from rag.written.facts import DAYS_OF_YEAR, EARLIEST_YEAR, LATEST_YEAR, Fact
from rag.written.number_words import load_number_words
from rag.written.parameters import NumberTolerances

_TENTH = 10  # per cent


def is_same(exact: Decimal, fact: Fact) -> bool:
    """Return whether a number of a sentence is an exact one, or that with fewer digits.

    Args:
        exact: The exact one; not 0.
        fact: The number of the sentence.
    """
    return exact == fact.value or _has_fewer_digits(exact, fact)


def is_rounded(exact: Decimal, fact: Fact) -> bool:
    """Return whether a number is another one with fewer digits, or a limit of it that is near.

    Args:
        exact: The exact one.
        fact: The number of the sentence.
    """
    if not exact or not fact.value:
        return False
    tolerances = load_tolerances()
    ratio = exact / fact.value
    if fact.kind in ("share", "multiple") and fact.bound in ("least", "most"):
        return (ratio > 1) == (fact.bound == "least")
    if not fact.bound and not fact.dimension and EARLIEST_YEAR <= fact.value <= LATEST_YEAR:
        return False  # it may be a year
    is_on_side = fact.bound == "about" or (ratio > 1) == (fact.bound == "least")
    is_close = bool(fact.bound) and abs(float(ratio) - 1) <= tolerances.bounds[fact.bound]
    if is_on_side and is_close and _count_digits(fact.value) < _count_digits(exact):
        return True
    return _has_fewer_digits(exact, fact)


def is_near(value: Decimal, fact: Fact) -> bool:
    """Return whether a number is on the right side of a limit and near it, or about another one.

    Args:
        value: The exact one.
        fact: The number of the sentence; not 0.
    """
    if fact.bound in ("least", "most"):
        return is_within(value, fact)
    tolerances = load_tolerances()
    is_rough = is_in_words(fact) or fact.kind == "multiple"
    about = tolerances.in_words if is_rough else tolerances.bounds["about"]
    return abs(float(value / fact.value) - 1) <= about


def is_exact(value: Decimal, fact: Fact) -> bool:
    """Return whether a number is another one but for the length of months, or a little.

    Args:
        value: The exact one.
        fact: The number of the sentence; not 0.
    """
    return abs(float(value / fact.value) - 1) <= load_tolerances().calendar


def is_within(value: Decimal, fact: Fact) -> bool:
    """Return whether a number is on the right side of a limit, and near it.

    Args:
        value: The exact one.
        fact: The number of the sentence, a limit; not 0.
    """
    ratio = value / fact.value
    is_close = abs(float(ratio) - 1) <= load_tolerances().bounds[fact.bound]
    return is_close and (ratio > 1) == (fact.bound == "least")


def is_fraction(value: Decimal, fact: Fact) -> bool:
    """Return whether a number is a fraction of another one, as its decimals give it.

    Args:
        value: The exact one.
        fact: The number of the sentence; not 0.
    """
    return abs(float(value / fact.value) - 1) <= load_tolerances().fraction


def is_in_words(fact: Fact) -> bool:
    """Return whether a share is one that words give: a third, three in ten, 七成.

    Args:
        fact: A fact.
    """
    shares = load_number_words().shares.values()
    printed = load_tolerances().printed_share
    return fact.kind == "share" and (
        any(abs(float(fact.value) - share) < printed for share in shares) or not fact.value % _TENTH
    )


def is_duration_of(years: Decimal, fact: Fact) -> bool:
    """Return whether a duration is about so many years.

    Args:
        years: The years.
        fact: The duration of the sentence; not 0.
    """
    ratio = years * DAYS_OF_YEAR / (fact.value * fact.size)
    tolerances = load_tolerances()
    distance = abs(float(ratio) - 1)
    if fact.bound in ("least", "most"):
        return distance <= tolerances.bounds[fact.bound] and (
            ratio >= 1 if fact.bound == "least" else ratio <= 1
        )
    return distance <= (tolerances.bounds["about"] if fact.bound else tolerances.calendar)


def _has_fewer_digits(exact: Decimal, fact: Fact) -> bool:
    digits = _count_digits(fact.value)
    return (
        load_tolerances().rounded_digits <= digits < _count_digits(exact)
        and round(exact, digits - 1 - exact.adjusted()) == fact.value
    )


def _count_digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)


def load_tolerances() -> NumberTolerances:
    """Return how far numbers may differ."""
    return load_parameters().verification.numbers

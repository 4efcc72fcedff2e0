"""Counts and months that follow from cited ones: at most four, twelve each, seven months later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations, permutations

from index.text.scripts import fold
from rag.written.facts import MONTH, Fact, list_facts, normalize_facts

_COUNTED = "(?=[人名个位艘件家所项])"
_COUNT_BELOW = re.compile(
    r"(?<![a-z])fewer than (\d{1,3})(?![\d.,%])"
    rf"|(?:不到|不足|少于|不满|未满)(\d{{1,3}}){_COUNTED}"
)
_COUNT_TO = re.compile(
    r"(?<![a-z])(?:at most|no more than) (\d{1,3})(?![\d.,%])"
    r"|(?<![\d.,])(\d{1,3})(?: [a-z]+)? or (?:fewer|less)"
    rf"|(?:至多|最多|不超过)(\d{{1,3}}){_COUNTED}"
)
_FOR_EACH = re.compile("平均|各|(?<![a-z])(?:each|per|average|apiece)(?![a-z])")
_MONTH_OF_YEAR = re.compile(r"(\d{4})年(\d{1,2})月")
_MONTHS_LONG = re.compile(r"(\d{1,3})(?:个月| months?(?![a-z]))|(\d{1,2})(?:\.(5))?年(?!\d{1,2}月)")
_MONTHS_OF_YEAR = 12


def list_counts(sentence: str, cited: Sequence[str]) -> set[Decimal]:
    """Return the counts in a sentence that may follow from cited ones.

    A count that something may reach at most follows from the one that it may not reach; what each
    of some has on the average, from the whole.

    Args:
        sentence: The written sentence.
        cited: The texts of the sentences that it cites.
    """
    limits = _list_limits(sentence) & {limit for text in cited for limit in _list_limits(text)}
    counts = {Decimal(limit + more) for limit in limits for more in (0, 1)}
    if _FOR_EACH.search(fold(sentence)):
        counts |= _list_averages(fact for text in cited for fact in list_facts(text))
    return counts


def count_months(text: str) -> Iterator[Fact]:
    """Yield the months between two, and those that are so many months after one, or before it.

    Args:
        text: A cited sentence.
    """
    folded = normalize_facts(text)
    begins = [
        _MONTHS_OF_YEAR * int(match[1]) + int(match[2]) - 1
        for match in _MONTH_OF_YEAR.finditer(folded)
    ]
    for first, second in combinations(begins, 2):
        months = Decimal(abs(first - second))
        yield Fact("number", months, f"{months}个月", "", "duration", MONTH)
    for match in _MONTHS_LONG.finditer(folded):
        half = _MONTHS_OF_YEAR // 2 if match[3] else 0
        months_long = int(match[1] or _MONTHS_OF_YEAR * int(match[2])) + half
        for begin in begins:
            for other in (begin + months_long, begin + months_long - 1, begin - months_long):
                yield Fact("year", Decimal(other // _MONTHS_OF_YEAR), match[0])
                yield Fact("month", Decimal(other % _MONTHS_OF_YEAR + 1), match[0])


def _list_limits(text: str) -> set[int]:
    """Return the counts that something may reach at most: four, where it is fewer than five."""
    folded = normalize_facts(text)
    below = {int(match[1] or match[2]) - 1 for match in _COUNT_BELOW.finditer(folded)}
    up_to = {int(match[1] or match[2] or match[3]) for match in _COUNT_TO.finditer(folded)}
    return below | up_to


def _list_averages(known: Iterable[Fact]) -> set[Decimal]:
    """Return the whole numbers that each of some has on the average."""
    values = [fact.value for fact in known if fact.kind == "number" and not fact.dimension]
    return {
        whole / parts for whole, parts in permutations(values, 2) if parts and not whole % parts
    }

"""Whether the numbers, dates and articles of law of a sentence are in what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from index.text.characters import HAN_DIGITS
from index.text.numbers import normalize_numbers
from index.text.patterns import load_patterns
from index.text.scripts import fold
from rag.written.computed import is_computed
from rag.written.facts import DAYS_OF_YEAR, Fact, list_facts
from rag.written.tolerance import is_rounded, load_tolerances

_PATTERNS = load_patterns("rag.written")
_MINGUO_OFFSET = 1911
_DECADE = 10  # years
_DECADE_MARK = "年代"
_COUNTS = frozenset(("share", "multiple", "year"))  # kinds that a bare number may repeat
_ROUNDED = frozenset(("number", "share", "multiple"))
_BARE_YEAR = re.compile(r"(\d{1,3})年(?:度)?")
_MINGUO_DECADE = re.compile(rf"民国([{HAN_DIGITS}]十|\d0)年代")
_PARAGRAPH = re.compile("[款项目]")
_CENTURY = 100  # years
_HAN_NUMERAL = re.compile(rf"第[{HAN_DIGITS}十百]+[条款项]|([{HAN_DIGITS}十百千万亿廿卅]+)")


def find_unsupported_facts(sentence: str, cited: Iterable[str]) -> Iterator[Fact]:
    """Yield the facts of a sentence that none of the sentences has that it cites.

    A rounded number is supported by the exact one, one that follows from two others by these;
    words for small numbers by a number anywhere.

    Args:
        sentence: The written sentence.
        cited: The texts of the sentences that it cites.
    """
    texts = list(cited)
    printed = [fact for text in texts for fact in list_facts(text)]
    known = [fact for text in texts for fact in _list_alternatives(text)]
    known += _list_following_years(texts, known)
    for fact in list_facts(sentence):
        if not any(_supports(other, fact) for other in known) and not is_computed(printed, fact):
            yield fact


def _list_alternatives(text: str) -> Iterator[Fact]:
    """Yield the facts of a cited sentence, with the other values that its numbers may mean."""
    for fact in list_facts(text):
        yield fact
        if nth := _BARE_YEAR.fullmatch(fact.text):
            yield Fact("year", Decimal(nth[1]) + _MINGUO_OFFSET, fact.text)
        if fact.kind == "year":
            nth_century = fact.value // _CENTURY + 1
            yield Fact("number", nth_century, fact.text, "", "duration", _CENTURY * DAYS_OF_YEAR)
        if fact.kind == "number" and not fact.dimension:
            yield Fact("year", fact.value, fact.text)
        if fact.kind == "law" and _PARAGRAPH.search(fact.text):
            yield Fact("number", fact.value, fact.text)
    folded = fold(text)
    for match in _HAN_NUMERAL.finditer(folded):
        if match[1] and (value := _read_numeral(match[1])):
            yield Fact("number", Decimal(value), match[1])
    for match in _MINGUO_DECADE.finditer(folded):
        year = Decimal(_read_numeral(match[1])) + _MINGUO_OFFSET
        yield Fact("year", year - year % _DECADE, match[0])


def _list_following_years(texts: Iterable[str], known: Iterable[Fact]) -> list[Fact]:
    """Return the years after those that are named, where words such as 次年 mean one."""
    if not any(_PATTERNS["year-after"].search(fold(text)) for text in texts):
        return []
    return [Fact("year", fact.value + 1, fact.text) for fact in known if fact.kind == "year"]


def _read_numeral(numeral: str) -> str:
    """Return a Han numeral as digits; "" if it is none."""
    value = normalize_numbers(f"第{numeral}条").strip("第条")
    return value if value.isdigit() else ""


def _supports(known: Fact, fact: Fact) -> bool:
    """Return whether a fact of a cited sentence is one of the written sentence, or more exact."""
    if known.kind != fact.kind:
        return known.value == fact.value and _may_stand_for(known, fact)
    if fact.kind == "year" and fact.text.endswith(_DECADE_MARK):
        return known.value // _DECADE == fact.value // _DECADE
    if known.dimension and fact.dimension:
        if known.dimension != fact.dimension:
            return False
        if known.size != fact.size:
            return _is_converted(known.value * known.size / fact.size, fact)
    return known.value == fact.value or (fact.kind in _ROUNDED and is_rounded(known.value, fact))


def _may_stand_for(known: Fact, fact: Fact) -> bool:
    """Return whether a number of one kind may be told as another kind."""
    if fact.kind == "number":
        return known.kind in _COUNTS and not fact.dimension
    if known.kind != "number":
        return False
    if fact.kind == "multiple":
        return not known.dimension  # it happened twice
    return fact.kind == "law" and bool(_PARAGRAPH.search(fact.text))


def _is_converted(value: Decimal, fact: Fact) -> bool:
    """Return whether a number in another unit is that of a sentence."""
    return bool(fact.value) and abs(float(value / fact.value) - 1) <= load_tolerances().calendar

"""Numbers, dates and articles of law in a sentence, in one form for both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import permutations
from typing import Literal

from index.text.characters import HAN_DIGITS
from index.text.numbers import normalize_numbers
from index.text.scripts import fold
from rag.ranking.parameters import NumberTolerances, load_parameters
from rag.written.number_words import load_number_words, replace_number_words

FactKind = Literal["number", "share", "multiple", "year", "month", "day", "law"]

_MINGUO_OFFSET = 1911
_EARLIEST_YEAR, _LATEST_YEAR = 1000, 2999
_ROUGH_REACH = 14  # characters beside a number
_YEAR = Decimal(365)  # days
_YEARS_AND_MONTHS = re.compile(r"(?<!\d)(\d{1,2})年(?:零|又)?(\d{1,2})个月")
_YEARS_AND_HALF = re.compile(r"(?<!\d)(\d{1,2})年半")
_COUNTS = frozenset(("share", "multiple", "year", "law"))  # kinds that a bare number may repeat
_ROUNDED = frozenset(("number", "share", "multiple"))
_BARE_YEAR = re.compile(r"(\d{1,3})年(?:度)?")
_HAN_NUMERAL = re.compile(f"[{HAN_DIGITS}十百千万亿廿卅]+")
_TOKEN = re.compile(
    r"第\d+[方者种类]"  # a third party is no third one
    r"|(?P<law>第(?P<nth>\d+)[条款项章节编目]|§+\s*(?P<section>\d+)"
    r"|(?<![a-z])art(?:icle|\.)?s?\s*(?P<article>\d+)(?:\s*\((?P<paragraph>\d+)\))?)"
    r"|(?P<decade>\d{4})年代"
    r"|(?P<year>\d{1,4})年(?:度|(?=\d{1,2}月))?"
    r"|(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?"
    r"|(?P<share>\d+(?:\.\d+)?)\s*(?:%|个?百分点|percent)"
    r"|(?P<multiple>\d+(?:\.\d+)?)\s*(?:倍|times)"
    r"|(?<![a-z\d])(?P<number>\d+(?:\.\d+)?)(?P<unit>[十百千万亿兆]*)"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A number, a date or an article of law.

    Attributes:
        kind: What it is.
        value: Its value; a share is in per cent, a day is 100 times the month and the day.
        text: Its words, folded and with numbers in one spelling.
        dimension: What its unit measures; "" without a unit.
        size: Of its unit, in days, grams, metres and so on.
        bound: "about", "least" or "most" where a word beside it says that it is not exact.
    """

    kind: FactKind
    value: Decimal
    text: str
    bound: str = ""
    dimension: str = ""
    size: Decimal = Decimal(1)


def list_facts(sentence: str) -> list[Fact]:
    """Return the numbers, dates and articles of law that a sentence names, in order.

    Args:
        sentence: In either language and script.
    """
    words = load_number_words()
    text = normalize_numbers(replace_number_words(fold(sentence)))
    text = _YEARS_AND_MONTHS.sub(lambda match: f"{12 * int(match[1]) + int(match[2])}个月", text)
    text = _YEARS_AND_HALF.sub(r"\1.5年", text)
    facts: list[Fact] = []
    for match in _TOKEN.finditer(text):
        before = text[max(match.start() - _ROUGH_REACH, 0) : match.start()]
        after = text[match.end() : match.end() + _ROUGH_REACH]
        bound = words.bound_before.search(before) or words.bound_after.match(after)
        unit = words.unit.match(text, match.end())
        dimension, size = words.units[unit[0].strip(" -")] if unit else ("", Decimal(1))
        facts += [
            replace(fact, dimension=dimension, size=size)
            if dimension and fact.kind == "number"
            else fact
            for fact in _read_token(match, (bound and bound.lastgroup) or "")
        ]
    return facts


def find_unsupported_facts(sentence: str, cited: Iterable[str]) -> Iterator[Fact]:
    """Yield the facts of a sentence that none of the sentences has that it cites.

    A rounded number is supported by the exact one; words for small numbers by a number anywhere.

    Args:
        sentence: The written sentence.
        cited: The texts of the sentences that it cites.
    """
    printed = [fact for text in cited for fact in list_facts(text)]
    known = [fact for text in cited for fact in _list_alternatives(text)]
    for fact in list_facts(sentence):
        if not any(_supports(other, fact) for other in known) and not _is_computed(printed, fact):
            yield fact


def _list_alternatives(text: str) -> Iterator[Fact]:
    """Yield the facts of a cited sentence, with the other values that its numbers may mean."""
    for fact in list_facts(text):
        yield fact
        if nth := _BARE_YEAR.fullmatch(fact.text):
            yield Fact("year", Decimal(nth[1]) + _MINGUO_OFFSET, fact.text)
        if fact.kind == "number" and not fact.dimension:
            yield Fact("year", fact.value, fact.text)
    folded = fold(text)
    for match in _HAN_NUMERAL.finditer(folded):
        value = normalize_numbers(f"第{match[0]}条").strip("第条")
        if value.isdigit():
            yield Fact("number", Decimal(value), match[0])


def _supports(known: Fact, fact: Fact) -> bool:
    """Return whether a fact of a cited sentence is one of the written sentence, or more exact."""
    if fact.kind == "number" and fact.dimension and known.kind != "number":
        return False
    if known.kind != fact.kind:
        return fact.kind == "number" and known.kind in _COUNTS and known.value == fact.value
    scale = Decimal(1)
    if known.dimension and fact.dimension:
        if known.dimension != fact.dimension:
            return False
        scale = known.size / fact.size
    value = known.value * scale
    if scale != 1:
        return (
            bool(fact.value) and abs(float(value / fact.value) - 1) <= _load_tolerances().calendar
        )
    return value == fact.value or (fact.kind in _ROUNDED and _is_rounded(value, fact))


def _is_rounded(exact: Decimal, fact: Fact) -> bool:
    """Return whether a number is another one with fewer digits, or a limit of it that is near."""
    if not exact or not fact.value:
        return False
    tolerances = _load_tolerances()
    ratio = exact / fact.value
    if fact.kind in ("share", "multiple") and fact.bound in ("least", "most"):
        return (ratio > 1) == (fact.bound == "least")
    if not fact.bound and not fact.dimension and _EARLIEST_YEAR <= fact.value <= _LATEST_YEAR:
        return False  # it may be a year
    digits, exact_digits = (len(n.normalize().as_tuple().digits) for n in (fact.value, exact))
    if digits >= exact_digits:
        return False
    if fact.bound and abs(float(ratio) - 1) <= tolerances.bounds[fact.bound]:
        return True
    return (
        digits >= tolerances.rounded_digits
        and round(exact, digits - 1 - exact.adjusted()) == fact.value
    )


def _is_computed(known: Sequence[Fact], fact: Fact) -> bool:
    """Return whether a number is the ratio or the difference of two numbers of one kind.

    Ratios count for multiples and for shares in words, differences of years for durations.
    """
    for first, second in permutations(known, 2):
        if first.kind != second.kind or first.dimension != second.dimension or not second.value:
            continue
        if fact.kind == "multiple" or _is_in_words(fact):
            unit = 100 if fact.kind == "share" else 1
            if _is_near(unit * first.value / second.value, fact):
                return True
        elif first.kind == "year" and fact.dimension == "duration":
            if (
                abs(float(abs(first.value - second.value) * _YEAR / (fact.value * fact.size)) - 1)
                <= _load_tolerances().calendar
            ):
                return True
        elif first.kind == fact.kind and fact.value == first.value - second.value:
            return True
    return False


def _is_in_words(fact: Fact) -> bool:
    """Return whether a share is one that words give: about a third, three in ten."""
    shares = load_number_words().shares.values()
    return bool(fact.bound) and (float(fact.value) in shares or not fact.value % 10)


def _is_near(value: Decimal, fact: Fact) -> bool:
    if fact.bound in ("least", "most"):
        return (value > fact.value) == (fact.bound == "least")
    return abs(float(value / fact.value) - 1) <= _load_tolerances().bounds["about"]


def _load_tolerances() -> NumberTolerances:
    return load_parameters().verification.numbers


def _read_token(match: re.Match[str], bound: str) -> Iterator[Fact]:
    text = match[0]
    if match["law"]:
        value = match["nth"] or match["section"] or match["article"]
        yield Fact("law", Decimal(value), text)
        if match["paragraph"]:
            yield Fact("law", Decimal(match["paragraph"]), text)
    elif match["decade"]:
        yield Fact("year", Decimal(match["decade"]), text)
    elif match["year"]:
        value = Decimal(match["year"])
        if _EARLIEST_YEAR <= value <= _LATEST_YEAR:
            yield Fact("year", value, text)
        else:
            yield Fact("number", value, text, bound, "duration", _YEAR)
    elif match["month"]:
        yield Fact("month", Decimal(match["month"]), text)
        if match["day"]:
            yield Fact("day", 100 * Decimal(match["month"]) + Decimal(match["day"]), text)
    elif match["share"] or match["multiple"]:
        kind: FactKind = "share" if match["share"] else "multiple"
        yield Fact(kind, Decimal(match[kind]), text, bound)
    elif match["number"]:
        value = Decimal(match["number"])
        yield Fact("number", value, text, bound)

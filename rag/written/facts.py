"""Numbers, dates and articles of law in a sentence, in one form for both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from index.text.numbers import normalize_numbers
from index.text.scripts import fold
from rag.written.number_words import load_number_words, replace_number_words

FactKind = Literal["number", "share", "multiple", "year", "month", "day", "law"]

EARLIEST_YEAR, LATEST_YEAR = 1000, 2999
_ROUGH_REACH = 14  # characters beside a number
DAYS_OF_YEAR = Decimal(365)
MONTH = Decimal("30.4")
"""Days, as of the unit of durations."""
_YEARS_AND_MONTHS = re.compile(r"(?<!\d)(\d{1,2})年(?:零|又)?(\d{1,2})个月")
_AGE = re.compile(
    r"((?<![a-z])(?:aged?(?: of)?(?: about| around| some)?|at|(?:享|终|时)年)) ?(\d{2,3})"
    r"(?![\d:%]|[.,]\d| ?(?:years?|percent|times|[\u4e00-\u9fff]))"
)
_AGE_THEN = re.compile(r"(?<=was )(\d{1,3})(?= when)")
_YEARS_AND_HALF = re.compile(r"(?<!\d)(\d{1,2})年半")
_DECADE_OF_CENTURY = re.compile(r"(\d{1,2})世纪\s*(?:\d\d)?(\d0)年代")
_CHANGE_BEFORE = re.compile(
    r"[增减多少加降][了出至]?\s*$|(?:rose|fell|grew|increased|decreased|up|down) by $"
)
_CHANGE_AFTER = re.compile(
    r"\s*(?:[a-z]+ )?(?:fewer|more|less|higher|lower|larger|smaller|older|younger|longer|shorter)"
    r"(?: [a-z]+)? than(?![a-z])"
)
_TOKEN = re.compile(
    r"第\d+[方者种类]"  # a third party is no third one
    r"|(?P<law>(?:第|(?<=刑法|民法|宪法|讼法|商法|税法))(?P<nth>\d+)[条款项章节编目](?:\s*\((?P<item>\d+)\))?|§+\s*(?P<section>\d+)"
    r"|(?<![a-z])art(?:icle|\.)?s?\s*(?P<article>\d+)(?:\s*\((?P<paragraph>\d+)\))?)"
    r"|(?P<decade>\d{4})年代"
    r"|(?P<year>\d{1,4})年(?:度|(?=\d{1,2}月))?"
    r"|(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})[日号])?"
    r"|(?P<share>\d+(?:\.\d+)?)\s*(?:%|个?百分点|percent|(?:percentage )?points?(?![a-z]))"
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
        is_change: Whether a word beside it says that it is a difference: four fewer, 少四人.
    """

    kind: FactKind
    value: Decimal
    text: str
    bound: str = ""
    dimension: str = ""
    size: Decimal = Decimal(1)
    is_change: bool = False


def normalize_facts(sentence: str) -> str:
    """Return a sentence, folded, with its numbers and dates in one spelling.

    Args:
        sentence: In either language and script.
    """
    text = normalize_numbers(replace_number_words(fold(sentence)))
    text = _YEARS_AND_MONTHS.sub(lambda match: f"{12 * int(match[1]) + int(match[2])}个月", text)
    text = _DECADE_OF_CENTURY.sub(lambda match: f"{int(match[1]) - 1}{match[2]}年代", text)
    text = _YEARS_AND_HALF.sub(r"\1.5年", text)
    return _AGE_THEN.sub(r"\1 years", _AGE.sub(r"\1 \2 years", text))


@lru_cache(maxsize=1_024)
def list_facts(sentence: str) -> tuple[Fact, ...]:
    """Return the numbers, dates and articles of law that a sentence names, in order.

    Args:
        sentence: In either language and script.
    """
    words = load_number_words()
    text = normalize_facts(sentence)
    facts: list[Fact] = []
    for match in _TOKEN.finditer(text):
        before = text[max(match.start() - _ROUGH_REACH, 0) : match.start()]
        after = text[match.end() : match.end() + _ROUGH_REACH]
        bound = words.bound_before.search(before) or words.bound_after.match(after)
        unit = words.unit.match(text, match.end())
        dimension, size = words.units[unit[0].strip(" -")] if unit else ("", Decimal(1))
        is_change = bool(_CHANGE_BEFORE.search(before) or _CHANGE_AFTER.match(after))
        facts += [
            replace(fact, dimension=dimension, size=size, is_change=is_change)
            if fact.kind == "number" and not fact.dimension
            else fact
            for fact in _read_token(match, (bound and bound.lastgroup) or "")
        ]
    return tuple(facts)


def _read_token(match: re.Match[str], bound: str) -> Iterator[Fact]:
    text = match[0]
    if match["law"]:
        value = match["nth"] or match["section"] or match["article"]
        yield Fact("law", Decimal(value), text)
        if paragraph := match["paragraph"] or match["item"]:
            yield Fact("number", Decimal(paragraph), text)
    elif match["decade"]:
        yield Fact("year", Decimal(match["decade"]), text)
    elif match["year"]:
        value = Decimal(match["year"])
        if EARLIEST_YEAR <= value <= LATEST_YEAR:
            yield Fact("year", value, text)
        else:
            yield Fact("number", value, text, bound, "duration", DAYS_OF_YEAR)
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

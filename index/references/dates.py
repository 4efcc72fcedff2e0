"""Dates of references: 2025 年 4 月 3 日, March 8, 2017, 2010. 3. 25., 昭和49・11・6."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from index.references.model import ReferenceDate
from index.text.characters import parse_number

_ERAS = {"民国": 1911, "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_COUNT = r"\d{1,3}|[元一二三四五六七八九十廿卅]{1,4}"
_YEAR = r"(?P<year>1[3-9]\d\d|20\d\d)"
_NAME = r"(?P<name>[A-Za-zı]{3,10})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|d)?"
_MORE_DAYS = r"(?:\s?[-–—/]\s?\d{1,2}(?:st|nd|rd|th)?)?"
_SHORTEST_MONTH = 3
_HAN_DIGIT = "〇○零一二三四五六七八九"

_FORMS = tuple(
    re.compile(expression)
    for expression in (
        rf"(?P<era>{'|'.join(_ERAS)})\s?(?P<count>{_COUNT})(?:\s?[年・.]\s?)"
        r"(?:(?P<month>\d{1,2})[月・.]\s?(?:(?P<day>\d{1,2})日?)?)?",
        rf"(?<!\d){_YEAR}\s?[年년](?!第)"
        r"(?:\s?(?P<month>\d{1,2})\s?[月월](?:\s?(?P<day>\d{1,2})\s?[日일号]자?付?)?)?",
        r"(?<!\d)(?P<republic>\d{2,3})\s?年\s?(?P<month>\d{1,2})\s?月"
        r"(?:\s?(?P<day>\d{1,2})\s?日)?",
        rf"(?P<han>[一二][{_HAN_DIGIT}]{{3}})年"
        r"(?:(?P<month>[一二三四五六七八九十]{1,2})月(?:(?P<day>[一二三四五六七八九十]{1,3})日)?)?",
        rf"(?<![\d./-]){_YEAR}[-/](?P<month>\d{{1,2}})(?:[-/](?P<day>\d{{1,2}}))?(?![\d/-])",
        rf"(?<![\d./-]){_YEAR}\.\s?(?P<month>\d{{1,2}})(?:\.\s?(?P<day>\d{{1,2}}))?(?!\d)\.?",
        rf"(?<![\d./-])(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}(?!\d)",
        rf"(?<![A-Za-z]){_NAME} {_DAY}{_MORE_DAYS},? {_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}{_MORE_DAYS}\.? (?:de |of )?{_NAME}(?: de)?,? {_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}, {_NAME}(?: {_DAY})?(?![A-Za-z\d])",
        rf"(?<![A-Za-z])(?:[A-Z][a-z]{{2,8}}\.?\s?[-–/]\s?)?{_NAME},? {_YEAR}(?!\d)",
        rf"(?:Spring|Summer|Autumn|Fall|Winter),? {_YEAR}"
        r"|(?<!\d)(?P<season>\d{4})年?[春夏秋冬]季?",
    )
)
_PLAIN_YEARS = tuple(
    re.compile(expression)
    for expression in (
        rf"[(\[][^()\[\]]{{0,120}}?(?<![\d–-]){_YEAR}[a-z]?\s?[)\]]",
        rf"(?<![\d§/.:–第-])(?<!no\. )(?:\d{{4}}/)?{_YEAR}[a-z]?(?![\w/–-])",
        r"(?<!\d)(?P<year>\d{2,3})年(?:度|[一-鿿]{2,5}字)",
        rf"(?<![\d第])(?<!no\. ){_YEAR}(?!\d)",
    )
)


class FoundDate(NamedTuple):
    """A date in a text, and where it stands."""

    date: ReferenceDate
    start: int
    end: int

    @property
    def precision(self) -> int:
        """How many of month and day it has."""
        return bool(self.date.month) + bool(self.date.day)


@cache
def _load_months() -> dict[str, int]:
    text = files("index.references").joinpath("months.toml").read_text(encoding="utf-8")
    return {
        name[:length]: number
        for names in reversed(tomllib.loads(text).values())
        for number, name in enumerate(names, 1)
        for length in range(_SHORTEST_MONTH, len(name) + 1)
    }


def parse_month(name: str) -> int:
    """Return the number of a month from its name or abbreviation; 0 if it is none.

    Args:
        name: In a language of `months.toml`.
    """
    return _load_months().get(name.casefold(), 0)


def find_date(folded: str) -> FoundDate | None:
    """Return the most precise date in a text, the first of several; None if there is none.

    Args:
        folded: A reference without titles and addresses, in half-width signs and simplified script.

    >>> date = find_date("*New York Times*, March 8, 2017").date
    >>> date.year, date.month, date.day
    (2017, 3, 8)
    """
    dates = [candidate for form in _FORMS for candidate in _read_matches(form, folded)]
    if dates:
        return min(dates, key=lambda candidate: (-candidate.precision, candidate.start))
    for form in _PLAIN_YEARS:
        match = form.search(folded)
        if match:
            start, end = match.span("year")
            year = int(match["year"])
            year += 1911 if year < 200 else 0  # of the Republic of China
            return FoundDate(ReferenceDate(year, printed=match["year"]), start, end)
    return None


def _read_matches(form: re.Pattern[str], folded: str) -> Iterator[FoundDate]:
    for match in form.finditer(folded):
        groups = match.groupdict()
        month = _parse_count(groups.get("month"))
        if groups.get("name"):
            month = parse_month(groups["name"])
            if not month:
                continue
        day = _parse_count(groups.get("day")) if month else 0
        if month > 12 or day > 31:
            continue
        year = _parse_year(groups)
        date = ReferenceDate(year, month, day, match[0].strip(" ,"))
        yield FoundDate(date, match.start(), match.end())


def _parse_year(groups: dict[str, str | None]) -> int:
    era = groups.get("era")
    if era:
        return _ERAS[era] + _parse_count(groups["count"])
    if groups.get("republic"):
        return _ERAS["民国"] + _parse_count(groups["republic"])
    return _parse_count(groups.get("year") or groups.get("han") or groups.get("season"))


def _parse_count(text: str | None) -> int:
    return 1 if text == "元" else int(parse_number((text or "").replace("○", "〇")))

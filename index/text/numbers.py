"""Numbers and dates, in Chinese or English, in the one spelling that their terms are made from."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {"〇": 0, "零": 0, "两": 2, **{sign: n for n, sign in enumerate("一二三四五六七八九", 1)}}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8, "兆": 10**12}
_MAGNITUDES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SMALL_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS = {"article": "条", "chapter": "章", "section": "节"}

COUNTED = "个项条次年月日号天名位人国点种届期章节艘架枚岁度倍周季座场级辆发颗"
"""What is counted: the signs before which a Chinese digit is a number (四项, but not 四川)."""

_COUNTED_BY_ONE = "项条年月日号届期章节"  # 一个 and its like are hardly more than an article

_NUMBER = r"(?<!\d)\d{1,15}(?:\.\d{1,9})?(?!\d)"
_HAN_DIGIT = "〇零一二两三四五六七八九"
_HAN_NUMBER = f"[{_HAN_DIGIT}十百千万亿兆]"
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s*-\s*(?P<last>\d{1,2})(?:st|nd|rd|th)?)?(?![a-z\d])"
_YEAR = r"(?P<year>[12]\d{3})(?!\d)"

_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)")
_SPACED = re.compile(r"(?<=\d)\s+(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])\s+(?=\d)")
_WITH_UNIT = re.compile(rf"{_NUMBER}[十百千]?[万亿兆](?:\d+(?:[十百千][万亿]?|[万亿]))*")
_TENTHS = re.compile(
    r"(?<![一二两三四五六七八九十])([一二两三四五六七八九])成(?![立为员果功本就长份分年])"
)
_IN_HAN = re.compile(rf"(?<!{_HAN_NUMBER}){_HAN_NUMBER}+")
_PERCENT = re.compile(rf"百分之({_NUMBER})|({_NUMBER})\s*(?:percent|per cent|pct)(?![a-z])")
_MAGNITUDE = re.compile(rf"({_NUMBER})\s*({'|'.join(_MAGNITUDES)})(?![a-z])")
_SMALL = re.compile(rf"(?<![a-z])(?:{'|'.join(_SMALL_NUMBERS)})(?![a-z])")
_ORDINAL = re.compile(r"(?<![a-z\d])(\d+)(?:st|nd|rd|th)(?![a-z])")
_PART = re.compile(rf"(?<![a-z])({'|'.join(_PARTS)})\s+(\d+)(?![a-z\d])")
_MODEL = re.compile(r"(?<![a-z\d])([a-z]{1,5})-(?=\d)")

_ISO = re.compile(r"(?<![\d./-])([12]\d{3})([-/.])(\d{1,2})\2(\d{1,2})(?![\d])")
_ENGLISH_DATES = (
    re.compile(rf"(?<![a-z]){_MONTH}\s*{_DAY}(?:,?\s*{_YEAR})?"),
    re.compile(rf"(?<![a-z\d.]){_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s*{_YEAR})?"),
    re.compile(rf"(?<![a-z]){_MONTH},?\s*{_YEAR}"),
)
_MINGUO = re.compile(r"民国(\d{1,3})年")
_DECADE = re.compile(r"(?<!\d)(?:([12]\d)?(\d0)年代|([12]\d)(\d0)'?s\b)")
_MONTH_AND_DAY = re.compile(
    r"(?<!\d)0?(\d{1,2})月(?:0?(\d{1,2})[日号](?:([至到-])0?(\d{1,2})[日号])?)?"
)


def spell(folded: str) -> str:
    """A text with every number and date in it in one spelling, as far as one can be told.

    二○二五年五月八日, 2025-05-08 and 8 May 2025 become 2025年5月8日; 1.9億 and 190 million
    190000000; 百分之八十, 八成 and 80 percent 80%; 第四條 and Article 4 第4条; 四項 4项; F-16 f16.

    Args:
        folded: A text after `index.text.scripts.fold`.

    Returns:
        The text respelled; offsets into it say nothing about the original.
    """
    text = _GROUPED.sub(lambda found: found[0].replace(",", ""), folded)
    text = _SPACED.sub("", text)
    text = _WITH_UNIT.sub(lambda found: _number(found[0]), text)
    text = _TENTHS.sub(lambda found: f"{_DIGITS[found[1]]}0%", text)
    text = _IN_HAN.sub(_in_han, text)
    text = _ISO.sub(r"\1年\3月\4日", text)
    for pattern in _ENGLISH_DATES:
        text = pattern.sub(_date, text)
    text = _MINGUO.sub(lambda found: f"{int(found[1]) + 1911}年", text)
    text = _DECADE.sub(lambda m: f" {m[1] or m[3] or '19'}{m[2] or m[4]}年代", text)
    text = _MONTH_AND_DAY.sub(_month_and_day, text)
    text = _PERCENT.sub(lambda found: f"{found[1] or found[2]}%", text)
    text = _MAGNITUDE.sub(lambda m: _plain(Decimal(m[1]) * _MAGNITUDES[m[2]]), text)
    text = _SMALL.sub(lambda found: str(_SMALL_NUMBERS.index(found[0]) + 2), text)
    text = _ORDINAL.sub(r"\1", text)
    text = _PART.sub(lambda found: f"{found[1]} 第{found[2]}{_PARTS[found[1]]} ", text)
    return _MODEL.sub(r"\1", text)


def _in_han(found: re.Match[str]) -> str:
    """Chinese digits and units as a number, unless they rather stand in a word or a name."""
    run, text = found[0], found.string
    before = text[max(found.start() - 3, 0) : found.start()]
    after = text[found.end() : found.end() + 1]
    if before.endswith(("第", "百分之")):
        return _number(run)
    if len(run) == 1:
        counts = after in (_COUNTED_BY_ONE if run == "一" else COUNTED) and run in f"{_HAN_DIGIT}十"
        return _number(run) if after and counts else run
    if run[0] not in f"{_HAN_DIGIT}十":
        return run  # 百萬, 萬一
    bare = len(run) == 2 and all(sign in "一二两三四五六七八九" for sign in run)
    return run if bare else _number(run)


def _date(found: re.Match[str]) -> str:
    parts = found.groupdict()
    month = f"{_MONTHS.index(parts['name'][:3]) + 1}月"
    year = f"{parts['year']}年" if parts.get("year") else ""
    days = [day for day in (parts.get("day"), parts.get("last")) if day]
    return f" {year}{'至'.join(f'{month}{day}日' for day in days) or month} "


def _month_and_day(found: re.Match[str]) -> str:
    month, day, dash, last = found.groups()
    if not day:
        return f"{month}月"
    return f"{month}月{day}日" + (f"{dash}{month}月{last}日" if last else "")


def _number(text: str) -> str:
    """A number that is written with Chinese digits or units, in Arabic digits."""
    if len(text) > 1 and all(sign in _DIGITS for sign in text):
        return "".join(str(_DIGITS[sign]) for sign in text)
    total = section = Decimal(0)
    current: Decimal | None = None
    for part in re.findall(rf"{_NUMBER}|.", text):
        if part in _UNITS:
            section += (Decimal(1) if current is None else current) * _UNITS[part]
            current = None
        elif part in _MYRIADS:
            whole = section + (current or 0)
            total += (whole or 1) * _MYRIADS[part]
            section, current = Decimal(0), None
        else:
            current = Decimal(_DIGITS.get(part, part))
    return _plain(total + section + (current or 0))


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"

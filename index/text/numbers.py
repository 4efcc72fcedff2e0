"""Numbers and dates of Chinese and English text in one spelling."""

from __future__ import annotations

import re
from decimal import Decimal

from index.text.characters import BASIC_HAN, HAN_DIGITS, parse_number

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""English months, by their first three letters."""

_MAGNITUDES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_SMALL_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_DIVISION_NAMES = {"article": "条", "chapter": "章", "section": "节"}

MEASURE_WORDS = "个项条次年月日号天名位人国点种届期章节艘架枚岁度倍周季座场级辆发颗"
"""Characters before which a single Chinese digit is a number: 四项, but not 四川."""

_MEASURE_WORDS_AFTER_ONE = "项条年月日号届期章节"  # not 一个, which is hardly more than an article

_NUMBER = r"(?<!\d)\d{1,15}(?:\.\d{1,9})?(?!\d)"
_HAN_NUMBER = f"[{HAN_DIGITS}十百千万亿兆]"
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s*-\s*(?P<last>\d{1,2})(?:st|nd|rd|th)?)?(?![a-z\d])"
_YEAR = r"(?P<year>[12]\d{3})(?!\d)"

_THOUSANDS_SEPARATED = re.compile(r"(?<!\d)\d{1,3}(?:,\d{3})+(?!\d)")
_SPACE_BESIDE_DIGIT = re.compile(rf"(?<=\d)\s+(?=[{BASIC_HAN}])|(?<=[{BASIC_HAN}])\s+(?=\d)")
_NUMBER_WITH_HAN_UNIT = re.compile(rf"{_NUMBER}[十百千]?[万亿兆](?:\d+(?:[十百千][万亿]?|[万亿]))*")
_TENTHS = re.compile(
    r"(?<![一二两三四五六七八九十])([一二两三四五六七八九])成(?![立为员果功本就长份分年])"
)
_HAN_NUMERAL = re.compile(rf"(?<!{_HAN_NUMBER}){_HAN_NUMBER}+")
_PERCENT = re.compile(rf"百分之({_NUMBER})|({_NUMBER})\s*(?:percent|per cent|pct)(?![a-z])")
_MAGNITUDE = re.compile(rf"({_NUMBER})\s*({'|'.join(_MAGNITUDES)})(?![a-z])")
_SMALL_NUMBER_WORD = re.compile(rf"(?<![a-z])(?:{'|'.join(_SMALL_NUMBERS)})(?![a-z])")
_ORDINAL = re.compile(r"(?<![a-z\d])(\d+)(?:st|nd|rd|th)(?![a-z])")
_NUMBERED_DIVISION = re.compile(rf"(?<![a-z])({'|'.join(_DIVISION_NAMES)})\s+(\d+)(?![a-z\d])")
_MODEL_DESIGNATION = re.compile(r"(?<![a-z\d])([a-z]{1,5})-(?=\d)")

_ISO_DATE = re.compile(r"(?<![\d./-])([12]\d{3})([-/.])(\d{1,2})\2(\d{1,2})(?![\d])")
_ENGLISH_DATES = (
    re.compile(rf"(?<![a-z]){_MONTH}\s*{_DAY}(?:,?\s*{_YEAR})?"),
    re.compile(rf"(?<![a-z\d.]){_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s*{_YEAR})?"),
    re.compile(rf"(?<![a-z]){_MONTH},?\s*{_YEAR}"),
)
_MINGUO_YEAR = re.compile(r"民国(\d{1,3})年")
_DECADE = re.compile(r"(?<!\d)(?:([12]\d)?(\d0)年代|([12]\d)(\d0)'?s\b)")
_MONTH_AND_DAY = re.compile(
    r"(?<!\d)0?(\d{1,2})月(?:0?(\d{1,2})[日号](?:([至到-])0?(\d{1,2})[日号])?)?"
)


def normalize_numbers(folded: str) -> str:
    """Return a text with its numbers and dates in one spelling, as far as they can be recognised.

    二○二五年五月八日, 2025-05-08 and 8 May 2025 become 2025年5月8日; 1.9億 and 190 million
    190000000; 百分之八十, 八成 and 80 percent 80%; 第四條 and Article 4 第4条; 四項 4项; F-16 f16.

    Args:
        folded: A text after `index.text.scripts.fold`; its offsets do not hold in the result.

    >>> normalize_numbers("8 may 2025")
    ' 2025年5月8日 '
    """
    text = _THOUSANDS_SEPARATED.sub(lambda match: match[0].replace(",", ""), folded)
    text = _SPACE_BESIDE_DIGIT.sub("", text)
    text = _NUMBER_WITH_HAN_UNIT.sub(lambda match: _convert_han_number(match[0]), text)
    text = _TENTHS.sub(lambda match: f"{parse_number(match[1])}0%", text)
    text = _HAN_NUMERAL.sub(_replace_han_numeral, text)
    text = _ISO_DATE.sub(r"\1年\3月\4日", text)
    for pattern in _ENGLISH_DATES:
        text = pattern.sub(_replace_english_date, text)
    text = _MINGUO_YEAR.sub(lambda match: f"{int(match[1]) + 1911}年", text)
    text = _DECADE.sub(
        lambda match: f" {match[1] or match[3] or '19'}{match[2] or match[4]}年代", text
    )
    text = _MONTH_AND_DAY.sub(_replace_month_and_day, text)
    text = _PERCENT.sub(lambda match: f"{match[1] or match[2]}%", text)
    text = _MAGNITUDE.sub(
        lambda match: _format_decimal(Decimal(match[1]) * _MAGNITUDES[match[2]]), text
    )
    text = _SMALL_NUMBER_WORD.sub(lambda match: str(_SMALL_NUMBERS.index(match[0]) + 2), text)
    text = _ORDINAL.sub(r"\1", text)
    text = _NUMBERED_DIVISION.sub(
        lambda match: f"{match[1]} 第{match[2]}{_DIVISION_NAMES[match[1]]} ", text
    )
    return _MODEL_DESIGNATION.sub(r"\1", text)


def _replace_han_numeral(match: re.Match[str]) -> str:
    """Return Chinese digits and units as a number, unless they stand in a word or a name."""
    numeral, text = match[0], match.string
    preceding = text[max(match.start() - 3, 0) : match.start()]
    following = text[match.end() : match.end() + 1]
    if preceding.endswith(("第", "百分之")):
        return _convert_han_number(numeral)
    if len(numeral) == 1:
        is_counted = (
            following in (_MEASURE_WORDS_AFTER_ONE if numeral == "一" else MEASURE_WORDS)
            and numeral in f"{HAN_DIGITS}十"
        )
        return _convert_han_number(numeral) if following and is_counted else numeral
    if numeral[0] not in f"{HAN_DIGITS}十":
        return numeral  # 百萬, 萬一
    is_digit_pair = len(numeral) == 2 and all(
        character in "一二两三四五六七八九" for character in numeral
    )
    return numeral if is_digit_pair else _convert_han_number(numeral)


def _replace_english_date(match: re.Match[str]) -> str:
    groups = match.groupdict()
    month = f"{MONTHS.index(groups['name'][:3]) + 1}月"
    year = f"{groups['year']}年" if groups.get("year") else ""
    days = [day for day in (groups.get("day"), groups.get("last")) if day]
    return f" {year}{'至'.join(f'{month}{day}日' for day in days) or month} "


def _replace_month_and_day(match: re.Match[str]) -> str:
    month, day, separator, last_day = match.groups()
    if not day:
        return f"{month}月"
    return f"{month}月{day}日" + (f"{separator}{month}月{last_day}日" if last_day else "")


def _convert_han_number(text: str) -> str:
    """Return a number with Chinese digits or units in Arabic digits; a row of digits as a row."""
    if len(text) > 1 and all(character in HAN_DIGITS for character in text):
        return "".join(str(parse_number(character)) for character in text)
    return _format_decimal(parse_number(text))


def _format_decimal(number: Decimal) -> str:
    return f"{number.normalize():f}"

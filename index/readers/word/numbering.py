"""Count the automatic numbers of headings and lists, as Word prints them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from index.text.roman import format_roman

_HAN_DIGITS = "〇一二三四五六七八九"
_LEGAL_CHINESE = "零壹貳參肆伍陸柒捌玖"
_SYMBOLS = "*†‡§"  # of the Chicago Manual of Style, doubled from the fifth note on
_STEMS = {
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}
_ENCLOSED = {
    "decimalEnclosedCircle": "①",
    "decimalEnclosedCircleChinese": "①",
    "decimalEnclosedParen": "⑴",
    "decimalEnclosedFullstop": "⒈",
}
_MAX_ENCLOSED = 20


@dataclass(frozen=True, slots=True)
class ListFormat:
    """How a list is numbered.

    Attributes:
        kind: The id of its definition: lists of one definition count on.
        levels: Each level's number format, text and first number: ("decimal", "%1.%2", 1).
        restarts: The numbers with which its levels begin although the definition counts on.
    """

    kind: str
    levels: Mapping[int, tuple[str, str, int]]
    restarts: Mapping[int, int]


class ListCounter:
    """The numbers that lists have reached."""

    def __init__(self, formats: Mapping[str, ListFormat]) -> None:
        """Store the formats.

        Args:
            formats: Of each list by its id.
        """
        self._formats = formats
        self._values: dict[str, dict[int, int]] = {}
        self._restarted: set[tuple[str, int]] = set()

    def count(self, list_id: str, level: int) -> str:
        """Return the number of the next paragraph of a list; "" for bullets.

        Args:
            list_id: The list's id.
            level: The level in it, from 0.
        """
        form = self._formats.get(list_id)
        if form is None or level not in form.levels:
            return ""
        levels = form.levels
        values = self._values.setdefault(form.kind, {})
        if level in form.restarts and (list_id, level) not in self._restarted:
            self._restarted.add((list_id, level))
            values[level] = form.restarts[level]
        else:
            values[level] = values.get(level, levels[level][2] - 1) + 1
        for deeper in [other for other in values if other > level]:
            del values[deeper]
        if levels[level][0] in ("bullet", "none"):
            return ""

        def fill(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            kind, _, first = levels.get(index, ("decimal", "", 1))
            return format_number(values.get(index, first), kind)

        return re.sub(r"%(\d)", fill, levels[level][1]).strip()


def format_number(value: int, kind: str) -> str:
    """Return a number in a format of WordprocessingML (ISO/IEC 29500-1, 17.18.59).

    Args:
        value: From 1.
        kind: Such as "decimal", "lowerRoman", "taiwaneseCountingThousand".
    """
    if kind in ("upperRoman", "lowerRoman"):
        roman = format_roman(value)
        return roman if kind == "upperRoman" else roman.lower()
    if kind in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in _ENCLOSED and 1 <= value <= _MAX_ENCLOSED:
        return chr(ord(_ENCLOSED[kind]) + value - 1)
    if kind == "chicago" and value >= 1:
        return _SYMBOLS[(value - 1) % len(_SYMBOLS)] * ((value - 1) // len(_SYMBOLS) + 1)
    if kind in _STEMS and 1 <= value <= len(_STEMS[kind]):
        return _STEMS[kind][value - 1]
    if kind.startswith("ideographLegal") and value < 10:
        return _LEGAL_CHINESE[value]
    if kind.startswith(("chinese", "taiwanese", "japanese", "ideographDigital")):
        return _to_han(value)
    if kind == "decimalZero":
        return f"{value:02d}"
    return str(value)


def _to_han(value: int) -> str:
    if value > 99:
        return "".join(_HAN_DIGITS[int(digit)] for digit in str(value))
    tens, ones = divmod(value, 10)
    prefix = "" if not tens else ("十" if tens == 1 else _HAN_DIGITS[tens] + "十")
    return prefix + (_HAN_DIGITS[ones] if ones or not tens else "")

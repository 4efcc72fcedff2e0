"""Count the automatic numbers of headings and lists, as Word prints them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.text.roman import format_roman

_HAN_DIGITS = "〇一二三四五六七八九"
_LEGAL_CHINESE = "零壹貳參肆伍陸柒捌玖"


class ListCounter:
    """The numbers that lists have reached."""

    def __init__(self, formats: Mapping[str, Mapping[int, tuple[str, str, int]]]) -> None:
        """Store the formats.

        Args:
            formats: For each list, its levels' number formats, texts and first numbers.
        """
        self._formats = formats
        self._values: dict[str, dict[int, int]] = {}

    def count(self, list_id: str, level: int) -> str:
        """Return the number of the next paragraph of a list; "" for bullets.

        Args:
            list_id: The list's id.
            level: The level in it, from 0.
        """
        levels = self._formats.get(list_id)
        if not levels or level not in levels:
            return ""
        values = self._values.setdefault(list_id, {})
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
    if kind.startswith("decimalEnclosedCircle") and 1 <= value <= 20:
        return chr(ord("①") + value - 1)
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

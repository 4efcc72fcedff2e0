"""Remove the blanks between all characters that OCR leaves in East Asian text."""

from __future__ import annotations

import re

from index.text.characters import FULL_WIDTH, HAN

_HAN_CHARACTER = re.compile(f"[{HAN}]")
_SPACED_HAN = re.compile(f"[{HAN}] {{1,2}}(?=[{HAN}])")
_BLANKS = re.compile(f"(?<=[{FULL_WIDTH}]) {{1,2}}(?=[{FULL_WIDTH}])")
_LEAST = 0.5  # of the Han characters of a text, before a blank and another one


def join_spaced_characters(text: str) -> str:
    r"""Return a text without the blanks between its characters, if most are parted by blanks.

    Args:
        text: Of a whole file.

    >>> join_spaced_characters("明 治 三 十 年 ， 航 線 始 開 。")
    '明治三十年，航線始開。'
    >>> join_spaced_characters("潮 汐\n明治三十年，航線始開。")
    '潮 汐\n明治三十年，航線始開。'
    """
    spaced_count = sum(1 for _ in _SPACED_HAN.finditer(text))
    han_count = sum(1 for _ in _HAN_CHARACTER.finditer(text)) if spaced_count else 0
    is_spaced = 0 < han_count * _LEAST <= spaced_count
    return _BLANKS.sub("", text) if is_spaced else text

"""Line breaks in mixed Chinese and English text (the part of UAX #14 that matters here).

Rich breaks at spaces only, which leaves Chinese lines ragged and lets 。 begin one.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len

_NO_LINE_START = frozenset(
    "。，、；：！？）」』》〉】〕］｝’”…—～·％‰℃々ー.,;:!?)]}%" + "⁰¹²³⁴⁵⁶⁷⁸⁹" + "›"
)
_NO_LINE_END = frozenset("（「『《〈【〔［｛‘“([{$＄￥№")
_BREAK_AFTER = frozenset("-/–&=?_")


def find_line_breaks(text: str, width: int) -> list[int]:
    """Return the offsets at which new lines begin.

    Spaces at the end of a line may hang over it. A word that is wider than a line is cut.
    """
    breaks: list[int] = []
    start, line_width, last_opportunity = 0, 0, 0
    for position, character in enumerate(text):
        if position > start and _is_break_allowed(text, position):
            last_opportunity = position
        character_width = 0 if character == " " else cell_len(character)
        while line_width + character_width > width and position > start:
            line_end = last_opportunity if last_opportunity > start else position
            breaks.append(line_end)
            start, line_width = line_end, cell_len(text[line_end:position])
        line_width += cell_len(character)
    return breaks


def _is_break_allowed(text: str, position: int) -> bool:
    """Return whether a line may begin with the character at `position` (not the first one)."""
    before, after = text[position - 1], text[position]
    if after == " " or after in _NO_LINE_START or before in _NO_LINE_END:
        return False
    if before == " " or _is_wide(before) or _is_wide(after):
        return True
    return before in _BREAK_AFTER and after not in _BREAK_AFTER


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"

"""Where a line of Chinese and English set together may end (after UAX #14, the part that counts).

Rich breaks at spaces only, which leaves Chinese lines ragged and lets 。 begin one.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len

_NEVER_FIRST = frozenset(
    "。，、；：！？）」』》〉】〕］｝’”…—～·％‰℃々ー.,;:!?)]}%" + "⁰¹²³⁴⁵⁶⁷⁸⁹" + "›"
)
_NEVER_LAST = frozenset("（「『《〈【〔［｛‘“([{$＄￥№")
_BREAK_AFTER = frozenset("-/–&=?_")


def line_breaks(text: str, width: int) -> list[int]:
    """The offsets at which new lines begin, when no line may be wider than `width` cells.

    Spaces at the end of a line may hang over it. A word that is wider than a line is cut.
    """
    breaks: list[int] = []
    start, used, allowed = 0, 0, 0
    for place, sign in enumerate(text):
        if place > start and _may_break(text, place):
            allowed = place
        size = 0 if sign == " " else cell_len(sign)
        while used + size > width and place > start:
            cut = allowed if allowed > start else place
            breaks.append(cut)
            start, used = cut, cell_len(text[cut:place])
        used += cell_len(sign)
    return breaks


def _may_break(text: str, place: int) -> bool:
    """Whether a line may begin with the character at `place` (not the first one)."""
    before, after = text[place - 1], text[place]
    if after == " " or after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    if before == " " or _wide(before) or _wide(after):
        return True
    return before in _BREAK_AFTER and after not in _BREAK_AFTER


def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"

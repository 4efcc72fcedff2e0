"""How printed prose ends and goes on: what tells a cut sentence from a finished one."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

_TRAILING_MARK = re.compile(
    r"(?:<sup>\d{1,3}</sup>|\$\^\{?\d{1,3}\}?\$|\[\d{1,3}\]|[①-⑳⁰¹²³⁴-⁹]|\s)+$"
)
_END = 80  # characters
_CLOSERS = "」』”’）)】〕］]》〉>\"'*_"
_FINAL = "。！？!?…｡．"
_PAUSE = "，、,；;：:—–─-（(「『“《〈/"
_PAIRS = {
    "「": "」",
    "『": "』",
    "（": "）",
    "(": ")",
    "《": "》",
    "〈": "〉",
    "“": "”",
    "【": "】",
}
_CLOSING = {close: open_ for open_, close in _PAIRS.items()}
# A full stop after these does not end a sentence.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[“\"'*,])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|Gen|Col|Capt|Sen|Rep|Gov|St|Jr|No|Nos|Vol|vol|"
    r"no|pp?|eds?|trans|vs|v|cf|Cf|al|e\.g|i\.e|ch|chap|sec|fig|Fig|ca|op|loc|cit)\.$"
)


class End(Enum):
    """How a piece of text ends."""

    FINISHED = "a sentence ends here"
    ABBREVIATED = "a full stop that may belong to an abbreviation"
    OPEN = "in the middle of a sentence"
    PAUSE = "at a sign that cannot end a sentence"


def ending(text: str) -> End:
    """How a text ends, marks of notes and closing quotation marks left aside."""
    tail = without_trailing_marks(text[-_END:])
    if not tail:
        return End.FINISHED if text.strip() else End.OPEN
    bare = tail.rstrip(_CLOSERS)
    if not bare:
        return End.OPEN
    if bare[-1] in _FINAL:
        return End.FINISHED
    if bare[-1] == ".":
        return End.ABBREVIATED if _ABBREVIATION.search(bare) else End.FINISHED
    if bare == tail and bare[-1] in _PAUSE:
        return End.PAUSE
    return End.OPEN


def without_trailing_marks(text: str) -> str:
    """A text without what looks like marks of notes at its end."""
    # Only the end is searched: a search from every blank of a long line takes too long.
    return text[:-_END] + _TRAILING_MARK.sub("", text[-_END:])


def goes_on(text: str) -> bool:
    """Whether a text begins as no paragraph does: with a pause, a closer or a small letter."""
    first = text[:1]
    return (first in "，、。；：」』）》〉！？,;:)”" and first != "") or "a" <= first <= "z"


def unclosed(text: str) -> str:
    """The brackets and quotation marks that a text opens and does not close, in order."""
    stack: list[str] = []
    for char in text:
        if char in _PAIRS:
            stack.append(char)
        elif stack and stack[-1] == _CLOSING.get(char):
            stack.pop()
    return "".join(stack)


def closes(text: str, opened: str) -> bool:
    """Whether a text closes what was `opened` before it: its first unpaired closer fits."""
    stack: list[str] = []
    for char in text:
        if char in _PAIRS:
            stack.append(char)
        elif char in _CLOSING:
            if stack and stack[-1] == _CLOSING[char]:
                stack.pop()
            elif not stack:
                return bool(opened) and opened[-1] == _CLOSING[char]
    return False


def is_wide(char: str) -> bool:
    """Whether a character is set full width: Han, kana, and their signs."""
    return unicodedata.east_asian_width(char) in "WF" and not "가" <= char <= "힣"


def is_han(char: str) -> bool:
    """Whether a character is a Han ideograph."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf"


def width(text: str) -> int:
    """The printed width of a text: a full-width character counts two."""
    return sum(2 if is_wide(char) else 1 for char in text)


def glue(left: str, right: str) -> str:
    """What stands between two pieces of a text that a line end or a page had parted.

    Words of an alphabet are parted by a space; next to a full-width character, inside an address,
    and after a hyphen there is none.
    """
    if not left or not right or is_wide(left[-1]) or is_wide(right[0]):
        return ""
    if left[-1] in "-/–—" or right[0] in ",.;:)]”’":
        return ""
    if _in_address(left):
        return ""
    return " "


def _in_address(left: str) -> bool:
    """Whether a text ends inside an address that has been opened with an angle bracket."""
    start = max(left.rfind("<http"), left.rfind("〈http"))
    return start >= 0 and not any(char in ">〉 " for char in left[start + 1 :])

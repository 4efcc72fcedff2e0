"""How printed prose ends and goes on: what tells a cut sentence from a finished one."""

from __future__ import annotations

import re
from enum import Enum

from index.text.characters import PARAGRAPH_BRACKETS, is_fullwidth
from index.text.word_lists import abbreviation_expression

_TRAILING_MARK = re.compile(
    r"(?:<sup>\d{1,3}</sup>|\$\^\{?\d{1,3}\}?\$|\[\d{1,3}\]|[①-⑳⁰¹²³⁴-⁹]|\s)+$"
)
_TAIL_LENGTH = 80  # characters
_CLOSING_PUNCTUATION = "」』”’）)】〕］]》〉>\"'*_"
_FINAL_PUNCTUATION = "。！？!?…｡．"
_PAUSE_PUNCTUATION = "，、,；;：:—–─-（(「『“《〈/"
_OPENING_BRACKETS = {right: left for left, right in PARAGRAPH_BRACKETS.items()}
# A full stop after these does not end a sentence.
_ABBREVIATION = re.compile(
    rf"(?:^|[\s(\[“\"'*,])(?:[A-Z]|{abbreviation_expression('line-end')})\.$"
)


class Ending(Enum):
    """How a piece of text ends."""

    FINISHED = "a sentence ends here"
    ABBREVIATED = "a full stop that may belong to an abbreviation"
    OPEN = "in the middle of a sentence"
    PAUSE = "at a sign that cannot end a sentence"


def detect_ending(text: str) -> Ending:
    """How a text ends, marks of notes and closing quotation marks left aside."""
    tail = strip_trailing_marks(text[-_TAIL_LENGTH:])
    if not tail:
        return Ending.FINISHED if text.strip() else Ending.OPEN
    unquoted = tail.rstrip(_CLOSING_PUNCTUATION)
    if not unquoted:
        return Ending.OPEN
    if unquoted[-1] in _FINAL_PUNCTUATION:
        return Ending.FINISHED
    if unquoted[-1] == ".":
        return Ending.ABBREVIATED if _ABBREVIATION.search(unquoted) else Ending.FINISHED
    if unquoted == tail and unquoted[-1] in _PAUSE_PUNCTUATION:
        return Ending.PAUSE
    return Ending.OPEN


def strip_trailing_marks(text: str) -> str:
    """A text without what looks like marks of notes at its end."""
    # Only the end is searched: a search from every blank of a long line takes too long.
    return text[:-_TAIL_LENGTH] + _TRAILING_MARK.sub("", text[-_TAIL_LENGTH:])


def starts_mid_sentence(text: str) -> bool:
    """Whether a text begins as no paragraph does: with a pause, a closer or a small letter."""
    first_character = text[:1]
    return (
        first_character in "，、。；：」』）》〉！？,;:)”" and first_character != ""
    ) or "a" <= first_character <= "z"


def find_unclosed(text: str) -> str:
    """The brackets and quotation marks that a text opens and does not close, in order."""
    stack: list[str] = []
    for char in text:
        if char in PARAGRAPH_BRACKETS:
            stack.append(char)
        elif stack and stack[-1] == _OPENING_BRACKETS.get(char):
            stack.pop()
    return "".join(stack)


def closes_bracket(text: str, open_brackets: str) -> bool:
    """Whether a text closes what was `opened` before it: its first unpaired closer fits."""
    stack: list[str] = []
    for char in text:
        if char in PARAGRAPH_BRACKETS:
            stack.append(char)
        elif char in _OPENING_BRACKETS:
            if stack and stack[-1] == _OPENING_BRACKETS[char]:
                stack.pop()
            elif not stack:
                return bool(open_brackets) and open_brackets[-1] == _OPENING_BRACKETS[char]
    return False


def choose_separator(left: str, right: str) -> str:
    """What stands between two pieces of a text that a line end or a page had parted.

    Words of an alphabet are parted by a space; next to a full-width character, inside an address,
    and after a hyphen there is none.
    """
    if not left or not right or is_fullwidth(left[-1]) or is_fullwidth(right[0]):
        return ""
    if left[-1] in "-/–—" or right[0] in ",.;:)]”’":
        return ""
    if _ends_in_url(left):
        return ""
    return " "


def _ends_in_url(left: str) -> bool:
    """Whether a text ends inside an address that has been opened with an angle bracket."""
    start = max(left.rfind("<http"), left.rfind("〈http"))
    return start >= 0 and not any(char in ">〉 " for char in left[start + 1 :])

"""Tell finished sentences from those that a line end or a page has cut."""

from __future__ import annotations

import re
from enum import Enum

from index.readers.notes.conventions import load_conventions, names_by_evidence
from index.text.characters import (
    CAPITAL_LETTERS,
    PARAGRAPH_BRACKETS,
    SMALL_LETTERS,
    SUPERSCRIPT_LETTERS,
)
from index.text.word_lists import abbreviation_expression

_LABELS = r"\s?\d{1,3}(?:\s?[-–－,，、]\s?\d{1,3}){0,9}\s?"
# Marks of conventions that may be something else; the certain ones are in the table of conventions.
_TRAILING_MARK = re.compile(
    rf"(?:<sup>{_LABELS}</sup>|\$\^\{{?{_LABELS}\}}?\$|\^{_LABELS}\^?|[（(]{_LABELS}[)）]"
    rf"|(?:(?<=[。！？」』”])|(?<=[{SMALL_LETTERS}가-힣)”’'²³]{{2}}[.!?])|(?<=[.!?][”’'»]))"
    r"\d{1,3}(?:,\s?\d{1,3}){0,5}[)）]?(?=\s*$)"
    r"|[⁰¹²³⁴-⁹†‡§¶‖]|\s)+$"
)
_LAST_OF_MARK = frozenset(">$^)）⁰¹²³⁴⁵⁶⁷⁸⁹†‡§¶‖")  # beside figures and blanks
_MARK_END = re.compile(
    rf"[\]］〕﹞】)）>＞〉}}\d①-⒇㉑-㊿❶-❿㈠-㈩ⓐ-ⓩⒶ-Ⓩⅰ-ⅻ一二三四五六七八九十{SUPERSCRIPT_LETTERS}]$"
)
_TAIL_LENGTH = 80  # characters
_CLOSING_PUNCTUATION = "」』”’）)】〕］]》〉>\"'*_"
_FINAL_PUNCTUATION = "。！？!?…｡．"
_PAUSE_PUNCTUATION = "，、,；;：:—–─-（(「『“《〈/"
_OPENING_BRACKETS = {right: left for left, right in PARAGRAPH_BRACKETS.items()}
# A full stop after these does not end a sentence.
_ABBREVIATION = re.compile(
    rf"(?:^|[\s(\[“\"'*,])(?:[{CAPITAL_LETTERS}]|{abbreviation_expression('line-end')})\.$"
)


class Ending(Enum):
    """How a piece of text ends."""

    FINISHED = "a sentence ends here"
    ABBREVIATED = "a full stop that may belong to an abbreviation"
    OPEN = "in the middle of a sentence"
    PAUSE = "at a character that cannot end a sentence"


def detect_ending(text: str) -> Ending:
    """Return how a text ends, apart from note marks and closing quotation marks.

    Args:
        text: A line, a block or a paragraph.
    """
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
    """Return a text without what looks like note marks at its end.

    Args:
        text: A line, a block or a paragraph.
    """
    # Only the end is searched: a search from every blank of a long line takes too long.
    tail = text[-_TAIL_LENGTH:]
    while (shorter := _strip_certain_mark(_strip_doubtful_marks(tail))) != tail:
        tail = shorter
    return text[:-_TAIL_LENGTH] + tail


def _strip_doubtful_marks(text: str) -> str:
    """Return a text without marks and blanks at its end, of which most texts have none."""
    last = text[-1:]
    may_be_mark = last in _LAST_OF_MARK or last.isdecimal() or last.isspace()
    return _TRAILING_MARK.sub("", text) if may_be_mark else text


def _strip_certain_mark(text: str) -> str:
    """Return a text without the mark at its end that is nothing else, if there is one."""
    if _MARK_END.search(text, max(len(text) - 2, 0)):  # what ends a line may follow
        for form in names_by_evidence("marks"):
            pattern = load_conventions()[form].mark
            for match in pattern.finditer(text) if pattern else ():
                if match.end() == len(text):
                    return text[: match.start()]
    return text


def starts_mid_sentence(text: str) -> bool:
    """Return whether a text begins as no paragraph does, such as with a comma or a small letter.

    Args:
        text: A block.
    """
    first_character = text[:1]
    return (
        first_character in "，、。；：」』）》〉！？,;:)”" and first_character != ""
    ) or "a" <= first_character <= "z"


def find_unclosed(text: str) -> str:
    """Return the brackets and quotation marks that a text opens and does not close, in order.

    Args:
        text: Any text.
    """
    stack: list[str] = []
    for char in text:
        if char in PARAGRAPH_BRACKETS:
            stack.append(char)
        elif stack and stack[-1] == _OPENING_BRACKETS.get(char):
            stack.pop()
    return "".join(stack)


def closes_bracket(text: str, open_brackets: str) -> bool:
    """Return whether the first unpaired closing bracket of a text closes the last open one.

    Args:
        text: A block.
        open_brackets: What the text before it leaves open, as `find_unclosed` returns it.
    """
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

"""What an acronym is short for, within one language."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BREAK = re.compile(r"[^\w\s'’\-–/&.]|[.](?=\s+[A-Z][a-z])")


def long_form(before: str, short: str) -> str:
    """The words before a bracket that an acronym in it is short for; "" if there are none.

    The algorithm of Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation
    Definitions in Biomedical Text" (2003): from the end, each letter of the acronym is found in
    turn, the first one at the beginning of a word.

    Args:
        before: The text before the bracket.
        short: The acronym; a plural s does not count.
    """
    letters = re.sub(r"[^a-z\d]", "", re.sub(r"(?<=[A-Z])s$", "", short).lower())
    most = min(len(letters) + 5, 2 * len(letters))
    breaks = [found.end() for found in _BREAK.finditer(before)]
    begin = breaks[-1] if breaks else 0
    starts = [begin + found.start() for found in _WORD.finditer(before[begin:])][-most:]
    if not starts or len(letters) < 2:
        return ""
    text, at = before.lower(), len(before)
    for number, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= starts[0] and not (text[at] == letter and (number or at in starts)):
            at -= 1
        if at < starts[0]:
            return ""
    found = before[at:].strip()
    return found if len(found.split()) > 1 else ""

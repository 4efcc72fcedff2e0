"""The long forms of acronyms, within one language."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BREAK = re.compile(r"[^\w\s'’\-–/&.]|[.](?=\s+[A-Z][a-z])")


def find_long_form(preceding_text: str, acronym: str) -> str:
    """Return the words at the end of a text that an acronym after it abbreviates; "" if none.

    The algorithm of Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation
    Definitions in Biomedical Text" (2003): from the end, each letter of the acronym is searched in
    turn, the first one at the beginning of a word.

    Args:
        preceding_text: The text before the bracket.
        acronym: The acronym; a plural s does not count.

    >>> find_long_form("signed a memorandum of understanding", "MOU")
    'memorandum of understanding'
    """
    letters = re.sub(r"[^a-z\d]", "", re.sub(r"(?<=[A-Z])s$", "", acronym).lower())
    max_words = min(len(letters) + 5, 2 * len(letters))
    breaks = [match.end() for match in _BREAK.finditer(preceding_text)]
    clause_start = breaks[-1] if breaks else 0
    starts = [
        clause_start + match.start() for match in _WORD.finditer(preceding_text[clause_start:])
    ][-max_words:]
    if not starts or len(letters) < 2:
        return ""
    text, position = preceding_text.lower(), len(preceding_text)
    for index, letter in reversed(list(enumerate(letters))):
        position -= 1
        while position >= starts[0] and not (
            text[position] == letter and (index or position in starts)
        ):
            position -= 1
        if position < starts[0]:
            return ""
    match = preceding_text[position:].strip()
    return match if len(match.split()) > 1 else ""

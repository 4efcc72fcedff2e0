"""Articles named by their position: the first article, 第三篇, 最後一篇."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.text.numbers import normalize_numbers
from index.text.patterns import load_patterns

_PATTERNS_ZH = load_patterns("rag.query", "zh")
_PATTERNS_EN = load_patterns("rag.query", "en")


class OrdinalReference(NamedTuple):
    """An article by its position in a publication.

    Attributes:
        position: Counted from 0; from the end, -1 is the last one.
        remainder: The question, with the ordinal replaced by "the article" or 那篇文章.
    """

    position: int
    remainder: str


def parse_ordinal(folded: str) -> OrdinalReference | None:
    """Return the article that a question names by its position; None if it names none so.

    Args:
        folded: The question, folded.
    """
    text = normalize_numbers(folded)
    for patterns, placeholder in ((_PATTERNS_ZH, "那篇文章"), (_PATTERNS_EN, " the article ")):
        match = patterns["ordinal-article"].search(text)
        if match is not None:
            position = parse_position(match)
            remainder = text[: match.start()] + placeholder + text[match.end() :]
            return None if position is None else OrdinalReference(position, remainder)
    match = _PATTERNS_EN["numbered-articles"].search(folded)
    if match is None or not match["en_numbers"].isdecimal():
        return None
    remainder = f"{folded[: match.start()]} the article {folded[match.end() :]}"
    return OrdinalReference(int(match["en_numbers"]) - 1, remainder)


def parse_position(match: re.Match[str]) -> int | None:
    """Return the position that the last group stands for: number, first, final, last or n3.

    Args:
        match: A match of a pattern for positions.

    Returns:
        The position from 0, or from the end, negative; None for article 0.
    """
    group = match.lastgroup or ""
    if group == "number":
        number = int(match["number"].split()[-1].removeprefix("no."))
        if number == 0:
            return None
        return -number if match.groupdict().get("back") else number - 1
    if group == "first":
        return 0
    return -1 if group in ("last", "final") else int(group.removeprefix("n")) - 1

"""Articles named by their place: the first article, 第三篇, 最後一篇."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.text.numbers import normalize_numbers

_ORDINALS_EN = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_LAST_WORDS = ("last", "final", "最后", "末", "最末")
_ORDINAL = re.compile(
    r"(?P<back>倒数)?第(?P<number>\d{1,3})篇(?:文章)?|(?P<word>首|末|最后一?|最末一?)篇(?:文章)?"
    rf"|\b(?:the )?(?P<english>{'|'.join(_ORDINALS_EN)}|last|final)"
    r" (?:article|piece|essay|paper|contribution)\b"
)


class OrdinalReference(NamedTuple):
    """An article by its place in a publication.

    Attributes:
        position: Counted from 0; from the end, -1 is the last one.
        remainder: The question with the article no more than named.
    """

    position: int
    remainder: str


def parse_ordinal(folded: str) -> OrdinalReference | None:
    """The article that a folded question names by its place; None if it names none so."""
    text = normalize_numbers(folded)
    match = _ORDINAL.search(text)
    if match is None or match["number"] == "0":
        return None
    if match["number"]:
        number = int(match["number"])
        position = -number if match["back"] else number - 1
    else:
        word = match["english"] or match["word"].removesuffix("一")
        position = (
            -1 if word in _LAST_WORDS else _ORDINALS_EN.index(word) if match["english"] else 0
        )
    placeholder = " the article " if match["english"] else "那篇文章"
    return OrdinalReference(position, text[: match.start()] + placeholder + text[match.end() :])

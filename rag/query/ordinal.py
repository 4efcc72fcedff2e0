"""Articles named by their place: the first article, 第三篇, 最後一篇."""

from __future__ import annotations

import re
from typing import NamedTuple

from index.text.numbers import spell

_WORDS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_LAST = ("last", "final", "最后", "末", "最末")
_PLACE = re.compile(
    r"(?P<back>倒数)?第(?P<number>\d{1,3})篇(?:文章)?|(?P<word>首|末|最后一?|最末一?)篇(?:文章)?"
    rf"|\b(?:the )?(?P<english>{'|'.join(_WORDS)}|last|final)"
    r" (?:article|piece|essay|paper|contribution)\b"
)


class Placed(NamedTuple):
    """An article by its place in a publication.

    Attributes:
        nth: Counted from 0; from the end, -1 is the last one.
        rest: The question with the article no more than named.
    """

    nth: int
    rest: str


def placed(folded: str) -> Placed | None:
    """The article that a folded question names by its place; None if it names none so."""
    text = spell(folded)
    found = _PLACE.search(text)
    if found is None or found["number"] == "0":
        return None
    if found["number"]:
        number = int(found["number"])
        nth = -number if found["back"] else number - 1
    else:
        word = found["english"] or found["word"].removesuffix("一")
        nth = -1 if word in _LAST else _WORDS.index(word) if found["english"] else 0
    named = " the article " if found["english"] else "那篇文章"
    return Placed(nth, text[: found.start()] + named + text[found.end() :])

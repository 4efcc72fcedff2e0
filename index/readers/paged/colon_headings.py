"""Find the headings of sections that end in a colon: Summary:, What the Office Found:."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from index.readers.paged.headings import Heading
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.text.characters import measure_width

_COLONS = (":", "：")
_MAX_WIDTH = 60  # columns
_MAX_WORDS = 8
_MIN_HEADINGS = 2
_SMALL_WORD = re.compile(r"[a-z]{1,4}")  # of, with: small in titles too
_LISTED = re.compile(r"\W|\d{1,3}[.)、．]|[(（]?[a-zA-Z一二三四五六七八九十\d]{1,3}[)）、]")
_FIRST_CHARACTER = re.compile(r"[A-Z]")


def find_colon_headings(texts: Sequence[str]) -> dict[int, Heading]:
    """Return the headings that end in a colon, by index; none where only one line may be one.

    Each stands alone, is written as titles are, and has whole sentences below it; none is printed
    twice, as the names of speakers are.

    Args:
        texts: The blocks of an article; "" for those that may be no headings.
    """
    counts = Counter(texts)
    by_index = {
        index: Heading(text, -1)
        for index, (text, following) in enumerate(pairwise(texts))
        if counts[text] == 1 and _is_title(text) and _is_prose(following)
    }
    return by_index if len(by_index) >= _MIN_HEADINGS else {}


def _is_title(text: str) -> bool:
    if not text.endswith(_COLONS) or measure_width(text) > _MAX_WIDTH:
        return False
    words = text.rstrip(":： ").split()
    return (
        0 < len(words) <= _MAX_WORDS
        and bool(_FIRST_CHARACTER.match(text))
        and all(not word[:1].islower() or _SMALL_WORD.fullmatch(word) for word in words)
        and text[-2:-1].isalnum()
    )


def _is_prose(text: str) -> bool:
    """Return whether a text is of whole sentences, and no item of a list."""
    return detect_ending(text) is Ending.FINISHED and not _LISTED.match(text)

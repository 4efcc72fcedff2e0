"""Quotations in a written sentence: whether they are the words of what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from index.text.scripts import fold

QuotationFault = Literal["misattributed", "stitched", "fabricated"]
"""The words of another sentence; of several places put together; of none."""

_QUOTED = re.compile(
    r"「((?:[^「」]|「[^「」]{1,200}」){1,400})」|『([^『』]{1,400})』|“([^“”]{1,400})”|\"([^\"]{1,400})\""
)
_OMISSION = re.compile(r"(?:\.{3}|…)+|\[[^\]]{0,40}\]")
_LETTER = re.compile(r"[^\W_]")
_MIN_LETTERS = 4  # of a quotation; shorter ones are single words set apart
_MIN_PART = 4  # letters of a part of a stitched quotation


def find_faulty_quotations(
    sentence: str, cited: Sequence[str], others: Sequence[str]
) -> Iterator[tuple[str, QuotationFault]]:
    """Yield the quotations of a sentence that are not the words of what it cites.

    Script, width, case, blanks and punctuation are not compared; an omission parts a quotation
    into pieces that follow one another in one sentence.

    Args:
        sentence: The written sentence.
        cited: The texts of the sentences that it cites.
        others: The texts of all other sentences that the model was given.
    """
    known = [_reduce(text) for text in cited]
    for match in _QUOTED.finditer(sentence):
        quotation = next(filter(None, match.groups()))
        pieces = [piece for part in _OMISSION.split(quotation) if (piece := _reduce(part))]
        if sum(map(len, pieces)) < _MIN_LETTERS or any(_has_in_order(t, pieces) for t in known):
            continue
        yield quotation, _find_fault(pieces, known, [_reduce(text) for text in others])


def _find_fault(
    pieces: Sequence[str], cited: Sequence[str], others: Sequence[str]
) -> QuotationFault:
    if any(_has_in_order(text, pieces) for text in others):
        return "misattributed"
    letters = "".join(pieces)
    texts = [*cited, *others]
    is_stitched = any(
        any(letters[:end] in text for text in texts)
        and any(letters[end:] in text for text in texts)
        for end in range(_MIN_PART, len(letters) - _MIN_PART + 1)
    )
    return "stitched" if is_stitched else "fabricated"


def _has_in_order(text: str, pieces: Sequence[str]) -> bool:
    start = 0
    for piece in pieces:
        position = text.find(piece, start)
        if position < 0:
            return False
        start = position + len(piece)
    return True


def _reduce(text: str) -> str:
    return "".join(_LETTER.findall(fold(text)))

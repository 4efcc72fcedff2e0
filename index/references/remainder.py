"""The text of a reference, less what has been read into a field."""

from __future__ import annotations

import re

from index.document import Span
from index.readers.notes.masking import fold_widths

TITLE, DATE, NUMBER, PAGES, TAKEN = "\ue000\ue001\ue002\ue003\ue004"
"""What stands for each character of a title, a date, a volume or issue, pages, and other fields."""

_TAKEN = re.compile("[\ue000-\ue004]+")
_STRIPPED = " \u3000\t\n,，;；:：、/|<>＜＞—–-*_"
_PAIRS = {"(": ")", "（": "）", "[": "]", "〔": "〕", "【": "】", "［": "］"}
_EMPTY_BRACKETS = re.compile(r"^[(\[【（〔]\s*[)\]】）〕]|[(\[【（〔]\s*[)\]】）〕]$")


class Remainder:
    """The text of a reference; patterns read its folded form, in which what was taken is hidden.

    Attributes:
        text: As printed.
        folded: Of the same length, in half-width signs and simplified script.
    """

    def __init__(self, text: str) -> None:
        """Store a text.

        Args:
            text: A reference as printed.
        """
        self.text = text
        self.folded = fold_widths(text)

    def take(self, span: Span | tuple[int, int], filler: str = TAKEN) -> str:
        """Return the text of a span as printed, without punctuation at its ends, and hide it.

        Args:
            span: What to take.
            filler: What stands there from now on.
        """
        start, end = span
        if start < 0:
            return ""
        self.folded = self.folded[:start] + filler * (end - start) + self.folded[end:]
        return clean(self.text[start:end])

    def take_match(self, match: re.Match[str] | None, filler: str = TAKEN) -> str:
        """Return the first group of what a pattern matched, the whole without groups, and hide it.

        Args:
            match: A match in `folded`, or None.
            filler: What stands there from now on.
        """
        if match is None:
            return ""
        text = clean(self.text[slice(*get_group_span(match))])
        self.take(match.span(), filler)
        return text

    def list_rest(self) -> tuple[str, ...]:
        """Return the pieces of text that were not taken, without those that have no letter."""
        pieces = (clean(self.text[start:end]) for start, end in _list_gaps(self.folded))
        return tuple(piece for piece in pieces if re.search(r"\w", piece))


def get_group_span(match: re.Match[str]) -> tuple[int, int]:
    """Return where the first group that took part in a match stands; the match if none did.

    Args:
        match: A match.
    """
    for group in range(1, (match.re.groups or 0) + 1):
        if match[group] is not None:
            return match.span(group)
    return match.span()


def clean(text: str) -> str:
    """Return a text without blanks, commas and open brackets at its ends.

    A full stop at the end is kept where it is that of an initial or an abbreviation.

    Args:
        text: A part of a reference.
    """
    before = None
    while text != before:
        before = text
        text = text.strip(_STRIPPED).lstrip("．.。·")
        text = _EMPTY_BRACKETS.sub("", text)
        text = text.rstrip("。．")
        for left, right in _PAIRS.items():
            if text.endswith(left) or (
                text.endswith(right) and text.count(left) < text.count(right)
            ):
                text = text[:-1]
            if text.startswith(right) or (
                text.startswith(left) and text.count(left) > text.count(right)
            ):
                text = text[1:]
    return text


def _list_gaps(folded: str) -> list[tuple[int, int]]:
    gaps, start = [], 0
    for match in _TAKEN.finditer(folded):
        gaps.append((start, match.start()))
        start = match.end()
    return [*gaps, (start, len(folded))]

"""The form of a note in which patterns look for references: folded, its titles hidden.

Folded text has half-width signs, simplified characters and Latin letters without accents.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from index.text.scripts import convert_to_simplified

HIDDEN = "\ue000"
"""What stands for each character inside a title, a quotation or an address."""

_LATIN = {
    code: base
    for first, last in ((0xC0, 0x250), (0x1E00, 0x1F00))
    for code in range(first, last)
    if (base := unicodedata.normalize("NFD", chr(code))[0]).isascii()
}
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH = {
    **_FULL_WIDTH,
    **_LATIN,
    **dict.fromkeys(map(ord, "\u3000\u00a0\u2009\u202f"), " "),
    ord("〖"): "【",
    ord("〗"): "】",
    ord("‑"): "-",
    ord("﹕"): ":",
    ord("﹐"): ",",
    ord("∥"): "/",
    ord("仝"): "同",
    ord("○"): "〇",
}
_TITLE = re.compile(
    r"《(?:[^《》]|《[^《》]*+》)*+》|〈(?:[^〈〉]|〈[^〈〉]*+〉)*+〉|『[^『』]*+』|「[^「」]*+」"
    r"|(?<![\w*])\*{1,3}(?![\s*])[^*]{1,400}\*{1,3}|(?<![\w_])_(?![\s_])[^_]{1,400}_(?!\w)"
    r"|«[^«»]{1,400}»|„[^„“”]{1,400}[“”]"
    r"|“[^“”]{1,400}”|\"[^\"]{1,400}\"|(?<!\w)‘(?:[^‘’]|’(?=\w)){1,400}’(?!\w)"
    r"|<(?!\s?(?:https?:|www\.))[^<>]{1,400}>"
)
_HAN_ZEROS = re.compile("(?<=[一二三四五六七八九〇])[0O]{1,3}(?=[一二三四五六七八九〇])")
_URL = re.compile(r"(https?://|www\.|doi\.org/)[^\s<>〈〉《》,;。]+")
_PARENTHESES = re.compile(r"\([^()]*+\)")


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text and its folded forms, all of the same length.

    Attributes:
        text: As printed.
        folded: In half-width punctuation and simplified script.
        masked: `folded` with the inner characters of titles, quotations and addresses hidden.
    """

    text: str
    folded: str
    masked: str

    def cut(self, start: int, end: int) -> MaskedText:
        """Return a part of it.

        Args:
            start: Where the part begins.
            end: Where it ends.
        """
        return MaskedText(self.text[start:end], self.folded[start:end], self.masked[start:end])


def mask(text: str) -> MaskedText:
    """Return a text with its folded forms.

    Args:
        text: A note or a part of one.

    >>> mask("丁文翔：《潮與風》，頁３").folded
    '丁文翔:《潮与风》,页3'
    """
    folded = fold_widths(text)
    masked = _URL.sub(_hide_address, _TITLE.sub(_hide_inside, folded))
    return MaskedText(text, folded, masked)


def fold_widths(text: str) -> str:
    """Return a text in half-width punctuation and simplified script, of the same length.

    Args:
        text: Any text.
    """
    narrow = _HAN_ZEROS.sub(_write_zeros, text.translate(_HALF_WIDTH))
    simplified = convert_to_simplified(narrow)
    if len(simplified) == len(narrow):
        return simplified
    converted = (convert_to_simplified(char) for char in narrow)
    return "".join(
        new if len(new) == 1 else old for new, old in zip(converted, narrow, strict=True)
    )


def hide_parentheses(masked: str) -> str:
    """Return a masked text with what stands in parentheses hidden too.

    Args:
        masked: A masked text.
    """
    return _PARENTHESES.sub(_hide_inside, masked)


def _write_zeros(match: re.Match[str]) -> str:
    return "〇" * len(match[0])


def _hide_inside(match: re.Match[str]) -> str:
    text = match[0]
    if text.strip("*_").isdigit():  # the volume of a journal
        return text
    return text[0] + HIDDEN * (len(text) - 2) + text[-1]


def _hide_address(match: re.Match[str]) -> str:
    return match[1] + HIDDEN * (len(match[0]) - len(match[1]))

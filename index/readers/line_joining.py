"""Join the lines of a paragraph that line ends or pages have cut."""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.text.characters import is_fullwidth

_MAX_ADDRESS = 300  # characters
_ADDRESS_END = re.compile(r"(?:https?://|www\.)[!-~]*[-/_=&?%#~+@.]$", re.IGNORECASE)
_ADDRESS_PART = re.compile(r"[a-z0-9-]+/|(?:com|org|net|gov|edu|cn|tw|html?|pdf|aspx?|php)\b")


def choose_separator(left: str, right: str) -> str:
    """Return the blank that belongs between two pieces of a text, or "".

    Words of an alphabet need a blank; next to a full-width character, inside an address, and
    after a hyphen there is none.

    Args:
        left: The text before the cut.
        right: The text after it.
    """
    if not left or not right or is_fullwidth(left[-1]) or is_fullwidth(right[0]):
        return ""
    if left[-1] in "-/–—" or right[0] in ",.;:)]”’" or ends_in_address(left, right):
        return ""
    return " "


def join_lines(lines: Iterable[str]) -> str:
    """Return the lines of a paragraph as one running text.

    Args:
        lines: Without blanks at their ends.
    """
    parts: list[str] = []
    tail = ""
    for line in lines:
        piece = choose_separator(tail, line) + line
        parts.append(piece)
        tail = (tail + piece)[-_MAX_ADDRESS:]
    return "".join(parts)


def ends_in_address(left: str, right: str) -> bool:
    """Return whether a text ends inside an address that goes on in the next piece.

    It does where an angle bracket opens the address and none closes it, after a sign that ends no
    address, and after a full stop before what has the form of a part of an address.

    Args:
        left: The text before a cut.
        right: The text after it.
    """
    start = max(left.rfind("<http"), left.rfind("〈http"))
    if start >= 0 and not any(char in ">〉 " for char in left[start + 1 :]):
        return True
    address = _ADDRESS_END.search(left[-_MAX_ADDRESS:])
    return address is not None and (address[0][-1] != "." or bool(_ADDRESS_PART.match(right)))

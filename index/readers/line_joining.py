"""Join the lines of a paragraph that line ends or pages have cut."""

from __future__ import annotations

from collections.abc import Iterable

from index.text.characters import is_fullwidth


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
    if left[-1] in "-/–—" or right[0] in ",.;:)]”’" or _ends_in_url(left):
        return ""
    return " "


def join_lines(lines: Iterable[str]) -> str:
    """Return the lines of a paragraph as one running text.

    Args:
        lines: Without blanks at their ends.
    """
    parts: list[str] = []
    for line in lines:
        if parts:
            parts.append(choose_separator(parts[-1], line))
        parts.append(line)
    return "".join(parts)


def _ends_in_url(left: str) -> bool:
    """Return whether a text ends inside an address that an angle bracket opens."""
    start = max(left.rfind("<http"), left.rfind("〈http"))
    return start >= 0 and not any(char in ">〉 " for char in left[start + 1 :])

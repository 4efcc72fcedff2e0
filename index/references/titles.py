"""The titles of a reference that brackets, quotation marks or italics set off."""

from __future__ import annotations

import re
from typing import NamedTuple

_TITLE = re.compile(
    r"《(?P<a>(?:[^《》]|《[^《》]*+》)*+)》|〈(?P<b>(?:[^〈〉]|〈[^〈〉]*+〉)*+)〉|『(?P<c>[^『』]*+)』"
    r"|「(?P<d>(?:[^「」]|「[^「」]*+」)*+)」|(?<![\w*])\*{1,2}(?P<e>(?![\s*])[^*]{1,400})\*{1,2}"
    r"|(?<![\w_])_(?P<f>(?![\s_])[^_]{1,400})_(?!\w)|“(?P<g>[^“”]{1,400})”|\"(?P<h>[^\"]{1,400})\""
    r"|(?<!\w)‘(?P<i>(?:[^‘’]|’(?=\w)|’(?= [a-z])){1,400})’(?!\w)|[»«„](?P<j>[^»«„”]{1,400})[»«”]"
    r"|<(?P<k>(?!\s?(?:https?:|www\.))[^<>\ue000-\ue004]{2,400})>|u\{(?P<l>[^{}]{1,400})\}"
)
_WORK_GROUPS = frozenset("acef")
_LATE_CLOSING = re.compile(r"[^“”\"《〈*]{1,80},?”(?=,? \*|,? [A-Z])")
_QUOTES = re.compile(r"^[\"“]|[\"”]$")


class TitleSpan(NamedTuple):
    """A title in a text.

    Attributes:
        start: Where its opening sign stands.
        end: After its closing sign.
        inner_start: Where the title itself begins.
        inner_end: After its last character.
        is_work: Whether it is set off as a book or periodical, rather than as a part of one.
        is_italic: Whether it is in italics.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    is_work: bool
    is_italic: bool = False


def find_titles(folded: str) -> list[TitleSpan]:
    """Return the titles of a reference in order; a number in italics is none.

    Args:
        folded: The reference in half-width signs.
    """
    titles = []
    for match in _TITLE.finditer(folded):
        group = match.lastgroup or ""
        start, end = match.span(group)
        if re.fullmatch(r"[\d\s().,–-]*|et al\.?|[Ii]d\.|[Ii]bid\.|[Ii]n|in re", match[group]):
            continue
        outer_end = match.end()
        late = _LATE_CLOSING.match(folded, outer_end) if group == "g" else None
        if late:  # a quotation mark inside the title that was never opened
            end = outer_end = late.end()
            end -= 1
        titles.append(
            TitleSpan(match.start(), outer_end, start, end, group in _WORK_GROUPS, group in "ef")
        )
    return titles


def strip_title(text: str) -> str:
    """Return a title without the punctuation and the quotation marks around it.

    Args:
        text: As it stands between its signs.

    >>> strip_title("The Flood Narrative Revisited,")
    'The Flood Narrative Revisited'
    """
    text = text.strip().rstrip(",，;；").strip()
    if text.startswith(("“", '"')) and text.endswith(("”", '"')):
        text = text[1:-1]
    text = text.replace("*", "")
    if text.endswith((".", "。")) and not text.endswith(("...", "…")):
        text = text[:-1]
    return text.rstrip(",，").strip()

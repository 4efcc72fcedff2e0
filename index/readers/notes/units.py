"""Cut a note into units, of which a reference has one or more.

Full stops stand between sentences, and inside references too (Merrow, Ada. *Dry Harbour*. Port Sel:
Foghorn Press, 2019); so each unit says how firmly it is parted from the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from index.readers.notes.masking import HIDDEN, MaskedText, mask
from index.text.characters import BASIC_HAN, REFERENCE_BRACKETS
from index.text.patterns import load_patterns
from index.text.word_lists import abbreviation_expression

Boundary = Literal["stop", "semicolon", "comma", "signal", "prose"]
"""What stands before a unit: a full stop or the like, a semicolon, *and*, or a word like *see*;
one of the two is prose."""

_PATTERNS = load_patterns("index.readers.notes")
_OPENING_BRACKETS = {right: left for left, right in REFERENCE_BRACKETS.items()}
_ABBREVIATION = re.compile(
    rf"(?:^|[\s(\[“\"'*,.&-])(?:[A-Za-z]|{abbreviation_expression('note')})\*?\.\*?$"
)
_LAST_INITIALS = re.compile(r"(?:^|, )[A-Z][\w’-]+ [A-Z]{1,3}, [A-Z][\w’-]+ [A-Z]\.$")
_STOP = re.compile(
    rf"[。！？]|(?<=다)\.(?=\s)|[.．!?](?=\*?[”’\"]?\s+[A-Z〈《“‘\"*<{BASIC_HAN}])"
    r"(?!\s+(?:[A-Z]\w{0,7}\.)+\s?(?:\d|[A-Z]\w{0,7}\.\s?\d))"  # 47 Ind. L.J. 1
    r"(?!(?<=\d\.)\s(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-z]{0,6}\.? \d)"
)
_SEMICOLON = re.compile(rf"；|;(?=[\s〈《「『“{BASIC_HAN}])")


class Unit(NamedTuple):
    """A part of a note, and what stands before it."""

    content: MaskedText
    boundary: Boundary


def split_units(paragraph: str) -> Iterator[Unit]:
    """Yield the units of a paragraph of a note, in order.

    None ends inside brackets or quotation marks.

    Args:
        paragraph: A paragraph.
    """
    masked = mask(paragraph)
    boundaries: dict[int, Boundary] = {}
    is_bracketed = _compute_bracket_mask(masked)
    for pattern, boundary in _BOUNDARIES:
        for match in _PATTERNS[pattern].finditer(masked.masked):
            start = match.start()
            begins_inside = is_bracketed[start if paragraph[start] in ")）" else max(start - 1, 0)]
            if not is_bracketed[match.end() - 1] and not begins_inside:
                boundaries[match.end()] = boundary
    for end in _find_semicolons(paragraph, is_bracketed):
        boundaries[end] = "semicolon"
    for end in _find_stops(paragraph, is_bracketed):
        boundaries[end] = "stop"
    ends = sorted(end for end in boundaries if 0 < end < len(paragraph))
    start = 0
    for end in (*ends, len(paragraph)):
        if paragraph[start:end].strip():
            yield Unit(masked.cut(start, end), boundaries.get(start, "stop"))
            start = end


_BOUNDARIES: tuple[tuple[str, Boundary], ...] = (
    ("joining-word", "comma"),
    ("inner-signal", "signal"),
    ("leading-prose", "prose"),
    ("trailing-prose", "prose"),
)


def _compute_bracket_mask(masked: MaskedText) -> list[bool]:
    """Return for each character whether it is in a title, or in brackets or quotes that close.

    A closing bracket closes one of the last four open ones, so that stray ones do little harm.
    """
    text = masked.text
    depth_changes = [0] * (len(text) + 1)
    stack: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        opening_index = None
        if char == '"':
            opening_index = _close(char, stack, 2)
        elif char in _OPENING_BRACKETS:
            opening_index = _close(_OPENING_BRACKETS[char], stack, 4)
        if opening_index is not None:
            depth_changes[opening_index] += 1
            depth_changes[index] -= 1
        elif char == '"' or char in REFERENCE_BRACKETS:
            stack.append((char, index))
    depths = accumulate(depth_changes)
    return [depth > 0 or char == HIDDEN for depth, char in zip(depths, masked.masked, strict=False)]


def _close(bracket: str, stack: list[tuple[str, int]], reach: int) -> int | None:
    """Take an opening bracket and all after it from the stack; return where it stands, if it is."""
    for position in range(len(stack) - 1, max(len(stack) - reach, 0) - 1, -1):
        if stack[position][0] == bracket:
            opening_index = stack[position][1]
            del stack[position:]
            return opening_index
    return None


def _find_semicolons(text: str, is_bracketed: Sequence[bool]) -> Iterator[int]:
    for match in _SEMICOLON.finditer(text):
        if not is_bracketed[match.start()]:
            yield match.end()


def _find_stops(text: str, is_bracketed: Sequence[bool]) -> Iterator[int]:
    for match in _STOP.finditer(text):
        position = match.start()
        if is_bracketed[position]:
            continue
        before = text[max(0, position - 60) : position + 1]
        is_abbreviation = match[0] == "." and _ABBREVIATION.search(before[-13:])
        if is_abbreviation and not _LAST_INITIALS.search(before):
            continue
        yield match.end()

"""The marks of notes: where they may stand, which of them are marks, and the text without them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.document import Mark
from index.readers.paged.sentence_ends import is_wide

Style = Literal["superscript", "bracket", "circle", "star"]

_DIGITS = {ord(char): str(value) for value, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_CIRCLED = {chr(ord("①") + value): str(value + 1) for value in range(20)}
_MARK = re.compile(
    r"<sup>(?P<html>\d{1,3})</sup>"
    r"|\$\^\{?(?P<tex>\d{1,3})\}?\$"
    r"|(?<![⁰¹²³⁴-⁹⁺⁻])(?P<sup>[⁰¹²³⁴-⁹]{1,6})(?![⁰¹²³⁴-⁹⁺⁻])"
    r"|\[(?P<bracket>\d{1,3})\]"
    r"|(?P<circle>[①-⑳])"
)
_STAR = re.compile(r"(?<=[^\s*])(?P<star>\*{1,3}|[†‡])(?=\s*$)")
_OPENING = re.compile(rf"(?:{_MARK.pattern})(?P<space>\s*)(?=\S)")
_STAR_OPENING = re.compile(r"(?P<star>\*{1,3}|[†‡])(?P<space>\s+)(?=\S)")
_POWER_OF = re.compile(r"(?:\d|(?<![A-Za-z])\d\s?[kcdmnµμ]?m|公里|公尺|公分)$")
_BETWEEN_MARKS = ("", ",", "、")
_UNIT = re.compile(r"(?:[\d\s〇一二三四五六七八九十百千萬億每/])[kcdmnµμ]?m$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that may be the mark of a note: its text from `start` to `end`, and its number."""

    start: int
    end: int
    number: str
    style: Style
    doubtful: bool = False

    @property
    def value(self) -> int:
        """Its number as a number; 0 for a star."""
        return int(self.number) if self.number.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Opening:
    """How a note begins: its number, its style, where its text begins, and a space between."""

    number: str
    style: Style
    end: int
    spaced: bool


def opening(text: str) -> Opening | None:
    """The number that a text begins with as a note does, if it does."""
    match = _OPENING.match(text)
    if match:
        number, style = _read(match)
        return Opening(number, style, match.end(), bool(match["space"]))
    star = _STAR_OPENING.match(text)
    return Opening(star["star"], "star", star.end(), True) if star else None


def candidates(text: str, styles: Iterable[Style] = ("superscript",)) -> list[Candidate]:
    """Every place in a text that may be a mark of one of these styles, in order.

    Doubtful are powers (10³) and units (m²): they are marks only where nothing else can be.
    """
    wanted = set(styles)
    result = []
    for match in _MARK.finditer(text):
        number, style = _read(match)
        if style in wanted and number != "0":
            before = text[max(0, match.start() - 8) : match.start()]
            if style == "superscript" and _UNIT.search(before) and number in "23":
                continue
            doubtful = style == "superscript" and bool(_POWER_OF.search(before))
            result.append(Candidate(match.start(), match.end(), number, style, doubtful))
    if "star" in wanted:
        star = _STAR.search(text[-8:])
        if star:
            start = max(0, len(text) - 8) + star.start()
            result.append(Candidate(start, start + len(star["star"]), star["star"], "star"))
    return result


def _read(match: re.Match[str]) -> tuple[str, Style]:
    """The number and the style of a match."""
    groups = match.groupdict()
    if groups["circle"]:
        return _CIRCLED[groups["circle"]], "circle"
    if groups["bracket"]:
        return groups["bracket"], "bracket"
    digits = groups["html"] or groups["tex"] or groups["sup"].translate(_DIGITS)
    return digits, "superscript"


def in_order(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """The heaviest strictly rising choice among values: the indexes of what is chosen.

    The classical longest increasing subsequence with weights, on a tree of prefix maxima
    (Fenwick 1994): n log n.
    """
    ranks = sorted(set(values))
    best: list[tuple[int, int]] = [(0, -1)] * (len(ranks) + 1)
    before: list[int] = []
    end = (0, -1)
    for index, value in enumerate(values):
        rank = bisect_left(ranks, value)
        position, top = rank, (0, -1)
        while position > 0:
            top = max(top, best[position], key=lambda pair: pair[0])
            position -= position & -position
        before.append(top[1])
        here = (top[0] + weights[index], index)
        if here[0] > end[0]:
            end = here
        position = rank + 1
        while position <= len(ranks):
            if here[0] > best[position][0]:
                best[position] = here
            position += position & -position
    chosen = []
    current = end[1]
    while current >= 0:
        chosen.append(current)
        current = before[current]
    return chosen[::-1]


def split_run(mark: Candidate, numbers: Container[str]) -> list[Candidate]:
    """Digits that name no note but run two consecutive notes together, ⁹¹⁰, as two marks."""
    if mark.style == "superscript" and mark.number not in numbers:
        for cut in range(1, len(mark.number)):
            first, second = mark.number[:cut], mark.number[cut:]
            consecutive = int(second) == int(first) + 1 and second[0] != "0"
            if consecutive and first in numbers and second in numbers:
                middle = mark.end - len(second) if mark.end - mark.start == len(mark.number) else 0
                if middle:
                    return [
                        replace(mark, end=middle, number=first),
                        replace(mark, start=middle, number=second),
                    ]
    return [mark]


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A text without its marks, where they stood, and what was printed only to set them."""

    text: str
    marks: tuple[Mark, ...] = ()
    markup: str = ""


def without(text: str, chosen: Sequence[Candidate]) -> Unmarked:
    """A text without the marks that were chosen.

    A stray space behind a mark goes with it where the text would have none: after a full-width
    sign, or between full-width characters. So does what parts two marks (¹, ²).
    """
    parts: list[str] = []
    found: list[Mark] = []
    markup: list[str] = []
    length = position = 0
    last = ""
    for mark in chosen:
        kept = text[position : mark.start]
        if found and kept.strip() in _BETWEEN_MARKS and len(kept) <= 2:
            markup.append(kept.strip())
            kept = ""
        kept = kept[_stray(last, kept, bool(found)) :]
        parts.append(kept)
        length += len(kept)
        last = kept[-1:] or last
        found.append(Mark(length, mark.number))
        markup.append(re.sub(r"[\d⁰¹²³⁴-⁹①-⑳*†‡]+", " ", text[mark.start : mark.end]).strip())
        position = mark.end
    rest = text[position:]
    parts.append(rest[_stray(last, rest, bool(found)) :])
    return Unmarked("".join(parts), tuple(found), " ".join(filter(None, markup)))


def _stray(left: str, rest: str, after_mark: bool) -> int:
    """How many characters of `rest`, which follows a mark, are a stray space."""
    if not after_mark or rest[:1] != " ":
        return 0
    right = rest[1:2]
    if not left or not right or left == " ":
        return 1
    sign = is_wide(left) and not left.isalnum()
    return int(sign or (is_wide(left) and is_wide(right)))

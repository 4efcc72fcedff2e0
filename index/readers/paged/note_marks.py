"""Find the places where note marks may stand, choose among them, and take them out of a text."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.document import NoteMark
from index.text.characters import CIRCLED_NUMBERS, SUPERSCRIPT_DIGITS, is_fullwidth

MarkStyle = Literal["superscript", "bracket", "circle", "star"]

_MARK = re.compile(
    r"<sup>(?P<html>\d{1,3})</sup>"
    r"|\$\^\{?(?P<tex>\d{1,3})\}?\$"
    r"|(?<![⁰¹²³⁴-⁹⁺⁻])(?P<sup>[⁰¹²³⁴-⁹]{1,6})(?![⁰¹²³⁴-⁹⁺⁻])"
    r"|\[(?P<bracket>\d{1,3})\]"
    r"|(?P<circle>[①-⑳])"
)
_STAR = re.compile(r"(?<=[^\s*])(?P<star>\*{1,3}|[†‡])(?=\s*$)")
_NOTE_OPENING = re.compile(rf"(?:{_MARK.pattern})(?P<space>\s*)(?=\S)")
_STAR_NOTE_OPENING = re.compile(r"(?P<star>\*{1,3}|[†‡])(?P<space>\s+)(?=\S)")
_POWER_BASE = re.compile(r"(?:\d|(?<![A-Za-z])\d\s?[kcdmnµμ]?m|公里|公尺|公分)$")
_MARK_SEPARATORS = ("", ",", "、")
_LENGTH_UNIT = re.compile(r"(?:[\d\s〇一二三四五六七八九十百千萬億每/])[kcdmnµμ]?m$")


@dataclass(frozen=True, slots=True)
class MarkCandidate:
    """A place that may be the mark of a note.

    Attributes:
        start: Where it begins in its text.
        end: Where it ends.
        number: The number of the note.
        style: How it is printed.
        is_doubtful: Whether it may be a power (10³).
    """

    start: int
    end: int
    number: str
    style: MarkStyle
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class NoteOpening:
    """How a note begins.

    Attributes:
        number: The number of the note.
        style: How the number is printed.
        text_start: Where the text of the note begins.
        has_space: Whether a blank stands between number and text.
    """

    number: str
    style: MarkStyle
    text_start: int
    has_space: bool


def parse_opening(text: str) -> NoteOpening | None:
    """Return the number that a text begins with as a note does, if it does.

    Args:
        text: A line or a block.
    """
    match = _NOTE_OPENING.match(text)
    if match:
        number, style = _parse_match(match)
        return NoteOpening(number, style, match.end(), bool(match["space"]))
    star = _STAR_NOTE_OPENING.match(text)
    return NoteOpening(star["star"], "star", star.end(), True) if star else None


def find_candidates(
    text: str, styles: Iterable[MarkStyle] = ("superscript",)
) -> list[MarkCandidate]:
    """Return every place in a text that may be a mark of one of these styles, in order.

    Squares and cubes of units of length (m²) are none.

    Args:
        text: A heading or a paragraph.
        styles: The styles of the notes.
    """
    wanted_styles = set(styles)
    result = []
    for match in _MARK.finditer(text):
        number, style = _parse_match(match)
        if style in wanted_styles and number != "0":
            preceding = text[max(0, match.start() - 8) : match.start()]
            if style == "superscript" and _LENGTH_UNIT.search(preceding) and number in "23":
                continue
            is_doubtful = style == "superscript" and bool(_POWER_BASE.search(preceding))
            result.append(MarkCandidate(match.start(), match.end(), number, style, is_doubtful))
    if "star" in wanted_styles:
        star = _STAR.search(text[-8:])
        if star:
            start = max(0, len(text) - 8) + star.start()
            result.append(MarkCandidate(start, start + len(star["star"]), star["star"], "star"))
    return result


def _parse_match(match: re.Match[str]) -> tuple[str, MarkStyle]:
    """Return the number and the style of a match of `_MARK`."""
    groups = match.groupdict()
    if groups["circle"]:
        return groups["circle"].translate(CIRCLED_NUMBERS), "circle"
    if groups["bracket"]:
        return groups["bracket"], "bracket"
    digits = groups["html"] or groups["tex"] or groups["sup"].translate(SUPERSCRIPT_DIGITS)
    return digits, "superscript"


def find_increasing_subsequence(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Return the indexes of the heaviest strictly increasing subsequence.

    The longest increasing subsequence with weights, by a binary indexed tree of prefix maxima
    (Fenwick 1994), in O(n log n).

    Args:
        values: The sequence.
        weights: For each value how much it counts, above 0.
    """
    ranks = sorted(set(values))
    best: list[tuple[int, int]] = [(0, -1)] * (len(ranks) + 1)
    predecessors: list[int] = []
    best_end = (0, -1)
    for index, value in enumerate(values):
        rank = bisect_left(ranks, value)
        position, best_prefix = rank, (0, -1)
        while position > 0:
            best_prefix = max(best_prefix, best[position], key=lambda pair: pair[0])
            position -= position & -position
        predecessors.append(best_prefix[1])
        entry = (best_prefix[0] + weights[index], index)
        if entry[0] > best_end[0]:
            best_end = entry
        position = rank + 1
        while position <= len(ranks):
            if entry[0] > best[position][0]:
                best[position] = entry
            position += position & -position
    selected_indexes = []
    current = best_end[1]
    while current >= 0:
        selected_indexes.append(current)
        current = predecessors[current]
    return selected_indexes[::-1]


def split_joined_mark(candidate: MarkCandidate, numbers: Container[str]) -> list[MarkCandidate]:
    """Return the two marks of consecutive notes that are printed as one number (⁹¹⁰).

    Args:
        candidate: A place that may be a mark.
        numbers: The numbers of the notes of its style.

    Returns:
        Two marks, or the candidate alone where it has a note or cannot be split.
    """
    if candidate.style == "superscript" and candidate.number not in numbers:
        for split_index in range(1, len(candidate.number)):
            first, second = candidate.number[:split_index], candidate.number[split_index:]
            consecutive = int(second) == int(first) + 1 and second[0] != "0"
            if consecutive and first in numbers and second in numbers:
                middle_offset = (
                    candidate.end - len(second)
                    if candidate.end - candidate.start == len(candidate.number)
                    else 0
                )
                if middle_offset:
                    return [
                        replace(candidate, end=middle_offset, number=first),
                        replace(candidate, start=middle_offset, number=second),
                    ]
    return [candidate]


@dataclass(frozen=True, slots=True)
class UnmarkedText:
    """A text without its marks.

    Attributes:
        text: Without them.
        marks: Where they stood.
        markup: What was printed only to set them.
        parts: For each part that is left, its offset with the marks, and its offset in `text`.
    """

    text: str
    marks: tuple[NoteMark, ...] = ()
    markup: str = ""
    parts: tuple[tuple[int, int], ...] = ()

    def map_offset(self, offset: int) -> int:
        """Return the offset in `text` of a place that is in no mark.

        Args:
            offset: Its offset in the text with the marks.
        """
        index = max(bisect_right(self.parts, (offset, math.inf)) - 1, 0)
        before, after = self.parts[index]
        return after + max(offset - before, 0)


def remove_marks(text: str, accepted_marks: Sequence[MarkCandidate]) -> UnmarkedText:
    """Return a text without the accepted marks.

    A stray blank after a mark goes with it where the text would have none: after full-width
    punctuation, or between full-width characters. So does what parts two marks (¹, ²).

    Args:
        text: A heading or a paragraph.
        accepted_marks: In order.
    """
    parts: list[str] = []
    placed_marks: list[NoteMark] = []
    markup: list[str] = []
    offsets: list[tuple[int, int]] = []
    length = position = 0
    last_character = ""
    for candidate in accepted_marks:
        preceding = text[position : candidate.start]
        if placed_marks and preceding.strip() in _MARK_SEPARATORS and len(preceding) <= 2:
            markup.append(preceding.strip())
            preceding = ""
        stray = _count_stray_space(last_character, preceding, bool(placed_marks))
        preceding = preceding[stray:]
        offsets.append((position + stray, length))
        parts.append(preceding)
        length += len(preceding)
        last_character = preceding[-1:] or last_character
        placed_marks.append(NoteMark(length, candidate.number))
        markup.append(
            re.sub(r"[\d⁰¹²³⁴-⁹①-⑳*†‡]+", " ", text[candidate.start : candidate.end]).strip()
        )
        position = candidate.end
    remainder = text[position:]
    stray = _count_stray_space(last_character, remainder, bool(placed_marks))
    offsets.append((position + stray, length))
    parts.append(remainder[stray:])
    return UnmarkedText(
        "".join(parts), tuple(placed_marks), " ".join(filter(None, markup)), tuple(offsets)
    )


def _count_stray_space(left_character: str, remainder: str, after_mark: bool) -> int:
    """Return how many characters at the start of what follows a mark are a stray blank."""
    if not after_mark or remainder[:1] != " ":
        return 0
    right_character = remainder[1:2]
    if not left_character or not right_character or left_character == " ":
        return 1
    is_punctuation = is_fullwidth(left_character) and not left_character.isalnum()
    return int(is_punctuation or (is_fullwidth(left_character) and is_fullwidth(right_character)))

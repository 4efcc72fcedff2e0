"""Take the marks of notes out of a text."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from index.document import NoteMark
from index.readers.notes.conventions import MarkCandidate
from index.text.characters import is_fullwidth

_MARK_SEPARATORS = ("", ",", "、")
_AFTER_STRAY_SPACE = ("", *" ,.;:!?)，。；：、！？）")  # what follows a mark that a blank precedes
_BINDING_SPACES = ("\u00a0", "\u202f")  # which keep a mark beside what it belongs to


@dataclass(frozen=True, slots=True)
class AcceptedMark:
    """A mark that leads to notes.

    Attributes:
        start: Where it begins in its text.
        end: Where it ends.
        notes: The numbers of the notes, as they are unique in the article.
        markup: What is printed there besides their labels.
    """

    start: int
    end: int
    notes: tuple[str, ...]
    markup: str


def split_joined_mark(candidate: MarkCandidate, labels: Container[str]) -> MarkCandidate:
    """Return a candidate with the labels of consecutive notes that are printed as one (⁹¹⁰).

    Args:
        candidate: A place that may be a mark.
        labels: The labels of the notes of its convention.
    """
    label = candidate.labels[0]
    is_plain = candidate.end - candidate.start == len(label)
    if candidate.form == "superscript" and is_plain and label not in labels:
        for index in range(1, len(label)):
            first, second = label[:index], label[index:]
            are_consecutive = second[0] != "0" and int(second) == int(first) + 1
            if are_consecutive and first in labels and second in labels:
                return replace(candidate, labels=(first, second))
    return candidate


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


def remove_marks(text: str, accepted_marks: Sequence[AcceptedMark]) -> UnmarkedText:
    """Return a text without the accepted marks.

    A stray blank beside a mark goes with it where the text would have none: before and after
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
    for mark in accepted_marks:
        preceding = text[position : mark.start]
        if placed_marks and preceding.strip() in _MARK_SEPARATORS and len(preceding) <= 2:
            markup.append(preceding.strip())
            preceding = ""
        stray = _count_stray_space(last_character, preceding, bool(placed_marks))
        preceding = preceding[stray:]
        offsets.append((position + stray, length))
        is_before_sign = text[mark.end : mark.end + 1] in _AFTER_STRAY_SPACE
        if preceding.endswith(_BINDING_SPACES) or (preceding.endswith(" ") and is_before_sign):
            preceding = preceding[:-1]
        parts.append(preceding)
        length += len(preceding)
        last_character = preceding[-1:] or last_character
        placed_marks += [NoteMark(length, note) for note in mark.notes]
        markup.append(mark.markup)
        position = mark.end
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

"""Find what authors print around the automatic marks of notes in Word files: [1], 〔註1〕, 1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index.document import Span

_PAIRS = dict(zip("[［〔【〖(（", "]］〕】〗)）", strict=True))
_OPENING = re.compile(r"([\[［〔【〖(（])\s?(?:原?[註注])?\s?\Z")
_BETWEEN = re.compile(r"\s?[,，、;；\-–—~～]?\s?")
_WORD = re.compile(r"原?[註注]\Z")
_MAX_OPENING = 5  # characters
_LABEL_START = re.compile(r"\s*+(?:原?[註注]|note)?\s*\Z", re.IGNORECASE)
_LABEL_END = re.compile(r"\s?[.．、:：)）\]］]")


def find_frames(text: str, offsets: Sequence[int], raised: Sequence[Span]) -> list[Span]:
    """Return what stands around marks and between those in one bracket.

    Args:
        text: Of a paragraph, without its marks.
        offsets: Where the marks are, in order.
        raised: The spans of the text that are superscript.
    """
    frames: list[Span] = []
    for first, last in _group_marks(text, offsets):
        before = text[max(first - _MAX_OPENING, 0) : first]
        if opening := _OPENING.search(before):
            start = first - len(before) + opening.start()
            end = last + len(text[last:]) - len(text[last:].lstrip())
            if text[end : end + 1] == _PAIRS[opening[1]]:
                inner = [offset for offset in offsets if first <= offset <= last]
                between = [Span(*pair) for pair in pairwise(inner)]
                frames += [Span(start, first), *between, Span(last, end + 1)]
        elif word := _WORD.search(before):
            span = Span(first - len(word[0]), first)
            if any(part.start <= span.start and span.end <= part.end for part in raised):
                frames.append(span)
    return [frame for frame in frames if frame.start < frame.end]


def find_label_frame(text: str, offset: int) -> list[Span]:
    """Return what stands around the number at the beginning of a note.

    Args:
        text: Of the note's first paragraph, without its number.
        offset: Where the number is.
    """
    if frames := find_frames(text, [offset], []):
        return frames
    if not _LABEL_START.match(text[:offset]):
        return []
    end = _LABEL_END.match(text, offset)
    return [Span(0, end.end() if end else offset)]


def _group_marks(text: str, offsets: Sequence[int]) -> list[tuple[int, int]]:
    """Return where groups of marks begin and end that nothing but commas and the like part."""
    groups: list[tuple[int, int]] = []
    for offset in offsets:
        if groups and _BETWEEN.fullmatch(text[groups[-1][1] : offset]):
            groups[-1] = groups[-1][0], offset
        else:
            groups.append((offset, offset))
    return groups

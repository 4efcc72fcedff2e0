"""Find headings of the size and weight of the text: set apart, in another font, in capitals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.readers.pdf.lines import LineBlock, PageLine
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")

_MIN_SIZE, _MAX_SIZE = 0.95, 1.12  # of the size of the text
_GAP_ABOVE = 1.3  # of the usual distance of lines
_GAP_BELOW = 1.3  # … of a heading in the font of the text
_MAX_PITCH = 3.5  # of the font size, between a heading and its text
_MAX_PITCH_OF_CAPITALS = 5.0  # … if it is centred, in capitals
_OFF_CENTRE = 1.5  # of the font size
_MIN_LETTERS = 0.6  # of the characters
_MAX_LENGTH = 90
_MIN_CAPITALS = 4
_MIN_HEADINGS = 2  # of one style
_NUMBERED = re.compile(r"(?:[IVX]{1,5}|[A-Z]|\d{1,2}(?:\.\d{1,2}){0,3})[.)]?\s+[A-Z\u4e00-\u9fff]")
_NUMBER_ALONE = re.compile(r"[IVX]{1,5}|[A-H]")
_LETTER_ALONE = re.compile("[A-H]")
_SHORT = 3.0  # of the font size, from the end of a heading to the margin
_INDENT = 0.8  # of the font size, of the first line of a paragraph under a heading
_MAX_INDENT = 3.0  # … of a heading in a font of its own
_SENTENCE_ENDS = (".", "。", "!", "?", "！", "？", "”", "」", ":", "：")
_ENDS = (".", ",", ";", ":", "。", "，", "；", "：", "、", "-")

Style = tuple[float, bool]
"""The font size of a heading, which ranks it, and whether it is bold."""

_Kind = tuple[bool, str, bool]  # whether it is centred, its font, whether it is in capitals


def find_set_apart(
    blocks: Sequence[LineBlock], body_size: float, excluded: set[int]
) -> list[tuple[tuple[PageLine, ...], Style]]:
    """Return lines that are headings by their place and font, with styles that rank them.

    Such a line keeps a distance from the line above, text in the usual font follows, and another
    line of the file is set in the same way.

    Args:
        blocks: The blocks of text in reading order.
        body_size: The font size of most of the text, in points.
        excluded: The ids of lines that are none.
    """
    lines = [line for block in blocks for line in block.lines]
    fonts = Counter(line.font for line in lines if _has_size(line, body_size))
    if not fonts:
        return []
    body_font = fonts.most_common(1)[0][0]
    candidates = [
        (line, kind)
        for line, kind in _classify_lines(lines, body_size, body_font, excluded)
        if id(line) not in excluded
    ]
    counts = Counter(kind for _, kind in candidates)
    return [
        ((line,), (body_size - _measure_rank(line, kind), False))
        for line, kind in candidates
        if counts[kind] >= _MIN_HEADINGS
    ]


def _measure_rank(line: PageLine, kind: _Kind) -> float:
    """Return how far a heading stands below others of its size."""
    is_centred, _, is_upper = kind
    if is_centred:
        return 0.1 if _LETTER_ALONE.fullmatch(line.text) else 0.0
    return 0.25 if is_upper else 0.5


def _has_size(line: PageLine, body_size: float) -> bool:
    return _MIN_SIZE * body_size <= line.size < _MAX_SIZE * body_size


def _classify_lines(
    lines: Sequence[PageLine], body_size: float, body_font: str, headings: set[int]
) -> Iterator[tuple[PageLine, _Kind]]:
    heading: PageLine | None = None
    for index, line in enumerate(lines[:-1]):
        text = [
            other
            for other in lines[index + 1 : index + 4]
            if other.page == line.page and other.baseline > line.baseline
        ]
        if not text or not _may_be_heading(line, body_size):
            continue
        previous = lines[index - 1] if index else None
        pitch = _measure_pitch(text, line.size)
        kind = _classify(line, text, pitch, body_font)
        follows_text = _is_above_text(line, text, body_size, body_font, headings)
        is_apart = (
            _is_below_gap(line, previous, pitch)
            or (previous is heading and previous is not None)
            or _is_own_paragraph(line, previous, text, body_font, headings)
        )
        if kind and follows_text and is_apart:
            heading = line
            yield line, kind


def _is_above_text(
    line: PageLine,
    below: Sequence[PageLine],
    body_size: float,
    body_font: str,
    headings: set[int],
) -> bool:
    """Return whether text in the usual font follows, below another heading if there is one."""
    is_heading = id(below[0]) in headings or (
        _may_be_heading(below[0], body_size)
        and (_NUMBERED.match(below[0].text) is not None or _are_capitals(line, below[0]))
    )
    first = below[1] if is_heading and len(below) > 1 else below[0]
    return first.font == body_font and _has_size(first, body_size)


def _may_be_heading(line: PageLine, body_size: float) -> bool:
    text = line.text
    return (
        len(text) <= _MAX_LENGTH
        and text[0].isalnum()
        and not text[0].islower()
        and not text.endswith(_ENDS)
        and _has_size(line, body_size)
        and (_NUMBER_ALONE.fullmatch(text) is not None or _has_letters(text))
        and not _PATTERNS["caption"].match(text)
    )


def _has_letters(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters >= max(2, _MIN_LETTERS * len("".join(text.split())))


def _measure_pitch(text: Sequence[PageLine], size: float) -> float:
    """Return the distance of the lines that follow."""
    gaps = [below.baseline - line.baseline for line, below in pairwise(text)]
    return min((gap for gap in gaps if gap > 0.8 * size), default=1.3 * size)


def _is_below_gap(line: PageLine, previous: PageLine | None, pitch: float) -> bool:
    if previous is None or previous.page != line.page or previous.baseline >= line.baseline:
        return True
    return line.baseline - previous.baseline > _GAP_ABOVE * pitch


def _is_own_paragraph(
    line: PageLine,
    previous: PageLine | None,
    text: Sequence[PageLine],
    body_font: str,
    excluded: set[int],
) -> bool:
    """Return whether a short line in a font of its own stands between two paragraphs.

    Before it there may also be a heading, or the names below a title.
    """
    right = max(below.box.x1 for below in text)
    if previous is None or line.font == body_font:
        return False
    ends_paragraph = previous.font == body_font and previous.text.endswith(_SENTENCE_ENDS)
    return (
        (ends_paragraph or id(previous) in excluded)
        and line.box.x1 < right - _SHORT * line.size
        and text[0].left - line.left > _INDENT * line.size
    )


def _classify(
    line: PageLine, text: Sequence[PageLine], pitch: float, body_font: str
) -> _Kind | None:
    """Return how a line is set, if it is set as a heading."""
    left = min(below.box.x0 for below in text)
    right = max(below.box.x1 for below in text)
    gap_below = text[0].baseline - line.baseline
    is_centred = _is_centred(line, left, right)
    is_upper = _is_upper(line)
    most = _MAX_PITCH_OF_CAPITALS if is_centred and is_upper else _MAX_PITCH
    if gap_below > most * max(line.size, pitch) or line.box.x1 > right + line.size:
        return None
    font = line.font
    most = _MAX_INDENT if font != body_font else 1.0
    if not is_centred and line.box.x0 - left > most * line.size:
        return None
    is_apart = is_centred or gap_below > _GAP_BELOW * pitch
    if font == body_font and not is_upper and not (is_apart and _has_number(line, text[0])):
        return None
    return is_centred, font, is_upper


def _is_upper(line: PageLine) -> bool:
    """Return whether all letters are capitals, and more than MMCA in a line of Chinese has."""
    capitals, letters = (sum(map(test, line.text)) for test in (str.isupper, str.isalpha))
    return capitals == letters >= _MIN_CAPITALS


def _are_capitals(line: PageLine, below: PageLine) -> bool:
    """Return whether two headings in capitals stand apart, one below the other."""
    is_apart = below.baseline - line.baseline > _GAP_ABOVE * max(line.size, below.size)
    return is_apart and _is_upper(line) and _is_upper(below)


def _has_number(line: PageLine, below: PageLine) -> bool:
    """Return whether a line is, or begins with, the number of a section, and the next one not."""
    if _NUMBER_ALONE.fullmatch(line.text):
        return True
    return bool(_NUMBERED.match(line.text)) and not _NUMBERED.match(below.text)


def _is_centred(line: PageLine, left: float, right: float) -> bool:
    """Return whether a line stands in the middle between the edges of the text."""
    off_centre = (line.box.x0 + line.box.x1 - left - right) / 2
    limit = _OFF_CENTRE * line.size
    return line.box.x0 - left > limit and abs(off_centre) < limit

"""Find headings that only their numbers tell from the text: 1.1, 1.2, 2.1 on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.set_apart import Style

_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})\.?\s+[^\W\d_][^.。;；]{0,60}")
_ENDS = (".", ",", ";", ":", "。", "，", "；", "：", "、", "-")
_MIN_HEADINGS = 3
_MAX_WIDTH = 0.7  # of the width of the text
_SIZE_RANGE = (0.97, 1.1)  # of the size of the text
_SUBORDINATION = 0.6  # of a point: such a heading ranks below what its type sets apart


def find_numbered_headings(
    blocks: Sequence[LineBlock], body_size: float, taken: Collection[int]
) -> list[tuple[tuple[PageLine, ...], Style]]:
    """Return short lines that begin with numbers of sections, which follow one another.

    Nothing is returned where they do not: tables and lists have such numbers too.

    Args:
        blocks: The blocks of text in reading order.
        body_size: The font size of most of the text, in points.
        taken: The ids of lines that are headings already, or none for sure.
    """
    candidates = [
        (line, number)
        for block in blocks
        if block.row_starts is None
        for previous, line in zip((None, *block.lines), block.lines, strict=False)
        if id(line) not in taken
        and (number := _parse_number(line, body_size))
        and _is_short(line, block)
        and _follows_end(previous, taken)
    ]
    numbers = [number for _, number in candidates]
    are_in_order = all(_follows(first, second) for first, second in pairwise(numbers))
    if len(numbers) < _MIN_HEADINGS or not are_in_order:
        return []
    return [((line,), (body_size - _SUBORDINATION, False)) for line, _ in candidates]


def _parse_number(line: PageLine, body_size: float) -> tuple[int, ...]:
    """Return the number with which a line of the text begins; () if it may be no heading."""
    least, most = _SIZE_RANGE
    match = _NUMBERED.fullmatch(line.text)
    if not match or not least * body_size <= line.size <= most * body_size:
        return ()
    if line.text.endswith(_ENDS):
        return ()
    return tuple(map(int, match[1].split(".")))


def _is_short(line: PageLine, block: LineBlock) -> bool:
    return line.box.x1 - line.box.x0 < _MAX_WIDTH * (block.box.x1 - block.box.x0) or (
        len(block.lines) == 1
    )


def _follows_end(previous: PageLine | None, taken: Collection[int]) -> bool:
    """Return whether the line before is a heading, ends a sentence, or is in another block."""
    if previous is None or id(previous) in taken or _NUMBERED.fullmatch(previous.text):
        return True
    return detect_ending(previous.text) is Ending.FINISHED


def _follows(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    """Return whether one number of a section may come next after another: 2.1 after 1.3."""
    for depth, (before, after) in enumerate(zip(first, second, strict=False)):
        if before != after:
            return after == before + 1 and all(number == 1 for number in second[depth + 1 :])
    return len(second) == len(first) + 1 and second[-1] == 1

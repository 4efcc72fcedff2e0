"""Tell the headings of Word files: by outline level, by style, by bold or large type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from lxml.etree import _Element as Element

from index.readers.flow import FlowBlock
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.word.package import get_value
from index.readers.word.styles import Style
from index.text.characters import contains_han

_MAX_BOLD_HEADING = 80  # characters
_MAX_LARGE_HEADING = 60
_MAX_SENTENCE_HEADING = 160  # of one that ends in a full stop, or in a colon
_MAX_SENTENCE_HEADING_HAN = 70
_MAX_LEVEL = 9
_BOLD_LEVEL = 11  # below all others
_MIN_GROWTH = 1.1  # of the type of headings, compared with that of the text
_MIN_LINES = 2
_MAX_TITLE_LINE = 6  # blocks before it
_HEADING_STYLE = re.compile(
    r"(?:heading|标题|標題|ü?berschrift|titre|título|titolo|kop|rubrik|заголовок|見出し|제목)\s?(\d)"
    r"|heading"
)
TITLE_STYLE = re.compile(r"title|标题|標題|titel|document title|篇名|题名|題名|论文标题|論文標題")
"""The names of styles of a title."""
AUTHOR_STYLE = re.compile(r"authors?|作者|author name|byline|姓名")
"""The names of styles of an author."""
DATE_STYLE = re.compile(r"(?:publication )?date|日期")
"""The names of styles of a date."""


def find_level(
    properties: Element | None, styles: Sequence[Style], text: str, *, is_bold: bool
) -> int:
    """Return the level of a heading by outline level, style, or bold type; 0 for text.

    Long text that ends as a sentence is no heading, whatever its style is.

    Args:
        properties: Of the paragraph.
        styles: Its style, and those that this is based on.
        text: Its text.
        is_bold: Whether all of it is.
    """
    if _is_prose(text):
        return 0
    own = get_value(properties, "outlineLvl")
    if own is not None and own.isdecimal():
        return int(own) + 2 if int(own) < _MAX_LEVEL else 0
    level = _find_style_level(styles)
    if level is not None:
        return level
    text = text.strip()
    is_short = 0 < len(text) <= _MAX_BOLD_HEADING and "\n" not in text
    if not is_short or not is_bold or not any(char.isalpha() for char in text):
        return 0
    return 0 if text.endswith(("。", ".", "，", ",", "；", ":", "：")) else _BOLD_LEVEL


def _is_prose(text: str) -> bool:
    """Return whether a text is too long for a heading that ends as a sentence does."""
    longest = _MAX_SENTENCE_HEADING_HAN if contains_han(text) else _MAX_SENTENCE_HEADING
    return len(text) > longest and detect_ending(text) in (Ending.FINISHED, Ending.PAUSE)


def _find_style_level(styles: Sequence[Style]) -> int | None:
    """Return the level that a style gives, or one that it is based on; None if none does."""
    for style in styles:
        if style.level is not None:
            return style.level
        if match := _HEADING_STYLE.fullmatch(style.name):
            return min(int(match[1] or 1) + 1, _MAX_LEVEL)
        if TITLE_STYLE.fullmatch(style.name):
            return 1
        if AUTHOR_STYLE.fullmatch(style.name) or DATE_STYLE.fullmatch(style.name):
            return 0  # though it may be based on that of the title
    return None


def promote_large_lines(
    blocks: Sequence[FlowBlock], sizes: Mapping[int, int], usual: int
) -> list[FlowBlock]:
    """Return blocks in which lines of large type are headings, where no style names any.

    The title is the line of the largest type near the beginning; any other size is that of headings
    if it comes twice. Lines in bold of the size of the text are below these.

    Args:
        blocks: In reading order.
        sizes: Of the type of paragraphs, by their numbers.
        usual: The size of the text.
    """
    large = {
        index: sizes[block.line]
        for index, block in enumerate(blocks)
        if sizes.get(block.line, 0) >= usual * _MIN_GROWTH and _may_head(block)
    }
    if not large or any(0 < block.level < _BOLD_LEVEL for block in blocks):
        return list(blocks)
    counts = Counter(large.values())
    largest = max(counts)
    kept = {
        index: size
        for index, size in large.items()
        if counts[size] >= _MIN_LINES or (size == largest and index < _MAX_TITLE_LINE)
    }
    order = sorted(set(kept.values()), reverse=True)
    return [
        replace(block, level=order.index(kept[index]) + 1)
        if index in kept
        else replace(block, level=len(order) + 1 if block.level else 0)
        for index, block in enumerate(blocks)
    ]


def _may_head(block: FlowBlock) -> bool:
    is_line = block.kind == "text" and "\n" not in block.text
    return is_line and (
        block.level > 0
        or (
            0 < len(block.text) <= _MAX_LARGE_HEADING
            and detect_ending(block.text) is Ending.OPEN
            and any(char.isalpha() for char in block.text)
        )
    )


def scale_levels(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Return blocks with the levels of headings that are used numbered from 1 without gaps.

    Args:
        blocks: In reading order.
    """
    used = sorted({block.level for block in blocks if block.level})
    ranks = {level: rank for rank, level in enumerate(used, start=1)}
    return [replace(block, level=ranks.get(block.level, 0)) for block in blocks]

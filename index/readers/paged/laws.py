"""Find the articles of laws: the lines, and the openings of paragraphs, that number them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from index.readers.flow import FlowBlock
from index.readers.flow_blocks import shift_marks, split_regions
from index.readers.paged.headings import LAW_ARTICLE_RANK, parse_heading
from index.readers.paged.sentence_ends import Ending, detect_ending, starts_mid_sentence
from index.text.characters import parse_number
from index.text.patterns import load_patterns
from index.text.roman import parse_roman

SUBJECT_RANK = 0.95
"""That of the lines that say what articles are on, below their numbers."""

_PATTERNS = load_patterns("index.readers")
_MIN_ARTICLES = 3
_COUNTING_SHARE = 0.5  # of the numbers: some articles are deleted, or inserted
_CAPTION_RANK = 0.85  # above it, as in （目的）
_DIVISION_RANK = 0.8  # of numbers with another label, such as the sections that hold articles
_MAX_SUBJECT = 120  # characters
_MAX_TITLE = 90  # characters after a number
_MAX_HEADING = 200


class LawNumber(NamedTuple):
    """The number of an article of a law.

    Attributes:
        end: Where it ends in its block; the rest of the block is text of the article.
        value: The number; 12 of 第十二條之一.
        label: What it counts, such as 條 or "section".
        is_alone: Whether nothing follows it in its block but a title.
    """

    end: int
    value: int
    label: str
    is_alone: bool


def find_law_articles(blocks: Sequence[FlowBlock]) -> dict[int, LawNumber]:
    """Return the numbers of the articles of laws, by the indexes of their blocks.

    Several laws may follow one another, and articles be deleted or inserted; but half of the
    numbers follow from those before, or begin a law or a part of one. Those that open paragraphs
    begin with the first article or below the heading of a part: else they are quoted.

    Args:
        blocks: In reading order.
    """
    numbers = {
        index: number for index, block in enumerate(blocks) if (number := _read_number(block))
    }
    titled = _find_titled(blocks, numbers)
    numbers |= {index: numbers[index]._replace(is_alone=True) for index in titled}
    counts = Counter(number.label for number in numbers.values())
    if not counts:
        return {}
    label = counts.most_common(1)[0][0]
    numbers = {index: number for index, number in numbers.items() if number.label == label}
    return numbers if _are_counting(blocks, numbers) else {}


def _read_number(block: FlowBlock) -> LawNumber | None:
    if not may_head(block):
        return None
    opening = _PATTERNS["law-opening"].match(block.text)
    if opening and block.text[opening.end() :].strip(" ."):
        return LawNumber(opening.end(), *_read_value(opening), is_alone=False)
    is_short = len(block.text) <= _MAX_HEADING
    heading = _PATTERNS["law-heading"].fullmatch(block.text) if is_short else None
    return LawNumber(len(block.text), *_read_value(heading), is_alone=True) if heading else None


def rank_labels(texts: Sequence[str]) -> list[float | None]:
    """Return the ranks of headings of a law by what they number; None for other headings.

    What most of them number are the articles; sections that hold articles are above these.

    Args:
        texts: Of the headings.
    """
    matches = [_PATTERNS["law-heading"].fullmatch(text) for text in texts]
    labels = [_read_value(match)[1] if match else "" for match in matches]
    counts = Counter(filter(None, labels))
    ranks = dict.fromkeys(counts, _DIVISION_RANK)
    ranks |= {label: LAW_ARTICLE_RANK for label, _ in counts.most_common(1)}
    return [ranks.get(label) for label in labels]


def _read_value(match: re.Match[str]) -> tuple[int, str]:
    """Return the value of a number, and its label."""
    if match["n"]:
        return int(parse_number(match["n"])), "條"
    numeral = match["m"]
    value = int(numeral) if numeral.isdecimal() else parse_roman(numeral)
    return value, match[0][: match.start("m") - match.start()].strip(" .").casefold()


def _find_titled(blocks: Sequence[FlowBlock], numbers: Mapping[int, LawNumber]) -> list[int]:
    """Return the numbers that titles follow, as in 第三條　用語; [] if most have text there."""
    opened = [index for index, number in numbers.items() if not number.is_alone]
    titled = [
        index
        for index in opened
        if _may_have_title(blocks[index].text, numbers[index].end)
        and index + 1 < len(blocks)
        and index + 1 not in numbers
        and not blocks[index + 1].level
        and not _is_division(blocks[index + 1])
    ]
    return titled if len(titled) * 2 > len(opened) else []


def _may_have_title(text: str, end: int) -> bool:
    """Return whether what follows the number of an article may be its title."""
    if len(text) - end > _MAX_TITLE:
        return False
    is_named = _PATTERNS["law-heading"].fullmatch(text) is not None
    return is_named or detect_ending(text) is Ending.OPEN


def _are_counting(blocks: Sequence[FlowBlock], numbers: Mapping[int, LawNumber]) -> bool:
    """Return whether numbers are those of laws: they count, and begin anew where parts begin."""
    if len(numbers) < _MIN_ARTICLES:
        return False
    parts = [index for index, block in enumerate(blocks) if block.level or _is_division(block)]
    counting, previous, last = 0, 0, -1
    for index, number in numbers.items():
        is_first_of_part = bisect_left(parts, index) > bisect_left(parts, last)
        begins = number.value == 1 or (is_first_of_part and number.value > previous)
        if last < 0 and not begins and not number.is_alone:
            return False
        counting += begins or (last >= 0 and 0 <= number.value - previous <= 1)
        previous, last = number.value, index
    return counting >= _COUNTING_SHARE * len(numbers)


def _is_division(block: FlowBlock) -> bool:
    """Return whether a block is the heading of a part or a chapter by its number."""
    if not may_head(block) or len(block.text) > _MAX_HEADING:
        return False
    heading = parse_heading(block.text)
    return heading is not None and heading.is_certain and 0 <= heading.rank < LAW_ARTICLE_RANK


def rank_law_headings(
    blocks: Sequence[FlowBlock], articles: Mapping[int, LawNumber]
) -> dict[int, float]:
    """Return the ranks of the lines that are headings of a law, by their indexes.

    These are numbers of articles, the subjects below or above them, and numbers with other labels,
    such as those of sections that hold the articles.

    Args:
        blocks: In reading order.
        articles: The numbers of articles that were found in them.
    """
    lines = [index for index, number in articles.items() if number.is_alone]
    ranks = dict.fromkeys(lines, LAW_ARTICLE_RANK)
    label = next((number.label for number in articles.values()), "")
    for index, block in enumerate(blocks):
        if index not in articles and (number := _read_number(block)) and number.is_alone:
            ranks[index] = _DIVISION_RANK
        elif block.level and _has_label(block.text, label):
            ranks[index] = LAW_ARTICLE_RANK
    ranks |= dict.fromkeys(_find_captions(blocks, articles), _CAPTION_RANK)
    return ranks | dict.fromkeys(_find_subjects(blocks, lines), SUBJECT_RANK)


def _has_label(text: str, label: str) -> bool:
    """Return whether a heading is the number of an article with this label."""
    match = _PATTERNS["law-heading"].fullmatch(text) if len(text) <= _MAX_HEADING else None
    return match is not None and _read_value(match)[1] == label


def _find_captions(blocks: Sequence[FlowBlock], articles: Iterable[int]) -> list[int]:
    """Return the lines in brackets that say above their numbers what articles are on."""
    candidates = [index - 1 for index in articles if index]
    captions = [
        index
        for index in candidates
        if may_head(blocks[index]) and _PATTERNS["law-caption"].fullmatch(blocks[index].text)
    ]
    return captions if len(captions) * 2 >= len(candidates) else []


def _find_subjects(blocks: Sequence[FlowBlock], numbers: Sequence[int]) -> list[int]:
    """Return the lines that say below their numbers what articles are on; [] if few have one."""
    last = len(blocks) - 1
    known = set(numbers)
    subjects = [
        index + 1
        for index in numbers
        if index + 1 < last
        and may_head(blocks[index + 1])
        and len(blocks[index + 1].text) <= _MAX_SUBJECT
        and detect_ending(blocks[index + 1].text) is Ending.OPEN
        and not starts_mid_sentence(blocks[index + 1].text)
        and index + 2 not in known
    ]
    return subjects if len(subjects) * 2 >= len(numbers) else []


def split_law_articles(
    blocks: Sequence[FlowBlock], articles: Mapping[int, LawNumber], level: int
) -> tuple[list[FlowBlock], list[int]]:
    """Return a flow in which the number before the text of each article of a law is its heading.

    Args:
        blocks: In reading order.
        articles: The numbers of articles that were found in them.
        level: Of these headings.

    Returns:
        The blocks, and the indexes of those that are two now.
    """
    result: list[FlowBlock] = []
    split = []
    for index, block in enumerate(blocks):
        number = articles.get(index)
        if number is None or number.is_alone:
            result.append(block)
        else:
            split.append(index)
            result += _split_block(block, number.end, level)
    return result, split


def may_head(block: FlowBlock) -> bool:
    """Return whether a block is a paragraph of which the beginning may number an article.

    Args:
        block: Of a flow.
    """
    return block.kind == "text" and not block.level and not block.raised and not block.item


def _split_block(block: FlowBlock, end: int, level: int) -> list[FlowBlock]:
    """Return a paragraph as a heading and the text after it."""
    start = len(block.text) - len(block.text[end:].lstrip(" \u3000:：\t\n"))
    head = tuple(mark for mark in block.marks if mark.offset <= end)
    rest = tuple(mark for mark in block.marks if mark.offset > end)
    before, after = split_regions(block.regions, start)
    heading = replace(
        block, text=block.text[:end], level=level, marks=head, regions=before, printed_lines=()
    )
    text = replace(
        block,
        text=block.text[start:],
        marks=shift_marks(rest, -start),
        regions=after,
        printed_lines=(),
    )
    return [heading, text]

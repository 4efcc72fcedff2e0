"""Find headings of a flow that the file does not mark, and the levels of those of one kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from index.readers.flow import FlowBlock
from index.readers.flow_blocks import shift_marks
from index.readers.paged.headings import LAW_ARTICLE_RANK, Heading, parse_heading
from index.readers.paged.sentence_ends import Ending, detect_ending, starts_mid_sentence
from index.text.characters import parse_number
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_MIN_HEADINGS = 2
_MIN_LAW_ARTICLES = 3
_SUBJECT_RANK = 0.95  # below the number of the article
_MAX_SUBJECT = 120  # characters
_MAX_LENGTH = 60  # characters


def promote_headings(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Return as many blocks, those among them as headings that the file does not mark as such.

    Lines such as 一、潮汐 are headings if the flow has none but its title, the numbers of the
    articles of a law (第三條, § 3) always. Where all headings are of one level, their numbers give
    levels.

    Args:
        blocks: In reading order.
    """
    if sum(block.level > 0 for block in blocks) <= 1:
        blocks = _promote_numbered(blocks)
    return _promote_law_articles(_nest_by_number(blocks))


def _promote_numbered(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    headings = {
        index: heading
        for index, block in enumerate(blocks[:-1])
        if (heading := _read_heading(block)) and blocks[index + 1].kind != "table"
    }
    if len(headings) < _MIN_HEADINGS:
        return list(blocks)
    ranks = sorted({heading.rank for heading in headings.values()})
    return [
        replace(block, level=2 + ranks.index(headings[index].rank)) if index in headings else block
        for index, block in enumerate(blocks)
    ]


def _read_heading(block: FlowBlock) -> Heading | None:
    is_line = block.kind == "text" and not block.level and "\n" not in block.text
    if not is_line or len(block.text) > _MAX_LENGTH:
        return None
    heading = parse_heading(block.text)
    return heading if heading and heading.is_certain else None


def _nest_by_number(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Return a flow in which （一） is below 二、 if all numbered headings have one level."""
    numbered = _find_numbered(blocks)
    levels = {blocks[index].level for index in numbered}
    ranks = [heading.rank for heading in numbered.values()]
    if len(levels) != 1 or len(set(ranks)) < _MIN_HEADINGS or ranks[0] != min(ranks):
        return list(blocks)
    if any(block.level > max(levels) for block in blocks) or not _follow_higher(blocks, numbered):
        return list(blocks)
    order = sorted(set(ranks))
    return [
        replace(block, level=block.level + order.index(numbered[index].rank))
        if index in numbered
        else block
        for index, block in enumerate(blocks)
    ]


def _follow_higher(blocks: Sequence[FlowBlock], numbered: Mapping[int, Heading]) -> bool:
    """Return whether no heading of a lower rank, such as （一）, follows one without a number."""
    highest = min(heading.rank for heading in numbered.values())
    is_after_numbered = False
    for index, block in enumerate(blocks):
        if block.level:
            if index in numbered and numbered[index].rank > highest and not is_after_numbered:
                return False
            is_after_numbered = index in numbered
    return True


def _find_numbered(blocks: Sequence[FlowBlock]) -> dict[int, Heading]:
    headings = {i: parse_heading(block.text) for i, block in enumerate(blocks) if block.level}
    return {i: heading for i, heading in headings.items() if heading and heading.number}


def _promote_law_articles(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Return a flow in which lines that number the articles and chapters of a law are headings."""
    headed = _find_law_articles(blocks, "law-heading")
    is_law = len(headed) >= _MIN_LAW_ARTICLES
    if not is_law and not _find_opened_articles(blocks):
        return list(blocks)
    ranks = {
        index: heading.rank
        for index, block in enumerate(blocks)
        if (heading := _read_heading(block)) and heading.rank < LAW_ARTICLE_RANK
    }
    if is_law:
        ranks |= dict.fromkeys(headed, LAW_ARTICLE_RANK)
        ranks |= dict.fromkeys(_find_subjects(blocks, headed), _SUBJECT_RANK)
    order = sorted(set(ranks.values()))
    level = _choose_level(blocks)
    return [
        replace(block, level=level + order.index(ranks[index])) if index in ranks else block
        for index, block in enumerate(blocks)
    ]


def _find_subjects(blocks: Sequence[FlowBlock], headed: Iterable[int]) -> list[int]:
    """Return the lines that say below their numbers what articles are on; [] if few have one."""
    last = len(blocks) - 1
    numbers = list(headed)
    subjects = [
        index + 1
        for index in numbers
        if index + 1 < last
        and _may_head(blocks[index + 1])
        and len(blocks[index + 1].text) <= _MAX_SUBJECT
        and detect_ending(blocks[index + 1].text) is Ending.OPEN
        and not starts_mid_sentence(blocks[index + 1].text)
        and index + 2 not in numbers
    ]
    return subjects if len(subjects) * 2 >= len(numbers) else []


def split_law_articles(blocks: Sequence[FlowBlock]) -> tuple[list[FlowBlock], list[int]]:
    """Return a flow in which the number before the text of each article of a law is its heading.

    Args:
        blocks: In reading order.

    Returns:
        The blocks, and the indexes of those that are two now.
    """
    opened = _find_opened_articles(blocks)
    level = _choose_level(blocks)
    result: list[FlowBlock] = []
    for index, block in enumerate(blocks):
        is_opened = index in opened
        result += _split_block(block, opened[index].end(), level) if is_opened else [block]
    return result, list(opened)


def _find_opened_articles(blocks: Sequence[FlowBlock]) -> dict[int, re.Match[str]]:
    """Return the numbers of articles before their texts, from the first on; {} for none."""
    opened = _find_law_articles(blocks, "law-opening")
    is_law = len(opened) >= _MIN_LAW_ARTICLES and _read_number(next(iter(opened.values()))) == 1
    return opened if is_law else {}


def _find_law_articles(blocks: Sequence[FlowBlock], pattern: str) -> dict[int, re.Match[str]]:
    """Return what is like the number of an article of a law; {} if these do not count up."""
    matches = {
        index: match
        for index, block in enumerate(blocks)
        if _may_head(block) and (match := _match(block, pattern))
    }
    numbers = list(map(_read_number, matches.values()))
    are_counting = all(0 <= after - before <= 1 for before, after in pairwise(numbers))
    return matches if are_counting else {}


def _choose_level(blocks: Sequence[FlowBlock]) -> int:
    return max(2, 1 + max((block.level for block in blocks), default=0))


def _may_head(block: FlowBlock) -> bool:
    return block.kind == "text" and not block.level and not block.raised and not block.item


def _match(block: FlowBlock, name: str) -> re.Match[str] | None:
    pattern = _PATTERNS[name]
    return pattern.fullmatch(block.text) if name == "law-heading" else pattern.match(block.text)


def _read_number(match: re.Match[str]) -> int:
    return int(parse_number(match["n"] or match["m"]))


def _split_block(block: FlowBlock, end: int, level: int) -> list[FlowBlock]:
    """Return a paragraph as a heading and the text after it."""
    start = len(block.text) - len(block.text[end:].lstrip(" \u3000:：\t\n"))
    head = tuple(mark for mark in block.marks if mark.offset <= end)
    rest = tuple(mark for mark in block.marks if mark.offset > end)
    return [
        replace(block, text=block.text[:end], level=level, marks=head),
        replace(block, text=block.text[start:], marks=shift_marks(rest, -start)),
    ]

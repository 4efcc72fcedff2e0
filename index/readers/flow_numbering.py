"""Give headings that the file marks alike the levels that their numbers show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from index.readers.flow import FlowBlock
from index.readers.paged.headings import LAW_ARTICLE_RANK, is_known_heading, parse_heading
from index.readers.paged.laws import SUBJECT_RANK, rank_labels

_COUNTING_SHARE = 0.5  # of the numbers of a form
_MIN_RESTARTS = 2


class _Number(NamedTuple):
    """The number of a heading.

    Attributes:
        rank: How deep its form stands.
        value: The number; 0 where it is not known.
        is_certain: Whether nothing else has its form.
    """

    rank: float
    value: int
    is_certain: bool


def nest_by_number(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Return a flow in which headings of one level are parted where the forms of numbers differ.

    （一） is below 二、 and 2.1 below 2 where both are marked alike. A heading without a number
    stands with the highest of its level, or above them if their numbers begin anew after such.

    Args:
        blocks: In reading order.
    """
    result = list(blocks)
    added = 0
    for level in sorted({block.level for block in blocks if block.level}):
        deepest = 0
        for indexes in _list_groups(blocks, level):
            depths = _find_depths(blocks, indexes)
            deepest = max(deepest, *depths)
            for index, depth in zip(indexes, depths, strict=True):
                result[index] = replace(blocks[index], level=level + added + depth)
        added += deepest
    return result


def _list_groups(blocks: Sequence[FlowBlock], level: int) -> list[list[int]]:
    """Return the headings of a level, parted where a higher one stands between them."""
    groups: list[list[int]] = [[]]
    for index, block in enumerate(blocks):
        if block.level == level:
            groups[-1].append(index)
        elif 0 < block.level < level and groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _find_depths(blocks: Sequence[FlowBlock], indexes: Sequence[int]) -> list[int]:
    """Return how far below the highest of them headings of one level stand, by their numbers.

    Args:
        blocks: In reading order.
        indexes: Of the headings of the level.
    """
    texts = [blocks[index].text for index in indexes]
    numbers = [
        _read_number(text) if rank is None else _Number(rank, 0, is_certain=True)
        for text, rank in zip(texts, rank_labels(texts), strict=True)
    ]
    numbers = _number_subjects(numbers, indexes)
    ranks = _list_ranks(numbers)
    if not ranks:
        return [0] * len(texts)
    places = {rank: place for place, rank in enumerate(ranks)}
    is_parted = _begin_anew(texts, numbers, ranks[0])
    is_named = [is_known_heading(text) for text in texts]
    below = len(ranks) if _are_below(numbers, is_named, indexes) else 0
    depths: list[int] = []
    unnumbered = 0  # before the first number
    for number, is_section_name in zip(numbers, is_named, strict=True):
        if number is not None and number.rank in places:
            depths.append(places[number.rank] + is_parted)
            unnumbered = below
        else:
            depths.append(int(is_parted) if is_section_name else unnumbered)
    return depths


def _are_below(
    numbers: Sequence[_Number | None], is_named: Sequence[bool], indexes: Sequence[int]
) -> bool:
    """Return whether headings without numbers are below those that have one.

    Then the lower numbers of others go on after them, or they follow that of a chapter directly.
    """
    highest = min(number.rank for number in numbers if number)
    for place in range(1, len(numbers)):
        if numbers[place] is not None or is_named[place]:
            continue
        before, after = numbers[place - 1], numbers[place + 1 : place + 2]
        is_first = before is not None and before.rank < LAW_ARTICLE_RANK
        if is_first and indexes[place] == indexes[place - 1] + 1:
            return True
        if any(number and number.rank > highest and number.value > 1 for number in after):
            return True
    return False


def _number_subjects(
    numbers: Sequence[_Number | None], indexes: Sequence[int]
) -> list[_Number | None]:
    """Return numbers with those of the lines that say below Article 3 what it is on.

    These follow the numbers of most articles of a law directly.
    """
    articles = [
        place for place, number in enumerate(numbers) if number and number.rank == LAW_ARTICLE_RANK
    ]
    subjects = {
        place + 1
        for place in articles
        if indexes[place + 1 : place + 2] == [indexes[place] + 1] and numbers[place + 1] is None
    }
    if len(subjects) * 2 <= len(articles):
        return list(numbers)
    subject = _Number(SUBJECT_RANK, 0, is_certain=True)
    return [subject if place in subjects else number for place, number in enumerate(numbers)]


def _read_number(text: str) -> _Number | None:
    heading = parse_heading(text)
    if heading is None or heading.rank < 0:
        return None
    return _Number(heading.rank, heading.number, heading.is_certain)


def _list_ranks(numbers: Sequence[_Number | None]) -> list[float]:
    """Return the ranks of the forms that number headings, from the highest."""
    values: defaultdict[float, list[int]] = defaultdict(list)
    for number in numbers:
        if number:
            values[number.rank].append(number.value)
    certain = {number.rank for number in numbers if number and number.is_certain}
    return sorted(
        rank for rank, of_form in values.items() if rank in certain or _are_counting(of_form)
    )


def _are_counting(values: Sequence[int]) -> bool:
    """Return whether numbers of a form count up from 1."""
    before = [0, *values]
    counting = sum(
        value == 1 or value == previous + 1 for previous, value in zip(before, values, strict=False)
    )
    return values[0] <= 1 and counting > _COUNTING_SHARE * len(values)


def _begin_anew(texts: Sequence[str], numbers: Sequence[_Number | None], rank: float) -> bool:
    """Return whether the highest numbers begin anew, each time after a heading without one."""
    starts = [index for index, number in enumerate(numbers) if number and number[:2] == (rank, 1)]
    return len(starts) >= _MIN_RESTARTS and all(
        index and numbers[index - 1] is None and not is_known_heading(texts[index - 1])
        for index in starts[1:]
    )

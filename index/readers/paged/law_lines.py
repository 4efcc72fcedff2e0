"""Part the numbers of the articles of a law from the text after them: 第三條　違者處罰."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.readers.flow import FlowBlock
from index.readers.paged.blocks import Line, split_blocks
from index.readers.paged.laws import LawNumber, find_law_articles, rank_law_headings


def part_law_numbers(lines: Sequence[Line]) -> list[Line]:
    """Return the lines, with the numbers that open the articles of laws as lines of their own.

    Args:
        lines: Those of a file.
    """
    blocks = split_blocks(lines, {})
    opened = {
        blocks[index].position: number
        for index, number in _find_articles([block.text for block in blocks]).items()
        if not number.is_alone
    }
    result: list[Line] = []
    for line in lines:
        number = opened.get(line.position)
        if number is None:
            result.append(line)
        else:
            result += _part_line(line, number)
    return result


def _part_line(line: Line, number: LawNumber) -> list[Line]:
    text = line.text.strip()
    rest = text[number.end :].lstrip(" \u3000:：\t")
    parts = [replace(line, text=text[: number.end]), Line(line.number, "", line.part_index)]
    return [*parts, replace(line, text=rest)] if rest else parts[:1]


def rank_law_lines(texts: Sequence[str]) -> dict[int, float]:
    """Return the ranks of the headings of laws, by the indexes of their blocks.

    Args:
        texts: The blocks of an article; "" for those that are no headings.
    """
    articles = _find_articles(texts)
    if not articles:
        return {}
    return rank_law_headings([FlowBlock(text) for text in texts], articles)


def _find_articles(texts: Sequence[str]) -> dict[int, LawNumber]:
    return find_law_articles([FlowBlock(text) for text in texts])

"""Find headings of a flow that the file does not mark, and the levels of those of one kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from index.readers.flow import FlowBlock, FlowNote
from index.readers.flow_blocks import move_notes
from index.readers.flow_numbering import nest_by_number
from index.readers.paged.headings import (
    LAW_ARTICLE_RANK,
    Heading,
    assign_levels,
    find_content,
    parse_heading,
)
from index.readers.paged.laws import (
    LawNumber,
    find_law_articles,
    may_head,
    rank_law_headings,
    split_law_articles,
)

_MIN_HEADINGS = 2
_MAX_LENGTH = 60  # characters


def complete_headings(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote]
) -> tuple[list[FlowBlock], list[FlowNote]]:
    """Return a flow with headings that the file does not mark as such, and its notes.

    Lines such as 一、潮汐 are headings if the flow has none but its title, the numbers of the
    articles of a law (第三條, § 3) always. Where headings are of one level, their numbers give
    levels.

    Args:
        blocks: In reading order.
        notes: In the order of the file.
    """
    articles = find_law_articles(blocks)
    if articles:
        return _complete_law(blocks, notes, articles)
    if sum(block.level > 0 for block in blocks) <= 1:
        blocks = _promote_numbered(blocks)
    return nest_by_number(blocks), list(notes)


def _complete_law(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], articles: Mapping[int, LawNumber]
) -> tuple[list[FlowBlock], list[FlowNote]]:
    """Return a flow in which the parts and the articles of laws are headings."""
    ranks = rank_law_headings(blocks, articles)
    for index, block in enumerate(blocks):
        heading = _read_heading(block) if index not in articles else None
        if heading and heading.is_certain and heading.rank < LAW_ARTICLE_RANK:
            ranks.setdefault(index, heading.rank)
    top = min([*ranks.values(), LAW_ARTICLE_RANK])
    ranks = {index: max(rank, top) for index, rank in ranks.items()}
    order = sorted({*ranks.values(), LAW_ARTICLE_RANK})
    blocks = nest_by_number(blocks)
    level = max(2, 1 + max((block.level for block in blocks), default=0))
    promoted = [
        replace(block, level=level + order.index(ranks[index])) if index in ranks else block
        for index, block in enumerate(blocks)
    ]
    promoted, split = split_law_articles(promoted, articles, level + order.index(LAW_ARTICLE_RANK))
    return promoted, move_notes(notes, split, 1)


def _promote_numbered(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    candidates = [_read_heading(block) for block in blocks]
    accepted = assign_levels(candidates, find_content(candidates))
    headings = {
        index: heading
        for index, heading in enumerate(accepted[:-1])
        if heading and blocks[index + 1].kind != "table"
    }
    if sum(heading.number > 0 for heading in headings.values()) < _MIN_HEADINGS:
        return list(blocks)
    ranks = sorted({heading.rank for heading in headings.values()})
    return [
        replace(block, level=2 + ranks.index(headings[index].rank)) if index in headings else block
        for index, block in enumerate(blocks)
    ]


def _read_heading(block: FlowBlock) -> Heading | None:
    """Return the heading that a line may be by its number or its name."""
    if not may_head(block) or "\n" in block.text or len(block.text) > _MAX_LENGTH:
        return None
    return parse_heading(block.text)

"""Take numbered paragraphs for headings in a flow that has no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.readers.assembly import FlowBlock
from index.readers.paged.headings import Heading, parse_heading

_MIN_HEADINGS = 2
_MAX_LENGTH = 60  # characters


def promote_headings(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Return a flow in which lines such as 一、潮汐 are headings, if it has none but its title.

    Args:
        blocks: In reading order.
    """
    if sum(block.level > 0 for block in blocks) > 1:
        return list(blocks)
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

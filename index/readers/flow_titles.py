"""Find the title of a flow that neither the file states nor a heading shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.readers.dates import find_date, find_issue_number
from index.readers.flow import FlowBlock
from index.readers.flow_contents import is_contents_heading
from index.readers.paged.block_kinds import classify_paragraph
from index.readers.paged.headings import parse_heading
from index.readers.paged.labels import is_record
from index.readers.paged.laws import may_head
from index.readers.paged.people import is_institute
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.paged.title_records import is_degree_line, is_document_number
from index.readers.publication_id import normalize_for_comparison
from index.readers.signed_heads import are_names
from index.text.characters import contains_han, measure_width

_MAX_FRONT_BLOCKS = 4  # above the title: offices, numbers, dates
_MAX_COVER_BLOCKS = 6
_MAX_WIDTH = 120  # columns


def promote_title(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    """Return a flow in which the first line is its title, if it may be one.

    Offices, numbers of documents and dates may stand above it.

    Args:
        blocks: In reading order, of a file that states no title.
    """
    for index, block in enumerate(blocks[: min(_MAX_FRONT_BLOCKS, len(blocks) - 1)]):
        if block.marks or not may_head(block):
            break
        following = blocks[index + 1]
        is_name = are_names(block.text) and (following.level == 0 and _may_be_title(following.text))
        if _may_be_title(block.text) and not is_name:
            below = _lower(blocks[index + 1 :]) if _has_equal(blocks) else blocks[index + 1 :]
            return [*blocks[:index], replace(block, level=1), *below]
        if not _is_over_title(block.text):
            break
    return list(blocks)


def _has_equal(blocks: Sequence[FlowBlock]) -> bool:
    """Return whether a flow has headings of the level of titles."""
    return any(block.level == 1 for block in blocks)


def _lower(blocks: Sequence[FlowBlock]) -> list[FlowBlock]:
    return [replace(block, level=block.level + 1) if block.level else block for block in blocks]


def raise_title(blocks: Sequence[FlowBlock], title: str) -> list[FlowBlock]:
    """Return a flow in which a heading at its beginning that prints the title is of level 1.

    It is raised where no other heading is as high: many programs give titles the second level.

    Args:
        blocks: In reading order.
        title: As the file states it; "" where it does not.
    """
    levels = sorted(block.level for block in blocks if block.level)
    for index, block in enumerate(blocks[:_MAX_COVER_BLOCKS]):
        if not block.level:
            continue
        is_alone = len(levels) > 1 and levels[1] > levels[0] == block.level
        key = normalize_for_comparison(block.text)
        if is_alone and key == normalize_for_comparison(title):
            return [*blocks[:index], replace(block, level=1), *blocks[index + 1 :]]
        break
    return list(blocks)


def _may_be_title(text: str) -> bool:
    return (
        "\n" not in text
        and measure_width(text) <= _MAX_WIDTH
        and any(map(str.isalpha, text))
        and detect_ending(text) is Ending.OPEN
        and classify_paragraph(text) == "text"
        and parse_heading(text) is None
        and not (contains_han(text) and are_names(text))
        and not is_contents_heading(text)
        and not _is_over_title(text)
    )


def _is_over_title(text: str) -> bool:
    """Return whether a line is of what stands over titles: an office, a number, a date."""
    return (
        is_document_number(text)
        or is_degree_line(text)
        or is_record(text)
        or is_institute(text)
        or find_issue_number(text) is not None
        or find_date(text) is not None
    )

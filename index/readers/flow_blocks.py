"""Join the blocks of a flow, and move marks and notes with them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from index.document import PageRegion
from index.readers.flow import FlowBlock, FlowMark, FlowNote


def join_blocks(blocks: Sequence[FlowBlock]) -> tuple[str, tuple[FlowMark, ...]]:
    """Return blocks as one text with a line for each, and the marks in it.

    Args:
        blocks: In reading order.
    """
    text = ""
    marks: list[FlowMark] = []
    for block in blocks:
        text += "\n" if text else ""
        marks += shift_marks(block.marks, len(text))
        text += block.text
    return text, tuple(marks)


def shift_marks(marks: Sequence[FlowMark], distance: int) -> tuple[FlowMark, ...]:
    """Return marks after more characters, or fewer.

    Args:
        marks: Of one text.
        distance: How many more characters are before each.
    """
    return tuple(FlowMark(max(mark.offset + distance, 0), mark.note, mark.label) for mark in marks)


def split_regions(
    regions: Sequence[PageRegion], offset: int
) -> tuple[tuple[PageRegion, ...], tuple[PageRegion, ...]]:
    """Return the regions of a text before an offset, and those of the text from there on.

    Args:
        regions: Of the whole text, in order.
        offset: Where the second text begins.
    """
    before = tuple(region for region in regions if region.offset < offset)
    inside = [region for region in regions if region.offset > offset]
    at_start = next((region for region in reversed(regions) if region.offset <= offset), None)
    after = [at_start._replace(offset=0)] if at_start else []
    after += [region._replace(offset=region.offset - offset) for region in inside]
    return before, tuple(after)


def move_notes(notes: Sequence[FlowNote], indexes: Sequence[int], distance: int) -> list[FlowNote]:
    """Return notes after blocks were added or removed at some indexes.

    Args:
        notes: In the order of the file.
        indexes: Of these blocks, in order.
        distance: 1 where each is two now, -1 where it is gone.
    """
    return [
        replace(note, position=note.position + distance * bisect_left(indexes, note.position))
        for note in notes
    ]

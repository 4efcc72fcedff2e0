"""Join the blocks of a flow, and move marks with their text."""

from __future__ import annotations

from collections.abc import Sequence

from index.readers.assembly import FlowBlock, FlowMark


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

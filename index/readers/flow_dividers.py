"""Set aside what only parts a flow: lines of dashes or stars, and a word over linked notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index.readers.flow import FlowBlock, FlowNote
from index.readers.flow_blocks import move_notes
from index.readers.notes.runs import is_notes_heading
from index.readers.report import Report
from index.text.characters import parse_number

_DIVIDER = re.compile(r"(?:[-_*=~—–─━═＿－＊～]\s*){3,}")
_INLINE_LABEL = re.compile(
    r"(?:(?<=[。．.；;!?！？\]）)」』”])|^(?:[附腳脚尾]?[註注][釋释]?\s?[:：]\s?)?|(?<=\s))"
    r"(?:(?P<circle>[\u2460-\u2473])|[\[［〔](?P<bracket>\d{1,2})[\]］〕])(?=\s?\S)"
)


def drop_dividers(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], report: Report
) -> tuple[list[FlowBlock], list[FlowNote]]:
    """Return a flow without the lines that only part it, and its notes.

    Args:
        blocks: In reading order.
        notes: In the order of the file.
        report: Receives these lines.
    """
    positions = {note.position for note in notes}
    removed: list[int] = []
    kept: list[FlowBlock] = []
    for index, block in enumerate(blocks):
        is_line = not (block.level or block.marks or block.kind == "table")
        is_word = index + 1 in positions and is_notes_heading(block.text)
        if is_line and (is_word or _DIVIDER.fullmatch(block.text)):
            report.set_aside(block.line, block.text, "label" if is_word else "markup")
            removed.append(index)
        else:
            kept.append(block)
    return kept, move_notes(notes, removed, -1)


def part_note_lines(text: str) -> str:
    """Return a paragraph with a line for each of the notes in it: two for 注：①…。②….

    Args:
        text: Of the paragraph; one that does not begin with the first note is returned as it is.
    """
    matches = list(_INLINE_LABEL.finditer(text))
    numbers = [int(parse_number(match["circle"] or match["bracket"])) for match in matches]
    kinds = {match.lastgroup for match in matches}
    is_counting = all(after == before + 1 for before, after in pairwise(numbers))
    if len(matches) < 2 or matches[0].start() or len(kinds) > 1 or not is_counting:
        return text
    for match in reversed(matches[1:]):
        text = f"{text[: match.start()].rstrip()}\n{text[match.start() :]}"
    return text

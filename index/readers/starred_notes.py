"""Read the notes that authors type with signs beside the notes of the format: "Jo Smith*"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.document import Span
from index.readers.flow import FlowBlock, FlowNote
from index.readers.report import Report
from index.readers.typed_notes import TypedMark, TypedNote, take_typed_notes

_NOTE = re.compile(r"([*＊†‡§]{1,3})\s{0,3}(?=[^\s*＊†‡§])")
_MARK = re.compile(r"(?<=[^\s*＊†‡§(（\[])\s?([*＊†‡§]{1,3})(?=$|[\s,，、;；：:。.)）])")
_MAX_HEAD = 12  # blocks at the beginning in which a title or authors may be marked
_MIN_NOTE = 4  # characters


def read_starred_notes(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], report: Report
) -> tuple[list[FlowBlock], list[FlowNote]]:
    """Return a flow with the notes that begin with a sign which stands once at its head.

    That is where titles and authors are: a sign that begins two paragraphs or marks two words may
    be something else, such as a list or a level of significance.

    Args:
        blocks: In reading order.
        notes: Those that the format itself marks as notes.
        report: Receives the signs.
    """
    marks = _find_marks(blocks)
    candidates = {index: label for index, label in _find_notes(blocks) if label in marks}
    taken = {label: index for index, label in candidates.items() if marks[label].block < index}
    if not taken:
        return list(blocks), list(notes)
    typed = []
    for label, index in taken.items():
        match = _NOTE.match(blocks[index].text)
        typed.append(TypedNote(index, match.end() if match else 0, label, marks[label]))
    return take_typed_notes(blocks, notes, typed, report)


def _find_notes(blocks: Sequence[FlowBlock]) -> Iterator[tuple[int, str]]:
    """Yield the paragraphs that alone begin with a sign, and the sign."""
    beginning: dict[str, list[int]] = {}
    for index, block in enumerate(blocks):
        match = _NOTE.match(block.text) if not block.level and block.kind != "table" else None
        if match and len(block.text) - match.end() >= _MIN_NOTE:
            beginning.setdefault(match[1], []).append(index)
    for label, indexes in beginning.items():
        if len(indexes) == 1:
            yield indexes[0], label


def _find_marks(blocks: Sequence[FlowBlock]) -> dict[str, TypedMark]:
    """Return the signs that stand once at the ends of words of a flow, and that at its head."""
    places: dict[str, list[TypedMark]] = {}
    for index, block in enumerate(blocks):
        for match in _MARK.finditer(block.text):
            places.setdefault(match[1], []).append(TypedMark(index, Span(*match.span())))
    return {
        label: of_label[0]
        for label, of_label in places.items()
        if len(of_label) == 1 and of_label[0].block < _MAX_HEAD
    }

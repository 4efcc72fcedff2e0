"""Read the notes that authors type with signs beside the notes of the format: "Jo Smith*"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from index.document import Span
from index.readers.flow import FlowBlock, FlowMark, FlowNote
from index.readers.flow_blocks import move_notes
from index.readers.report import Report

_NOTE = re.compile(r"([*＊†‡§]{1,3})\s{0,3}(?=[^\s*＊†‡§])")
_MARK = re.compile(r"(?<=[^\s*＊†‡§(（\[])\s?([*＊†‡§]{1,3})(?=$|[\s,，、;；：:。.)）])")
_MAX_HEAD = 12  # blocks at the beginning in which a title or authors may be marked
_MIN_NOTE = 4  # characters


class _Mark(NamedTuple):
    """A sign at the end of a word: in which block, where in its text."""

    block: int
    span: Span


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
    removed = sorted(taken.values())
    flow = list(blocks)
    kept = move_notes(notes, removed, -1)
    placed: list[tuple[_Mark, FlowMark]] = []
    for label, index in sorted(taken.items(), key=lambda item: item[1]):
        block, mark = blocks[index], marks[label]
        match = _NOTE.match(block.text)
        start = match.end() if match else 0
        inner = tuple(
            replace(inner_mark, offset=max(inner_mark.offset - start, 0))
            for inner_mark in block.marks
        )
        position = index - sum(other < index for other in removed)
        report.set_aside(block.line, label, "markup")
        regions = tuple(region._replace(offset=0) for region in block.regions[-1:])
        kept.append(FlowNote(label, block.text[start:], regions, block.line, position, inner))
        placed.append((mark, FlowMark(mark.span.start, len(kept) - 1, label)))
    for mark, note_mark in sorted(placed, key=lambda item: item[0], reverse=True):
        flow[mark.block] = _mark(flow[mark.block], mark.span, note_mark)
    return [block for index, block in enumerate(flow) if index not in removed], kept


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


def _find_marks(blocks: Sequence[FlowBlock]) -> dict[str, _Mark]:
    """Return the signs that stand once at the ends of words of a flow, and that at its head."""
    places: dict[str, list[_Mark]] = {}
    for index, block in enumerate(blocks):
        for match in _MARK.finditer(block.text):
            places.setdefault(match[1], []).append(_Mark(index, Span(*match.span())))
    return {
        label: of_label[0]
        for label, of_label in places.items()
        if len(of_label) == 1 and of_label[0].block < _MAX_HEAD
    }


def _mark(block: FlowBlock, span: Span, mark: FlowMark) -> FlowBlock:
    """Return a block with a mark in the place of a sign."""

    def move(offset: int) -> int:
        return offset if offset <= span.start else max(span.start, offset - span.end + span.start)

    marks = [replace(inner_mark, offset=move(inner_mark.offset)) for inner_mark in block.marks]
    marks.append(mark)
    return replace(
        block,
        text=block.text[: span.start] + block.text[span.end :],
        marks=tuple(sorted(marks, key=lambda inner_mark: inner_mark.offset)),
        regions=tuple(region._replace(offset=move(region.offset)) for region in block.regions),
        raised=(),
    )

"""Take notes that are typed in a flow, beside those of the format, out of its text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from index.document import Span
from index.readers.flow import FlowBlock, FlowMark, FlowNote
from index.readers.flow_blocks import move_notes
from index.readers.report import Report


class TypedMark(NamedTuple):
    """A mark as it is typed: in which block, where in its text."""

    block: int
    span: Span


class TypedNote(NamedTuple):
    """A paragraph that is a note.

    Attributes:
        block: Its index.
        start: Where its text begins, after the label.
        label: Its label as printed.
        mark: What leads to it.
    """

    block: int
    start: int
    label: str
    mark: TypedMark


def take_typed_notes(
    blocks: Sequence[FlowBlock],
    notes: Sequence[FlowNote],
    typed: Collection[TypedNote],
    report: Report,
) -> tuple[list[FlowBlock], list[FlowNote]]:
    """Return a flow without the paragraphs that are notes, with marks, and all notes.

    Args:
        blocks: In reading order.
        notes: Those that are known.
        typed: The paragraphs.
        report: Receives the labels.
    """
    removed = sorted(note.block for note in typed)
    flow = list(blocks)
    kept = move_notes(notes, removed, -1)
    placed: list[tuple[TypedMark, FlowMark]] = []
    for note in sorted(typed):
        block = blocks[note.block]
        inner = tuple(
            replace(inner_mark, offset=max(inner_mark.offset - note.start, 0))
            for inner_mark in block.marks
        )
        position = note.block - sum(other < note.block for other in removed)
        report.set_aside(block.line, block.text[: note.start].strip(), "markup")
        regions = tuple(region._replace(offset=0) for region in block.regions[-1:])
        text = block.text[note.start :]
        kept.append(FlowNote(note.label, text, regions, block.line, position, inner))
        placed.append((note.mark, FlowMark(note.mark.span.start, len(kept) - 1, note.label)))
    for mark, note_mark in sorted(placed, key=lambda item: item[0], reverse=True):
        block = flow[mark.block]
        printed = block.text[mark.span.start : mark.span.end]
        if printed.strip() != note_mark.label:
            report.set_aside(block.line, printed.replace(note_mark.label, "", 1), "markup")
        flow[mark.block] = _mark(block, mark.span, note_mark)
    return [block for index, block in enumerate(flow) if index not in removed], kept


def _mark(block: FlowBlock, span: Span, mark: FlowMark) -> FlowBlock:
    """Return a block with a mark in the place of a typed one."""

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

"""Read the notes of a flow to which no link leads: they are printed, as in plain text.

Pages and Word files without notes of their own may still have them: a superscript number or [1] in
the text, and paragraphs or items of a list that begin with the same numbers.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from index.document import Note, NoteMark
from index.readers.flow import FlowBlock, FlowMark, FlowNote
from index.readers.flow_dividers import part_note_lines
from index.readers.markdown.blocks import MarkdownBlock
from index.readers.markdown.marks import MarkedArticle, place_marks
from index.readers.markdown.printed_notes import PrintedNotes, extract_printed_notes
from index.readers.notes.detection import report_unread
from index.readers.notes.numbering import DUPLICATE_SUFFIX
from index.readers.notes.runs import is_notes_heading
from index.readers.report import Report
from index.readers.second_series import read_second_series
from index.readers.starred_notes import read_starred_notes

_RAISED_LABEL = re.compile(
    r"[\[［(（]?\s?(?:\d{1,3}(?:\s?[-–—~,，、;；]\s?\d{1,3}){0,20}|[ivxl]{1,6}|[a-z])\s?[\]］)）]?"
)
_TAGS = re.compile(r"</?sup>")
_BLANKS_BEFORE_STOP = re.compile(r" +(?=[，。；：！？、,.;:!?])")


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the blocks of a flow stand among its lines."""

    blocks: Sequence[FlowBlock]
    starts: Sequence[int]

    def find_block(self, number: int) -> int:
        """Return the index of the block in which a line stands, counted from 1."""
        return max(bisect_right(self.starts, number - 1) - 1, 0)

    def find_line(self, number: int) -> int:
        """Return the line of the file of that block."""
        return self.blocks[self.find_block(number)].line


def complete_notes(
    blocks: Sequence[FlowBlock], notes: Sequence[FlowNote], report: Report
) -> tuple[Sequence[FlowBlock], Sequence[FlowNote]]:
    """Return a flow with its notes; where it has none, with those that are printed in it.

    Beside notes of the format, authors type those on titles and themselves with signs, and others
    a second series of numbered notes.

    Args:
        blocks: In reading order.
        notes: Those that the format itself marks as notes.
        report: As for `read_printed_notes`.
    """
    has_own = bool(notes) or any(block.marks for block in blocks)
    if has_own:
        blocks, notes = read_second_series(blocks, notes, report)
        return read_starred_notes(blocks, notes, report)
    return read_printed_notes(blocks, report)


def read_printed_notes(
    blocks: Sequence[FlowBlock], report: Report
) -> tuple[list[FlowBlock], list[FlowNote]]:
    """Return a flow without the notes that are printed in it, with their marks, and the notes.

    Args:
        blocks: In reading order, without marks.
        report: Receives markup, and what looks like notes and is not read as such.
    """
    texts = [part_note_lines(_tag(block)) for block in blocks]
    lines = [line for text in texts for line in [*text.split("\n"), ""]]
    starts = list(accumulate((text.count("\n") + 2 for text in texts), initial=0))
    places = _Places(blocks, starts[:-1])
    hidden = [
        (start, start + text.count("\n") + 1)
        for block, text, start in zip(blocks, texts, starts, strict=False)
        if block.kind == "table"
    ]
    inner = Report()
    headings = [start for block, start in zip(blocks, starts, strict=False) if block.level]
    printed = extract_printed_notes(lines, hidden, (), inner, headings)
    line_numbers = [places.find_line(index + 1) for index in range(len(lines))]
    report_unread(printed.detected, line_numbers, report)
    if not printed.definitions:
        return list(blocks), []
    kept, remaining = _keep_text(blocks, lines, starts, printed, report)
    forms = printed.detected.mark_forms
    (marked,) = place_marks([remaining], printed.definitions, forms, inner)
    for item in inner.set_aside_items:
        text = _TAGS.sub("", item.text)
        if blocks[places.find_block(item.line)].item:
            text = text.removeprefix(".")
        report.set_aside(places.find_line(item.line), text, item.reason)
    return _rebuild(kept, marked), _build_notes(marked.notes, places)


def _keep_text(
    blocks: Sequence[FlowBlock],
    lines: Sequence[str],
    starts: Sequence[int],
    printed: PrintedNotes,
    report: Report,
) -> tuple[list[FlowBlock], list[MarkdownBlock]]:
    """Return the blocks with text beside the notes, and these texts after an empty one."""
    kept: list[FlowBlock] = []
    remaining = [MarkdownBlock("", 0)]
    taken = [index for index, line in enumerate(lines) if line != printed.remaining_lines[index]]
    for block, start, end in zip(blocks, starts, starts[1:], strict=False):
        text = "\n".join(printed.remaining_lines[start : end - 1]).strip("\n")
        if not block.level and is_notes_heading(text.strip()) and _have_between(taken, start, end):
            report.set_aside(block.line, text, "label")
        elif text.strip():
            kept.append(block)
            remaining.append(MarkdownBlock(text, start + 1, block.level, block.kind))
    return kept, remaining


def _have_between(numbers: Sequence[int], start: int, end: int) -> bool:
    """Return whether one of some rising numbers is from a start to an end, which counts."""
    index = bisect_left(numbers, start)
    return index < len(numbers) and numbers[index] <= end


def _tag(block: FlowBlock) -> str:
    """Return the text of a block with `<sup>` around raised labels, and its number in a list."""
    text = block.text
    if "<sup>" not in text:
        for start, end in reversed(block.raised):
            if _RAISED_LABEL.fullmatch(text[start:end].strip()):
                text = f"{text[:start]}<sup>{text[start:end]}</sup>{text[end:]}"
    return f"{block.item} {text}" if block.item else text


def _rebuild(blocks: Sequence[FlowBlock], marked: MarkedArticle) -> list[FlowBlock]:
    """Return the blocks that still have text, with their marks."""
    indexes = {note.number: index for index, note in enumerate(marked.notes)}
    rebuilt = []
    for block, (tagged, placed) in zip(blocks, marked.texts[1:], strict=True):
        text, marks = _untag(tagged, placed)
        if block.item and text.startswith(f"{block.item} "):
            distance = len(block.item) + 1
            text = text[distance:]
            marks = [replace(mark, offset=mark.offset - distance) for mark in marks]
        for offset in sorted({mark.offset for mark in marks}, reverse=True):
            if match := _BLANKS_BEFORE_STOP.match(text, max(offset, 0)):
                text, marks = _cut(text, marks, match.start(), match.end())
        text = text.rstrip()
        if not text and not marks:
            continue
        regions = tuple(region for region in block.regions if region.offset <= len(text))
        flow_marks = tuple(
            FlowMark(
                max(min(mark.offset, len(text)), 0),
                indexes[mark.note],
                mark.note.partition(DUPLICATE_SUFFIX)[0],
            )
            for mark in marks
        )
        rebuilt.append(
            replace(block, text=text, marks=flow_marks, regions=regions, raised=(), item="")
        )
    return rebuilt


def _untag(text: str, marks: Sequence[NoteMark]) -> tuple[str, list[NoteMark]]:
    """Return a text without the tags around what is raised and marks no note."""
    moved = list(marks)
    for match in reversed(list(_TAGS.finditer(text))):
        text, moved = _cut(text, moved, match.start(), match.end())
    return text, moved


def _cut(text: str, marks: Sequence[NoteMark], start: int, end: int) -> tuple[str, list[NoteMark]]:
    """Return a text without some of its characters, and its marks."""
    moved = [
        replace(mark, offset=max(min(mark.offset, start), mark.offset - end + start))
        for mark in marks
    ]
    return text[:start] + text[end:], moved


def _build_notes(notes: Sequence[Note], places: _Places) -> list[FlowNote]:
    indexes = {note.number: index for index, note in enumerate(notes)}
    built = []
    for note in notes:
        position = places.find_block(note.line)
        block = places.blocks[position]
        text, marks = _untag(note.text, note.marks)
        label = note.number.partition(DUPLICATE_SUFFIX)[0]
        inner = tuple(
            FlowMark(mark.offset, indexes[mark.note], mark.note.partition(DUPLICATE_SUFFIX)[0])
            for mark in marks
        )
        regions = tuple(region._replace(offset=0) for region in block.regions[-1:])
        repeats = not text and note.resolves_to is not None
        built.append(FlowNote(label, text, regions, block.line, position, inner, repeats))
    return built

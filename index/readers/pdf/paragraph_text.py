"""The text of the lines of a paragraph: joined, with its marks and with where it is printed."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from index.document import Box, PageRegion
from index.readers.flow import FlowBlock, FlowMark
from index.readers.hyphenation import Hyphenation
from index.readers.line_joining import choose_separator, ends_in_address
from index.readers.pdf.glyphs import LINE_END_HYPHEN
from index.readers.pdf.lines import PageLine
from index.readers.pdf.marks import PlacedMark
from index.readers.pdf.vertical import turn_back
from index.text.sentences import split_sentences

_HYPHENS = ("-", LINE_END_HYPHEN)
_WORD_END = re.compile(r"([^\W\d_]+)[-\u00ad]$")
_MAX_WORD = 80  # characters
_MIN_CELL_GAP = 0.8  # of the font size, between cells
_MAX_CELL_DISTANCE = 2.0  # of the font size, between lines of cells that are beside one another
_WORD_START = re.compile(r"[^\W\d_]+")


class LineJoiner:
    """Joins lines, with or without the hyphens at their ends, by the words of the whole file."""

    def __init__(
        self, lines: Iterable[PageLine], vertical_widths: Mapping[int, float] | None = None
    ) -> None:
        """Count the words.

        Args:
            lines: All lines of the file.
            vertical_widths: The widths of pages with vertical text by their indexes.
        """
        self._vertical_widths = vertical_widths or {}
        self.dropped_hyphens: Counter[int] = Counter()
        """How many hyphens at the ends of lines are in no text, by the index of the page."""
        self._hyphenation = Hyphenation(line.text for line in lines)

    def join(
        self,
        lines: Sequence[PageLine],
        marks: Mapping[int, Sequence[PlacedMark]],
        labels: Mapping[int, str],
        starts: Mapping[int, int],
    ) -> tuple[str, tuple[FlowMark, ...], tuple[PageRegion, ...]]:
        """Return the text of lines, the marks in it, and where it stands.

        Args:
            lines: In order.
            marks: The marks of each line by its id; they are no part of the text.
            labels: The printed numbers of pages by their indexes.
            starts: How many of a line's first characters are no text, by its id.
        """
        text = ""
        flow_marks: list[FlowMark] = []
        runs: list[_Run] = []
        for previous, line in zip((None, *lines), lines, strict=False):
            start = starts.get(id(line), 0)
            for index, (segment, mark) in enumerate(
                _split_at_marks(line, marks.get(id(line), ()), start)
            ):
                piece = segment if text else segment.lstrip()
                if piece:
                    if index == 0 and previous and _is_further_cell(line, previous):
                        text = text.rstrip() + " "
                    elif index == 0:
                        text = self._connect(text, piece, line.page)
                    runs.append(_Run(len(text) + len(piece) - len(piece.lstrip()), line, start))
                    text += piece
                if mark:
                    flow_marks.append(FlowMark(len(text.rstrip()), mark.note, mark.label))
                    start = mark.end
        text = text.strip().replace(LINE_END_HYPHEN, "-")
        regions = map(self._turn_back, _build_regions(text, runs, labels))
        return text, tuple(flow_marks), tuple(regions)

    def _turn_back(self, region: PageRegion) -> PageRegion:
        width = self._vertical_widths.get(region.page)
        if width is None or region.box is None:
            return region
        return region._replace(box=turn_back(region.box, width))

    def _connect(self, text: str, piece: str, page: int) -> str:
        """Return the text with what comes between it and the next line's."""
        if not text:
            return ""
        end = _WORD_END.search(text[-_MAX_WORD:]) if text[-1] in _HYPHENS else None
        start = _WORD_START.match(piece)
        if end and start and not ends_in_address(text[:-1] + "-", piece):
            is_compound = text.endswith("-" + end[0])  # out-of-
            if is_compound or self._is_hyphenated(
                end[1], start[0], is_soft=text[-1] == LINE_END_HYPHEN
            ):
                return text[:-1] + "-"
            self.dropped_hyphens[page] += 1
            return text[:-1]
        if text.endswith(LINE_END_HYPHEN):
            return text[:-1] + "-"
        return text + choose_separator(text, piece)

    def _is_hyphenated(self, left: str, right: str, *, is_soft: bool) -> bool:
        """Return whether a hyphen at the end of a line belongs to the word."""
        is_name = right[:2].istitle()
        return self._hyphenation.is_compound(
            left, right.casefold() if is_soft and not is_name else right
        )


def _is_further_cell(line: PageLine, previous: PageLine) -> bool:
    """Return whether a line is of the cell beside that of the line before it."""
    is_near = abs(line.baseline - previous.baseline) < _MAX_CELL_DISTANCE * line.size
    is_beside = line.box.x0 - previous.box.x1 > _MIN_CELL_GAP * line.size
    return line.page == previous.page and is_beside and is_near


class _Run(NamedTuple):
    """Text without marks between.

    Attributes:
        offset: Where it begins in the text.
        line: The line that it stands in.
        first: The index of its first character in the line.
    """

    offset: int
    line: PageLine
    first: int


def _build_regions(
    text: str, runs: Sequence[_Run], labels: Mapping[int, str]
) -> Iterator[PageRegion]:
    """Yield a region for each line of a text, and for each sentence that begins in a line."""
    starts = [span.start for span in split_sentences(text)]
    cuts: list[_Run] = []
    for index, run in enumerate(runs):
        if not cuts or cuts[-1].line is not run.line:
            cuts.append(run)
        end = runs[index + 1].offset if index + 1 < len(runs) else len(text)
        for start in starts[bisect_left(starts, run.offset) : bisect_left(starts, end)]:
            if start > cuts[-1].offset:
                cuts.append(_Run(start, run.line, _find_glyph(run, start)))
    for index, (offset, line, first) in enumerate(cuts):
        is_cut = index + 1 < len(cuts) and cuts[index + 1].line is line
        last = cuts[index + 1].first if is_cut else len(line.glyphs)
        box = line.box
        if first < last:
            box = box._replace(x0=line.glyphs[first].x0, x1=line.glyphs[last - 1].x1)
        box = Box(*(round(edge, 1) for edge in box))
        yield PageRegion(offset, line.page, labels.get(line.page, ""), box)


def _find_glyph(run: _Run, offset: int) -> int:
    """Return the index in its line of the character at an offset of the text."""
    index, position = run.first, run.offset
    glyphs = run.line.glyphs
    while position < offset and index + 1 < len(glyphs):
        position += len(glyphs[index].text)
        index += 1
        position += run.line.has_blank_before(index)
    return index


def _split_at_marks(
    line: PageLine, marks: Sequence[PlacedMark], start: int
) -> Iterator[tuple[str, PlacedMark | None]]:
    """Yield the text before each mark of a line with the mark, and last the text after them."""
    for mark in marks:
        yield _take_text(line, start, mark.start), mark
        start = mark.end
    yield _take_text(line, start, len(line.glyphs)), None


def _take_text(line: PageLine, start: int, end: int) -> str:
    if start >= end:
        return ""
    blank = " " if start and line.has_blank_before(start) else ""
    return blank + line.extract_text(start, end)


def build_paragraph(
    lines: Sequence[PageLine],
    joiner: LineJoiner,
    marks: Mapping[int, Sequence[PlacedMark]],
    labels: Mapping[int, str],
    level: int = 0,
) -> FlowBlock:
    """Return lines as a paragraph or a heading.

    Args:
        lines: Its lines, in order.
        joiner: Joins them.
        marks: The marks of each line by its id.
        labels: The printed numbers of pages by their indexes.
        level: The level of a heading; 0 for a paragraph.
    """
    starts = {
        id(mark.tail[0]): mark.tail[1]
        for line in lines
        for mark in marks.get(id(line), ())
        if mark.tail
    }
    text, flow_marks, regions = joiner.join(lines, marks, labels, starts)
    printed = tuple(line.text for line in lines)
    return FlowBlock(text, level, "text", flow_marks, regions, lines[0].page, printed_lines=printed)

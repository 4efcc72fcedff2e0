"""Divide lines into paragraphs, whole over the ends of lines, columns and pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import NamedTuple

from index.document import Box
from index.readers.paged.labels import begins_with_label
from index.readers.pdf.lines import WORD_ROOM, LineBlock, PageLine, measure_first_word
from index.readers.pdf.marks import PlacedMark
from index.readers.pdf.trusted_tags import NO_TAGS, TrustedTags

_INITIAL_RATIO = 1.8  # of the size of the text: a letter beside several lines is so large
_INDENT = 0.9  # of the font size: a first line that stands further in begins a paragraph
_SHORT_LINE = 2.2  # of the font size: a line that ends further from the margin is short
_SAME_COLUMN = 3.0  # of the font size, between the left edges of blocks of one column
_SAME_EDGE = 2.0  # points, between cells of one column
_PARAGRAPH_GAP = 1.25  # of the usual distance of lines
_BULLET = re.compile(
    r"[•◦▪‣●○■□◆❖➢✓·–—*-]\s|[•◦▪‣●■◆❖➢✓]|\(?(?:[a-z]|[ivx]{1,4})[.)]\s"
    r"|\(?\d{1,2}[.)、．）](?!\d)"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、"
)
_MARGIN_NUMBER = re.compile(r"[(\[（［]?[A-Z]?\d{1,3}(?:\.\d{1,3}){0,3}[.)\]）］]?")
_EVEN = 0.3  # of the font size, between where lines below one another begin
_SMALL_GAP = 0.25  # of the font size, more than the distance of lines that is the same for some
_REGULAR = 0.1  # of the font size, between such distances
_MIN_TEXT_WIDTH = 10.0  # of the font size
_MAX_PITCHES = 8  # lines
_NO_GAP = 1e9  # points: the distance of the lines of a block that has one
_STOPS = frozenset("。，；：、！？」』）”’.,;:!?)")
_SENTENCE_END = re.compile(r"[.。!！?？:：;；][”’\"'）)」』〕\]]*$")


@dataclass(slots=True)
class _Draft:
    """A paragraph, while lines are added."""

    lines: list[PageLine] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0
    ends_sentence: bool = False


class _Place(NamedTuple):
    """Where a line stands.

    Attributes:
        previous: The line before it in its block.
        following: The line after it in its block.
        left: Where the lines of its column begin.
        gap: The usual distance of the lines of its block.
    """

    previous: PageLine | None
    following: PageLine | None
    left: float
    gap: float


def count_line_edges(
    blocks: Iterable[LineBlock],
) -> tuple[dict[int, Counter[int]], dict[int, Counter[int]]]:
    """Return how many lines of each page begin, and end, at each distance from its left edge.

    Args:
        blocks: Blocks of text of any pages.
    """
    starts: defaultdict[int, Counter[int]] = defaultdict(Counter)
    ends: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for block in blocks:
        for line in block.lines:
            starts[line.page][round(line.left)] += 1
            ends[line.page][round(line.box.x1)] += 1
    return starts, ends


def split_paragraphs(
    blocks: Sequence[LineBlock],
    edges: tuple[Mapping[int, Counter[int]], Mapping[int, Counter[int]]],
    marks: Mapping[int, Sequence[PlacedMark]],
    insets: Mapping[int, str] | None = None,
    tags: TrustedTags = NO_TAGS,
) -> Iterator[list[PageLine]]:
    """Yield the lines of each paragraph, and after it those of the insets that interrupt it.

    Args:
        blocks: Blocks of text in reading order, without headings and notes.
        edges: Where the lines of their pages begin and end, as `count_line_edges` returns it.
        marks: The marks of each line by its id.
        insets: The kinds of the lines that interrupt the text, by their ids.
        tags: What the file says of its lines.
    """
    insets = insets or {}
    runs = [
        LineBlock(tuple(run), block.row_starts)
        for block in blocks
        for _, run in groupby(block.lines, key=lambda line: insets.get(id(line)))
    ]
    places = {id(line): place for place, run in enumerate(runs) for line in run.lines}
    waiting = [run for run in runs if id(run.lines[0]) in insets]
    text = [run for run in runs if id(run.lines[0]) not in insets]
    groups = [
        list(group) for _, group in groupby(waiting, key=lambda run: insets[id(run.lines[0])])
    ]
    for lines in _split_text(text, edges, marks, tags):
        while groups and places[id(groups[0][0].lines[0])] < places[id(lines[0])]:
            yield from _split_text(groups.pop(0), edges, marks, tags)
        yield lines
    for group in groups:
        yield from _split_text(group, edges, marks, tags)


def _split_text(
    blocks: Sequence[LineBlock],
    edges: tuple[Mapping[int, Counter[int]], Mapping[int, Counter[int]]],
    marks: Mapping[int, Sequence[PlacedMark]],
    tags: TrustedTags,
) -> Iterator[list[PageLine]]:
    starts, ends = edges
    boxes: defaultdict[int, list[Box]] = defaultdict(list)
    for block in blocks:
        boxes[block.lines[0].page].append(block.box)
    draft = _Draft()
    for block in blocks:
        gap = _usual_gap(block)
        page = block.lines[0].page
        columns = _find_columns(block, starts[page], ends[page], boxes[page])
        cells = _find_cells(block)
        for index, (line, (left, right)) in enumerate(zip(block.lines, columns, strict=True)):
            previous = block.lines[index - 1] if index else None
            following = block.lines[index + 1] if index + 1 < len(block.lines) else None
            place = _Place(previous, following, left, gap)
            is_further = cells.get(id(line)) or _is_mark_alone(line, marks.get(id(line), ()))
            if draft.lines and is_further:
                draft.lines.append(line)
                continue
            at_row = id(line) in cells or id(previous) in cells
            if draft.lines and (at_row or _begins_at_line(line, place, draft, tags)):
                yield draft.lines
                draft = _Draft()
            draft.lines.append(line)
            draft.left, draft.right = left, right
            draft.ends_sentence = _ends_sentence(line, marks.get(id(line), ()))
    if draft.lines:
        yield draft.lines


def _find_cells(block: LineBlock) -> dict[int, bool]:
    """Return the cells of tables by their ids, with whether they are further ones of a row.

    Where it is not known, a table is two or more rows, one below the other, whose further cells
    begin or end in one place.
    """
    if block.row_starts is not None:
        return {id(line): id(line) not in block.row_starts for line in block.lines}
    rows: list[list[PageLine]] = []
    for line in block.lines:
        last = rows[-1][-1] if rows else None
        is_beside = last is not None and line.box.x0 > last.box.x1
        if last and is_beside and abs(line.baseline - last.baseline) < 0.3 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    cells: dict[int, bool] = {}
    for first, second in pairwise(rows):
        if len(first) > 1 and len(second) > 1 and _are_aligned(first[1:], second[1:]):
            cells |= {id(line): bool(n) for row in (first, second) for n, line in enumerate(row)}
    return cells


def _are_aligned(cells: Sequence[PageLine], below: Sequence[PageLine]) -> bool:
    """Return whether the cells of a row begin or end where those of the next one do."""
    fewer, more = sorted((cells, below), key=len)
    return all(
        any(
            abs(cell.box.x0 - other.box.x0) < _SAME_EDGE
            or abs(cell.box.x1 - other.box.x1) < _SAME_EDGE
            or abs(cell.box.x0 + cell.box.x1 - other.box.x0 - other.box.x1) < _SAME_EDGE
            for other in more
        )
        for cell in fewer
    )


def _is_mark_alone(line: PageLine, marks: Sequence[PlacedMark]) -> bool:
    """Return whether a line is a mark that found no room at the end of the line before."""
    is_first = len(marks) == 1 and marks[0].start == 0
    return is_first and all(glyph.text in _STOPS for glyph in line.glyphs[marks[0].end :])


def _ends_sentence(line: PageLine, marks: Sequence[PlacedMark]) -> bool:
    """Return whether a line ends with a sentence, before the marks at its end."""
    end = len(line.glyphs)
    for mark in reversed(marks):
        end = mark.start if mark.end == end else end
    return _SENTENCE_END.search(line.extract_text(0, end)) is not None


def _usual_gap(block: LineBlock) -> float:
    """Return the least usual distance of two lines of a block."""
    gaps = Counter(
        round(below.baseline - line.baseline)
        for line, below in zip(block.lines, block.lines[1:], strict=False)
        if below.baseline > line.baseline
    )
    return min((gap for gap, count in gaps.items() if count >= 0.2 * gaps.total()), default=_NO_GAP)


def _find_left(block: LineBlock, starts: Counter[int], ends: Counter[int]) -> float:
    """Return where lines begin in the column of a block: where most lines near its left edge do.

    A quotation stands in on both sides, and has an edge of its own.
    """
    edge, end = min(line.left for line in block.lines), block.box.x1
    near = {x0: count for x0, count in starts.items() if -4 * block.size < x0 - edge <= 1}
    left = max(near, key=lambda x0: (near[x0], -x0)) if near else edge
    margin = {x1: count for x1, count in ends.items() if -1 <= x1 - end < 4 * block.size}
    right = max(margin, key=lambda x1: (margin[x1], x1)) if margin else end
    is_set_in = edge - left > _INDENT * block.size and right - end > _INDENT * block.size
    # Paragraphs of one line stand in too, but end where they end.
    is_even = sum(end - line.box.x1 < 1 for line in block.lines[:-1]) > 1
    is_centred = abs(edge - left - (right - end)) < _SAME_EDGE
    has_edge = is_even or is_centred or not _SENTENCE_END.search(block.lines[0].text)
    return edge if is_set_in and has_edge else left


def _find_right(block: LineBlock, of_page: Sequence[Box]) -> float:
    """Return where the longest line of a column ends: a block of one line does not show it.

    Args:
        block: A block.
        of_page: The boxes of all blocks of its page.
    """
    edge = block.box.x1
    if len(block.lines) > 1:
        return edge
    reach = _SAME_COLUMN * block.size
    return max([edge, *(box.x1 for box in of_page if abs(box.x0 - block.box.x0) < reach)])


def _find_columns(
    block: LineBlock, starts: Counter[int], ends: Counter[int], of_page: Sequence[Box]
) -> list[tuple[float, float]]:
    """Return for each line of a block where those of its column begin and end.

    Lines one below the other that are set in on both sides are a column of their own.

    Args:
        block: A block.
        starts: How many lines of its page begin at each distance from the page's left edge.
        ends: How many end there.
        of_page: The boxes of all blocks of its page.
    """
    left, right = _find_left(block, starts, ends), _find_right(block, of_page)
    columns: list[tuple[float, float]] = []
    for lines in _split_at_edges(block.lines):
        run = LineBlock(tuple(lines))
        own_left = _find_left(run, starts, ends) if len(lines) > 1 else left
        is_own = own_left > left + _INDENT * block.size
        columns += [(own_left, run.box.x1) if is_own else (left, right)] * len(lines)
    return columns


def _split_at_edges(lines: Sequence[PageLine]) -> Iterator[list[PageLine]]:
    """Yield runs of lines that begin below one another."""
    run: list[PageLine] = []
    for line in lines:
        if run and not _are_even(run[-1], line):
            yield run
            run = []
        run.append(line)
    yield run


def _are_even(first: PageLine, second: PageLine) -> bool:
    """Return whether two lines begin at one distance from the edge of the page."""
    return abs(first.left - second.left) < _EVEN * second.size


def _begins_at_line(line: PageLine, place: _Place, draft: _Draft, tags: TrustedTags) -> bool:
    """Return whether a line begins a paragraph by its tag, else by its place."""
    begins = tags.begins_paragraph(line, draft.lines[-1])
    return _begins_paragraph(line, place, draft) if begins is None else begins


def _begins_paragraph(line: PageLine, place: _Place, draft: _Draft) -> bool:
    """Return whether a line begins a paragraph by its place."""
    last = draft.lines[-1]
    if _is_beside_initial(draft.lines[0], last, line):
        return False
    is_full = last.box.x1 > draft.right - _SHORT_LINE * last.size
    if _begins_with_number(line, draft, is_full=is_full):
        return True
    if _begins_item(line, draft) or (draft.ends_sentence and _is_below_gap(line, place.gap, draft)):
        return True
    if draft.ends_sentence and place.previous and place.left < draft.left - _INDENT * line.size:
        return True  # the lines before it are set in on both sides
    if place.previous is None:
        return _begins_at_head(line, place, draft, is_full=is_full)
    if line.baseline - place.previous.baseline > _PARAGRAPH_GAP * place.gap + 0.1 * line.size:
        return True
    return _begins_by_type(last, line, is_full=is_full) or _begins_by_indent(
        line, place.previous, place.left, draft, is_full=is_full
    )


def _is_beside_initial(first: PageLine, last: PageLine, line: PageLine) -> bool:
    """Return whether a large initial stands beside a line or beside the one before it.

    Args:
        first: The first line of the paragraph, which may begin with an initial of several lines.
        last: The line before.
        line: The line.
    """
    initial = first.glyphs[0]
    if first.page != line.page or initial.size < _INITIAL_RATIO * line.size:
        return False
    foot = initial.baseline + 0.5 * line.size
    is_beside = first.baseline < line.baseline < foot and line.box.x0 >= initial.x1 - 1
    is_first_below = first is not last and last.baseline < foot and last.box.x0 >= initial.x1 - 1
    return is_beside or (is_first_below and line.left <= first.left + 1)


def _begins_item(line: PageLine, draft: _Draft) -> bool:
    """Return whether a line begins an item of a list after another one."""
    first, last = draft.lines[0], draft.lines[-1]
    if not (_BULLET.match(line.text) and _BULLET.match(first.text)):
        return False
    is_hung = last.page == line.page and last.left > line.left + _EVEN * line.size
    return draft.ends_sentence or (is_hung and _are_even(first, line))


def _is_below_gap(line: PageLine, gap: float, draft: _Draft) -> bool:
    """Return whether more than the usual distance of lines is above a line."""
    last = draft.lines[-1]
    distance = line.baseline - last.baseline
    is_below = line.page == last.page and distance > 0 and line.box.x0 < last.box.x1
    pitches = _measure_pitches(draft.lines)
    if gap < _NO_GAP:
        pitches.insert(0, gap)
    gap = pitches[-1] if pitches and pitches[-1] > 0.5 * last.size else gap
    limit = _PARAGRAPH_GAP * gap + 0.1 * line.size
    is_regular = len(pitches) > 1 and max(pitches) - min(pitches) < _REGULAR * line.size
    if is_regular and not line.raised_runs:
        limit = min(limit, gap + _SMALL_GAP * line.size)
    return is_below and distance > limit


def _measure_pitches(lines: Sequence[PageLine]) -> list[float]:
    """Return the distances of the last lines of a paragraph, as far as they are on one page."""
    return [
        below.baseline - line.baseline
        for line, below in pairwise(lines[-_MAX_PITCHES:])
        if line.page == lines[-1].page
    ]


def _begins_by_type(last: PageLine, line: PageLine, *, is_full: bool) -> bool:
    """Return whether the line before is bold as a whole, and ends before the margin."""
    return not is_full and not line.is_bold and all(glyph.is_bold for glyph in last.glyphs)


def _begins_by_indent(
    line: PageLine, previous: PageLine, left: float, draft: _Draft, *, is_full: bool
) -> bool:
    """Return whether a line stands in further than the one before it, or that one is the last."""
    first = draft.lines[0]
    is_first = len(draft.lines) == 1
    is_set_in = is_first and _are_even(first, line) and line.left > left + _INDENT * line.size
    if draft.ends_sentence and is_set_in:
        return True  # the line before is a paragraph of one line, with the same indent
    # A line of text may begin as an item does: "v. Thackeray".
    is_item = _BULLET.match(previous.text) is not None and (is_first or not draft.ends_sentence)
    if line.left > previous.left + _INDENT * line.size and (
        not is_item and not (is_first and not is_full)
    ):
        hangs = _BULLET.match(first.text) or _hangs_out(first, line.left)
        return not (is_first and hangs)
    # A line of ragged text may end with a sentence where the next word finds no room.
    return draft.ends_sentence and not is_full and _finds_room(line, draft)


def _begins_with_number(line: PageLine, draft: _Draft, *, is_full: bool) -> bool:
    """Return whether a line begins with a label, or with a number in the margin of the text."""
    last = draft.lines[-1]
    if (draft.ends_sentence or not is_full) and begins_with_label(line.text):
        return True
    return draft.ends_sentence and last.page == line.page and _hangs_out(line, last.left)


def _hangs_out(line: PageLine, left: float) -> bool:
    """Return whether a line begins with a number in the margin, as 1.12, of text at an edge."""
    if line.left > left - _INDENT * line.size:
        return False
    end = next((i for i in range(1, len(line.glyphs)) if line.has_blank_before(i)), 0)
    is_number = _MARGIN_NUMBER.fullmatch(line.printed[:end]) is not None
    return is_number and abs(line.glyphs[end].x0 - left) < _EVEN * line.size


def _begins_at_head(line: PageLine, place: _Place, draft: _Draft, *, is_full: bool) -> bool:
    """Return whether the first line of a block begins a paragraph."""
    last = draft.lines[-1]
    if abs(last.size - line.size) > 0.08 * line.size or last.is_bold != line.is_bold:
        return True
    if line.text[0].islower() and not draft.ends_sentence:
        return False  # the lines of ragged text end where the next word finds no room
    is_full = not _finds_room(line, draft) if line.text[0].isascii() else is_full
    is_indented = line.left > place.left + _INDENT * line.size
    return not is_full or (is_indented and not _keeps_indent(line, place, draft))


def _finds_room(line: PageLine, draft: _Draft) -> bool:
    """Return whether the first word of a line would find room at the end of the line before."""
    width = measure_first_word(line)
    return draft.lines[-1].box.x1 + width + WORD_ROOM * line.size < draft.right


def _keeps_indent(line: PageLine, place: _Place, draft: _Draft) -> bool:
    """Return whether a line stands in as those of an indented paragraph before it."""
    following = place.following
    if following and draft.ends_sentence and following.left < line.left - _INDENT * line.size:
        return False  # the first line of a paragraph
    last = draft.lines[-1]
    is_text = last.box.x1 - last.box.x0 > _MIN_TEXT_WIDTH * last.size  # and no cell of a table
    if following and is_text and not draft.ends_sentence and _are_even(line, following):
        return True  # in a list, or in a quotation
    shift = line.left - last.left
    is_even = min(abs(shift), abs(shift - place.left + draft.left)) < _EVEN * line.size
    return len(draft.lines) > 1 and is_even

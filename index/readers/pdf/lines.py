"""Group the characters of a page into lines, and the lines into blocks in reading order."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from index.document import Box, Span
from index.readers.pdf.glyphs import Glyph, enclose, unite
from index.readers.pdf.structure_tags import ARTIFACT
from index.text.characters import is_fullwidth

SMALL_RATIO = 0.82
"""Of the size of the characters around: smaller is small."""
NOTE_SYMBOLS = frozenset("*†‡§¶#‖※")
"""Signs that mark notes."""
CIRCLED = re.compile("[\u2460-\u24ff\u2776-\u2793\u3251-\u325f\u32b1-\u32bf]")
"""Circled numbers."""

WORD_ROOM = 0.6
"""Of the font size, around a word."""
EMPTY_AFTER = frozenset("，。、；：！？」』）》〉】〕．")
EMPTY_BEFORE = frozenset("「『（《〈【〔")
"""Signs whose empty half may stand out of the column at the end or the start of a line."""
_BESIDE_MARKS = EMPTY_AFTER | NOTE_SYMBOLS | frozenset(".,;:!?”’)")

_MIN_RISE = 0.2  # of the font size, of the lower edge of a raised character's ink
_MAX_INK = 0.66  # of the font size, the height of a raised figure's ink: less than on the line
_WORD_GAP = 0.18  # of the font size: a greater gap is a blank
_NARROW_GAP = 0.11  # … more than the usual gap of its line, where that is set tightly
_PIECE_GAP = 2.2  # of the font size: a greater gap after a blank separates pieces
_TIGHT_GAP = 1.0  # … without a blank
_MERGE_GAP = 0.45  # … between pieces that do not follow one another in the stream
_COLUMN_WIDTH = 5.0  # of the font size: text that is wider may be a line of a column
_COLUMN_LINES = 4  # that begin below one another
_MAX_DROP = 0.55  # of the font size, of lowered characters that follow in the stream
_MAX_SIGN_RISE = 0.6  # of the font size, of a mark in type as large as small capitals
_MAX_RAISED_LENGTH = 5  # characters
_SMALL_CAPITALS = 0.65  # of the size of capitals: such letters are as high as small ones
_WIDE_QUOTE = 0.8  # of the font size: a wider quotation mark has an empty half
_RAISED_RATIO = 0.85  # of the size of the characters around: smaller ones may be raised


@dataclass(frozen=True)
class PageLine:
    """A line of a page, in one column.

    Attributes:
        page: The index of the page in the file, counted from 1.
        glyphs: From left to right.
    """

    page: int
    glyphs: tuple[Glyph, ...]

    @cached_property
    def box(self) -> Box:
        """The box around the ink of its characters."""
        return enclose(self.glyphs)

    @property
    def left(self) -> float:
        """Where its text begins: the empty half of an opening bracket may stand in the margin."""
        first = self.glyphs[0]
        category = unicodedata.category(first.text[0])
        # Quotation marks have the width that the font gives them.
        is_wide = is_fullwidth(first.text[0]) or first.x1 - first.x0 > _WIDE_QUOTE * first.size
        return first.x0 + 0.5 * first.size * (is_wide and category in ("Ps", "Pi"))

    @cached_property
    def size(self) -> float:
        """The font size of its characters that cover most of it."""
        if len({glyph.size for glyph in self.glyphs}) == 1:
            return round(self.glyphs[0].size, 1)
        sizes = Counter([round(glyph.size, 1) for glyph in self.glyphs])
        if all(glyph.text.isdigit() or glyph.text in _BESIDE_MARKS for glyph in self.glyphs):
            return max(sizes)  # marks that found no room in the line before, and its stop
        if min(sizes) > _SMALL_CAPITALS * max(sizes) and self.printed.isupper():
            return max(sizes)
        return max(sizes, key=lambda size: (sizes[size] * size**2, size))

    @cached_property
    def baseline(self) -> float:
        """The baseline of most of its characters."""
        if len({glyph.baseline for glyph in self.glyphs}) == 1:
            return round(self.glyphs[0].baseline, 1)
        least = 0.85 * self.size
        baselines = Counter([round(g.baseline, 1) for g in self.glyphs if g.size >= least])
        return max(baselines, key=lambda baseline: baselines[baseline])

    @cached_property
    def is_bold(self) -> bool:
        """Whether most of its characters are bold."""
        return 2 * sum([glyph.is_bold for glyph in self.glyphs]) > len(self.glyphs)

    @cached_property
    def font(self) -> str:
        """The font of most of its characters."""
        return Counter([glyph.font for glyph in self.glyphs]).most_common(1)[0][0]

    @cached_property
    def tag(self) -> str:
        """The structure tag of most of its characters, leaders aside; see `Glyph`."""
        if len({glyph.tag for glyph in self.glyphs}) == 1:
            return self.glyphs[0].tag
        tags = Counter([glyph.tag for glyph in self.glyphs if glyph.tag != ARTIFACT])
        return max(tags, key=lambda tag: tags[tag])

    @cached_property
    def printed(self) -> str:
        """Its text without blanks."""
        return "".join([glyph.text for glyph in self.glyphs])

    @cached_property
    def text(self) -> str:
        """Its text, with single blanks between words."""
        pairs = zip(self.glyphs, self._blanks, strict=True)
        return "".join([" " + g.text if has_blank else g.text for g, has_blank in pairs])

    def extract_text(self, start: int, end: int) -> str:
        """Return the text of some of its characters.

        Args:
            start: The index of the first character.
            end: The index after the last one.
        """
        parts = [
            " " + glyph.text if has_blank else glyph.text
            for glyph, has_blank in zip(
                self.glyphs[start:end], self._blanks[start:end], strict=True
            )
        ]
        return "".join(parts).removeprefix(" ")

    def has_blank_before(self, index: int) -> bool:
        """Return whether a blank separates a character from the one before it in the line.

        Args:
            index: The index of the character, above 0.
        """
        return self._blanks[index]

    @cached_property
    def _blanks(self) -> list[bool]:
        """Whether a blank stands before each character."""
        result = [False]
        gaps: list[float] = []
        narrow: list[int] = []  # where no full-width character is beside the gap
        previous = self.glyphs[0]
        was_wide = is_fullwidth(previous.text[0])
        for index, glyph in enumerate(self.glyphs[1:], 1):
            is_wide = is_fullwidth(glyph.text[0])
            size = glyph.size if glyph.size > previous.size else previous.size
            gap = (glyph.x0 - previous.x1) / size
            if was_wide and is_wide:
                result.append(gap > 0.8 or (glyph.follows_space and gap > 0.15))
            else:
                result.append(gap > _WORD_GAP or (glyph.follows_space and gap > 0.02))
                if not (was_wide or is_wide):
                    narrow.append(index)
            gaps.append(gap)
            previous, was_wide = glyph, is_wide
        if any(_NARROW_GAP < gap <= _WORD_GAP for gap in gaps):
            least = max(median(gaps), 0.0) + _NARROW_GAP
            for index in narrow:
                result[index] |= gaps[index - 1] > least
        return result

    @cached_property
    def raised_runs(self) -> list[Span]:
        """The ranges of characters that may be marks: raised figures and signs, circled numbers."""
        runs: list[Span] = []
        start: int | None = None
        small = SMALL_RATIO * self.size
        for index, glyph in enumerate(self.glyphs):
            is_letter = glyph.size > small and glyph.text.isalpha()
            may_be_mark = not is_letter and is_mark_like(glyph, self)
            if start is not None and (not may_be_mark or self._blanks[index]):
                runs.append(Span(start, index))
                start = None
            if may_be_mark and start is None:
                start = index
        if start is not None:
            runs.append(Span(start, len(self.glyphs)))
        return runs


@dataclass(frozen=True)
class LineBlock:
    """Consecutive lines of one column, of similar size; or a table, row by row.

    Attributes:
        lines: The lines in reading order.
        row_starts: The ids of the lines that begin rows of a table; None if the block is no table.
    """

    lines: tuple[PageLine, ...]
    row_starts: frozenset[int] | None = None

    @cached_property
    def box(self) -> Box:
        """The box around its lines."""
        return unite(*(line.box for line in self.lines))

    @cached_property
    def size(self) -> float:
        """The font size of most of its characters."""
        counts: Counter[float] = Counter()
        for line in self.lines:
            counts[line.size] += len(line.glyphs)
        return counts.most_common(1)[0][0]


def measure_first_word(line: PageLine) -> float:
    """Return the width of the first word of a line, in points.

    Args:
        line: A line of text.
    """
    end = next((i for i in range(1, len(line.glyphs)) if _may_break_before(line, i)), 0)
    return line.glyphs[end - 1].x1 - line.glyphs[0].x0


def _may_break_before(line: PageLine, index: int) -> bool:
    """Return whether a line may end before a character: at a blank, or beside one of Chinese."""
    if line.has_blank_before(index):
        return True
    last, text = line.glyphs[index - 1].text, line.glyphs[index].text
    is_chinese = is_fullwidth(last[0]) or is_fullwidth(text[0])
    return is_chinese and text not in _BESIDE_MARKS and last not in EMPTY_BEFORE


def is_mark_like(glyph: Glyph, line: PageLine) -> bool:
    """Return whether a character is a circled number, or a raised figure, letter or sign.

    Args:
        glyph: A character of the line.
        line: The line.
    """
    text = glyph.text
    if "a" <= text <= "z":
        return glyph.size <= SMALL_RATIO * line.size and is_raised(glyph, line)
    if text in "0123456789,，註注":
        return is_raised(glyph, line)
    if is_fullwidth(text[0]) and not CIRCLED.match(text):
        return False
    if CIRCLED.match(text):
        return True
    text = unicodedata.normalize("NFKC", text)
    if text in NOTE_SYMBOLS:
        return glyph.size < SMALL_RATIO * line.size or glyph.baseline < line.baseline - 0.5
    return text.isdigit() and is_raised(glyph, line)


def _has_raised_ink(glyph: Glyph, other: Glyph) -> bool:
    """Return whether a character's ink is small and stands above the baseline of another one."""
    rise = (other.baseline - glyph.y1) / other.size
    return rise > _MIN_RISE and glyph.y1 - glyph.y0 < _MAX_INK * other.size


def is_raised(glyph: Glyph, line: PageLine) -> bool:
    """Return whether a character is small and stands above the line, by its ink.

    Args:
        glyph: A character of the line.
        line: The line.
    """
    if glyph.text in ",，":
        return glyph.size < SMALL_RATIO * line.size and glyph.baseline < line.baseline - 0.5
    rise = (line.baseline - glyph.y1) / line.size
    return rise > _MIN_RISE and glyph.y1 - glyph.y0 < _MAX_INK * line.size


def build_lines(number: int, glyphs: Sequence[Glyph]) -> list[PageLine]:
    """Return the lines of a page: pieces of text that nothing wider than a blank interrupts.

    Args:
        number: The index of the page in the file, counted from 1.
        glyphs: Its characters, in the order of the text stream.
    """
    pieces: list[list[Glyph]] = []
    for glyph in glyphs:
        if pieces and _continues(pieces[-1], glyph):
            pieces[-1].append(glyph)
        else:
            pieces.append([glyph])
    return [PageLine(number, tuple(piece)) for piece in _merge_pieces(pieces)]


def _continues(piece: Sequence[Glyph], glyph: Glyph) -> bool:
    """Return whether a character stands next to the one before it in the stream."""
    last = piece[-1]
    gap = (glyph.x0 - last.x1) / max(last.size, glyph.size)
    if glyph.baseline == last.baseline and glyph.size == last.size and -0.6 < gap < _TIGHT_GAP:
        return True
    limit = _PIECE_GAP if glyph.follows_space else _TIGHT_GAP
    is_ligature = glyph.x0 == last.x0 and not glyph.follows_space
    # Full-width punctuation is set on half its width, next to marks too.
    least = -1.1 if is_fullwidth(last.text[0]) or is_fullwidth(glyph.text[0]) else -0.6
    return _share_line(last, glyph, _MAX_DROP) and (is_ligature or least < gap < limit)


def _share_line(first: Glyph, second: Glyph, max_drop: float = 0.35) -> bool:
    """Return whether two characters stand on one line, raised or lowered ones included.

    Args:
        first: A character.
        second: Another one.
        max_drop: How far a smaller one may be lowered, as a share of the greater size.
    """
    larger, smaller = (first, second) if first.size >= second.size else (second, first)
    rise = (larger.baseline - smaller.baseline) / larger.size
    if smaller.size > 0.9 * larger.size:
        return abs(rise) < 0.25 or _is_raised_sign(smaller, larger)
    return -max_drop < rise < 0.7


def _is_raised_sign(glyph: Glyph, other: Glyph) -> bool:
    """Return whether a figure or sign is raised beside small capitals, which are hardly larger."""
    is_sign = glyph.text in NOTE_SYMBOLS or (glyph.text.isdigit() and glyph.size < other.size)
    return is_sign and 0 < other.baseline - glyph.baseline < _MAX_SIGN_RISE * other.size


def _merge_pieces(pieces: list[list[Glyph]]) -> list[list[Glyph]]:
    """Join pieces that stand side by side on one line, whatever their order in the stream."""
    # What stands on the empty half of a bracket comes before it.
    order = sorted(range(len(pieces)), key=lambda index: _middle(pieces[index][0]))
    boxes = [enclose(piece) for piece in pieces]
    starts = Counter(
        round(box.x0)
        for box, piece in zip(boxes, pieces, strict=True)
        if _is_wide(box, piece[0].size)
    )
    merged: list[list[Glyph]] = []
    merged_boxes: list[Box] = []
    rows: defaultdict[int, list[int]] = defaultdict(list)  # by baseline, in steps of 8 points
    for index in order:
        piece, box = pieces[index], boxes[index]
        row = round(piece[0].baseline / 8)
        near = [c for step in (row - 1, row, row + 1) for c in rows[step]]
        begins_column = _is_wide(box, piece[0].size) and _count_starts(starts, box) >= _COLUMN_LINES
        target = next(
            (
                c
                for c in reversed(near)
                if _follows(merged[c][-1], merged_boxes[c], piece)
                and not (begins_column and _is_wide(merged_boxes[c], piece[0].size))
            ),
            None,
        )
        if target is not None:
            merged[target] += piece
            merged_boxes[target] = unite(merged_boxes[target], box)
        elif not any(_insert_raised(merged[c], merged_boxes[c], piece) for c in near):
            merged.append(list(piece))
            merged_boxes.append(box)
            rows[row].append(len(merged) - 1)
    return merged


def _is_wide(box: Box, size: float) -> bool:
    """Return whether text may be a line of a column, by its width; labels are narrower."""
    return box.x1 - box.x0 > _COLUMN_WIDTH * size


def _count_starts(starts: Counter[int], box: Box) -> int:
    return sum(starts[round(box.x0) + step] for step in (-1, 0, 1))


def _follows(last: Glyph, box: Box, piece: Sequence[Glyph]) -> bool:
    """Return whether a piece stands close to the right of a line that ends with a character."""
    sizes = sorted((last.size, piece[0].size))
    gap = piece[0].x0 - box.x1
    if piece[0].size > _RAISED_RATIO * last.size:
        hanging = (last.text in EMPTY_AFTER) + (piece[0].text in EMPTY_BEFORE)
        gap += 0.5 * last.size * hanging
    return -0.6 * sizes[1] < gap < _MERGE_GAP * sizes[0] and _share_line(last, piece[0])


def _insert_raised(line: list[Glyph], box: Box, piece: Sequence[Glyph]) -> bool:
    """Insert small characters into a line that has room for them, as marks between signs have.

    A comma on the empty halves of brackets may come later in the stream.

    Returns:
        Whether they belong there.
    """
    middle = (piece[0].x0 + piece[-1].x1) / 2
    if not box.x0 < middle < box.x1 or len(piece) > _MAX_RAISED_LENGTH:
        return False
    index = next(i for i, glyph in enumerate([*line, None]) if not glyph or _middle(glyph) > middle)
    before = line[max(index - 1, 0)]
    is_small = piece[0].size <= _RAISED_RATIO * before.size or _has_raised_ink(piece[0], before)
    is_sign = len(piece) == 1 and piece[0].text in ",.;:"
    if not (is_small or is_sign) or not _share_line(before, piece[0]):
        return False
    line[index:index] = piece
    return True


def _middle(glyph: Glyph) -> float:
    return (glyph.x0 + glyph.x1) / 2


def group_rows(lines: Sequence[PageLine], tolerance: float) -> list[list[PageLine]]:
    """Return the lines that stand beside one another, from top to bottom.

    Args:
        lines: In any order.
        tolerance: How far a baseline may be from the first of its row, in font sizes.
    """
    rows: list[list[PageLine]] = []
    for line in sorted(lines, key=lambda line: line.baseline):
        if rows and line.baseline - rows[-1][0].baseline < tolerance * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows

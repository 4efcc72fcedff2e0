"""Even out the sizes and places of words in text layers that programs recognised in pictures.

Such programs measure the size of each word or line, and find another one for each. Here each row
of words gets one size and one baseline, and rows of about the size of the text, or of the notes at
the foot of a column, get just that size.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median, median_low

from msgspec.structs import replace as replace_glyph

from index.readers.pdf.glyphs import Glyph
from index.readers.pdf.pages import PrintedPage, arrange_lines
from index.text.characters import is_fullwidth

_MIN_GLYPHS = 200  # of a page whose sizes show anything
_MAX_EVEN_SIZES = 6  # that cover most of a page: a page with more is uneven
_COVERED_SHARE = 0.8
_MIN_UNEVEN_PAGES = 0.5  # of the pages with text
_MAX_DROP = 0.45  # of the font size, between neighbouring words of a row
_MAX_RISE = 0.65  # … of a mark
_MAX_GAP = 1.25  # of the font size, between words of a row
_MAX_ROOM = 1.2  # of the font size, between words of Chinese
_LETTER_WIDTH = 0.47  # of the font size, of usual letters
_MAX_STRETCH = 1.25  # of characters whose size may be right
_MAX_OVERLAP = 1.0  # … over which their boxes may lie
_RAISED = 0.2  # of the font size, from the row's baseline to that of a raised word
_RAISED_SIZE = 0.85  # of the row's
_MAX_MARK = 3  # characters
_MARK = re.compile(r"[0-9]{1,3}|[*†‡§¶]{1,3}")
_NOTE_START = re.compile(r"[\[［〔(（]?\s?(?:[0-9]{1,3}|[*†‡§¶①-⑳]|[註注])")
_WIDE_SHARE = 0.55  # of the width of the text: wider rows cross the middle
_WIDE_ROWS = 0.4  # of the characters of a page with one column
_WIDE_STEP = 1.35  # of the usual step between rows: a gap, as above notes
_SMALLER = 0.08  # by which the logarithm of the size of notes is less, at least
_MOST = 0.85  # of the rows of text, and of notes
_MAX_DIFFERENCE = 0.15  # of logarithms, that counts
_TEXT_RANGE = (0.8, 1.3)  # of the size of the text
_SHORT_RANGE = (0.8, 1.12)  # … for a row that ends early, as headings do
_APART_RANGE = (0.8, 1.05)  # … and stands apart
_APART_STEP = 1.15  # of the usual step between rows, above and below
_HEADING = 1.15  # of the size of the text, at least of a row that is larger and stands apart
_LIKE = 0.12  # of the size of the row before, of a title or heading in several rows
_NOTE_RANGE = (0.7, 1.35)  # of the size of notes
_MIN_NOTE_ROWS = 3  # in a file
_MIN_NOTE_COLUMNS = 0.2  # of the columns of a file


@dataclass(frozen=True)
class _Row:
    """Words side by side, from left to right."""

    words: tuple[tuple[Glyph, ...], ...]

    @cached_property
    def size(self) -> float:
        """The middle of the sizes of its characters."""
        return median_low([glyph.size for word in self.words for glyph in word])

    @cached_property
    def baseline(self) -> float:
        """The middle of the baselines of its characters."""
        return median_low([glyph.baseline for word in self.words for glyph in word])

    @property
    def x0(self) -> float:
        """Its left end."""
        return self.words[0][0].x0

    @property
    def x1(self) -> float:
        """Its right end."""
        return self.words[-1][-1].x1

    @property
    def length(self) -> int:
        """The number of its characters."""
        return sum(map(len, self.words))

    @property
    def starts_note(self) -> bool:
        """Whether it begins with what numbers notes."""
        text = "".join(glyph.text for word in self.words[:2] for glyph in word)
        return _NOTE_START.match(text) is not None


def even_out_pages(pages: Sequence[PrintedPage]) -> Sequence[PrintedPage]:
    """Return the pages with even sizes of words, if they have uneven ones; else as they are.

    Args:
        pages: What stands on each page, in order.
    """
    uneven = [page for page in pages if _is_uneven(page)]
    full = sum(_count_glyphs(page) >= _MIN_GLYPHS for page in pages)
    if not uneven or len(uneven) < _MIN_UNEVEN_PAGES * full:
        return pages
    stretch = _measure_stretch(pages)
    rows = {page.number: _find_rows(page, stretch) for page in pages}
    columns = {number: [*_split_columns(page_rows)] for number, page_rows in rows.items()}
    text_size, note_size = _measure_sizes([c for parts in columns.values() for c in parts])
    sizes: dict[int, float] = {}
    for column in (column for parts in columns.values() for column in parts):
        sizes |= _choose_sizes(column, text_size, note_size)
    return [_arrange_page(page, rows[page.number], sizes) for page in pages]


def _count_glyphs(page: PrintedPage) -> int:
    return sum(len(line.glyphs) for line in page.lines)


def _is_uneven(page: PrintedPage) -> bool:
    """Return whether it takes many font sizes to cover most of a page."""
    count = _count_glyphs(page)
    if count < _MIN_GLYPHS:
        return False
    exact = Counter([glyph.size for line in page.lines for glyph in line.glyphs])
    sizes: Counter[float] = Counter()
    for size, size_count in exact.items():
        sizes[round(size, 1)] += size_count
    covered = sum(size_count for _, size_count in sizes.most_common(_MAX_EVEN_SIZES))
    return covered < _COVERED_SHARE * count


def _measure_stretch(pages: Sequence[PrintedPage]) -> float:
    """Return by how much characters are wider than those of their font size are; 1 if hardly.

    Programs that recognise text fit the width of a word, whatever the size that they give it.
    """
    wide: list[float] = []
    narrow: list[float] = []
    for glyph in (glyph for page in pages for line in page.lines for glyph in line.glyphs):
        if is_fullwidth(glyph.text[0]):
            wide.append((glyph.x1 - glyph.x0) / glyph.size)
        elif glyph.text.isalpha():
            narrow.append((glyph.x1 - glyph.x0) / glyph.size / _LETTER_WIDTH)
    ratios = wide if len(wide) > len(narrow) else narrow
    stretch = median(ratios or [1.0])
    return 1.0 if 1 / _MAX_STRETCH < stretch < _MAX_STRETCH else stretch


def _find_rows(page: PrintedPage, stretch: float) -> list[_Row]:
    """Return the rows of words on a page, from top to bottom, in sizes that fit their widths."""
    words = sorted(_split_words(page), key=lambda word: word[0].x0)
    if stretch != 1.0:
        words = [
            tuple(replace_glyph(glyph, size=glyph.size * stretch) for glyph in word)
            for word in words
        ]
    usual = median([glyph.size for word in words for glyph in word]) if words else 0.0
    rows: list[list[tuple[Glyph, ...]]] = []
    for word in words:
        near = [row for row in rows if _continues(row[-1], word, usual)]
        if near:
            baseline = word[0].baseline
            min(near, key=lambda row: abs(row[-1][-1].baseline - baseline)).append(word)
        else:
            rows.append([word])
    return sorted((_Row(tuple(row)) for row in rows), key=lambda row: row.baseline)


def _split_words(page: PrintedPage) -> Iterator[tuple[Glyph, ...]]:
    """Yield characters that follow one another with one size and baseline."""
    for line in page.lines:
        start = 0
        for index, (before, glyph) in enumerate(pairwise(line.glyphs), 1):
            is_same = before.size == glyph.size and before.baseline == glyph.baseline
            if not is_same or glyph.follows_space:
                yield line.glyphs[start:index]
                start = index
        yield line.glyphs[start:]


def _continues(before: Sequence[Glyph], word: Sequence[Glyph], usual: float) -> bool:
    """Return whether a word stands close to the right of another one, hardly higher or lower.

    Args:
        before: The other one.
        word: The word.
        usual: The usual font size on the page: that of a single stop or mark says nothing.
    """
    last, first = before[-1], word[0]
    may_rise = min(len(before), len(word)) <= _MAX_MARK
    larger = max(last.size, first.size, usual if may_rise else 0.0)
    drop = (first.baseline - last.baseline) / larger
    limit = _MAX_RISE if may_rise else _MAX_DROP
    return -limit < drop < limit and -_MAX_OVERLAP < (first.x0 - last.x1) / larger < _MAX_GAP


def _split_columns(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Yield the rows of a page's columns: of both halves where few rows cross the middle."""
    if not rows:
        return
    left, right = min(row.x0 for row in rows), max(row.x1 for row in rows)
    wide = sum(row.length for row in rows if row.x1 - row.x0 > _WIDE_SHARE * (right - left))
    if wide >= _WIDE_ROWS * sum(row.length for row in rows):
        yield list(rows)
        return
    middle = (left + right) / 2
    halves: tuple[list[_Row], list[_Row]] = ([], [])
    for row in rows:
        halves[row.x0 + row.x1 > 2 * middle].append(row)
    yield from filter(None, halves)


def _measure_sizes(columns: Sequence[Sequence[_Row]]) -> tuple[float, float]:
    """Return the sizes of the text and of the notes at the feet of columns; 0 for no notes."""
    text: list[float] = []
    notes: list[float] = []
    count = 0
    for column in columns:
        start = _find_notes(column)
        count += start < len(column)
        text += [row.size for row in column[:start] for _ in range(row.length)]
        notes += [row.size for row in column[start:]]
    if len(notes) < _MIN_NOTE_ROWS or count < _MIN_NOTE_COLUMNS * len(columns):
        every = [row.size for column in columns for row in column for _ in range(row.length)]
        return median(every), 0.0
    return median(text), median(notes)


def _find_notes(column: Sequence[_Row]) -> int:
    """Return the index of the first row of notes at the foot of a column; its length for none.

    Most rows from there on are smaller than a size between both middles, and most above larger.
    """
    best, best_count = len(column), 0
    values = [math.log(row.size) for row in column]
    for index in _list_note_starts(column):
        upper, lower = values[:index], values[index:]
        limit = (median(upper) + median(lower)) / 2
        if median(upper) - median(lower) < _SMALLER:
            continue
        larger, smaller = (sum(value > limit for value in upper), sum(v < limit for v in lower))
        are_apart = larger >= _MOST * len(upper) and smaller >= _MOST * len(lower)
        if are_apart and larger + smaller > best_count:
            best, best_count = index, larger + smaller
    return best


def _list_note_starts(column: Sequence[_Row]) -> Iterator[int]:
    """Yield the indexes of rows, but the first, that begin like notes or stand below a gap."""
    steps = [row.baseline - previous.baseline for previous, row in pairwise(column)]
    usual = median(steps) if steps else 0.0
    for index, step in enumerate(steps, 1):
        if column[index].starts_note or step > _WIDE_STEP * usual:
            yield index


def _choose_sizes(column: Sequence[_Row], text_size: float, note_size: float) -> dict[int, float]:
    """Return the font size of each row of a column by its id."""
    start = _split_by_sizes(column, text_size, note_size) if note_size else len(column)
    right = max(row.x1 for row in column)
    steps = [row.baseline - previous.baseline for previous, row in pairwise(column)]
    least_apart = _APART_STEP * median(steps) if steps else 0.0
    sizes: dict[int, float] = {}
    for index, row in enumerate(column):
        is_note = index >= start
        size = note_size if is_note else text_size
        is_apart = min(steps[max(index - 1, 0) : index + 1], default=0.0) > least_apart
        if is_note:
            least, most = _NOTE_RANGE
        elif row.x1 < right - 3 * size:
            least, most = _APART_RANGE if is_apart else _SHORT_RANGE
        else:
            least, most = _TEXT_RANGE
        before = sizes.get(id(column[index - 1]), 0.0)
        if least <= row.size / size <= most:
            sizes[id(row)] = size
        elif before > size and abs(row.size / before - 1) < _LIKE:
            sizes[id(row)] = before
        else:
            is_heading = is_apart and not is_note and row.size > size
            sizes[id(row)] = max(row.size, _HEADING * size * is_heading)
    return sizes


def _split_by_sizes(column: Sequence[_Row], text_size: float, note_size: float) -> int:
    """Return the index of the first row of notes: so that sizes differ least from the two."""

    def measure(rows: Sequence[_Row], size: float) -> float:
        return sum(min(abs(math.log(row.size / size)), _MAX_DIFFERENCE) for row in rows)

    starts = [len(column), 0, *_list_note_starts(column)]
    return min(
        starts,
        key=lambda start: measure(column[:start], text_size) + measure(column[start:], note_size),
    )


def _arrange_page(page: PrintedPage, rows: Sequence[_Row], sizes: dict[int, float]) -> PrintedPage:
    """Return a page whose rows have one size and one baseline each."""
    glyphs = [glyph for row in rows for glyph in _even_out(row, sizes[id(row)])]
    return replace(page, lines=arrange_lines(page.number, glyphs))


def _even_out(row: _Row, size: float) -> Iterator[Glyph]:
    """Yield the characters of a row in one size on one baseline, but for raised marks.

    No gap is left between words of Chinese.
    """
    for word, following in zip(row.words, (*row.words[1:], None), strict=True):
        printed = "".join(glyph.text for glyph in word)
        rise = row.baseline - word[0].baseline
        is_raised = (
            rise > _RAISED * size
            and word[0].size < _RAISED_SIZE * row.size
            and _MARK.fullmatch(printed)
        )
        end = word[-1].x1 if following is None else _find_end(word, following, size)
        for index, glyph in enumerate(word):
            scale = 1.0 if is_raised else size / glyph.size
            baseline = glyph.baseline if is_raised else row.baseline
            yield replace_glyph(
                glyph,
                x1=end if index == len(word) - 1 else glyph.x1,
                y0=baseline + (glyph.y0 - glyph.baseline) * scale,
                y1=baseline + (glyph.y1 - glyph.baseline) * scale,
                baseline=baseline,
                size=glyph.size * scale,
            )


def _find_end(word: Sequence[Glyph], following: Sequence[Glyph], size: float) -> float:
    """Return where a word ends: at the next one, where both are Chinese and close."""
    end, start = word[-1].x1, following[0].x0
    are_wide = is_fullwidth(word[-1].text[0]) and is_fullwidth(following[0].text[0])
    return start if are_wide and 0 < start - end < _MAX_ROOM * size else end

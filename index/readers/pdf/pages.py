"""Read the pages of PDF files: their lines of text, rules and pictures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import pypdfium2 as pdfium

from index.document import Box
from index.readers.pdf.drawings import join_drawings
from index.readers.pdf.drawn_objects import list_drawn_objects
from index.readers.pdf.glyphs import Glyph, Rule, find_turn, read_glyphs
from index.readers.pdf.lines import PageLine, build_lines
from index.readers.pdf.rows import join_rows
from index.readers.pdf.structure_tags import read_structure_tags
from index.readers.pdf.vertical import insert_sideways, is_vertical, turn_columns

MAX_PAGE_CHARACTERS = 60_000
"""The most characters that a page may have; a page of a broadsheet has some 30,000."""

_MIN_RULE_LENGTH = 20.0  # points
_MAX_RULE_HEIGHT = 2.0  # points
_ANTICLOCKWISE = 3  # quarters of a turn


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """What stands on a page.

    Attributes:
        number: The index of the page in the file, counted from 1.
        label: The page's label, where the file gives one.
        width: In points.
        height: In points.
        lines: Its upright text.
        tilted: The text of all other characters, see `read_glyphs`.
        rules: Thin horizontal lines.
        drawings: The areas that drawings and pictures cover.
        image_count: The number of pictures.
        is_readable: Whether the page is not damaged, and has no more characters than a page has.
        vertical_width: Of the page as printed, where its text is vertical and all places are those
            on the page that is turned until its columns are lines; else 0.
    """

    number: int
    label: str
    width: float
    height: float
    lines: tuple[PageLine, ...]
    tilted: str
    rules: tuple[Rule, ...]
    image_count: int
    is_readable: bool = True
    drawings: tuple[Box, ...] = ()
    vertical_width: float = 0.0

    @property
    def is_picture(self) -> bool:
        """Whether it has pictures and no text."""
        return bool(self.image_count) and not self.lines and not self.tilted


def read_page(document: pdfium.PdfDocument, index: int, *, with_tags: bool = False) -> PrintedPage:
    """Return what stands on a page; of one that cannot be read, that it cannot be.

    Args:
        document: An open file.
        index: Of the page, counted from 0.
        with_tags: Whether the structure tags of the file are read.
    """
    try:
        with closing(document[index]) as page:
            tags = read_structure_tags(page) if with_tags else None
            return _read_page(document, page, index, tags)
    except pdfium.PdfiumError:
        return PrintedPage(index + 1, "", 0, 0, (), "", (), 0, is_readable=False)


def _read_page(
    document: pdfium.PdfDocument,
    page: pdfium.PdfPage,
    index: int,
    tags: Mapping[int, str] | None,
) -> PrintedPage:
    bounds = page.get_bbox()  # the boxes that a page inherits included
    vertical_width = 0.0
    with closing(page.get_textpage()) as text_page:
        if text_page.count_chars() > MAX_PAGE_CHARACTERS:
            raise pdfium.PdfiumError("more characters than a page has")
        turn = find_turn(text_page)
        box = _turn_box(bounds, turn)
        glyphs, tilted = read_glyphs(text_page, box, turn, tags)
        if is_vertical(glyphs):
            vertical_width = box[2] - box[0]
            turn = (turn + _ANTICLOCKWISE) % 4
            box = _turn_box(bounds, turn)
            turned, tilted_back = turn_columns(glyphs, vertical_width)
            sideways, _ = read_glyphs(text_page, box, turn, tags)
            rest = Counter(tilted) - Counter("".join(glyph.text for glyph in sideways))
            glyphs = tuple(insert_sideways(turned, sideways))
            tilted = "".join(rest.elements()) + tilted_back
    left, bottom, right, top = box
    rules, boxes, image_count = _read_objects(page, left, top, turn)
    return PrintedPage(
        index + 1,
        read_string(lambda: document.get_page_label(index)),
        right - left,
        top - bottom,
        arrange_lines(index + 1, glyphs),
        tilted,
        rules,
        image_count,
        drawings=join_drawings(boxes, right - left, top - bottom),
        vertical_width=vertical_width,
    )


def _turn_box(
    box: tuple[float, float, float, float], turn: int
) -> tuple[float, float, float, float]:
    """Return a box (left, bottom, right, top) on a page that is turned anticlockwise."""
    for _ in range(turn):
        left, bottom, right, top = box
        box = bottom, -right, top, -left
    return box


def arrange_lines(number: int, glyphs: Sequence[Glyph]) -> tuple[PageLine, ...]:
    """Return the characters of a page as lines.

    Args:
        number: The index of the page in the file, counted from 1.
        glyphs: In the order of the text stream.
    """
    return tuple(join_rows(build_lines(number, glyphs)))


def _read_objects(
    page: pdfium.PdfPage, left: float, top: float, turn: int
) -> tuple[tuple[Rule, ...], list[Box], int]:
    """Return the thin horizontal lines of a page, the boxes of all drawings, and its pictures."""
    rules: list[Rule] = []
    boxes: list[Box] = []
    image_count = 0
    for is_picture, bounds in list_drawn_objects(page):
        image_count += is_picture
        x0, y0, x1, y1 = _turn_box(bounds, turn)
        if not math.isfinite(x0 + x1 + y0 + y1):
            continue
        is_thin = x1 - x0 >= _MIN_RULE_LENGTH and y1 - y0 <= _MAX_RULE_HEIGHT
        if is_thin and not is_picture:
            rules.append(Rule(x0 - left, x1 - left, top - (y0 + y1) / 2))
        boxes.append(Box(x0 - left, top - y1, x1 - left, top - y0))
    return tuple(rules), boxes, image_count


def read_string(get: Callable[[], str]) -> str:
    """Return a text of a file; "" if it is none.

    Args:
        get: Returns it.
    """
    try:
        return get()
    except UnicodeDecodeError:
        return ""

"""Lay out the pages of a PDF: blocks in reading order, running lines apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.page_numbers import infer_page_labels, parse_printed_numbers
from index.readers.pdf.blocks import build_blocks
from index.readers.pdf.furniture import find_running_lines
from index.readers.pdf.glyphs import Rule
from index.readers.pdf.insets import InsetKind, find_frames, find_insets, find_table_areas
from index.readers.pdf.line_numbers import set_line_numbers_aside
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.pages import PrintedPage
from index.readers.pdf.trusted_tags import TrustedTags, find_trusted_tags
from index.readers.pdf.uneven_sizes import even_out_pages

_MAX_RULE_SHARE = 0.5  # of the width of a page: shorter rules may stand above notes
_FOOT_WEIGHT = 0.25  # of a character below such a rule
_MIN_BODY_SHARE = 0.25  # of the characters of the commonest size


@dataclass(frozen=True, slots=True)
class PageLayout:
    """A page in reading order.

    Attributes:
        number: The index of the page in the file, counted from 1.
        label: The printed number of the page, "" where it is not known.
        width: In points.
        height: In points.
        blocks: In reading order, without running lines.
        running: Running heads, feet and page numbers.
        rules: Thin horizontal lines.
        tilted: The text that is not upright.
        insets: The lines that interrupt the text, see `find_insets`.
        vertical_width: See `PrintedPage`.
    """

    number: int
    label: str
    width: float
    height: float
    blocks: tuple[LineBlock, ...]
    running: tuple[PageLine, ...]
    rules: tuple[Rule, ...]
    tilted: str
    insets: Mapping[int, InsetKind]
    vertical_width: float


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages of a file.

    Attributes:
        pages: In order.
        body_size: The font size of most of the text, in points.
        tags: What the file says of its lines.
    """

    pages: tuple[PageLayout, ...]
    body_size: float
    tags: TrustedTags

    @property
    def labels(self) -> dict[int, str]:
        """The printed numbers of pages by their indexes."""
        return {page.number: page.label for page in self.pages}


def lay_out_pages(pages: Sequence[PrintedPage], title: str = "") -> Layout:
    """Return the pages with their text in reading order.

    Args:
        pages: What stands on each page, in order.
        title: The title of the file, as its properties give it.
    """
    pages = set_line_numbers_aside(even_out_pages(pages))
    lines = [page.lines for page in pages]
    body_size = _find_body_size(pages)
    tags = find_trusted_tags(lines)
    running_ids = find_running_lines(lines, body_size, title, tags)
    running = {
        page.number: [line for line in page_lines if id(line) in running_ids]
        for page, page_lines in zip(pages, lines, strict=True)
    }
    labels = _choose_labels(pages, running)
    return Layout(
        tuple(
            _lay_out_page(page, label, running[page.number], body_size)
            for page, label in zip(pages, labels, strict=True)
        ),
        body_size,
        tags,
    )


def _lay_out_page(
    page: PrintedPage, label: str, running: Sequence[PageLine], body_size: float
) -> PageLayout:
    running_ids = {id(line) for line in running}
    lines = [line for line in page.lines if id(line) not in running_ids]
    tables = find_table_areas(lines, page.rules, page.drawings)
    blocks = build_blocks(lines, page.rules, tables, find_frames(page, lines))
    return PageLayout(
        page.number,
        label,
        page.width,
        page.height,
        tuple(blocks),
        tuple(running),
        page.rules,
        page.tilted,
        find_insets(blocks, tables, page, body_size),
        page.vertical_width,
    )


def _choose_labels(
    pages: Sequence[PrintedPage], running: Mapping[int, Sequence[PageLine]]
) -> list[str]:
    """Return the labels of the file where it has any, else those in its running lines."""
    labels = [page.label for page in pages]
    if any(labels):
        return labels
    texts = [
        "\n".join(line.text for line in running[page.number])
        + ("\n" + page.tilted if page.vertical_width else "")
        for page in pages
    ]
    return infer_page_labels([parse_printed_numbers(text) for text in texts])


def _find_body_size(pages: Sequence[PrintedPage]) -> float:
    """Return the font size of the text: the greatest that much of it has, since notes are small.

    What stands below the last short rule of its column, as notes do, counts for less: some pages
    have more notes than text.
    """
    sizes: defaultdict[float, float] = defaultdict(float)
    counts: Counter[tuple[float, bool]] = Counter()
    for page in pages:
        rules = [rule for rule in page.rules if rule.x1 - rule.x0 < _MAX_RULE_SHARE * page.width]
        for line in page.lines:
            box = line.box
            foot = max((r.y for r in rules if r.x0 < box.x1 and r.x1 > box.x0), default=page.height)
            counts.update([(glyph.size, glyph.baseline < foot) for glyph in line.glyphs])
    for (size, is_above), count in counts.items():
        sizes[round(size, 1)] += count if is_above else _FOOT_WEIGHT * count
    least = _MIN_BODY_SHARE * max(sizes.values(), default=0.0)
    return max((size for size, count in sizes.items() if count >= least), default=0.0)

"""Find the parts of a file that only its running heads name: Syllabus, Opinion of the Court."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from index.readers.pdf.headings import PdfHeading
from index.readers.pdf.layout import Layout
from index.readers.pdf.lines import LineBlock, PageLine

_MIN_PARTS = 2
_PART_LEVEL = 2
_MAX_LENGTH = 60
_MIN_SHARE = 0.7  # of the pages
_SAME_PLACE = 4.0  # points


def find_part_heads(layout: Layout, headings: Iterable[PdfHeading]) -> list[PageLine]:
    """Return the first running head of each part; nothing where other headings name the parts.

    Parts are named where most pages have one of several heads in one place, and the pages of each
    follow one another: heads of left and right pages, and of all pages, do not.

    Args:
        layout: The pages.
        headings: The headings in the text.
    """
    titles = [_normalize("".join(line.text for line in heading.lines)) for heading in headings]
    page_count = len(layout.pages)
    parts = [
        part
        for key, part in _group_heads(layout).items()
        if len(part) < page_count and not any(key in title for title in titles)
    ]
    parts = _select_place(parts)
    covered = sorted(line.page for part in parts for line in part)
    if len(parts) < _MIN_PARTS or len(covered) < _MIN_SHARE * page_count:
        return []
    if covered != list(range(covered[0], covered[0] + len(covered))):
        return []
    return sorted((part[0] for part in parts), key=lambda line: line.page)


def _select_place(parts: Sequence[list[PageLine]]) -> list[list[PageLine]]:
    """Return the heads of consecutive pages that stand at the height of most of them."""
    unbroken = [part for part in parts if part[-1].page - part[0].page + 1 == len(part)]
    places = Counter(round(line.baseline) for part in unbroken for line in part[1:])
    if not places:
        return []
    place = max(places, key=lambda baseline: places[baseline])
    return [part for part in unbroken if abs(part[0].baseline - place) < _SAME_PLACE]


def _group_heads(layout: Layout) -> dict[str, list[PageLine]]:
    """Return the running heads of all pages by their text, one of each text to a page."""
    lines: defaultdict[str, dict[int, PageLine]] = defaultdict(dict)
    for page in layout.pages:
        for line in page.running:
            key = _normalize(line.text)
            if line.baseline < page.height / 2 and key and len(line.text) <= _MAX_LENGTH:
                lines[key].setdefault(page.number, line)
    return {key: list(by_page.values()) for key, by_page in lines.items()}


def put_below(
    headings: Mapping[int, PdfHeading], heads: Sequence[PageLine]
) -> dict[int, PdfHeading]:
    """Return the headings with those of the parts, below which they stand.

    A part is a section of its file, and no article.

    Args:
        headings: The headings in the text by the ids of their first lines.
        heads: The heads of the parts.
    """
    if not heads:
        return dict(headings)
    lowered = {
        key: replace(heading, level=heading.level + _PART_LEVEL)
        for key, heading in headings.items()
    }
    return lowered | {id(line): PdfHeading((line,), _PART_LEVEL) for line in heads}


def insert_heads(blocks: Sequence[LineBlock], heads: Sequence[PageLine]) -> list[LineBlock]:
    """Return the blocks with each head before the first block of its page.

    Args:
        blocks: In reading order.
        heads: In the order of their pages.
    """
    result: list[LineBlock] = []
    waiting = list(heads)
    for block in blocks:
        while waiting and waiting[0].page <= block.lines[0].page:
            result.append(LineBlock((waiting.pop(0),)))
        result.append(block)
    return result


def _normalize(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W\d_]+|\b[ivxlc]+\b", "", folded)

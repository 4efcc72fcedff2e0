"""Set the table of contents of a Markdown file aside: rows that link to or name its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.readers.flow import FlowBlock
from index.readers.flow_contents import find_contents, is_contents_heading
from index.readers.markdown.blocks import MarkdownBlock
from index.readers.report import Report

_BULLET = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+(?=\S)")
_LINK = re.compile(r"\[(?P<name>[^\[\]\n]{1,200})\]\(#[^()\s]{1,200}\)")
_TAIL = re.compile(r"[\s.·•…⋯_|（(-]*(?:\d{1,4}|[ivxlc]{1,7})?[)）]?")
_MIN_LINKS = 2


def set_contents_aside(blocks: Sequence[MarkdownBlock], report: Report) -> list[MarkdownBlock]:
    """Return the blocks without a table of contents.

    That is a list of links into the file, or what stands below a heading such as 目錄 and names
    headings of the text after it.

    Args:
        blocks: In order.
        report: Receives the rows.
    """
    rows = {index for span in _find_link_lists(blocks) for index in span}
    rest = [index for index in range(len(blocks)) if index not in rows]
    flow = [
        FlowBlock(
            _strip_row(blocks[index].text),
            0 if blocks[index].is_code else blocks[index].heading_level,
            "quote" if blocks[index].is_code else blocks[index].kind,
        )
        for index in rest
    ]
    if contents := find_contents(flow):
        rows |= {rest[row] for row in contents.rows}
    for index in sorted(rows):
        report.set_aside(blocks[index].line, blocks[index].text, "contents")
    return [block for index, block in enumerate(blocks) if index not in rows]


def _find_link_lists(blocks: Sequence[MarkdownBlock]) -> Iterator[range]:
    """Yield the lists of links into the file, each with the heading over it."""
    start = 0
    while start < len(blocks):
        end = start
        while end < len(blocks) and _is_link(blocks[end]):
            end += 1
        has_heading = start > 0 and is_contents_heading(blocks[start - 1].text)
        if end - start >= _MIN_LINKS:
            yield range(start - has_heading, end)
        start = end + 1


def _is_link(block: MarkdownBlock) -> bool:
    """Return whether an item of a list is a link into the file, and at most a page besides."""
    bullet = _BULLET.match(block.text)
    link = _LINK.match(block.text, bullet.end()) if bullet else None
    is_paragraph = not block.heading_level and not block.is_code
    return is_paragraph and link is not None and bool(_TAIL.fullmatch(block.text, link.end()))


def _strip_row(text: str) -> str:
    """Return a row without its bullet and the targets of its links."""
    bullet = _BULLET.match(text)
    return _LINK.sub(lambda link: link["name"], text[bullet.end() :] if bullet else text)

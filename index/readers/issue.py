"""Find the parts of an issue: its contents, the heads of its articles, its imprint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.paged import article_heads, front_text
from index.readers.paged.article_heads import ParsedHead
from index.readers.paged.blocks import Block, Line
from index.readers.paged.contents import TableOfContents, find_contents
from index.readers.paged.cover import find_imprint
from index.readers.paged.headings import is_section_heading

_MIN_ARTICLES = 2
_MIN_SIGNED_SHARE = 0.5  # of the articles that have authors or topics at their heads


@dataclass(frozen=True, slots=True)
class IssueParts:
    """The parts of an issue, as indexes into its blocks.

    Attributes:
        heads: The heads of its articles, at least two.
        contents: Its contents.
        imprint_start: The index of the first block of its imprint; the number of blocks if it has
            none.
    """

    heads: tuple[ParsedHead, ...]
    contents: TableOfContents
    imprint_start: int


def find_issue(blocks: Sequence[Block], contents_lines: Sequence[Line]) -> IssueParts | None:
    """Return the parts of an issue; None where a file is a work by itself.

    An issue has two articles or more, most of them under a title with authors or topics of their
    own, which its contents list or whose first sections follow.

    Args:
        blocks: All headings and paragraphs of the file.
        contents_lines: The lines of its contents, which are in no block.
    """
    contents = find_contents(contents_lines)
    heads = article_heads.find_heads(blocks, contents)
    signed = [
        head
        for head in heads
        if (head.author or head.topics.items) and not is_section_heading(head.title)
    ]
    if len(signed) < max(_MIN_ARTICLES, _MIN_SIGNED_SHARE * len(heads)):
        return None
    if front_text.are_heads_doubtful(heads, contents):
        return None
    front = blocks[: heads[0].start]
    prose = front_text.find_prose(front, contents)
    if prose is not None:
        heads = [front_text.build_front_head(blocks, prose, contents), *heads]
    return IssueParts(tuple(heads), contents, find_imprint(blocks, heads))

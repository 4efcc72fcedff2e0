"""Keep prose that stands before the first article: it is text, and never a cover."""

from __future__ import annotations

from collections.abc import Sequence

from index.readers.paged import article_heads
from index.readers.paged.article_heads import ParsedHead
from index.readers.paged.block_kinds import classify_block
from index.readers.paged.blocks import Block
from index.readers.paged.contents import TableOfContents
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.text.characters import measure_width
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")

_MIN_PROSE_WIDTH = 80  # columns: about two printed lines


def find_prose(blocks: Sequence[Block], contents: TableOfContents) -> int | None:
    """Return the index of the first block of prose: whole sentences over more than a line.

    Args:
        blocks: Those before the first article.
        contents: Whose lines are no prose.
    """
    for index, block in enumerate(blocks):
        if (
            measure_width(block.text) >= _MIN_PROSE_WIDTH
            and classify_block(block) == "text"
            and not contents.lines.intersection(block.lines)
            and not _PATTERNS["contact"].search(block.text)
            and detect_ending(block.text) is Ending.FINISHED
        ):
            return index
    return None


def are_heads_doubtful(heads: Sequence[ParsedHead], contents: TableOfContents) -> bool:
    """Return whether fewer than half of the articles that the contents list were found.

    Args:
        heads: The heads of the articles.
        contents: The contents.
    """
    listed = {head.row_index for head in heads if head.row_index is not None}
    return bool(listed) and len(listed) * 2 < len(contents.first_list)


def build_front_head(blocks: Sequence[Block], prose: int, contents: TableOfContents) -> ParsedHead:
    """Return the head of the article that the prose before the first head belongs to.

    Args:
        blocks: Those of the whole file.
        prose: The index of the first block of prose.
        contents: Whose lines are in no head.
    """
    heading = prose - 1
    if (
        heading >= 0
        and not contents.lines.intersection(blocks[heading].lines)
        and article_heads.may_be_in_head(blocks[heading])
    ):
        return article_heads.parse_head(blocks, heading, prose, None)
    return ParsedHead(prose, prose, "", blocks[prose].line_number)

"""Find the articles of a volume by the names of authors below headings of one level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.readers.flow import FlowBlock
from index.readers.issue import IssueParts
from index.readers.paged import article_heads, front_text
from index.readers.paged.article_heads import ParsedHead
from index.readers.paged.blocks import Block, Line
from index.readers.paged.contents import TableOfContents
from index.readers.paged.headings import is_section_heading
from index.readers.paged.people import is_person_name, parse_names
from index.text.characters import contains_han
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_MIN_SIGNED = 2
_MIN_SHARE = 0.5  # of the headings of the level that no section has by its number or name
_FIRST_LETTER, _SECOND_LETTER = "A. ", "B. "  # of sections; initials too
_MAX_BYLINE = 120  # characters


def find_signed_issue(
    blocks: Sequence[FlowBlock], printed: Sequence[Block], contents_lines: Sequence[Line]
) -> IssueParts | None:
    """Return the parts of a volume whose headings of one level have authors below them.

    The other headings of this level begin articles too, such as an introduction or an index.

    Args:
        blocks: All headings and paragraphs of the file.
        printed: The same, as printed blocks.
        contents_lines: The lines of its contents, which are in no block.
    """
    level, signed = _find_level(blocks)
    if not level:
        return None
    contents = TableOfContents(lines=frozenset(contents_lines))
    starts = [
        index
        for index, block in enumerate(blocks)
        if block.level == level and not _PATTERNS["contents-heading"].match(block.text)
    ]
    heads = [
        _parse_head(blocks, printed, index)
        if index in signed
        else ParsedHead(
            index, index + 1, blocks[index].text, blocks[index].line, title_end=index + 1
        )
        for index in starts
    ]
    prose = front_text.find_prose(printed[: heads[0].start], contents)
    if prose is not None:
        heads = [front_text.build_front_head(printed, prose, contents), *heads]
    return IssueParts(tuple(heads), contents, len(blocks))


def _parse_head(blocks: Sequence[FlowBlock], printed: Sequence[Block], start: int) -> ParsedHead:
    """Return the head of a signed article: all of it stands above the next heading."""
    end = start + 2
    while end < len(blocks) and not blocks[end].level:
        end += 1
    head = article_heads.parse_head(printed[start:end], 0, 1, None)
    head.start, head.end, head.title_end = start, start + head.end, start + head.title_end
    return head


def _find_level(blocks: Sequence[FlowBlock]) -> tuple[int, dict[int, str]]:
    """Return the highest level of which headings are signed, and the names; 0 if none is."""
    signed = dict(_find_signed(blocks))
    for level in sorted({blocks[index].level for index in signed}):
        of_level = {index: names for index, names in signed.items() if blocks[index].level == level}
        unsigned = [
            block
            for index, block in enumerate(blocks)
            if block.level == level and index not in of_level and not is_section_heading(block.text)
        ]
        is_shared = len(of_level) >= _MIN_SHARE * (len(of_level) + len(unsigned))
        if len(set(of_level.values())) >= _MIN_SIGNED and is_shared:
            return level, of_level
    return 0, {}


def _find_signed(blocks: Sequence[FlowBlock]) -> Iterator[tuple[int, str]]:
    """Yield headings below which a line names authors and nothing else, and these names."""
    lettered = {
        block.level for block in blocks if block.level and block.text.startswith(_SECOND_LETTER)
    }
    for index, block in enumerate(blocks[:-2]):
        below = blocks[index + 1]
        is_section = below.level in lettered and below.text.startswith(_FIRST_LETTER)
        is_below = not below.level or below.level > block.level
        if block.level and is_below and not is_section and _is_byline(below):
            yield index, below.text


def _is_byline(block: FlowBlock) -> bool:
    is_line = len(block.text) <= _MAX_BYLINE and block.kind == "text" and "\n" not in block.text
    return is_line and are_names(block.text)


def are_names(text: str) -> bool:
    """Return whether a line names persons and nothing else; Chinese names begin with a family name.

    Args:
        text: A line.
    """
    names = parse_names(text)
    return names is not None and all(
        is_person_name(name)
        and (not contains_han(name) or _PATTERNS["han-name"].fullmatch(name) is not None)
        for name in names.items
    )

"""Where the articles of a publication begin, and what stands at the head of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.readers.paged import block_kinds, headings, note_marks, people
from index.readers.paged.blocks import Block
from index.readers.paged.contents import Contents, Row
from index.readers.paged.sentence_ends import End, ending, glue, width, without_trailing_marks
from index.readers.publication_id import compact
from index.readers.report import Report

MAX_TITLE_WIDTH = 240
_TITLE_BLOCKS = 3
_HEAD_BLOCKS = 4
_HEAD_LINES = 8
_WRAPPED = re.compile(
    r"(?:#{1,6}\s+)?(?:(?P<strong>\*{1,2}|_{1,2})(?P<bold>[^\s*_].*)(?P=strong)|(?P<plain>\S.*?))(?:\s+#+)?\s*$"
)
_FIRST_HEADING = re.compile(
    r"[#*\s]*(?:壹\s?、|一\s?、|I\.\s|Ⅰ|1[.、]\s|第一章)|[#*\s]*(?:前言|引言|緒論|導論|Introduction)$"
)


@dataclass(slots=True)
class Head:
    """The head of an article: which blocks it takes, and what they say.

    `first` and `end` are indexes of blocks: the head is `blocks[first:end]`.
    """

    first: int
    end: int
    title: str
    line: int
    markup: list[tuple[int, str]] = field(default_factory=list)
    author: str = ""
    author_line: int = 0
    institute: str = ""
    institute_line: int = 0
    topics: people.Parted = field(default_factory=lambda: people.Parted(()))
    topics_line: int = 0
    page: int | None = None
    row: int | None = None


def find(blocks: Sequence[Block], contents: Contents) -> list[Head]:
    """The heads of all articles, in order: those that the contents name, else by their form."""
    listed = _by_contents(blocks, contents)
    if listed:
        taken = [(head.first, head.end) for head in listed]
        formed = [
            head
            for head in _by_form(blocks)
            if head.topics.parts
            and all(head.end <= a or head.first >= b for a, b in taken)
            and head.first > listed[0].first
        ]
        return sorted([*listed, *formed], key=lambda head: head.first)
    return _by_form(blocks)


def split_lines(blocks: Sequence[Block], contents: Contents) -> list[Block]:
    """Part the lines of blocks in which the head of an article has run together."""
    titles = {compact(row.title) for rows in contents.lists for row in rows}
    result: list[Block] = []
    for block in blocks:
        several = 1 < len(block.lines) <= _HEAD_LINES
        if several and (
            any(people.topics(line.text.strip()) for line in block.lines)
            or (
                compact(_bare(block.text)) not in titles
                and any(compact(_bare(line.text.strip())) in titles for line in block.lines)
            )
        ):
            result += [
                Block((line,), block.new_page and line is block.lines[0]) for line in block.lines
            ]
        else:
            result.append(block)
    return result


def whole(blocks: Sequence[Block], report: Report) -> list[Head]:
    """One head for a file in which none was found: its first short block, or nothing at all."""
    if not blocks:
        return []
    titled = _is_short(blocks[0])
    head = _parse(blocks, 0, 1, None) if titled else Head(0, 0, "", blocks[0].number)
    report.found(
        "no-metadata",
        blocks[0].number,
        "No heads of articles were found; the file is read as one article.",
        "未找到各篇文章的篇首，全檔視為一篇文章。",
    )
    return [head]


def _by_contents(blocks: Sequence[Block], contents: Contents) -> list[Head]:
    """Each title of the contents, found again at the head of its article."""
    wanted: dict[str, int] = {}
    for rows in (contents.first, contents.other):
        for index, row in enumerate(rows):
            wanted.setdefault(compact(row.title), index)
    longest = max((len(title) for title in wanted), default=0)
    in_contents = contents.lines
    heads: list[Head] = []
    seen: set[int] = set()
    position = 0
    while position < len(blocks):
        match = (
            None
            if blocks[position].lines[0] in in_contents
            else _title_at(blocks, position, wanted, seen, longest)
        )
        if match is None:
            position += 1
            continue
        end, row_index = match
        seen.add(row_index)
        head = _parse(blocks, position, end, contents.first[row_index])
        head.row = row_index
        heads.append(head)
        position = head.end
    return heads


def _title_at(
    blocks: Sequence[Block], start: int, wanted: dict[str, int], seen: set[int], longest: int
) -> tuple[int, int] | None:
    """Where the title that begins at a block ends, and which row it is."""
    text = ""
    for end in range(start, min(start + _TITLE_BLOCKS, len(blocks))):
        if len(blocks[end].lines) > _TITLE_BLOCKS or blocks[end].is_table:
            return None
        text += compact(_bare(blocks[end].text))
        if len(text) > longest:
            return None
        index = wanted.get(text)
        if index is not None and index not in seen:
            return end + 1, index
    return None


def _by_form(blocks: Sequence[Block]) -> list[Head]:
    """Heads by their form alone: short lines, a name, an institute or topics among them."""
    heads: list[Head] = []
    run_start = 0
    position = 0
    while position < len(blocks):
        block = blocks[position]
        if people.topics(block.text) or _is_byline(blocks, position):
            head = _around(blocks, run_start, position, bool(heads))
            if head:
                heads.append(head)
                position = run_start = head.end
                continue
        if not _is_short(block):
            run_start = position + 1
        position += 1
    return heads


def _is_byline(blocks: Sequence[Block], position: int) -> bool:
    """Whether a block ends a head without topics: a name, or an institute under a name.

    What follows must be the first heading of an article.
    """
    if position < 1 or position + 1 == len(blocks) or not _is_first_heading(blocks[position + 1]):
        return False
    above, text = _bare(blocks[position - 1].text), _bare(blocks[position].text)
    if people.is_institute(text):
        return position > 1 and people.names(above) is not None
    return people.names(text) is not None and _is_short(blocks[position - 1])


def _is_first_heading(block: Block) -> bool:
    return bool(_FIRST_HEADING.match(block.text))


def _around(blocks: Sequence[Block], run_start: int, anchor: int, later: bool) -> Head | None:
    """The head whose topics or institute stand at `anchor`."""
    below = anchor if people.topics(blocks[anchor].text) else anchor + 1
    start = below
    if start > run_start and people.is_institute(_plain(blocks[start - 1].text)):
        start -= 1
    if start > run_start and people.names(_bare(blocks[start - 1].text)):
        start -= 1
    title_end = start
    limit = 2 if later else 1
    while start > run_start and title_end - start < limit:
        if start < title_end and ending(blocks[start - 1].text) is End.FINISHED:
            break
        start -= 1
    if start == title_end:
        return None
    return _parse(blocks, start, title_end, None)


def _is_short(block: Block) -> bool:
    """Whether a block may stand in a head: short, and not a sentence, a note or a heading."""
    text = _plain(block.text)
    if len(text) > MAX_TITLE_WIDTH or width(text) > MAX_TITLE_WIDTH:
        return False
    if block.is_table or block.indented or block_kinds.paragraph_kind(text) != "text":
        return False
    if (
        note_marks.opening(text)
        or headings.looks_numbered(text)
        or block_kinds.is_page_number(text)
    ):
        return False
    asks = text[-1:] in "？?！!" and not any(sign in text[:-1] for sign in "。！？!?")
    return asks or ending(text) is not End.FINISHED


def _parse(blocks: Sequence[Block], start: int, title_end: int, row: Row | None) -> Head:
    """The head whose title is `blocks[start:title_end]`; what follows is told by its form."""
    title = ""
    markup: list[tuple[int, str]] = []
    for block in blocks[start:title_end]:
        text, signs = _unwrapped(block.text)
        markup.append((block.number, signs))
        title += glue(title, text) + text
    page = row.page if row else None
    head = Head(start, title_end, title, blocks[start].number, markup, page=page)
    for position in range(title_end, min(title_end + _HEAD_BLOCKS, len(blocks))):
        block = blocks[position]
        topics = people.topics(block.text)
        if topics:
            if head.topics.parts:
                break
            head.topics, head.topics_line = topics, block.number
        elif not _fill(head, block, row):
            break
        head.end = position + 1
    return head


def _fill(head: Head, block: Block, row: Row | None) -> bool:
    """Give a block to the author or the institute of a head; False if it is neither."""
    text = block.text
    if not _is_short(block) or _is_first_heading(block) or headings.parse(_plain(text)):
        return False
    listed = row is not None and bool(row.author) and compact(row.author) == compact(_bare(text))
    if not head.author and not head.institute and (listed or people.names(_bare(text))):
        head.author, signs = _unwrapped(text)
        head.author_line = block.number
        head.markup.append((block.number, signs))
        return True
    if not head.institute and (
        people.is_institute(_plain(text))
        or bool(head.author and not head.topics.parts and len(text) < 60)
    ):
        head.institute, signs = _unwrapped(text)
        head.markup.append((block.number, signs))
        head.institute_line = block.number
        return True
    return False


def _unwrapped(text: str) -> tuple[str, str]:
    """A line without Markdown's signs around it, and those signs."""
    match = _WRAPPED.match(text) if len(text) <= MAX_TITLE_WIDTH else None
    if not match:
        return text, ""
    plain = next(one for one in (match["bold"], match["plain"]) if one is not None)
    signs = text.replace(plain, " ", 1)
    return plain, signs


def _plain(text: str) -> str:
    return _unwrapped(text)[0]


def _bare(text: str) -> str:
    """A title or a name without the marks of notes at its end."""
    return without_trailing_marks(_plain(text)).rstrip("*†‡ ")

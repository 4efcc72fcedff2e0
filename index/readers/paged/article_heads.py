"""Find where articles begin, and parse title, author, institute and topics at their heads."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from index.messages import MessageCatalogue
from index.readers.line_joining import choose_separator
from index.readers.notes.conventions import parse_opening
from index.readers.paged import block_kinds, headings, people
from index.readers.paged.blocks import Block, Line
from index.readers.paged.contents import ContentsRow, TableOfContents
from index.readers.paged.labels import is_record
from index.readers.paged.sentence_ends import (
    Ending,
    detect_ending,
    strip_trailing_marks,
)
from index.readers.paged.title_records import is_degree_line, is_document_number, is_title_record
from index.readers.publication_id import normalize_for_comparison
from index.readers.report import Report
from index.text.characters import measure_width
from index.text.patterns import load_patterns

_MESSAGES = MessageCatalogue("index", "readers")
_PATTERNS = load_patterns("index.readers")

_MAX_TITLE_WIDTH = 240
_MAX_TITLE_BLOCKS = 3
_MAX_TITLE_LINES = 5  # of a block that holds a title and names
_MAX_TITLE_PAGE = 12  # blocks above the title of a thesis
_MAX_HEAD_BLOCKS = 4
_SUBTITLE = re.compile(r"[#*\s]*(?:[—─–―-]{2,}|[—─])\s?\S")
_MAX_HEAD_LINES = 8
_MAX_INSTITUTE_LENGTH = 60  # characters, of one that is known only by its place
_EMPHASIZED = re.compile(
    r"(?:#{1,6}\s+)?(?:(?P<strong>\*{1,2}|_{1,2})(?P<bold>[^\s*_].*)(?P=strong)|(?P<plain>\S.*?))(?:\s+#+)?\s*$"
)
_SENTENCE_END = re.compile(r"[。！？!?]")


@dataclass(slots=True)
class ParsedHead:
    """The head of an article, which takes the blocks from `start` to `end`.

    Attributes:
        start: The index of its first block.
        end: The index after its last block.
        title: Marks included.
        line: Where it begins in the file.
        markup: The markup of its lines, with their numbers.
        author: The author line, marks included, or "".
        author_line: Where it stands in the file.
        institute: Marks included, or "".
        institute_line: Where it stands in the file.
        topics: The topics with their label.
        topics_line: Where they stand in the file.
        page: The printed page by the contents.
        row_index: The index of its row in the contents.
        title_end: The index after the last block of the title.
        records: Lines with the number of a document, or with dates.
    """

    start: int
    end: int
    title: str
    line: int
    markup: list[tuple[int, str]] = field(default_factory=list)
    author: str = ""
    author_line: int = 0
    institute: str = ""
    institute_line: int = 0
    topics: people.ParsedList = field(default_factory=lambda: people.ParsedList(()))
    topics_line: int = 0
    page: int | None = None
    row_index: int | None = None
    title_end: int = 0
    records: list[Line] = field(default_factory=list)


def find_heads(blocks: Sequence[Block], contents: TableOfContents) -> list[ParsedHead]:
    """Return the heads of all articles in order: those that the contents name, else by their form.

    Args:
        blocks: Those of the whole file.
        contents: The contents of the publication.
    """
    listed_heads = _find_by_contents(blocks, contents)
    if listed_heads:
        taken_ranges = [(head.start, head.end) for head in listed_heads]
        unlisted_heads = [
            head
            for head in _find_by_form(blocks, contents.lines)
            if head.topics.items
            and all(head.end <= start or head.start >= end for start, end in taken_ranges)
            and head.start > listed_heads[0].start
        ]
        return sorted([*listed_heads, *unlisted_heads], key=lambda head: head.start)
    return _find_by_form(blocks, contents.lines)


def split_head_lines(blocks: Sequence[Block], contents: TableOfContents) -> list[Block]:
    """Return the blocks with those split into lines that hold the head of an article.

    Args:
        blocks: Those of the whole file.
        contents: The contents of the publication.
    """
    titles = {normalize_for_comparison(row.title) for rows in contents.lists for row in rows}
    result: list[Block] = []
    for index, block in enumerate(blocks):
        if _contains_head(block, titles):
            head_length = len(block.lines)
        else:
            following = blocks[index + 1].text if index + 1 < len(blocks) else ""
            head_length = _count_head_lines(block, following, is_first=index == 0)
        if head_length:
            result += [
                Block((line,), block.starts_page and line is block.lines[0])
                for line in block.lines[:head_length]
            ]
            if block.lines[head_length:]:
                result.append(Block(block.lines[head_length:]))
        else:
            result.append(block)
    return result


def _count_head_lines(block: Block, following: str, *, is_first: bool) -> int:
    """Return how many lines of a block are the head of an article: title, names, institutes.

    It is 0 where no line below the first few short ones is nothing but names. But for the first
    block, an institute or a first heading has to follow.
    """
    if len(block.lines) < 2:
        return 0
    texts = [line.text.strip() for line in block.lines]
    for index, text in enumerate(texts[:_MAX_TITLE_LINES]):
        if index and people.parse_names(_strip_markup_and_marks(text)):
            names_end = length = index + 1
            while length < len(texts) and people.is_institute(_strip_emphasis(texts[length])):
                length += 1
            next_text = texts[length] if length < len(texts) else following
            is_head = is_first or length > names_end or _is_first_heading(next_text)
            return length if is_head else 0
        if not may_be_in_head(Block((block.lines[index],))):
            return 0
    return 0


def _contains_head(block: Block, titles: Container[str]) -> bool:
    """Return whether one of a few lines has topics or is a title of the contents by itself."""
    if not 1 < len(block.lines) <= _MAX_HEAD_LINES:
        return False
    lines = [line.text.strip() for line in block.lines]
    if any(people.parse_topics(line) for line in lines):
        return True
    return not _is_title(block.text, titles) and any(_is_title(line, titles) for line in lines)


def _is_title(text: str, titles: Container[str]) -> bool:
    return normalize_for_comparison(_strip_markup_and_marks(text)) in titles


def build_single_head(blocks: Sequence[Block], report: Report) -> list[ParsedHead]:
    """Return the head of a file in which none was found: its first short block, or an empty one.

    Args:
        blocks: Those of the whole file.
        report: Receives the finding.

    Returns:
        One head, or none for a file without blocks.
    """
    if not blocks:
        return []
    start = _skip_title_page(blocks)
    has_title = may_be_in_head(blocks[start])
    head = (
        parse_head(blocks, start, _find_title_end(blocks, start), None)
        if has_title
        else ParsedHead(start, start, "", blocks[start].line_number)
    )
    report.add_finding(
        "no-metadata",
        blocks[0].line_number,
        _MESSAGES["finding.no_article_heads"],
    )
    return [head]


def _find_title_end(blocks: Sequence[Block], start: int) -> int:
    """Return the index after a title: below the name of a court stands what it decided."""
    end = start + 1
    is_court = people.is_institute(_strip_emphasis(blocks[start].text))
    following = blocks[end].text if end < len(blocks) else ""
    return end + 1 if is_court and _PATTERNS["decision-name"].fullmatch(following) else end


def _skip_title_page(blocks: Sequence[Block]) -> int:
    """Return the index of the first block below what stands over the title.

    That is a thesis's records and university, or the issuing office and number of a document.
    """
    has_record = False
    for index, block in enumerate(blocks[:_MAX_TITLE_PAGE]):
        lines = [line.text.strip() for line in block.lines]
        if not all(_is_over_title(line) for line in lines):
            return index if has_record else 0
        has_record |= any(is_record(line) or is_degree_line(line) for line in lines)
    return 0


def _is_over_title(line: str) -> bool:
    is_record_line = is_document_number(line) or is_record(line) or is_degree_line(line)
    return is_record_line or people.is_institute(line)


def _find_by_contents(blocks: Sequence[Block], contents: TableOfContents) -> list[ParsedHead]:
    """Return the heads of the articles whose titles the contents name."""
    row_by_title: dict[str, int] = {}
    for rows in (contents.first_list, contents.translated_list):
        for index, row in enumerate(rows):
            row_by_title.setdefault(normalize_for_comparison(row.title), index)
    max_title_length = max((len(title) for title in row_by_title), default=0)
    contents_lines = contents.lines
    heads: list[ParsedHead] = []
    seen_rows: set[int] = set()
    position = next(
        (index for index, block in enumerate(blocks) if contents_lines.intersection(block.lines)), 0
    )
    while position < len(blocks):
        match = (
            None
            if contents_lines.intersection(blocks[position].lines)
            else _match_title(blocks, position, row_by_title, seen_rows, max_title_length)
        )
        if match is None:
            position += 1
            continue
        end, row_index = match
        seen_rows.add(row_index)
        head = parse_head(blocks, position, end, contents.first_list[row_index])
        head.row_index = row_index
        heads.append(head)
        position = head.end
    return heads


def _match_title(
    blocks: Sequence[Block],
    start: int,
    row_by_title: dict[str, int],
    seen_rows: set[int],
    max_title_length: int,
) -> tuple[int, int] | None:
    """Return the end of the title that begins at a block, and its row in the contents."""
    text = ""
    for end in range(start, min(start + _MAX_TITLE_BLOCKS, len(blocks))):
        if len(blocks[end].lines) > _MAX_TITLE_BLOCKS or blocks[end].is_table:
            return None
        text += normalize_for_comparison(_strip_markup_and_marks(blocks[end].text))
        if len(text) > max_title_length:
            return None
        index = row_by_title.get(text)
        if index is not None and index not in seen_rows:
            return end + 1, index
    return None


def _find_by_form(blocks: Sequence[Block], contents_lines: frozenset[Line]) -> list[ParsedHead]:
    """Return heads by their form: short lines that a name, an institute or topics follow."""
    heads: list[ParsedHead] = []
    run_start = 0
    position = 0
    while position < len(blocks):
        block = blocks[position]
        if people.parse_topics(block.text) or _is_byline(blocks, position):
            head = _parse_around(blocks, run_start, position, bool(heads))
            if head:
                heads.append(head)
                position = run_start = head.end
                continue
        if not may_be_in_head(block) or contents_lines.intersection(block.lines):
            run_start = position + 1
        position += 1
    return heads


def _is_byline(blocks: Sequence[Block], position: int) -> bool:
    """Return whether a block ends a head without topics: a name, or an institute below a name.

    What follows must be the first heading of an article.
    """
    if (
        position < 1
        or position + 1 == len(blocks)
        or not _is_first_heading(blocks[position + 1].text)
    ):
        return False
    text_above, text = (
        _strip_markup_and_marks(blocks[position - 1].text),
        _strip_markup_and_marks(blocks[position].text),
    )
    if people.is_institute(text):
        return position > 1 and people.parse_names(text_above) is not None
    return people.parse_names(text) is not None and may_be_in_head(blocks[position - 1])


def _is_first_heading(text: str) -> bool:
    return bool(_PATTERNS["first-heading"].match(text))


def _parse_around(
    blocks: Sequence[Block], run_start: int, anchor: int, has_earlier_heads: bool
) -> ParsedHead | None:
    """Return the head whose topics, institute or author stand at `anchor`."""
    title_end = anchor if people.parse_topics(blocks[anchor].text) else anchor + 1
    if title_end > run_start and people.is_institute(_strip_emphasis(blocks[title_end - 1].text)):
        title_end -= 1
    if title_end > run_start and people.parse_names(
        _strip_markup_and_marks(blocks[title_end - 1].text)
    ):
        title_end -= 1
    while title_end - 1 > run_start and is_degree_line(blocks[title_end - 1].text):
        title_end -= 1
    start = title_end
    first_possible = max(run_start, title_end - (2 if has_earlier_heads else 1))
    while start - 1 > run_start and _SUBTITLE.match(blocks[start - 1].text):
        start -= 1
        first_possible = min(first_possible, start - 1)
    while start > first_possible:
        if start < title_end and detect_ending(blocks[start - 1].text) is Ending.FINISHED:
            break
        start -= 1
    return None if start == title_end else parse_head(blocks, start, title_end, None)


def may_be_in_head(block: Block) -> bool:
    """Return whether a block is short, and no sentence, note or heading.

    Args:
        block: Any block.
    """
    text = _strip_emphasis(block.text)
    is_indented = block.is_indented and not block.is_centred
    if len(text) > _MAX_TITLE_WIDTH or measure_width(text) > _MAX_TITLE_WIDTH:
        return False
    if block.is_table or is_indented or block_kinds.classify_paragraph(text) != "text":
        return False
    if parse_opening(text) or headings.is_certain_heading(text) or block_kinds.is_page_number(text):
        return False
    is_question = text.endswith(("？", "?", "！", "!")) and not _SENTENCE_END.search(text[:-1])
    return is_question or detect_ending(text) is not Ending.FINISHED


def parse_head(
    blocks: Sequence[Block], start: int, title_end: int, row: ContentsRow | None
) -> ParsedHead:
    """Return the head with the title `blocks[start:title_end]`; the rest is found by its form.

    Args:
        blocks: Those of the whole file.
        start: The index of the first block of the title.
        title_end: The index after its last block.
        row: The row of the article in the contents, if they list it.
    """
    title = ""
    markup: list[tuple[int, str]] = []
    for block in blocks[start:title_end]:
        text, wrapper = _unwrap_emphasis(block.text)
        markup.append((block.line_number, wrapper))
        title += choose_separator(title, text) + text
    page = row.page if row else None
    line = blocks[start].line_number
    head = ParsedHead(start, title_end, title, line, markup, page=page, title_end=title_end)
    for position in range(title_end, min(title_end + _MAX_HEAD_BLOCKS, len(blocks))):
        block = blocks[position]
        topics = people.parse_topics(block.text)
        if topics:
            if head.topics.items:
                break
            head.topics, head.topics_line = topics, block.line_number
        elif is_title_record(block.text) or is_degree_line(block.text):
            head.records += block.lines
        elif not _assign_author_or_institute(head, block, row):
            break
        head.end = position + 1
    return head


def _assign_author_or_institute(head: ParsedHead, block: Block, row: ContentsRow | None) -> bool:
    """Set author or institute of a head from a block; return False if it is neither."""
    text, wrapper = _unwrap_emphasis(block.text)
    if (
        not may_be_in_head(block)
        or is_record(block.text)
        or _is_first_heading(block.text)
        or headings.parse_heading(text)
        or text.endswith((":", "："))
        or head.institute
    ):
        return False
    if not head.author and _is_author(block.text, row):
        text, digits = people.split_affiliation_digits(text)
        head.markup.append((block.line_number, digits))
        head.author, head.author_line = text, block.line_number
    elif people.is_institute(text) or (
        head.author and not head.topics.items and len(block.text) < _MAX_INSTITUTE_LENGTH
    ):
        head.institute, head.institute_line = text, block.line_number
    else:
        return False
    head.markup.append((block.line_number, wrapper))
    return True


def _is_author(text: str, row: ContentsRow | None) -> bool:
    """Return whether a line is the author in the contents, or has the form of names."""
    name = _strip_markup_and_marks(text)
    if people.parse_names(name):
        return True
    return (
        row is not None
        and bool(row.author)
        and (normalize_for_comparison(row.author) == normalize_for_comparison(name))
    )


def _unwrap_emphasis(text: str) -> tuple[str, str]:
    """Return a line without the markup of Markdown around it, and that markup."""
    match = _EMPHASIZED.match(text) if len(text) <= _MAX_TITLE_WIDTH else None
    if not match:
        return text, ""
    inner_text = next(group for group in (match["bold"], match["plain"]) if group is not None)
    wrapper = text.replace(inner_text, " ", 1)
    return inner_text, wrapper


def _strip_emphasis(text: str) -> str:
    return _unwrap_emphasis(text)[0]


def _strip_markup_and_marks(text: str) -> str:
    """Return a title or a name without the note marks at its end."""
    return strip_trailing_marks(_strip_emphasis(text)).rstrip("*＊※†‡ ")

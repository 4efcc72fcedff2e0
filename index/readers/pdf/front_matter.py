"""Find the title and the authors that a PDF prints before its text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from index.document import Span
from index.readers.dates import find_date
from index.readers.line_joining import join_lines
from index.readers.paged.headings import parse_heading
from index.readers.paged.people import is_institute, is_person_name, parse_names
from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.pdf.lines import LineBlock, PageLine
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")

_SAME_RATIO = 0.95  # of the largest size on the page: the same line goes on
_TITLE_RATIO = 1.15  # of the size of the text
_MAX_TITLE_LENGTH = 250  # characters
_MIN_DATE_SHARE = 0.5  # of a line
_MAX_AUTHOR_LENGTH = 120
_MIN_TEXT_LINES = 5  # of a page on which a title may stand out by its place alone
_MIN_INSET = 3.0  # of the font size, of a line that is centred, from the edge of the text
_MAX_COVER_LINES = 15
_MAX_AUTHOR_LINES = 12  # after the title
_POST = re.compile(r"(?<=\S)\s?[（(]([^（()）]{4,60})[)）]$")
_AROUND_DATE = " ,，|/·•–—-"
_FILE_TITLE = re.compile(
    r"untitled.*|microsoft (?:word|powerpoint).*"
    r"|.*\.(?:docx?|x?html?|odt|rtf|indd|tex|dvi|pdf|qxd|wpd|fm|png|jpe?g|tiff?|bmp|gif)"
    r"|\W*|(?:無標題|无标题|未命名).*|slide \d+",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file prints of itself before its text.

    Attributes:
        title: As printed, "" where none stands out.
        title_lines: Its lines.
        authors: The names below the title.
        author_lines: The lines of names, institutes and dates, which are no headings.
        publication_date: The date below the title.
        date_printed: As printed.
    """

    title: str = ""
    title_lines: tuple[PageLine, ...] = ()
    authors: tuple[str, ...] = ()
    author_lines: tuple[PageLine, ...] = ()
    publication_date: date | None = None
    date_printed: str = ""


def is_file_title(title: str) -> bool:
    """Return whether a title in a file's properties is only the name of a file or a program's.

    Args:
        title: As the properties give it.
    """
    return _FILE_TITLE.fullmatch(title) is not None


def find_front_matter(blocks: Sequence[LineBlock], body_size: float) -> FrontMatter:
    """Return the title in the largest type of the first page, and the authors below it.

    Args:
        blocks: The blocks of text in reading order, without notes.
        body_size: The font size of most of the text, in points.
    """
    lines = _list_first_page(blocks)
    start, end = _find_title(lines, body_size)
    title = join_lines(_remove_raised(line) for line in lines[start:end])
    if not title or len(title) > _MAX_TITLE_LENGTH or parse_heading(title) is not None:
        return FrontMatter()
    front = FrontMatter(title, tuple(lines[start:end]))
    if _is_cover(lines, body_size) and lines[-1] is not blocks[-1].lines[-1]:
        front = replace(front, author_lines=(*lines[:start], *lines[end:]))
        for line in lines[end:]:
            front = _add_line(front, line, body_size) or front
        return front
    for index, line in enumerate(lines[end : end + _MAX_AUTHOR_LINES], end + 1):
        further = _add_line(front, line, body_size)
        if further is None and _is_below_title(line, lines[index:], front, body_size):
            further = replace(front, author_lines=(*front.author_lines, line))
        if further is None:
            break
        front = further
    return _add_names_beside(front, lines, body_size)


def list_bylines(blocks: Sequence[LineBlock], headings: Collection[int]) -> Iterator[PageLine]:
    """Yield the lines right below headings that name authors: 文／林知遠, 林知遠（東港大學教授）.

    Args:
        blocks: The blocks of text in reading order.
        headings: The ids of the lines of headings.
    """
    lines = [line for block in blocks for line in block.lines]
    for previous, line in pairwise(lines):
        if id(previous) not in headings or len(line.text) > _MAX_AUTHOR_LENGTH:
            continue
        match = _PATTERNS["byline"].match(line.text)
        text = line.text[match.end() :] if match else _remove_post(line.text)
        names = parse_names(text) if text != line.text else None
        if names and all(map(is_person_name, names.items)):
            yield line


def _remove_post(text: str) -> str:
    """Return a text without the institute in brackets at its end."""
    post = _POST.search(text)
    return text[: post.start()] if post and is_institute(post[1]) else text


def _is_below_title(
    line: PageLine, below: Sequence[PageLine], front: FrontMatter, body_size: float
) -> bool:
    """Return whether a line between a title and a heading, or the like, is no heading itself.

    Names with initials and subtitles are larger than the text, and not bold; a heading stands above
    text.
    """
    is_between = body_size * _TITLE_RATIO < line.size < front.title_lines[-1].size
    heading = parse_heading(_remove_raised(line))
    is_plain = not line.is_bold and (heading is None or not heading.is_certain)  # H. Calloway
    is_above_text = not below or below[0].size <= _TITLE_RATIO * body_size
    return is_between and is_plain and not is_above_text


def _add_names_beside(
    front: FrontMatter, lines: Sequence[PageLine], body_size: float
) -> FrontMatter:
    """Return front matter with the names that stand beside other ones, over the next column."""
    known = set(map(id, front.author_lines))
    rows = [(line.baseline, line.size) for line in front.author_lines]
    for line in lines:
        is_beside = any(
            abs(line.baseline - baseline) < 1 and line.size == size for baseline, size in rows
        )
        if is_beside and id(line) not in known:
            front = _add_line(front, line, body_size) or front
    return front


def _find_title(lines: Sequence[PageLine], body_size: float) -> tuple[int, int]:
    """Return where the title begins and ends in the lines of the first page; (0, 0) without one.

    It is in the largest type. Where all is in one size, it is the first line if that is centred.
    """
    largest = max((line.size for line in lines if len(line.text) > 1), default=0.0)
    if largest < _TITLE_RATIO * body_size:
        return (0, 1) if _is_centred_title(lines) else (0, 0)
    is_title = [line.size > _SAME_RATIO * largest for line in lines]
    start = is_title.index(True)
    end = next((i for i in range(start, len(lines)) if not is_title[i]), len(lines))
    return start, end


def _is_centred_title(lines: Sequence[PageLine]) -> bool:
    """Return whether the first line of a page stands in the middle above text, and is no prose."""
    if len(lines) < _MIN_TEXT_LINES or detect_ending(lines[0].text) is Ending.FINISHED:
        return False
    first, left, right = lines[0], min(x.box.x0 for x in lines), max(x.box.x1 for x in lines)
    off_centre = abs(first.box.x0 + first.box.x1 - left - right) / 2
    is_inside = first.box.x0 - left > _MIN_INSET * first.size
    return is_inside and off_centre < first.size and sum(map(str.isalpha, first.text)) > 1


def _is_cover(lines: Sequence[PageLine], body_size: float) -> bool:
    """Return whether a page has a title, names and the like, and no text."""
    is_text = (line.size <= _TITLE_RATIO * body_size for line in lines)
    return len(lines) <= _MAX_COVER_LINES and not any(is_text)


def _list_first_page(blocks: Sequence[LineBlock]) -> list[PageLine]:
    lines = [line for block in blocks for line in block.lines]
    return [line for line in lines if line.page == lines[0].page]


def _add_line(front: FrontMatter, line: PageLine, body_size: float) -> FrontMatter | None:
    """Return front matter with a line of names, of an institute or a date; None if it is none."""
    text = _remove_raised(line)
    front = replace(front, author_lines=(*front.author_lines, line))
    printed_date = find_date(text)
    if printed_date and len(text[slice(*printed_date.span)]) >= _MIN_DATE_SHARE * len(text):
        printed = text[slice(*printed_date.span)]
        return replace(front, publication_date=printed_date.parsed_date, date_printed=printed)
    if _PATTERNS["byline-alone"].fullmatch(text):
        return front
    if len(text) > _MAX_AUTHOR_LENGTH or parse_heading(text) is not None:
        return None
    if printed_date:
        printed = text[slice(*printed_date.span)]
        rest = text.replace(printed, "").strip(_AROUND_DATE)
        if (names := parse_names(rest)) and all(map(is_person_name, names.items)):
            front = replace(front, publication_date=printed_date.parsed_date, date_printed=printed)
            text = rest
    text = _remove_post(text)
    names = parse_names(text)
    may_be_heading = line.is_bold and line.size > body_size and " " not in text
    if names and not may_be_heading:
        return replace(front, authors=tuple(dict.fromkeys((*front.authors, *names.items))))
    return front if is_institute(text) else None


def _remove_raised(line: PageLine) -> str:
    parts, start = [], 0
    length = len(line.glyphs)
    for run in [*line.raised_runs, Span(length, length)]:
        is_apart = 0 < start < run.start and line.has_blank_before(start)
        parts.append(" " * is_apart + line.extract_text(start, run.start))
        start = run.end
    return "".join(parts).strip()

"""Find the headings of a PDF: by its outline, else by size, weight and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from index.readers.paged.headings import is_certain_heading, parse_heading
from index.readers.pdf.front_matter import FrontMatter
from index.readers.pdf.labels import find_raised_labels
from index.readers.pdf.lines import LineBlock, PageLine
from index.readers.pdf.numbered_lines import find_numbered_headings
from index.readers.pdf.set_apart import Style, find_set_apart
from index.readers.pdf.trusted_tags import Element
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")

_HEADING_RATIO = 1.12  # of the size of the text
_MAX_HEADING_LINES = 6
_MAX_HEADING_LENGTH = 120  # characters
_MAX_EXTRA = 14  # characters of a heading that the outline does not have, such as "Chapter 1"
_MAX_LEVEL = 6
_MIN_TAGGED_OF_OUTLINE = 0.8  # of the headings of the outline: else tags are not complete
_MIN_TAGGED = 0.5  # of the headings by type, which may be bold paragraphs
_MIN_CAPITALS = 10  # letters
_MIN_PREFIX = 4  # letters and figures of a line that begins an entry
_RUN_IN_HEAD = re.compile(r"[A-Z][A-Z ,/&-]{3,59}:|\d{1,2}(?:\.\d{1,2}){1,3}\.? [^.:]{2,80}[.:]")


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An entry of a file's outline.

    Attributes:
        title: As the outline has it.
        page: The index of the page that it leads to, counted from 1.
        level: From 1.
    """

    title: str
    page: int
    level: int


@dataclass(frozen=True, slots=True)
class PdfHeading:
    """A heading on a page.

    Attributes:
        lines: Its lines, in order.
        level: From 1.
    """

    lines: tuple[PageLine, ...]
    level: int


def find_headings(
    blocks: Sequence[LineBlock],
    outline: Sequence[OutlineEntry],
    body_size: float,
    front: FrontMatter,
    insets: Collection[int] = (),
    tags: Mapping[int, Element] | None = None,
) -> dict[int, PdfHeading]:
    """Return the headings by the id (`id(line)`) of their first lines.

    Args:
        blocks: The blocks of text in reading order.
        outline: The file's outline, if it has one.
        body_size: The font size of most of the text, in points.
        front: The title, which is a heading, and the authors, who are none.
        insets: The ids of lines that interrupt the text, which are no headings.
        tags: The headings that the file's structure tags name, by the ids of their lines.
    """
    tagged = _collect_tagged(blocks, tags or {})
    headings = _match_outline(blocks, outline, body_size)
    least = _MIN_TAGGED_OF_OUTLINE
    if len(headings) < 0.5 * len(outline) or not headings:
        headings = _find_by_type(
            blocks, body_size, {*insets, *(id(line) for line in front.author_lines)}
        )
        least = _MIN_TAGGED
    if tagged and _measure_cover(tagged, headings) >= least:
        headings = tagged
    in_headings = {id(line) for heading in headings.values() for line in heading.lines}
    if front.title_lines and not any(id(line) in in_headings for line in front.title_lines):
        headings[id(front.title_lines[0])] = PdfHeading(front.title_lines, 1)
    return headings


def list_heading_lines(headings: Mapping[int, PdfHeading]) -> set[int]:
    """Return the ids of all lines of headings.

    Args:
        headings: As `find_headings` returns them.
    """
    return {id(line) for heading in headings.values() for line in heading.lines}


def _collect_tagged(
    blocks: Sequence[LineBlock], tags: Mapping[int, Element]
) -> dict[int, PdfHeading]:
    """Return the headings that the structure tags name."""
    headings: dict[int, PdfHeading] = {}
    for element, group in groupby(_iterate_lines(blocks), key=lambda line: tags.get(id(line))):
        if element is not None:
            lines = tuple(group)
            headings[id(lines[0])] = PdfHeading(lines, element.level)
    return headings


def _measure_cover(tagged: Mapping[int, PdfHeading], headings: Mapping[int, PdfHeading]) -> float:
    """Return how many of the headings found otherwise the tags name too, as a share."""
    lines = {id(line) for heading in tagged.values() for line in heading.lines}
    named = sum(any(id(line) in lines for line in heading.lines) for heading in headings.values())
    return named / len(headings) if headings else 1.0


def split_run_in_heads(block: LineBlock) -> LineBlock:
    """Return a block with each bold head that opens a line as a line of its own.

    Such heads are in capitals, or numbered. Tables have none.

    Args:
        block: A block of text.
    """
    if block.row_starts is not None:
        return block
    lines: list[PageLine] = []
    for line in block.lines:
        end = _count_bold(line)
        if 0 < end < len(line.glyphs) and _RUN_IN_HEAD.fullmatch(line.extract_text(0, end)):
            lines.append(PageLine(line.page, line.glyphs[:end]))
            lines.append(PageLine(line.page, line.glyphs[end:]))
        else:
            lines.append(line)
    return LineBlock(tuple(lines))


def _count_bold(line: PageLine) -> int:
    """Return how many characters are bold at the start of a line, a number before them included."""
    is_text = [not (glyph.text.isdecimal() or glyph.text == ".") for glyph in line.glyphs]
    start = is_text.index(True) if True in is_text else 0
    plain = (i for i, g in enumerate(line.glyphs[start:], start) if not g.is_bold)
    return next(plain, len(line.glyphs))


def _match_outline(
    blocks: Sequence[LineBlock], outline: Sequence[OutlineEntry], body_size: float
) -> dict[int, PdfHeading]:
    lines_by_page: defaultdict[int, list[PageLine]] = defaultdict(list)
    for block in blocks:
        for line in block.lines:
            lines_by_page[line.page].append(line)
    texts = {
        id(line): _normalize(_remove_labels(line))
        for page in {page for entry in outline for page in (entry.page, entry.page + 1)}
        for line in lines_by_page.get(page, ())
    }
    headings: dict[int, PdfHeading] = {}
    taken: set[int] = set()
    for entry in outline:
        match = _find_lines(entry, lines_by_page, taken, texts, body_size)
        if match:
            headings[id(match[0])] = PdfHeading(match, min(entry.level, _MAX_LEVEL))
            taken |= {id(line) for line in match}
    return headings


def _find_lines(
    entry: OutlineEntry,
    lines_by_page: Mapping[int, Sequence[PageLine]],
    taken: set[int],
    texts: Mapping[int, str],
    body_size: float,
) -> tuple[PageLine, ...] | None:
    """Return the lines that print an entry of the outline: the largest of those that match."""
    title = _normalize(entry.title)
    for page in (entry.page, entry.page + 1):
        ranked = [
            (rank, spanned)
            for spanned in _iterate_spans(
                lines_by_page.get(page, ()), taken, texts, len(title) + _MAX_EXTRA
            )
            if (rank := _rank_heading(spanned, title, texts, body_size))
        ]
        if title and ranked:
            return max(ranked, key=lambda pair: pair[0])[1]
    return None


def _iterate_spans(
    lines: Sequence[PageLine], taken: set[int], normalized: Mapping[int, str], max_length: int
) -> Iterator[tuple[PageLine, ...]]:
    """Yield what may be a heading: some lines in order that are not too long together."""
    for start in range(len(lines)):
        length = 0
        for end in range(start + 1, min(start + _MAX_HEADING_LINES, len(lines)) + 1):
            length += len(normalized[id(lines[end - 1])])
            if length > max_length or id(lines[end - 1]) in taken:
                break
            yield tuple(lines[start:end])


def _rank_heading(
    lines: Sequence[PageLine], title: str, normalized: Mapping[int, str], body_size: float
) -> float:
    """Return how well lines print a title of the outline; 0 if they do not."""
    texts = [normalized[id(line)] for line in lines]
    text = "".join(texts)
    is_large = lines[0].size > _HEADING_RATIO * body_size
    # An outline may cut the title short, or add the note of a mark in it.
    is_same = (
        title in text
        or (title.endswith(text) and len(text) > 0.6 * len(title))
        or (
            (is_large or all(line.is_bold for line in lines))
            and len(text) >= _MIN_PREFIX
            and title.startswith(text)
        )
    )
    is_needed = title not in "".join(texts[1:])
    # Lines of a heading are of one size, but for its number above it.
    is_whole = is_large and all(abs(line.size - lines[-1].size) < 0.1 * line.size for line in lines)
    if not is_same or not (is_needed or is_whole):
        return 0.0
    share = min(len(text), len(title)) / len(title)
    return lines[-1].size + (len(lines) - 1) * is_whole + share


def _remove_labels(line: PageLine) -> str:
    """Return the text of a line without raised labels."""
    text, start = "", 0
    for label in find_raised_labels(line):
        text += line.extract_text(start, label.start)
        start = label.end
    return text + line.extract_text(start, len(line.glyphs))


def _normalize(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if char.isalnum()).casefold()


def _find_by_type(
    blocks: Sequence[LineBlock], body_size: float, excluded: set[int]
) -> dict[int, PdfHeading]:
    """Return the headings that their type sets apart: larger, bold, or numbered and alone."""
    candidates: list[tuple[tuple[PageLine, ...], Style]] = []
    for block in blocks:
        if lines := tuple(line for line in block.lines if id(line) not in excluded):
            candidates += _find_in_block(LineBlock(lines), body_size)
    taken = {id(line) for lines, _ in candidates for line in lines}
    candidates += find_set_apart(blocks, body_size, taken | excluded)
    taken = {id(line) for lines, _ in candidates for line in lines}
    candidates += find_numbered_headings(blocks, body_size, taken | excluded)
    order = {id(line): index for index, line in enumerate(_iterate_lines(blocks))}
    candidates.sort(key=lambda candidate: order[id(candidate[0][0])])
    candidates = list(_join_numbers(candidates))
    ranked = sorted({style for _, style in candidates}, reverse=True)
    levels = {style: min(index + 1, _MAX_LEVEL) for index, style in enumerate(ranked)}
    return {id(lines[0]): PdfHeading(lines, levels[style]) for lines, style in candidates}


def _iterate_lines(blocks: Sequence[LineBlock]) -> Iterator[PageLine]:
    for block in blocks:
        yield from block.lines


def _join_numbers(
    candidates: Sequence[tuple[tuple[PageLine, ...], Style]],
) -> Iterator[tuple[tuple[PageLine, ...], Style]]:
    """Yield the candidates, a number or Chapter 1 alone with the heading that follows it."""
    number: tuple[PageLine, ...] = ()
    number_style: Style = (0.0, False)
    for lines, style in candidates:
        if number and lines[0].page == number[0].page and _follows(number[-1], lines[0]):
            yield (*number, *lines), style
            number = ()
            continue
        if _is_chapter_label(number):
            yield number, number_style
        is_title = any(char.isalpha() for line in lines for char in line.text)
        if is_title and not _is_chapter_label(lines):
            yield lines, style
            number = ()
        else:
            number, number_style = lines, style
    if _is_chapter_label(number):
        yield number, number_style


def _is_chapter_label(lines: Sequence[PageLine]) -> bool:
    return len(lines) == 1 and _PATTERNS["chapter-label"].fullmatch(lines[0].text) is not None


def _follows(line: PageLine, below: PageLine) -> bool:
    """Return whether a line stands close below another one."""
    return 0 <= below.baseline - line.baseline < 3 * line.size


def _find_in_block(block: LineBlock, body_size: float) -> list[tuple[tuple[PageLine, ...], Style]]:
    lines = block.lines
    headings: list[tuple[tuple[PageLine, ...], Style]] = []
    index = 0
    while index < len(lines):
        style = _classify(lines[index], body_size)
        end = index + 1
        if style is None:
            index = end
            continue
        while (
            end < len(lines)
            and _classify(lines[end], body_size) == style
            and not _begins_heading(lines[end].text)
            and not _leaves_capitals(lines[end - 1].text, lines[end].text)
        ):
            end += 1
        text = "".join(line.text for line in lines[index:end])
        is_short = end - index <= _MAX_HEADING_LINES and len(text) <= _MAX_HEADING_LENGTH
        if is_short and not _ends_like_prose(text):
            headings.append((tuple(lines[index:end]), style))
        index = end
    return headings


def _begins_heading(text: str) -> bool:
    """Return whether a line has a number of its own: it does not go on from the one above."""
    heading = parse_heading(text)
    is_numbered = heading is not None and heading.is_certain and heading.rank >= 0
    return is_numbered or _PATTERNS["law-heading"].fullmatch(text) is not None


def _leaves_capitals(text: str, below: str) -> bool:
    """Return whether a line of several words in capitals stands above one in small letters."""
    capitals, letters = (sum(map(test, text)) for test in (str.isupper, str.isalpha))
    is_upper = capitals == letters >= _MIN_CAPITALS and " " in text
    return is_upper and any(map(str.islower, below))


def _classify(line: PageLine, body_size: float) -> Style | None:
    """Return the size and weight of a line that may be a heading by them, else None."""
    if line.size >= _HEADING_RATIO * body_size:
        return (round(line.size), line.is_bold)
    if _RUN_IN_HEAD.fullmatch(line.text) and line.is_bold:
        return (round(body_size) - 1, True)
    if line.size >= 0.97 * body_size and (line.is_bold or is_certain_heading(line.text)):
        return (round(body_size), True)
    return None


def _ends_like_prose(text: str) -> bool:
    return text.rstrip().endswith(("。", "，", "；", ",", ";", "、"))

"""Find running heads and feet."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from index.readers.paged.sentence_ends import Ending, detect_ending
from index.readers.pdf.labels import parse_note_label, parse_order
from index.readers.pdf.lines import PageLine, group_rows
from index.readers.pdf.trusted_tags import NO_TAGS, TrustedTags

_ROW_TOLERANCE = 0.5  # of the font size
_MIN_PAGES = 3  # on which a line repeats
_TWO_PAGES = 2  # on which a line in small type repeats, of a file of few pages
_FEW_PAGES = 4
_SMALL_RATIO = 0.95  # of the size of the text
_EDGE_ROWS = 3  # rows at the top and at the foot of a page that may be running
_PLACE_STEP = 3.0  # points
_USUAL_SHARE = 0.4  # of the pages: running heads of left and right pages differ
_HEADING_RATIO = 1.15  # of the size of the text
_MIN_HEADING = 4  # characters
_DETACHED_RATIO = 1.15  # of the least distance of the next rows
_MAX_PITCH = 5.0  # of the font size: rows further apart are not of one text
_PAGE_NUMBER = re.compile(
    r"(?:[-–—\s]|p(?:age|\.)|第)*(\d{1,4})(?:[-–—\s]|[頁页]|(?:of|/)\s*\d{1,4})*", re.IGNORECASE
)
_OUTER_NUMBER = re.compile(r"^\d{1,5}\s+(?=\S)|(?<=\S)\s+\d{1,5}$")
_PRINT_TIME = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4},?\s*+(?:上午|下午)?\s*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]m)?",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?|file)://\S+", re.IGNORECASE)
_QUESTION = re.compile(r"[?？!！][”’」』]?$")
_DETACHED_GAP = 1.6  # of the font size, from baseline to baseline


@dataclass(frozen=True, slots=True)
class _EdgeRow:
    """The lines of one baseline near the upper or lower edge of a page.

    Attributes:
        lines: At least one.
        edge: 1 at the upper edge, -1 at the lower one.
        is_detached: Whether it keeps more distance from the next row than lines of a text do.
    """

    lines: tuple[PageLine, ...]
    edge: int
    is_detached: bool

    @property
    def places(self) -> range:
        """The places that it counts for: steps of three points, one to either side included."""
        place = round(self.lines[0].baseline / _PLACE_STEP)
        return range(place - 1, place + 2)

    @property
    def size(self) -> float:
        """The greatest font size of its lines."""
        return max(line.size for line in self.lines)

    def build_keys(self, body_size: float) -> list[tuple[int, str]]:
        """Return the texts of its lines with its edge: without figures, if in small type.

        A page number before or after a text is left out: it changes sides with the pages.
        """
        return [
            (
                self.edge,
                line.text
                if line.size > _HEADING_RATIO * body_size and not _PAGE_NUMBER.fullmatch(line.text)
                else _normalize(_OUTER_NUMBER.sub("", line.text)),
            )
            for line in self.lines
        ]


def find_running_lines(
    pages: Sequence[Sequence[PageLine]],
    body_size: float,
    title: str,
    tags: TrustedTags = NO_TAGS,
) -> set[int]:
    """Return the ids (`id(line)`) of running heads, feet and page numbers.

    From the edge of a page inwards, a row of lines is running where its text, but for figures,
    repeats in the same place on three pages or more, or in small type on two pages of a file of
    few, or has what browsers print around pages, or where it keeps its distance from the text, ends
    no sentence, and half of the pages have such a row in the same place, where few have a line
    of text, or it repeats a heading in small type. A line in larger type than the text is a heading
    unless it repeats with its figures. What the file marks as no part of the text is running.

    Args:
        pages: The lines of each page.
        body_size: The font size of most of the text.
        title: The title of the file, as its properties give it.
        tags: What the file says of its lines.
    """
    edges = [rows for lines in pages for rows in _find_edge_rows(lines)]
    headings = {heading for lines in pages for heading in _list_headings(lines, body_size)}
    counts = _EdgeCounts(body_size, sum(bool(lines) for lines in pages), headings, tags)
    for row in (row for rows in edges for row in rows):
        counts.add(row)
    is_short = len(pages) < _MIN_PAGES
    running = [
        line
        for rows in edges
        for row in _take_running_rows(rows, counts, title if is_short else None, tags.artifacts)
        for line in row.lines
    ]
    return {id(line) for line in (*running, *_find_inner_numbers(pages, running))}


def _find_inner_numbers(
    pages: Sequence[Sequence[PageLine]], running: Sequence[PageLine]
) -> Iterator[PageLine]:
    """Yield the numbers of pages that stand apart from the rows found as running.

    They count on from the numbers of other pages, and stand where these have theirs, beside notes
    in the margin, or at the foot of the first page of a chapter.
    """
    numbers = [(line, value) for line in running if (value := _parse_page_number(line))]
    offsets = Counter(value - line.page for line, value in numbers)
    offset, count = max(offsets.items(), key=lambda item: item[1], default=(0, 0))
    if count < _MIN_PAGES:
        return
    numbered = {line.page for line, _ in numbers}
    places = {round(line.baseline / _PLACE_STEP) for line, _ in numbers}
    for lines in pages:
        if lines and lines[0].page not in numbered:
            yield from _select_numbers(lines, lines[0].page + offset, places)


def _select_numbers(
    lines: Sequence[PageLine], number: int, places: Container[int]
) -> Iterator[PageLine]:
    """Yield the lines of a page that are its number, in one of some places or at the foot."""
    last = max(line.baseline for line in lines)
    for line in lines:
        is_in_place = round(line.baseline / _PLACE_STEP) in places or line.baseline == last
        if is_in_place and 0 < _parse_page_number(line) == number:
            yield line


def _parse_page_number(line: PageLine) -> int:
    """Return the number of a page that is all that a line has, else 0."""
    number = _PAGE_NUMBER.fullmatch(line.text)
    return int(number[1]) if number else 0


def _take_running_rows(
    rows: Sequence[_EdgeRow],
    counts: _EdgeCounts,
    title: str | None,
    artifacts: Collection[int],
) -> list[_EdgeRow]:
    """Return the rows from an edge inwards that are running.

    Args:
        rows: From the edge inwards.
        counts: Of all pages.
        title: The title of the file where it has few pages, else None.
        artifacts: The ids of lines that the file marks as no part of the text.
    """
    accepted: list[_EdgeRow] = []
    marked = list(takewhile(lambda row: all(id(line) in artifacts for line in row.lines), rows))
    for row in rows[len(marked) :]:
        is_known = row.is_detached and (_is_number_or_title(row, title) or _is_of_browser(row))
        if not is_known and not counts.is_running(row):
            break
        accepted.append(row)
    accepted = accepted[: _count_rows_below_notes(accepted)]
    # Notes such as Ibid. and last lines of notes may repeat at feet, but next to other lines.
    while accepted and (
        _may_be_note(accepted[-1])
        or not (accepted[-1].is_detached or counts.is_usual(accepted[-1]))
        or _may_end_note(accepted[-1])
    ):
        accepted.pop()
    return [*marked, *accepted]


def _count_rows_below_notes(rows: Sequence[_EdgeRow]) -> int:
    """Return how many rows at the foot stand below two notes, one above the other; else all."""
    orders = [_parse_note_order(row) if row.edge == -1 else 0 for row in rows]
    pairs = enumerate(pairwise(orders))
    return next((i for i, (lower, upper) in pairs if lower == upper + 1 > 1), len(rows))


def _parse_note_order(row: _EdgeRow) -> int:
    """Return the number with which a row begins as a note does, else 0."""
    label = parse_note_label(row.lines[0])
    return parse_order(label.text) if label and label.end < len(row.lines[0].glyphs) else 0


def _may_be_note(row: _EdgeRow) -> bool:
    """Return whether a row is the last line of a page's notes."""
    line = row.lines[0]
    label = parse_note_label(line)
    if row.edge == 1 or label is None or label.end == len(line.glyphs):
        return False
    return label.form in ("raised", "circled") or not row.is_detached


def _may_end_note(row: _EdgeRow) -> bool:
    """Return whether a row next to other lines at the foot ends a sentence: "2005年，第3頁。"."""
    text = row.lines[-1].text
    is_sentence = detect_ending(text) is Ending.FINISHED and not _PAGE_NUMBER.fullmatch(text)
    return row.edge == -1 and not row.is_detached and is_sentence


class _EdgeCounts:
    """Counts the pages on which rows near the edges stand in the same places."""

    def __init__(
        self, body_size: float, printed_pages: int, headings: Container[str], tags: TrustedTags
    ) -> None:
        self._body_size = body_size
        self._headings = headings
        # Some files tag running heads as paragraphs, but not those that mark others as artifacts.
        named = [tags.headings, tags.notes, *([tags.paragraphs] if tags.artifacts else [])]
        self._named = frozenset().union(*named)
        self._printed_pages = printed_pages
        self._min_pages = max(_MIN_PAGES, 0.5 * printed_pages)
        self._text_pages: defaultdict[tuple[int, str, int], set[int]] = defaultdict(set)
        self._detached_pages: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
        self._attached_pages: defaultdict[tuple[int, int], set[int]] = defaultdict(set)

    def add(self, row: _EdgeRow) -> None:
        """Count a row."""
        page = row.lines[0].page
        is_apart = self._is_apart(row)
        for place in row.places:
            for edge, key in row.build_keys(self._body_size):
                self._text_pages[edge, key, place].add(page)
            if not is_apart:
                self._attached_pages[row.edge, place].add(page)
            elif self._is_small(row):
                self._detached_pages[row.edge, place].add(page)

    def is_running(self, row: _EdgeRow) -> bool:
        """Return whether a row repeats, or stands in a margin."""
        place = row.places[1]
        keys = row.build_keys(self._body_size)
        pages = max(len(self._text_pages[edge, key, place]) for edge, key in keys)
        if pages == _TWO_PAGES and self._printed_pages <= _FEW_PAGES:
            return row.is_detached and row.size < _SMALL_RATIO * self._body_size
        if pages >= _MIN_PAGES:
            return self._is_small(row) or self.is_usual(row)
        if self._repeats_heading(row):
            return True
        if pages == 1 and self._may_be_heading(row):
            return False
        detached = len(self._detached_pages[row.edge, place])
        attached = len(self._attached_pages[row.edge, place])
        is_margin = detached >= max(self._min_pages, 2 * attached)
        return self._is_apart(row) and self._is_small(row) and is_margin

    def _is_apart(self, row: _EdgeRow) -> bool:
        """Return whether a row is detached, and no text: not the end of a sentence, nor tagged."""
        if not row.is_detached or any(id(line) in self._named for line in row.lines):
            return False
        text = " ".join(line.text for line in row.lines)
        if row.edge == 1 and _QUESTION.search(text):
            return True  # a title
        return not (any(map(str.isalpha, text)) and detect_ending(text) is Ending.FINISHED)

    def _repeats_heading(self, row: _EdgeRow) -> bool:
        """Return whether a row at the head of a page is a heading that stands elsewhere."""
        text = _normalize("".join(line.text for line in row.lines))
        is_head = row.edge == 1 and row.is_detached and row.size < self._body_size
        return is_head and text in self._headings

    def _may_be_heading(self, row: _EdgeRow) -> bool:
        """Return whether a row at the head of a page is bold, as large as the text, and no number.

        Chapters that begin on new pages have their headings in one place.
        """
        is_bold = all(line.is_bold for line in row.lines)
        text = "".join(line.text for line in row.lines)
        has_number = _OUTER_NUMBER.search(text) is not None
        is_large = row.size >= _SMALL_RATIO * self._body_size
        return row.edge == 1 and is_bold and is_large and not has_number

    def is_usual(self, row: _EdgeRow) -> bool:
        """Return whether many pages have the row's text in the same place."""
        place = row.places[1]
        keys = row.build_keys(self._body_size)
        share = max(len(self._text_pages[edge, key, place]) for edge, key in keys)
        return share >= _USUAL_SHARE * self._printed_pages

    def _is_small(self, row: _EdgeRow) -> bool:
        return row.size <= _HEADING_RATIO * self._body_size


def _list_headings(lines: Sequence[PageLine], body_size: float) -> Iterator[str]:
    """Yield the texts in larger type than the text on a page, without figures."""
    ordered = sorted(lines, key=lambda line: (line.baseline, line.box.x0))
    for size, group in groupby(ordered, key=lambda line: round(line.size)):
        text = "".join(line.text for line in group) if size > _HEADING_RATIO * body_size else ""
        if len(text) >= _MIN_HEADING:
            yield _normalize(text)


def _is_number_or_title(row: _EdgeRow, title: str | None) -> bool:
    """Return whether a row is the number of its page, or of few pages any number, or the title."""
    text = " ".join(line.text for line in row.lines)
    number = _PAGE_NUMBER.fullmatch(text)
    if number and (row.edge == -1 or number[1] != text):
        return title is not None or int(number[1]) == row.lines[0].page
    return bool(title) and _normalize(text) == _normalize(title or "") and row.edge == 1


def _is_of_browser(row: _EdgeRow) -> bool:
    """Return whether a row has what browsers print at the edges: the time, the page's address."""
    if any(_PRINT_TIME.fullmatch(line.text) for line in row.lines):
        return True
    return len(row.lines) > 1 and any(_ADDRESS.fullmatch(line.text) for line in row.lines)


def _find_edge_rows(lines: Sequence[PageLine]) -> list[list[_EdgeRow]]:
    """Return the outermost rows at the upper and at the lower edge of a page, from the edge on."""
    rows = group_rows(lines, _ROW_TOLERANCE)
    result = []
    for edge in (1, -1):
        ordered = rows[::edge]
        edge_rows = []
        for index, row in enumerate(ordered[: min(_EDGE_ROWS, (len(rows) + 1) // 2)]):
            following = ordered[index + 1][0].baseline if index + 1 < len(ordered) else math.inf
            gap = abs(following - row[0].baseline)
            pitch = min(
                (
                    distance
                    for first, second in pairwise(ordered[index + 1 :][:4])
                    if (distance := abs(second[0].baseline - first[0].baseline))
                    < _MAX_PITCH * first[0].size
                ),
                default=0.0,
            )
            is_detached = gap > max(_DETACHED_GAP * row[0].size, _DETACHED_RATIO * pitch)
            if len(rows) == 1:  # the only line of a page is text unless it is a number
                is_detached = not any(char.isalpha() for line in row for char in line.text)
            edge_rows.append(_EdgeRow(tuple(row), edge, is_detached))
        result.append(edge_rows)
    return result


def _normalize(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", re.sub(r"\s+", "", folded))

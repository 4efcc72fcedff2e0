"""Find the table of contents: one list of rows for each language that it is printed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.paged.blocks import Line
from index.readers.paged.headings import is_section_heading
from index.text.characters import BASIC_HAN
from index.text.patterns import load_patterns
from index.text.script_variants import match_either_script

_PATTERNS = load_patterns("index.readers")
_COLUMN_SEPARATOR = re.compile(
    r"\||\t|</?i>|\s{2,}|(?:[…‥⋯]\s?){2,}|(?:[.·‧．﹒⋅•・∙●․_-]\s?){3,}|\u3000+"
)
_PAGE_NUMBER = re.compile(r"[(（\[]?(?:p\.?\s?)?(?:(\d{1,4})|[ivxlc]{1,7})[)）\]]?$", re.IGNORECASE)
# The names of authors with the page: 王守義（5）, 王守義/5, 王守義 5
_NAMES_WITH_PAGE = re.compile(
    r"([^\d\s(（][^\d(（]*?)(?<!\s)\s*(?:[(（](\d{1,4})[)）]|[/／\s]\s?(\d{1,4}))"
)
# What a title has before a blank of its own: its number, or the first character of 摘　要.
_TITLE_START = re.compile(
    match_either_script(
        rf"第\s?[一二三四五六七八九十\d]{{1,3}}\s?[編篇部章節](?=[\s\u3000])"
        rf"|附[錄件][一二三四五六七八九十甲乙丙丁\dA-H]{{0,2}}(?=[\s\u3000])|(?i:appendix|annex|part|chapter)(?=\s)|\d{{1,2}}(?:\.\d{{1,2}})*\.?(?=\s)"
        rf"|[{BASIC_HAN}](?=[\s\u3000]{{1,4}}[{BASIC_HAN}](?![{BASIC_HAN}]))"
    )
)
_MIN_SIGNED = 2
_MAX_ROW_LENGTH = 600  # characters
_TABLE_RULE = re.compile(r"[\s|:\-]*")
_EMPHASIS = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")


@dataclass(frozen=True, slots=True)
class ContentsRow:
    """One article as the contents list it.

    Attributes:
        line: The line that it stands on.
        title: As printed.
        author: As printed, or "".
        page: The first page of the article.
    """

    line: Line
    title: str
    author: str
    page: int


@dataclass(frozen=True, slots=True)
class TableOfContents:
    """The table of contents of a publication.

    Attributes:
        lists: The rows of each list, in the order of printing.
        lines: All lines that it takes.
    """

    lists: tuple[tuple[ContentsRow, ...], ...] = ()
    lines: frozenset[Line] = frozenset()

    @property
    def first_list(self) -> tuple[ContentsRow, ...]:
        """The list that is printed first."""
        return self.lists[0] if self.lists else ()

    @property
    def translated_list(self) -> tuple[ContentsRow, ...]:
        """The list in the other language, as long as the first; () if there is none."""
        for rows in self.lists[1:]:
            if len(rows) == len(self.first_list):
                return rows
        return ()

    def get_rows(self, index: int | None) -> tuple[ContentsRow | None, ContentsRow | None]:
        """Return the rows of an article in the first and in the translated list.

        Args:
            index: Of its row; None where the contents do not list it.
        """
        if index is None:
            return None, None
        return self.first_list[index], self.translated_list[index] if self.translated_list else None


def find_contents(lines: Sequence[Line]) -> TableOfContents:
    """Return the contents among the lines at the front of a publication.

    A row ends in its page and parts its title from it by a table's bar, a tab, dots or wide
    blanks. A list is at least two rows with pages that never fall, or what stands under a heading
    such as 目錄 or Contents.

    Args:
        lines: Those before the text of the first article.
    """
    lists: list[list[ContentsRow]] = []
    other_lines: set[Line] = set()  # headings and rules of tables
    has_heading = False
    for index, line in enumerate(lines):
        text = line.text.strip()
        if not text:
            continue
        if _PATTERNS["contents-heading"].match(text):
            has_heading = True
            lists.append([])
            other_lines.update((line, *_find_repeated_headings(lines[index + 1 :])))
        elif row := _parse_row(line):
            if not lists or not _continues_list(lists[-1], row):
                lists.append([])
            lists[-1].append(row)
        elif "|" in text and _TABLE_RULE.fullmatch(text.lstrip("-* ")):
            other_lines.add(line)
    return _build_contents(lists, other_lines, has_heading=has_heading)


def _build_contents(
    lists: Sequence[Sequence[ContentsRow]], other_lines: set[Line], *, has_heading: bool
) -> TableOfContents:
    """Return the contents of lists that are long enough; without rows where they list sections."""
    min_length = 1 if has_heading else 2
    kept_lists = tuple(tuple(rows) for rows in lists if len(rows) >= min_length)
    if not kept_lists:
        return TableOfContents((), frozenset(other_lines) if len(other_lines) > 1 else frozenset())
    row_lines = {row.line for rows in kept_lists for row in rows}
    kept_lists = tuple(map(_drop_sections, kept_lists))
    if any(map(_lists_sections, kept_lists)):
        kept_lists = ()
    return TableOfContents(kept_lists, frozenset(other_lines | row_lines))


def _find_repeated_headings(lines: Sequence[Line]) -> list[Line]:
    """Return the headings without pages that a list begins with; the text repeats the first."""
    repeated: list[Line] = []
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        if repeated and text == repeated[0].text.strip():
            return repeated
        if not is_section_heading(text):
            return []
        repeated.append(line)
    return []


def _drop_sections(rows: tuple[ContentsRow, ...]) -> tuple[ContentsRow, ...]:
    """Return rows without those of sections, which have no authors, if articles have."""
    if sum(bool(row.author) for row in rows) < _MIN_SIGNED:
        return rows
    return tuple(row for row in rows if row.author or not is_section_heading(row.title))


def _lists_sections(rows: Sequence[ContentsRow]) -> bool:
    """Return whether most rows are sections by number or name, and hardly one has an author."""
    section_count = sum(is_section_heading(row.title) for row in rows)
    signed_count = sum(bool(row.author) for row in rows)
    return 2 * section_count > len(rows) and signed_count < _MIN_SIGNED


def _continues_list(rows: Sequence[ContentsRow], row: ContentsRow) -> bool:
    return not rows or row.page >= rows[-1].page


def _parse_row(line: Line) -> ContentsRow | None:
    text = line.text.strip()
    if len(text) > _MAX_ROW_LENGTH:
        return None
    parts = _split_columns(_EMPHASIS.sub(r"<i>\1</i>", text.removeprefix("- ")))
    if not 2 <= len(parts) <= 3:
        return None
    page = _PAGE_NUMBER.match(unicodedata.normalize("NFKC", parts[-1]))
    title, author = parts[0], parts[1] if len(parts) > 2 else ""
    if not page or not any(char.isalpha() for char in title):
        return None
    return ContentsRow(line, title, author, int(page[1] or 0))


def _split_columns(text: str) -> list[str]:
    """Return the title of a row, its authors, if any, and its page."""
    start = _TITLE_START.match(text)
    title_start = text[: start.end()] if start else ""
    blank_end = len(text) - len(text[len(title_start) :].lstrip())
    parts = [part.strip() for part in _COLUMN_SEPARATOR.split(text[blank_end:]) if part.strip()]
    if parts and start:
        parts[0] = text[:blank_end] + parts[0]
    if len(parts) == 2 and (match := _NAMES_WITH_PAGE.fullmatch(parts[1])):
        parts[1:] = [match[1], match[2] or match[3]]
    return parts

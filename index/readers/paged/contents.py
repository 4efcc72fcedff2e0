"""Find the table of contents: one list of rows for each language that it is printed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.paged.blocks import Line
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_COLUMN_SEPARATOR = re.compile(r"\||\t|</?i>|\s{2,}|(?:…\s?){2,}|(?:[.·‧．﹒]\s?){3,}|\u3000+")
_PAGE_NUMBER = re.compile(r"(?:p\.?\s?)?(\d{1,4})$", re.IGNORECASE)
_MAX_ROW_LENGTH = 600  # characters
_TABLE_RULE = re.compile(r"[\s|:\-]+$")
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
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        if _PATTERNS["contents-heading"].match(text):
            has_heading = True
            lists.append([])
            other_lines.add(line)
        elif row := _parse_row(line):
            if not lists or not _continues_list(lists[-1], row):
                lists.append([])
            lists[-1].append(row)
        elif "|" in text and _TABLE_RULE.sub("", text.lstrip("-* ")) == "":
            other_lines.add(line)
    min_length = 1 if has_heading else 2
    kept_lists = tuple(tuple(rows) for rows in lists if len(rows) >= min_length)
    if not kept_lists:
        return TableOfContents()
    row_lines = {row.line for rows in kept_lists for row in rows}
    return TableOfContents(kept_lists, frozenset(other_lines | row_lines))


def _continues_list(rows: Sequence[ContentsRow], row: ContentsRow) -> bool:
    return not rows or row.page >= rows[-1].page


def _parse_row(line: Line) -> ContentsRow | None:
    text = line.text.strip()
    if len(text) > _MAX_ROW_LENGTH:
        return None
    text = _EMPHASIS.sub(r"<i>\1</i>", text.removeprefix("- "))
    parts = [part.strip() for part in _COLUMN_SEPARATOR.split(text) if part.strip()]
    if not 2 <= len(parts) <= 3:
        return None
    page = _PAGE_NUMBER.match(unicodedata.normalize("NFKC", parts[-1]))
    title, author = parts[0], parts[1] if len(parts) > 2 else ""
    if not page or not any(char.isalpha() for char in title):
        return None
    return ContentsRow(line, title, author, int(page[1]))

"""A table of contents: its rows, one list for each language that it is printed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.paged.blocks import Line
from index.text.characters import contains_han

_HEADING = re.compile(
    r"[#*\s]*(?:目\s*[錄次录]|本期目[錄次]|(?:table\s+of\s+)?contents|in this issue)[*:：\s]*$",
    re.IGNORECASE,
)
_COLUMN_SEPARATOR = re.compile(r"\||\t|</?i>|\s{2,}|(?:…\s?){2,}|(?:[.·‧．﹒]\s?){3,}|\u3000+")
_PAGE_NUMBER = re.compile(r"(?:p\.?\s?)?(\d{1,4})$", re.IGNORECASE)
_TABLE_RULE = re.compile(r"[\s|:\-]+$")
_EMPHASIS = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")


@dataclass(frozen=True, slots=True)
class ContentsRow:
    """One article as the contents list it: title, author as printed, page."""

    line: Line
    title: str
    author: str
    page: int

    @property
    def is_chinese(self) -> bool:
        """Whether its title is Chinese."""
        return contains_han(self.title)


@dataclass(frozen=True, slots=True)
class TableOfContents:
    """The lists of contents of a publication, and the lines that they stand on."""

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


def find_contents(lines: Sequence[Line]) -> TableOfContents:
    """The contents among the lines at the front of a publication.

    A row ends in its page and parts its title from it by a table's bar, a tab, dots or wide
    blanks. A list is at least two rows with pages that never fall, or what stands under a heading
    such as 目錄 or Contents.
    """
    lists: list[list[ContentsRow]] = []
    contents_lines: set[Line] = set()
    has_heading = False
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        row = _parse_row(line)
        if _HEADING.match(text):
            has_heading = True
            lists.append([])
            contents_lines.add(line)
        elif row and lists and _continues_list(lists[-1], row):
            lists[-1].append(row)
        elif row:
            lists.append([row])
        elif "|" in text and _TABLE_RULE.sub("", text.lstrip("-* ")) == "":
            contents_lines.add(line)
    kept_lists = [rows for rows in lists if len(rows) > 1 or (rows and has_heading)]
    contents_lines |= {row.line for rows in kept_lists for row in rows}
    return TableOfContents(
        tuple(tuple(rows) for rows in kept_lists),
        frozenset(contents_lines) if kept_lists else frozenset(),
    )


def _continues_list(rows: list[ContentsRow], row: ContentsRow) -> bool:
    if not rows:
        return True
    return row.page >= rows[-1].page and row.page > rows[0].page - 1


def _parse_row(line: Line) -> ContentsRow | None:
    text = line.text.strip()
    if len(text) > 600:
        return None
    text = _EMPHASIS.sub(r"<i>\1</i>", text.removeprefix("- "))
    parts = [part.strip() for part in _COLUMN_SEPARATOR.split(text)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return None
    page = _PAGE_NUMBER.match(unicodedata.normalize("NFKC", parts[-1]))
    if not page or len(parts) > 3:
        return None
    title, author = parts[0], parts[1] if len(parts) > 2 else ""
    if not any(char.isalpha() for char in title):
        return None
    return ContentsRow(line, title, author, int(page[1]))

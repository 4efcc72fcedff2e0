"""A table of contents: its rows, one list for each language that it is printed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from index.readers.decoding import Line
from index.readers.paged.sentence_ends import is_han

_HEADING = re.compile(
    r"[#*\s]*(?:目\s*[錄次录]|本期目[錄次]|(?:table\s+of\s+)?contents|in this issue)[*:：\s]*$",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\||\t|</?i>|\s{2,}|(?:…\s?){2,}|(?:[.·‧．﹒]\s?){3,}|\u3000+")
_PAGE = re.compile(r"(?:p\.?\s?)?(\d{1,4})$", re.IGNORECASE)
_RULE = re.compile(r"[\s|:\-]+$")
_STARRED = re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)")


@dataclass(frozen=True, slots=True)
class Row:
    """One article as the contents list it: title, author as printed, page."""

    line: Line
    title: str
    author: str
    page: int

    @property
    def chinese(self) -> bool:
        """Whether its title is Chinese."""
        return any(is_han(char) for char in self.title)


@dataclass(frozen=True, slots=True)
class Contents:
    """The lists of contents of a publication, and the lines that they stand on."""

    lists: tuple[tuple[Row, ...], ...] = ()
    lines: frozenset[Line] = frozenset()

    @property
    def first(self) -> tuple[Row, ...]:
        """The list that is printed first."""
        return self.lists[0] if self.lists else ()

    @property
    def other(self) -> tuple[Row, ...]:
        """The list in the other language, as long as the first; () if there is none."""
        for rows in self.lists[1:]:
            if len(rows) == len(self.first):
                return rows
        return ()


def find(lines: Sequence[Line]) -> Contents:
    """The contents among the lines at the front of a publication.

    A row ends in its page and parts its title from it by a table's bar, a tab, dots or wide
    blanks. A list is at least two rows with pages that never fall, or what stands under a heading
    such as 目錄 or Contents.
    """
    lists: list[list[Row]] = []
    taken: set[Line] = set()
    headed = False
    for line in lines:
        text = line.text.strip()
        if not text:
            continue
        row = _row(line)
        if _HEADING.match(text):
            headed = True
            lists.append([])
            taken.add(line)
        elif row and lists and _continues(lists[-1], row):
            lists[-1].append(row)
        elif row:
            lists.append([row])
        elif "|" in text and _RULE.sub("", text.lstrip("-* ")) == "":
            taken.add(line)
    kept = [rows for rows in lists if len(rows) > 1 or (rows and headed)]
    taken |= {row.line for rows in kept for row in rows}
    return Contents(tuple(tuple(rows) for rows in kept), frozenset(taken) if kept else frozenset())


def is_heading(text: str) -> bool:
    """Whether a line announces the contents."""
    return bool(_HEADING.match(text.strip()))


def _continues(rows: list[Row], row: Row) -> bool:
    if not rows:
        return True
    return row.page >= rows[-1].page and row.page > rows[0].page - 1


def _row(line: Line) -> Row | None:
    text = line.text.strip()
    if len(text) > 600:
        return None
    text = _STARRED.sub(r"<i>\1</i>", text.removeprefix("- "))
    parts = [part.strip() for part in _PARTS.split(text)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return None
    page = _PAGE.match(unicodedata.normalize("NFKC", parts[-1]))
    if not page or len(parts) > 3:
        return None
    title, author = parts[0], parts[1] if len(parts) > 2 else ""
    if not any(char.isalpha() for char in title):
        return None
    return Row(line, title, author, int(page[1]))

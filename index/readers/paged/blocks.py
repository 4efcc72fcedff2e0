"""Lines → blocks: what blank lines part, tables and list lines kept line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from index.readers.decoding import Line
from index.readers.paged import headings, note_marks
from index.readers.paged.sentence_ends import End, ending, glue

_TABLE_RULE = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_TABLE_ROW = re.compile(r"\s*(?:[-*] )?\|.*\|\s*$")


@dataclass(frozen=True)
class Block:
    """Consecutive lines that belong together.

    Attributes:
        lines: Its lines, never blank.
        new_page: Whether a page certainly begins with it (a form feed stands before it).
    """

    lines: tuple[Line, ...]
    new_page: bool = False

    @property
    def number(self) -> int:
        """The file's line that it begins at."""
        return self.lines[0].number

    @cached_property
    def text(self) -> str:
        """Its lines as one running text."""
        parts = [line.text.strip() for line in self.lines]
        if len(parts) == 1:
            return parts[0]
        joined: list[str] = []
        for part in parts:
            if joined:
                joined.append(glue(joined[-1], part))
            joined.append(part)
        return "".join(joined)

    @property
    def indented(self) -> bool:
        """Whether it stands in from the margin, as the further paragraphs of a note may."""
        first = self.lines[0].text
        return first.startswith(("  ", "\t", "\u3000"))

    @cached_property
    def is_table(self) -> bool:
        """Whether it is a table, a line for each row."""
        return all(is_row(line.text) for line in self.lines)

    @property
    def is_quote(self) -> bool:
        """Whether every line is marked as quoted."""
        return all(line.text.lstrip().startswith(">") for line in self.lines)


def is_row(text: str) -> bool:
    """Whether a line is a row of a table."""
    return bool(_TABLE_ROW.match(text))


def is_rule(text: str) -> bool:
    """Whether a row only parts the head of a table from its body."""
    return bool(_TABLE_RULE.match(text))


def blocks(lines: Iterable[Line]) -> list[Block]:
    """The blocks of a text, in order; blank lines belong to none."""
    result: list[Block] = []
    current: list[Line] = []
    new_page = False

    def close() -> None:
        nonlocal current, new_page
        if current:
            result.append(Block(tuple(current), new_page))
            current, new_page = [], False

    for line in lines:
        if line.new_page:
            close()
            new_page = True
        if not line.text.strip():
            close()
            continue
        if current and _starts_block(line, current[-1]):
            close()
        current.append(line)
    close()
    return result


def _starts_block(line: Line, before: Line) -> bool:
    """Whether a line begins a block of its own though no blank line stands before it."""
    text = line.text.strip()
    if is_row(line.text) != is_row(before.text):
        return True
    if text.startswith(">") != before.text.lstrip().startswith(">"):
        return True
    if line.text.startswith("\u3000\u3000"):
        return True
    if (
        note_marks.opening(text)
        or headings.is_marked_up(text)
        or headings.is_marked_up(before.text)
    ):
        return True
    if headings.looks_numbered(before.text.strip()):
        return True
    return headings.looks_numbered(text) and ending(before.text) is End.FINISHED

"""Split a text into lines, and lines into blocks."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from index.readers.line_joining import join_lines
from index.readers.notes.conventions import NoteOpening, parse_opening
from index.readers.paged import headings
from index.readers.paged.sentence_ends import Ending, detect_ending, starts_mid_sentence
from index.readers.paged.title_records import is_below_title
from index.text.characters import measure_width
from index.text.patterns import load_patterns
from index.text.script_variants import match_either_script

_PATTERNS = load_patterns("index.readers")
_CENTRING = " " * 8
_LABELS = ("section-label", "record-label", "topics-label")
_NUMBERED = re.compile(
    match_either_script(
        r"[（(][一二三四五六七八九十\d]{1,3}[)）]"
        r"|[一二三四五六七八九十]{1,3}(?:[、\u3000]|  ?(?=\S))|\d{1,2}[.．、\u3000]"
        r"|第\s?[一二三四五六七八九十百\d]{1,5}\s?條|[①-⑳]|(?:ARTICLE|Article|Art\.)\s\d{1,3}$"
    )
)
_ITEM_ENDS = "。；：;:"
_MIN_LINE_WIDTH = 30  # columns
SHORT_LINE = 0.75
"""How much of the line width a line has at most that ends well before the margin."""
_TITLE_WIDTH = 0.6  # of the line below
_PAUSE = re.compile("[，。；]")
_TABLE_RULE = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*$")
_RULE = re.compile(r"[_━─＿]{3,}$|[-*=–—]{5,}$")
_TABLE_ROW = re.compile(r"\s*(?:[-*] )?\|.*\|\s*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, or the part of one that form feeds cut off.

    Attributes:
        number: Of the line in the file, counted from 1.
        text: Without line end and form feeds.
        part_index: The number of form feeds before it on its line.
    """

    number: int
    text: str
    part_index: int = 0

    @property
    def position(self) -> tuple[int, int]:
        """Its place in the order of the file."""
        return self.number, self.part_index

    @property
    def starts_page(self) -> bool:
        """Whether a form feed stands before it."""
        return self.part_index > 0


def split_lines(text: str) -> list[Line]:
    """Return the lines of a text; a form feed ends a line and begins a page.

    Args:
        text: With one newline character for each line end.
    """
    return [
        Line(number, part, part_index)
        for number, line in enumerate(text.split("\n"), 1)
        for part_index, part in enumerate(line.split("\f"))
    ]


@dataclass(frozen=True)
class Block:
    """Consecutive lines that belong together.

    Attributes:
        lines: Never blank.
        starts_page: Whether a page certainly begins with it: a form feed stands before it.
    """

    lines: tuple[Line, ...]
    starts_page: bool = False

    @property
    def line_number(self) -> int:
        """The number of its first line."""
        return self.lines[0].number

    @property
    def position(self) -> tuple[int, int]:
        """The place of its first line in the order of the file."""
        return self.lines[0].position

    @cached_property
    def text(self) -> str:
        """Its lines as one running text."""
        return join_lines(line.text.strip() for line in self.lines)

    @property
    def is_indented(self) -> bool:
        """Whether it is indented, as the further paragraphs of a note may be."""
        first_line = self.lines[0].text
        return first_line.startswith(("  ", "\t", "\u3000"))

    @property
    def is_centred(self) -> bool:
        """Whether so many blanks stand before each line that they centre it on the page."""
        return all(line.text.startswith(_CENTRING) for line in self.lines)

    @cached_property
    def is_table(self) -> bool:
        """Whether it is a table, a line for each row."""
        return all(is_table_row(line.text) for line in self.lines)

    @property
    def is_quote(self) -> bool:
        """Whether every line is marked as quoted."""
        return all(line.text.lstrip().startswith(">") for line in self.lines)


def is_table_row(text: str) -> bool:
    """Return whether a line is a row of a table.

    Args:
        text: A line.
    """
    return bool(_TABLE_ROW.match(text))


def is_table_rule(text: str) -> bool:
    """Return whether a line is the rule below the head of a table.

    Args:
        text: A line.
    """
    return bool(_TABLE_RULE.match(text))


def compute_line_width(lines: Sequence[Line]) -> float:
    """Return the width that most lines stay within, in columns; 0 if they are short.

    Args:
        lines: Of a file.
    """
    widths = sorted(measure_width(line.text) for line in lines if line.text.strip())
    width = widths[len(widths) * 9 // 10] if widths else 0
    return width if width >= _MIN_LINE_WIDTH else 0


def split_blocks(
    lines: Sequence[Line], note_openings: Mapping[tuple[int, int], NoteOpening]
) -> list[Block]:
    """Return the blocks of a text, in order; blank lines belong to none.

    Args:
        lines: The lines of the text.
        note_openings: How notes begin, by the positions of their lines.
    """
    result: list[Block] = []
    current_lines: list[Line] = []
    starts_page = False
    short_width = SHORT_LINE * compute_line_width(lines)

    def close_block() -> None:
        nonlocal current_lines, starts_page
        if current_lines:
            result.append(Block(tuple(current_lines), starts_page))
            current_lines, starts_page = [], False

    def is_number_of_note(line: Line) -> bool:
        opening = note_openings.get(line.position)
        return opening is not None and opening.form == "line"

    last_positions = _find_last_lines(lines)
    title = _find_title_over_text(lines, short_width)
    for line in lines:
        if line.starts_page:
            close_block()
            starts_page = True
        if not line.text.strip():
            if not (len(current_lines) == 1 and is_number_of_note(current_lines[0])):
                close_block()
            continue
        if line.position in note_openings or (
            current_lines
            and (
                current_lines[-1] is title
                or _starts_block(line, current_lines[-1])
                or _ends_paragraph(current_lines, short_width, note_openings)
            )
        ):
            close_block()
        if line.position in last_positions and line.text.strip().isdecimal():
            close_block()  # the number of the page
        current_lines.append(line)
    close_block()
    return result


def _find_title_over_text(lines: Sequence[Line], short_width: float) -> Line | None:
    """Return the first line of a file if it is a title right over a full line of text."""
    printed = (index for index, line in enumerate(lines) if line.text.strip())
    first = next(printed, len(lines))
    if first + 1 >= len(lines) or not short_width:
        return None
    title, text = lines[first : first + 2]
    text_width = measure_width(text.text)
    is_short = measure_width(title.text) < _TITLE_WIDTH * text_width
    is_open = detect_ending(title.text) is Ending.OPEN and not _PAUSE.search(title.text)
    begins = not starts_mid_sentence(text.text.strip())
    return title if text_width >= short_width and is_short and is_open and begins else None


def _find_last_lines(lines: Sequence[Line]) -> set[tuple[int, int]]:
    """Return the positions of the last lines of pages."""
    printed = [line for line in lines if line.text.strip() or line.starts_page]
    return {
        line.position
        for line, following in pairwise([*printed, None])
        if line and (following is None or following.starts_page)
    }


def _ends_paragraph(
    lines: Sequence[Line], short_width: float, note_openings: Container[tuple[int, int]]
) -> bool:
    """Return whether the last of these lines ends well before the margin, and a sentence with it.

    So do short headings with a number, and records. Notes go on until the next begins.
    """
    line, first_line = lines[-1], lines[0]
    text = line.text.strip()
    if (
        measure_width(line.text) >= short_width
        or is_table_row(line.text)
        or text.startswith(">")
        or first_line.position in note_openings
        or parse_opening(first_line.text.strip())
    ):
        return False
    ending = detect_ending(line.text)
    is_heading = _NUMBERED.match(text) or _PATTERNS["record-label"].match(text)
    return ending is Ending.FINISHED or (ending is Ending.OPEN and bool(is_heading))


def _begins_part(text: str, previous_text: str) -> bool:
    """Return whether a label, an item, a record or a section begins or ends between lines."""
    if any(_PATTERNS[name].match(text) for name in _LABELS):
        return True
    if any(map(is_below_title, (text, previous_text))):
        return True
    if previous_text[-1:] in ".。" and _PATTERNS["reference-entry"].match(text):
        return True
    if _NUMBERED.match(text) and previous_text[-1:] in _ITEM_ENDS:
        return True
    return _is_name_of_part(text) or _is_name_of_part(previous_text)


def _is_name_of_part(text: str) -> bool:
    """Return whether a line is nothing but the name of a section or of the contents."""
    return headings.is_known_heading(text) or bool(_PATTERNS["contents-heading"].match(text))


def _starts_block(line: Line, previous: Line) -> bool:
    """Return whether a line begins a block though no blank line stands before it."""
    text = line.text.strip()
    if _RULE.match(text) or _RULE.match(previous.text.strip()):
        return True
    if is_table_row(line.text) != is_table_row(previous.text):
        return True
    if text.startswith(">") != previous.text.lstrip().startswith(">"):
        return True
    if line.text.startswith("\u3000\u3000"):
        return True
    if (
        parse_opening(text)
        or headings.has_heading_markup(text)
        or headings.has_heading_markup(previous.text)
    ):
        return True
    if headings.is_certain_heading(previous.text.strip()):
        return True
    if _begins_part(text, previous.text.strip()):
        return True
    return headings.is_certain_heading(text) and detect_ending(previous.text) is Ending.FINISHED

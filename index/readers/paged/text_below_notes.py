"""Part the text that goes on below notes, without a blank line, from the last of them.

A mark of a later note shows that a line is text, and so that a page has turned above it.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.readers.paged.blocks import SHORT_LINE, Line, compute_line_width
from index.readers.paged.continuation import is_unfinished
from index.readers.paged.pages import NoteLines
from index.text.characters import measure_width

_TAIL = 30  # lines of a note that are searched for open brackets


def part_text_below_notes(lines: Sequence[Line], note_lines: NoteLines) -> list[Line]:
    """Return lines with a blank one where text goes on right below a note.

    Args:
        lines: Of a file.
        note_lines: Where its notes begin, and on which lines their marks stand.
    """
    mark_lines = frozenset(note_lines.mark_lines.values())
    short_width = SHORT_LINE * compute_line_width(lines)
    starts: set[int] = set()
    note = -1  # the index of the last note's line; -1 after a blank line
    for index, line in enumerate(lines):
        if not line.text.strip() or line.starts_page:
            note = -1
        if line.position in note_lines.openings:
            note = index
        elif note >= 0 and line.number in mark_lines:
            start = _find_start(lines, note, index, short_width)
            starts |= {start} - {-1}
            note = -1
    parted: list[Line] = []
    for index, line in enumerate(lines):
        if index in starts:
            parted.append(Line(line.number, ""))
        parted.append(line)
    return parted


def _find_start(lines: Sequence[Line], note: int, marked: int, short_width: float) -> int:
    """Return the index of the line at which text begins that has a mark; -1 if the note has it.

    It follows a line of the note that ends it: best a short one, or where the text is indented.
    """
    possible = [
        index
        for index in range(note + 1, marked + 1)
        if not is_unfinished(
            " ".join(line.text for line in lines[max(note, index - _TAIL) : index])
        )
    ]
    likely = [
        index
        for index in possible
        if measure_width(lines[index - 1].text) < short_width or lines[index].text[:1].isspace()
    ]
    return next(iter(likely or possible), -1)

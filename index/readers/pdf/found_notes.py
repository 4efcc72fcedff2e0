"""The notes of a PDF as they stand on its pages, before their marks are known."""

from __future__ import annotations

from dataclasses import dataclass, field

from index.readers.pdf.lines import PageLine


@dataclass(slots=True)
class FoundNote:
    """A note as it stands on the pages.

    Attributes:
        label: Its number or sign.
        page: The index of the page where it begins.
        form: The form of its label, see `Label`.
        lines: Its lines, in order, also those on further pages.
        start: The index of the first character after the label in the first line.
        list_index: The list at the end of a chapter or the file that it stands in, from 1; 0 at
            the foot of a page.
    """

    label: str
    page: int
    form: str
    lines: list[PageLine] = field(default_factory=list)
    start: int = 0
    list_index: int = 0


@dataclass(slots=True)
class PageNotes:
    """The notes of all pages.

    Attributes:
        notes: In reading order.
        lines: The ids (`id(line)`) of all lines of notes.
        separators: The ids of lines that are rules made of characters.
        headings: The ids of the headings of lists of notes.
        asides: The ids of lines without a label among the notes at the foot of a page.
        references: The ids of the lines of numbered works below a heading such as References, which
            are no notes where the file has others.
        list_starts: The place of each such list in the order of all lines.
        order: The place of each line in the order of all lines, by its id.
    """

    notes: list[FoundNote] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    separators: set[int] = field(default_factory=set)
    headings: set[int] = field(default_factory=set)
    asides: set[int] = field(default_factory=set)
    references: set[int] = field(default_factory=set)
    list_starts: list[int] = field(default_factory=list)
    order: dict[int, int] = field(default_factory=dict)

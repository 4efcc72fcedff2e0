"""Set aside what archives print before and after a text, and read its title there.

Project Gutenberg prints lines of stars around a text; databases of journals, a page before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from index.readers.paged.blocks import Line
from index.readers.report import Report
from index.text.patterns import load_patterns

_PATTERNS = load_patterns("index.readers")
_MAX_HEADER = 400  # lines before a text
_MAX_COVER = 40  # lines of the page of a database
_MAX_CREDITS = 12  # lines after the marker, which say who made the file


@dataclass(frozen=True, slots=True)
class ArchiveField:
    """What an archive says of a text, such as "Title: The Salt Roads".

    Attributes:
        value: What stands behind the colon; "" where there is none.
        line: The number of its line.
        further: The numbers of the lines on which it goes on.
    """

    value: str = ""
    line: int = 0
    further: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class ArchivedText:
    """The text between the markers of an archive.

    Attributes:
        lines: All lines of the file; those that are not of the text are blank.
        title: As the archive gives it.
        authors: The same.
    """

    lines: list[Line]
    title: ArchiveField = field(default_factory=ArchiveField)
    authors: ArchiveField = field(default_factory=ArchiveField)


def take_archive_frame(lines: Sequence[Line], report: Report) -> ArchivedText:
    """Return the text of a file without the frame of the archive, if it has one.

    Args:
        lines: Of the file.
        report: Receives the frame, but for title and authors.
    """
    markers = [
        index for index, line in enumerate(lines) if _PATTERNS["archive-marker"].match(line.text)
    ]
    starts = [index for index in markers if index < _MAX_HEADER and "START" in lines[index].text]
    if not starts:
        return _take_database_page(lines, report)
    start = starts[-1]
    end = next((index for index in markers if index > start), len(lines))
    title = _find_field(lines[:start], "title")
    authors = _find_field(lines[:start], "author")
    first = _find_text(lines, start + 1)
    kept: list[Line] = []
    for index, line in enumerate(lines):
        if first <= index < end:
            kept.append(line)
            continue
        printed = (
            "" if line.number in title.further or line.number in authors.further else line.text
        )
        if line.number in (title.line, authors.line):
            printed = printed.partition(":")[0] + ":"
        report.set_aside(line.number, printed.strip(), "furniture")
        kept.append(Line(line.number, "", line.part_index))
    return ArchivedText(kept, title, authors)


def _take_database_page(lines: Sequence[Line], report: Report) -> ArchivedText:
    """Return the text of a file without the page that a database of journals prints before it."""
    fields = [
        index
        for index, line in enumerate(lines[:_MAX_COVER])
        if _PATTERNS["database-field"].match(line.text.strip())
    ]
    keys = {lines[index].text.partition(":")[0].strip().casefold() for index in fields}
    if not keys >= {"author(s)", "stable url"}:
        return ArchivedText(list(lines))
    title = _join_lines([line for line in lines[: fields[0]] if line.text.strip()])
    authors = _find_field(lines[: fields[-1] + 1], "author(s)")
    end = fields[-1] + 1
    while end < len(lines) and lines[end].text.strip() and not lines[end].starts_page:
        end += 1
    for line in lines[:end]:
        printed = "" if line.number in title.further | authors.further else line.text.strip()
        if line.number == authors.line:
            printed = printed.partition(":")[0] + ":"
        report.set_aside(line.number, printed, "furniture")
    kept = [Line(line.number, "", line.part_index) for line in lines[:end]]
    return ArchivedText([*kept, *lines[end:]], title, authors)


def _join_lines(lines: Sequence[Line]) -> ArchiveField:
    """Return what several lines say."""
    return ArchiveField(
        " ".join(line.text.strip() for line in lines),
        lines[0].number if lines else 0,
        frozenset(line.number for line in lines),
    )


def _find_text(lines: Sequence[Line], start: int) -> int:
    """Return the index of the first line of a text, below who made the file."""
    below = range(start, min(start + _MAX_CREDITS, len(lines)))
    credit = next((index for index in below if lines[index].text.strip()), -1)
    if credit < 0 or not _PATTERNS["archive-credit"].match(lines[credit].text.strip()):
        return start
    blanks = (index for index in below if index > credit and not lines[index].text.strip())
    return next(blanks, start)


def _find_field(header: Sequence[Line], name: str) -> ArchiveField:
    """Return what stands under a name; further lines of it are indented."""
    for index, line in enumerate(header):
        key, _, value = line.text.partition(":")
        if key.strip().casefold() == name:
            below = takewhile(_goes_on, header[index + 1 :])
            further = {other.number: other.text for other in below}
            words = " ".join([value, *further.values()]).split()
            return ArchiveField(" ".join(words), line.number, frozenset(further))
    return ArchiveField()


def _goes_on(line: Line) -> bool:
    return line.text[:1].isspace() and bool(line.text.strip())

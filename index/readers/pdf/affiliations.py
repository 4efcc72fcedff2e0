"""Find the institutes below the authors, to which raised figures or letters beside names lead."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from index.readers.paged.people import parse_names
from index.readers.pdf.found_notes import PageNotes
from index.readers.pdf.labels import Label, find_raised_labels
from index.readers.pdf.lines import LineBlock, PageLine

_MAX_LINES = 30  # of the first page, above the text
_MAX_NAMES = 6  # lines with names above the first institute
_MIN_INSTITUTES = 2
_FIRST_LABELS = frozenset({"1", "a"})


@dataclass(frozen=True, slots=True)
class Affiliations:
    """Authors and their institutes.

    Attributes:
        names: The lines with authors.
        institutes: The lines with institutes.
        labels: The figures or letters that lead from the ones to the others.
    """

    names: tuple[PageLine, ...] = ()
    institutes: tuple[PageLine, ...] = ()
    labels: frozenset[str] = frozenset()

    def hide_labels(self, notes: PageNotes) -> PageNotes:
        """Return the notes of a file, those without labels that have one of an institute.

        Args:
            notes: In order.
        """
        labels = ("" if note.label in self.labels else note.label for note in notes.notes)
        pairs = zip(notes.notes, labels, strict=True)
        return replace(notes, notes=[replace(note, label=label) for note, label in pairs])


def find_affiliations(blocks: Sequence[LineBlock]) -> Affiliations:
    """Return the authors and institutes of the first page; none where no labels join them.

    The lines of institutes begin with raised labels that count up from 1 or a, and all of these
    stand in the lines of names above.

    Args:
        blocks: The blocks of text in reading order, without notes.
    """
    lines = [line for block in blocks[:_MAX_LINES] for line in block.lines][:_MAX_LINES]
    lines = [line for line in lines if line.page == lines[0].page]
    first = next((i for i, line in enumerate(lines) if _read_label(line) in _FIRST_LABELS), 0)
    institutes = _take_institutes(lines[first:]) if first else []
    labels = frozenset(_read_label(line) for line in institutes)
    names = tuple(
        line for line in lines[max(first - _MAX_NAMES, 0) : first] if _has_labels(line, labels)
    )
    named = {label.text for line in names for label in find_raised_labels(line)}
    if len(institutes) < _MIN_INSTITUTES or not named >= labels:
        return Affiliations()
    return Affiliations(names, tuple(institutes), labels)


def _take_institutes(lines: Sequence[PageLine]) -> list[PageLine]:
    """Return the first lines, as far as their labels count up."""
    first = _read_label(lines[0])
    institutes: list[PageLine] = []
    for line in lines:
        if _read_label(line) != _get_next(len(institutes), first):
            break
        institutes.append(line)
    return institutes


def _get_next(count: int, first: str) -> str:
    """Return the label that follows some labels, of which the first one is 1 or a."""
    return chr(ord(first) + count) if first == "a" else str(count + 1)


def _read_label(line: PageLine) -> str:
    """Return the raised label with which a line begins, "" without one."""
    label: Label | None = next(find_raised_labels(line), None)
    return label.text if label and label.start == 0 and label.end < len(line.glyphs) else ""


def _has_labels(line: PageLine, labels: Container[str]) -> bool:
    """Return whether a line has names, and labels of institutes beside them."""
    text, start, is_linked = "", 0, False
    for label in find_raised_labels(line):
        text += line.extract_text(start, label.start) + " "
        start = label.end
        is_linked |= label.start > 0 and label.text in labels
    text += line.extract_text(start, len(line.glyphs))
    return is_linked and parse_names(" ".join(text.replace(" ,", ",").split())) is not None

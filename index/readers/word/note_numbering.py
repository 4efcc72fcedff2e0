"""Count the notes of Word files, as their sections and settings number them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element

from index.readers.word.numbering import format_number
from index.readers.word.package import get_value

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_USUAL_FORMATS = {"footnote": "decimal", "endnote": "lowerRoman"}


@dataclass(frozen=True, slots=True)
class NoteNumbering:
    """How notes of a kind are numbered in a section of a document.

    Attributes:
        format: Of the numbers, such as "decimal" or "lowerRoman".
        start: The first number.
        restart: Where it comes again: "eachSect", "eachPage", or "continuous" for nowhere.
    """

    format: str
    start: int = 1
    restart: str = "continuous"


class NoteCounter:
    """The numbers that the notes have reached."""

    def __init__(self, numberings: Mapping[str, Sequence[NoteNumbering]]) -> None:
        """Begin with the first section.

        Args:
            numberings: Of footnotes and endnotes, for each section.
        """
        self._numberings = numberings
        self._section = 0
        self._counts = {kind: parts[0].start - 1 for kind, parts in numberings.items()}

    def count(self, kind: str) -> str:
        """Return the printed number of the next note.

        Args:
            kind: "footnote" or "endnote".
        """
        self._counts[kind] += 1
        return format_number(self._counts[kind], self._get_numbering(kind).format)

    def begin_section(self) -> None:
        """Go on to the next section of the document."""
        self._section += 1
        self._restart("eachSect")

    def begin_page(self) -> None:
        """Go on to the next page, where the file says that Word began one."""
        self._restart("eachPage")

    def _restart(self, where: str) -> None:
        for kind in self._counts:
            numbering = self._get_numbering(kind)
            if numbering.restart == where:
                self._counts[kind] = numbering.start - 1

    def _get_numbering(self, kind: str) -> NoteNumbering:
        numberings = self._numberings[kind]
        return numberings[min(self._section, len(numberings) - 1)]


def read_note_numberings(
    settings: Element | None, document: Element
) -> dict[str, list[NoteNumbering]]:
    """Return how notes are numbered: as each section says, else as the settings do.

    Args:
        settings: The root of the settings; None where there are none.
        document: The body's root.
    """
    sections: list[Element | None] = [
        section
        for section in document.iter(f"{_W}sectPr")
        if not any(True for _ in section.iterancestors(f"{_W}sectPrChange"))
    ]
    return {
        kind: [_read_numbering(section, settings, kind) for section in sections or [None]]
        for kind in _USUAL_FORMATS
    }


def _read_numbering(section: Element | None, settings: Element | None, kind: str) -> NoteNumbering:
    places = [
        None if place is None else place.find(f"{_W}{kind}Pr") for place in (section, settings)
    ]

    def get(name: str) -> str | None:
        values = (get_value(place, name) for place in places)
        return next((value for value in values if value), None)

    start = get("numStart") or "1"
    return NoteNumbering(
        get("numFmt") or _USUAL_FORMATS[kind],
        int(start) if start.isdecimal() and len(start) < 6 else 1,
        get("numRestart") or "continuous",
    )

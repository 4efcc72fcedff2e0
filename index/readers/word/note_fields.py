"""Follow the fields of Word files that repeat a number of a note (NOTEREF), or circle one (EQ)."""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from index.readers.word.package import local_name

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOTE_FIELD = re.compile(r"\s*NOTEREF\s+(\S{1,80})(.*)", re.IGNORECASE | re.DOTALL)
_AS_MARK = "\\f"
_CIRCLED = re.compile(
    r"\s*EQ\s*\\o\s*(?:\\a[clr]\s*)?\(\s*[○〇◯]\s*[,;，；]\s*(\d{1,2})\s*\)", re.I
)
_CIRCLED_STARTS = ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1))


class NoteFields:
    """The fields in a document that are marks: those that are printed as marks are.

    Attributes:
        is_hidden: Whether what follows is the printed number of such a field.
    """

    def __init__(self, document: Element) -> None:
        """Find the notes that bookmarks hold.

        Args:
            document: The body's root.
        """
        self.is_hidden = False
        self._instruction = ""
        self._depth = 0
        self._circled = ""
        self._named: tuple[str, Element] | None = None
        self._notes: dict[str, tuple[str, Element]] = {}
        names: dict[str, str] = {}
        for element in document.iter():
            name = local_name(element)
            if name == "bookmarkStart":
                names[element.get(f"{_W}id", "")] = element.get(f"{_W}name", "")
            elif name == "bookmarkEnd":
                names.pop(element.get(f"{_W}id", ""), None)
            elif name in ("footnoteReference", "endnoteReference"):
                for bookmark in names.values():
                    note = name.removesuffix("Reference"), element
                    self._notes.setdefault(bookmark, note)

    def find_note(self, field: Element) -> tuple[str, Element] | None:
        """Return the kind and the mark of the note that a simple field names, if it is a mark.

        Args:
            field: A `w:fldSimple`.
        """
        note, is_mark = self._read(field.get(f"{_W}instr", ""))
        return note if is_mark else None

    def follow(self, element: Element) -> tuple[str, Element] | None:
        """Return the kind and the mark of a note where the number of a field begins.

        Args:
            element: The next part of a run.
        """
        if local_name(element) == "instrText" and self._depth == 1:
            self._instruction += element.text or ""
        if local_name(element) != "fldChar":
            return None
        kind = element.get(f"{_W}fldCharType")
        note = None
        if kind == "begin":
            self._depth += 1
            self._instruction = "" if self._depth == 1 else self._instruction
        elif kind == "separate" and self._depth == 1:
            self._named, self.is_hidden = self._read(self._instruction)
            note = self._named if self.is_hidden else None
        elif kind == "end":
            self._circled = _read_circled(self._instruction) if self._depth == 1 else ""
            self._depth = max(self._depth - 1, 0)
            self.is_hidden = self.is_hidden and self._depth > 0
            self._named = self._named if self._depth else None
        return note

    def take_circled(self) -> str:
        """Return the circled number that the field that has just ended prints, else ""."""
        circled, self._circled = self._circled, ""
        return circled

    def take_raised(self) -> tuple[str, Element] | None:
        """Return the kind and the mark of the note whose number a superscript run is, if it is."""
        if self.is_hidden or self._named is None:
            return None
        self.is_hidden = True
        return self._named

    def _read(self, instruction: str) -> tuple[tuple[str, Element] | None, bool]:
        """Return the note that a field names, and whether the field is printed as a mark."""
        match = _NOTE_FIELD.match(instruction)
        note = self._notes.get(match[1]) if match else None
        return note, match is not None and note is not None and _AS_MARK in match[2]


def _read_circled(instruction: str) -> str:
    """Return the circled number that a field sets by printing a number over a circle, else ""."""
    match = _CIRCLED.match(instruction)
    number = int(match[1]) if match else 0
    codes = (
        code + number - first for first, last, code in _CIRCLED_STARTS if first <= number <= last
    )
    return "".join(map(chr, codes))

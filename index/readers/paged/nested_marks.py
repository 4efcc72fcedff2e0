"""Find the marks inside notes that lead to notes of their own, which nothing else marks."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

from index.readers.notes.conventions import MarkCandidate, find_marks, names_by_evidence
from index.readers.paged.note_marks import AcceptedMark, UnmarkedText, remove_marks
from index.readers.paged.page_notes import RawNote

_NAMING = re.compile(
    r"(?:[註注釋释見见同參参前上第及和與与、,，]|\b(?:[Nn]otes?|nn?\.|[Ss]ee))\s?$"
)
_MAX_DISTANCE = 12  # notes between a note and the one in it
_LONGEST_NAMING = 8  # characters


def take_nested_marks(
    notes: Sequence[RawNote],
    marked_numbers: Container[str],
    mark_forms: Mapping[str, frozenset[str]],
) -> list[UnmarkedText]:
    """Return the text of each note without the marks in it, and where these stood.

    Such a mark leads to one of the next notes, to which none in the text of the article does; a
    label that names a note (見註②) is none.

    Args:
        notes: The notes of an article, with unique numbers.
        marked_numbers: The notes to which marks in its text lead.
        mark_forms: The conventions of the marks, by the conventions of the notes.
    """
    accepted: list[list[AcceptedMark]] = [[] for _ in notes]
    certain = set(names_by_evidence("opening", "marks"))
    for index, note in enumerate(notes):
        if note.number in marked_numbers or note.repeats_previous:
            continue
        forms = sorted((certain | {"star"}) & mark_forms.get(note.form, {note.form}))
        for before in range(index - 1, max(index - _MAX_DISTANCE, 0) - 1, -1):
            text = notes[before].text
            mark = _find_mark(text, note.label, find_marks(text, forms))
            if mark:
                accepted[before].append(
                    AcceptedMark(mark.start, mark.end, (note.number,), mark.markup)
                )
                break
    return [
        remove_marks(note.text, sorted(marks, key=lambda mark: mark.start))
        for note, marks in zip(notes, accepted, strict=True)
    ]


def _find_mark(text: str, label: str, marks: Iterable[MarkCandidate]) -> MarkCandidate | None:
    for mark in marks:
        before = text[max(mark.start - _LONGEST_NAMING, 0) : mark.start]
        if mark.labels == (label,) and before.strip() and not _NAMING.search(before):
            return mark
    return None

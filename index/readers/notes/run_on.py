"""Find the notes that a line holds after its first one, as in ①《潮》，頁 3。②《汐》."""

from __future__ import annotations

from collections.abc import Callable, Set

from index.readers.notes.conventions import NoteOpening, find_marks, parse_opening, parse_ordinal

_FORMS = frozenset(
    {"annotation", "circle", "lenticular", "parenthesized", "round", "square", "tortoise"}
)
_STOPS = tuple("。.！？!?；;」』”）)")


def find_run_on_notes(
    text: str,
    opening: tuple[str, str],
    following: tuple[str, str] | None,
    list_marked: Callable[[], Set[str]],
) -> list[tuple[int, NoteOpening]]:
    """Return where further notes begin in the text of a note, and how.

    Their labels count on from its own, up to that of the note after it; at the end of notes a mark
    must lead to the first. Each stands after the end of a sentence.

    Args:
        text: Of the note.
        opening: The label and the convention of the note.
        following: Those of the note after it, if there is one.
        list_marked: Returns the labels that marks in the text of the article have.
    """
    label, form = opening
    last = parse_ordinal(label)
    if form not in _FORMS or not last:
        return []
    next_ordinal = parse_ordinal(following[0]) if following and following[1] == form else 0
    begins: list[tuple[int, NoteOpening]] = []
    for mark in find_marks(text, (form,)):
        ordinal = parse_ordinal(mark.labels[0])
        is_next = len(mark.labels) == 1 and ordinal == last + 1 != next_ordinal
        if not is_next or not text[: mark.start].rstrip().endswith(_STOPS):
            continue
        begin = parse_opening(text[mark.start :], (form,))
        if begin and (begins or ordinal < next_ordinal or mark.labels[0] in list_marked()):
            begins.append((mark.start, begin))
            last = ordinal
    return begins

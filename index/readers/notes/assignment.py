"""Assign the marks of a text to its notes.

Notes and marks of one convention stand in the same order, though their numbers may begin anew on
each page or in each chapter. So the marks are chosen that lead to rising notes and together weigh
most; a mark that is left over may lead to a note a second time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.readers.notes.conventions import names_by_evidence

_REPEATED_FORMS = frozenset({"plain", "superscript"})
_MAX_REPEATS = 64  # notes of one label that a mark is compared with


@dataclass(frozen=True, slots=True)
class MarkPlace:
    """A label in a text that may mark a note.

    Attributes:
        label: The label.
        form: The name of its convention.
        page: The page that it stands on, or the number of groups of notes before it.
        chapter: The chapter that it stands in.
        is_doubtful: Whether it may be something else.
        is_loose: Whether it is a number alone on a line.
    """

    label: str
    form: str
    page: int
    chapter: int = 0
    is_doubtful: bool = False
    is_loose: bool = False


@dataclass(frozen=True, slots=True)
class NotePlace:
    """A note to which a mark may lead.

    Attributes:
        label: Its label.
        form: The name of its convention.
        page: The page that it stands on, or the number of groups of notes before its own.
        chapter: The chapter that it stands in.
    """

    label: str
    form: str
    page: int
    chapter: int = 0


def assign_notes(
    places: Sequence[MarkPlace],
    notes: Sequence[NotePlace],
    mark_forms: Mapping[str, frozenset[str]],
) -> list[int | None]:
    """Return for each place the index of the note to which it leads; None for what is no mark.

    Args:
        places: In the order of the text.
        notes: In order.
        mark_forms: The conventions of the marks, by the conventions of the notes.
    """
    assigned: list[int | None] = [None] * len(places)
    for form in dict.fromkeys(note.form for note in notes):
        forms = mark_forms.get(form, frozenset((form,)))
        of_form = [index for index, note in enumerate(notes) if note.form == form]
        free = [
            index
            for index, place in enumerate(places)
            if assigned[index] is None and (place.form in forms or place.is_loose)
        ]
        _assign_form(free, of_form, places, notes, assigned)
    return assigned


def _assign_form(
    free: Sequence[int],
    of_form: Sequence[int],
    places: Sequence[MarkPlace],
    notes: Sequence[NotePlace],
    assigned: list[int | None],
) -> None:
    """Assign places to the notes of one convention."""
    by_label: defaultdict[str, list[int]] = defaultdict(list)
    for index in of_form:
        by_label[notes[index].label].append(index)
    pairs: list[tuple[int, int]] = []
    weights: list[int] = []
    mark_pages = sorted({places[index].page for index in free})
    for index in free:
        place = places[index]
        possible = _list_possible(place, by_label.get(place.label, []), notes, mark_pages)
        for rank, note_index in reversed(list(enumerate(possible))):  # a place leads to one note
            pairs.append((index, note_index))
            # Of notes that are equally likely it is the first.
            weights.append(_weigh(place, notes[note_index]) * _MAX_REPEATS - rank)
    for pair in find_increasing_subsequence([note for _, note in pairs], weights):
        assigned[pairs[pair][0]] = pairs[pair][1]
    last_note = -1
    for index in free:
        note = assigned[index]
        if note is not None:
            last_note = note
        elif _may_repeat(places[index], notes[of_form[0]].page, mark_pages):
            same_label = by_label.get(places[index].label, [])
            assigned[index] = _find_nearest(same_label, last_note, places[index], notes)


def _may_repeat(place: MarkPlace, first_page: int, mark_pages: Sequence[int]) -> bool:
    """Return whether a mark may lead to a note a second time.

    Uncertain ones, such as superscripts and plain digits, do so only where all marks stand before
    the first note, which is on a certain page: notes at the feet of pages are not marked again.
    """
    if place.is_doubtful or place.is_loose:
        return False
    if place.form not in names_by_evidence("opening", "order"):
        return True
    return place.form in _REPEATED_FORMS and mark_pages[-1] <= first_page


def _list_possible(
    place: MarkPlace,
    same_label: Sequence[int],
    notes: Sequence[NotePlace],
    mark_pages: Sequence[int],
) -> Sequence[int]:
    """Return the notes of a label to which a mark may lead.

    If there are several, these are the next ones, up to the next page with marks.
    """
    if place.is_loose:
        return [index for index in same_label if notes[index].page == place.page]
    if len(same_label) <= 1:
        return same_label
    first = bisect_left(same_label, place.page, key=lambda index: notes[index].page)
    if first == len(same_label):
        return same_label[-1:]
    next_page = bisect_right(mark_pages, notes[same_label[first]].page)
    end = len(same_label)
    if next_page < len(mark_pages):
        end = bisect_left(same_label, mark_pages[next_page], key=lambda index: notes[index].page)
    start = first - 1 if first and notes[same_label[first - 1]].chapter == place.chapter else first
    return same_label[start : min(end, start + _MAX_REPEATS)]


def _weigh(place: MarkPlace, note: NotePlace) -> int:
    """Return how likely a place is the mark of a note: most on the note's own page."""
    if place.is_loose:
        return 4
    if place.is_doubtful:
        return 1
    return 8 if place.page == note.page and place.chapter == note.chapter else 2


def _find_nearest(
    same_label: Sequence[int], last_note: int, place: MarkPlace, notes: Sequence[NotePlace]
) -> int | None:
    """Return the note of a label that is next to the one that was marked last."""
    first = bisect_left(same_label, last_note)
    near = same_label[max(first - 1, 0) : first + 1]
    in_chapter = [index for index in near if notes[index].chapter == place.chapter]
    return min(in_chapter or near, key=lambda index: abs(index - last_note), default=None)


def find_increasing_subsequence(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Return the indexes of the heaviest strictly increasing subsequence.

    The longest increasing subsequence with weights, by a binary indexed tree of prefix maxima
    (Fenwick 1994), in O(n log n).

    Args:
        values: The sequence.
        weights: For each value how much it counts, above 0.
    """
    ranks = sorted(set(values))
    best: list[tuple[int, int]] = [(0, -1)] * (len(ranks) + 1)
    predecessors: list[int] = []
    best_end = (0, -1)
    for index, value in enumerate(values):
        rank = bisect_left(ranks, value)
        position, best_prefix = rank, (0, -1)
        while position > 0:
            best_prefix = max(best_prefix, best[position], key=lambda pair: pair[0])
            position -= position & -position
        predecessors.append(best_prefix[1])
        entry = (best_prefix[0] + weights[index], index)
        if entry[0] > best_end[0]:
            best_end = entry
        position = rank + 1
        while position <= len(ranks):
            if entry[0] > best[position][0]:
                best[position] = entry
            position += position & -position
    selected_indexes = []
    current = best_end[1]
    while current >= 0:
        selected_indexes.append(current)
        current = predecessors[current]
    return selected_indexes[::-1]

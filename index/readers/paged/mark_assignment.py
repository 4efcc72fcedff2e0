"""Assign the marks of an article to its notes.

Powers and units (10³, m²) stay text, and marks that came loose go back to their places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from index.document import NoteMark
from index.messages import MessageCatalogue
from index.readers.notes.assignment import MarkPlace, NotePlace, assign_notes
from index.readers.notes.conventions import (
    UNPRINTED_FORMS,
    MarkCandidate,
    find_marks,
    names_by_evidence,
)
from index.readers.notes.numbering import (
    find_labels_without_notes,
    is_between_labels,
    prints_any_label,
)
from index.readers.paged import note_marks
from index.readers.paged.note_marks import AcceptedMark
from index.readers.paged.page_notes import RawNote
from index.readers.paged.paragraphs import LooseNumber, TextDraft
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")


@dataclass(frozen=True, slots=True)
class _Position:
    """A label that may mark a note: printed in the text of a draft, or loose after it."""

    draft_index: int
    offset: int
    place: MarkPlace
    candidate: MarkCandidate | None = None
    loose_number: LooseNumber | None = None


def assign_marks(
    head_drafts: Sequence[TextDraft],
    body_drafts: Sequence[TextDraft],
    loose_numbers: Sequence[LooseNumber],
    notes: Sequence[RawNote],
    mark_forms: Mapping[str, frozenset[str]],
    report: Report,
) -> list[LooseNumber]:
    """Accept what marks a note: what leads to one, in the order of the notes.

    Superscript digits stay text where they lead to no note or stand out of order (10³, m²). A
    number alone on a line is a mark that came loose if its note stands on the same page and
    no likelier mark leads to that note; it goes back to the end of the text before it. Otherwise
    it is the number of a page.

    Args:
        head_drafts: Title, author and institute of the article; changed in place.
        body_drafts: Its headings and paragraphs; changed in place.
        loose_numbers: Numbers alone on a line, with indexes into `body_drafts`.
        notes: The notes of the article, with unique numbers.
        mark_forms: The conventions of the marks, by the conventions of the notes.
        report: Receives what was put back, and marks without a note.

    Returns:
        The numbers of pages.
    """
    drafts = [*head_drafts, *body_drafts]
    forms = {form for note in notes for form in mark_forms.get(note.form, {note.form})}
    positions = _find_printed_marks(drafts, notes, forms)
    positions += _find_loose_marks(body_drafts, len(head_drafts), loose_numbers)
    positions.sort(key=lambda position: (position.draft_index, position.offset))
    places = [NotePlace(note.label, note.form, note.page) for note in notes]
    assigned = assign_notes([position.place for position in positions], places, mark_forms)
    numbers_by_mark: defaultdict[tuple[int, MarkCandidate], list[str]] = defaultdict(list)
    restored_ids: set[int] = set()
    for position, index in zip(positions, assigned, strict=True):
        draft = drafts[position.draft_index]
        if index is not None and position.candidate:
            key = position.draft_index, position.candidate
            numbers_by_mark[key].append(notes[index].number)
        elif index is not None and position.loose_number:
            restored_ids.add(id(position.loose_number))
            _restore_mark(draft, position.loose_number, notes[index].number, report)
    _accept_marks(drafts, numbers_by_mark, notes)
    for draft in drafts:
        draft.accepted_marks = _drop_overlapping(draft.accepted_marks)
    _report_marks_without_notes(drafts, notes, forms | {"superscript"}, report)
    return [number for number in loose_numbers if id(number) not in restored_ids]


def _accept_marks(
    drafts: Sequence[TextDraft],
    numbers_by_mark: Mapping[tuple[int, MarkCandidate], Sequence[str]],
    notes: Sequence[RawNote],
) -> None:
    """Accept the marks that lead to notes, by the index of their draft."""
    unprinted = {note.number for note in notes if note.form in UNPRINTED_FORMS}
    for (draft_index, candidate), numbers in numbers_by_mark.items():
        draft = drafts[draft_index]
        if prints_any_label(draft.text[candidate.start : candidate.end], candidate.labels, numbers):
            draft.accepted_marks.append(_accept(candidate, numbers, draft.text, unprinted))


def _accept(
    candidate: MarkCandidate, numbers: Sequence[str], text: str, unprinted: Container[str]
) -> AcceptedMark:
    """Return a mark of these notes; labels that it prints besides are markup."""
    printed = text[candidate.start : candidate.end]
    if any(number in unprinted for number in numbers):
        return AcceptedMark(candidate.start, candidate.end, tuple(numbers), printed)
    others = find_labels_without_notes(printed, candidate.labels, numbers)
    markup = " ".join([candidate.markup, *others])
    return AcceptedMark(candidate.start, candidate.end, tuple(numbers), markup)


def _drop_overlapping(marks: Sequence[AcceptedMark]) -> list[AcceptedMark]:
    """Return marks in order, without those that begin inside another."""
    kept: list[AcceptedMark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _find_printed_marks(
    drafts: Sequence[TextDraft], notes: Sequence[RawNote], forms: set[str]
) -> list[_Position]:
    """Return every place in a text that looks like the mark of a note of the article."""
    labels = {note.label for note in notes}
    return [
        _Position(
            index,
            mark.start,
            MarkPlace(label, mark.form, draft.page_at(mark.start), 0, mark.is_doubtful),
            mark,
        )
        for index, draft in enumerate(drafts)
        for candidate in find_marks(draft.text, sorted(forms))
        for mark in [note_marks.split_joined_mark(candidate, labels)]
        for label in mark.labels
        if label in labels
    ]


def _find_loose_marks(
    drafts: Sequence[TextDraft], first_index: int, loose_numbers: Sequence[LooseNumber]
) -> list[_Position]:
    """Return the numbers alone on a line that may be the mark of a note of their page."""
    return [
        _Position(
            first_index + loose_number.draft_index,
            loose_number.offset,
            MarkPlace(loose_number.number, "", loose_number.page, is_loose=True),
            loose_number=loose_number,
        )
        for loose_number in loose_numbers
        if loose_number.draft_index >= 0 and drafts[loose_number.draft_index].kind != "table"
    ]


def _restore_mark(
    draft: TextDraft, loose_number: LooseNumber, note_number: str, report: Report
) -> None:
    draft.loose_marks.append(NoteMark(loose_number.offset, note_number))
    report.add_finding(
        "loose-mark",
        loose_number.line,
        _MESSAGES["finding.loose_mark"].format(
            line=loose_number.line, number=loose_number.number, text_line=draft.line
        ),
    )


def _report_marks_without_notes(
    drafts: Sequence[TextDraft], notes: Sequence[RawNote], forms: set[str], report: Report
) -> None:
    labels = {note.label for note in notes}
    certain_forms = forms.intersection(names_by_evidence("opening", "marks"))
    for draft in drafts:
        unmatched_labels = [
            label
            for candidate in find_marks(draft.text, sorted(forms))
            for mark in [note_marks.split_joined_mark(candidate, labels)]
            for label in mark.labels
            if label not in labels
            and not mark.is_doubtful
            and (mark.form in certain_forms or is_between_labels(label, labels))
        ]
        for label in unmatched_labels:
            report.add_finding(
                "missing-note",
                draft.line,
                _MESSAGES["finding.missing_note"].format(line=draft.line, number=label),
            )

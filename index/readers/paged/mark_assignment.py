"""Assign the marks of an article to its notes.

Powers and units (10³, m²) stay text, and marks that came loose go back to their places.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.document import NoteMark
from index.messages import MessageCatalogue
from index.readers.paged import note_marks
from index.readers.paged.page_notes import RawNote
from index.readers.paged.paragraphs import LooseNumber, TextDraft
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")


@dataclass(frozen=True, slots=True)
class _MarkPosition:
    """A place where a mark may stand: printed in the text of a draft, or loose after it."""

    draft_index: int
    offset: int
    number: str
    style: str
    page: int
    candidate: note_marks.MarkCandidate | None = None
    loose_number: LooseNumber | None = None

    def compute_weight(self, note_page: int) -> int:
        """Return how likely it is the mark of its note: most on the note's own page."""
        if self.loose_number:
            return 4
        if self.candidate and self.candidate.is_doubtful:
            return 1
        return 8 if self.page == note_page else 2


def assign_marks(
    head_drafts: Sequence[TextDraft],
    body_drafts: Sequence[TextDraft],
    loose_numbers: Sequence[LooseNumber],
    notes: Sequence[RawNote],
    report: Report,
) -> list[LooseNumber]:
    """Accept the digits that are marks: those that lead to a note, in the order of the notes.

    Superscript digits stay text where they lead to no note or stand out of order (10³, m²). A
    number alone on a line is a mark that came loose if its note stands on the same page and
    no likelier mark leads to that note; it goes back to the end of the text before it. Otherwise
    it is the number of a page.

    Args:
        head_drafts: Title, author and institute of the article; changed in place.
        body_drafts: Its headings and paragraphs; changed in place.
        loose_numbers: Numbers alone on a line, with indexes into `body_drafts`.
        notes: The notes of the article.
        report: Receives what was put back, and marks without a note.

    Returns:
        The numbers of pages.
    """
    note_pages: dict[tuple[str, str], int] = {}
    for note in notes:
        note_pages.setdefault((note.style, note.number), note.page)
    drafts = [*head_drafts, *body_drafts]
    positions = _find_printed_marks(drafts, note_pages)
    positions += _find_loose_marks(body_drafts, len(head_drafts), loose_numbers, note_pages)
    restored_ids: set[int] = set()
    for position in _select_positions(positions, note_pages):
        draft = drafts[position.draft_index]
        if position.candidate:
            draft.accepted_marks.append(position.candidate)
        elif position.loose_number:
            restored_ids.add(id(position.loose_number))
            _restore_mark(draft, position.loose_number, report)
    for draft in drafts:
        draft.accepted_marks.sort(key=lambda mark: mark.start)
    _report_marks_without_notes(drafts, notes, report)
    return [number for number in loose_numbers if id(number) not in restored_ids]


def _select_positions(
    positions: Sequence[_MarkPosition], note_pages: Mapping[tuple[str, str], int]
) -> list[_MarkPosition]:
    """Return all stars, and of each numbered style the likeliest marks with rising numbers."""
    selected = [position for position in positions if position.style == "star"]
    for style in sorted({style for style, _ in note_pages} - {"star"}):
        of_style = [position for position in positions if position.style == style]
        of_style.sort(key=lambda position: (position.draft_index, position.offset))
        indexes = note_marks.find_increasing_subsequence(
            [int(position.number) for position in of_style],
            [position.compute_weight(note_pages[style, position.number]) for position in of_style],
        )
        selected += [of_style[index] for index in indexes]
    return selected


def _find_printed_marks(
    drafts: Sequence[TextDraft], note_pages: Mapping[tuple[str, str], int]
) -> list[_MarkPosition]:
    """Return every place in a text that looks like the mark of a note of the article."""
    styles: set[note_marks.MarkStyle] = {"superscript", "bracket", "circle", "star"}
    styles = {style for style in styles if any(style == note_style for note_style, _ in note_pages)}
    numbers = {number for style, number in note_pages if style == "superscript"}
    return [
        _MarkPosition(index, mark.start, mark.number, mark.style, draft.page_at(mark.start), mark)
        for index, draft in enumerate(drafts)
        for candidate in note_marks.find_candidates(draft.text, styles)
        for mark in note_marks.split_joined_mark(candidate, numbers)
        if (mark.style, mark.number) in note_pages
    ]


def _find_loose_marks(
    drafts: Sequence[TextDraft],
    first_index: int,
    loose_numbers: Sequence[LooseNumber],
    note_pages: Mapping[tuple[str, str], int],
) -> list[_MarkPosition]:
    """Return the numbers alone on a line that may be the mark of a note of their page."""
    return [
        _MarkPosition(
            first_index + loose_number.draft_index,
            loose_number.offset,
            loose_number.number,
            style,
            loose_number.page,
            loose_number=loose_number,
        )
        for style in sorted({style for style, _ in note_pages})
        for loose_number in loose_numbers
        if loose_number.draft_index >= 0
        and drafts[loose_number.draft_index].kind != "table"
        and note_pages.get((style, loose_number.number)) == loose_number.page
    ]


def _restore_mark(draft: TextDraft, loose_number: LooseNumber, report: Report) -> None:
    draft.loose_marks.append(NoteMark(loose_number.offset, loose_number.number))
    report.add_finding(
        "loose-mark",
        loose_number.line,
        _MESSAGES["finding.loose_mark"].format(
            line=loose_number.line, number=loose_number.number, text_line=draft.line
        ),
    )


def _report_marks_without_notes(
    drafts: Sequence[TextDraft], notes: Sequence[RawNote], report: Report
) -> None:
    numbers = {note.number for note in notes if note.style == "superscript"}
    for draft in drafts:
        unmatched_numbers = [
            mark.number
            for candidate in note_marks.find_candidates(draft.text)
            for mark in note_marks.split_joined_mark(candidate, numbers)
            if mark.number not in numbers and not mark.is_doubtful
        ]
        for number in unmatched_numbers:
            report.add_finding(
                "missing-note",
                draft.line,
                _MESSAGES["finding.missing_note"].format(line=draft.line, number=number),
            )

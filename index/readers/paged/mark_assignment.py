"""The marks of an article in their places: printed ones told from powers, loose ones put back."""

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
    """Where a mark may stand: printed in a draft's text, or come loose behind it."""

    draft_index: int
    offset: int
    number: str
    style: str
    page: int
    candidate: note_marks.MarkCandidate | None = None
    loose_number: LooseNumber | None = None

    def compute_weight(self, note_page: int) -> int:
        """How likely it is the mark of its note: most of all on the note's own page."""
        if self.loose_number:
            return 4
        if self.candidate and self.candidate.is_doubtful:
            return 1
        return 8 if self.page == note_page else 2


def assign_marks(
    drafts: Sequence[TextDraft],
    loose_numbers: Sequence[LooseNumber],
    notes: Sequence[RawNote],
    report: Report,
) -> None:
    """Tell which digits are marks: those that lead to a note, in the order of the notes.

    Superscript digits stay text where they lead to no note or stand out of order (10³, m²). A
    number alone on a line is a mark that came loose if its note stands on the same page and
    nothing better leads to that note; it goes back to the end of the text before it. Else it is a
    page's number.
    """
    note_pages: dict[tuple[str, str], int] = {}
    for note in notes:
        note_pages.setdefault((note.style, note.number), note.page)
    positions = _find_printed_marks(drafts, note_pages)
    selected: list[_MarkPosition] = [position for position in positions if position.style == "star"]
    for style in sorted({style for style, _ in note_pages} - {"star"}):
        style_positions = [position for position in positions if position.style == style]
        style_positions += _find_loose_marks(drafts, loose_numbers, note_pages, style)
        style_positions.sort(key=lambda position: (position.draft_index, position.offset))
        selected_indexes = note_marks.find_increasing_subsequence(
            [int(position.number) for position in style_positions],
            [
                position.compute_weight(note_pages[style, position.number])
                for position in style_positions
            ],
        )
        selected += [style_positions[index] for index in selected_indexes]
    restored_ids: set[int] = set()
    for position in selected:
        if position.candidate:
            drafts[position.draft_index].accepted_marks.append(position.candidate)
        elif position.loose_number:
            restored_ids.add(id(position.loose_number))
            _restore_mark(drafts[position.draft_index], position.loose_number, report)
    for draft in drafts:
        draft.accepted_marks.sort(key=lambda mark: mark.start)
    for loose_number in loose_numbers:
        if id(loose_number) not in restored_ids:
            report.set_aside(loose_number.line, loose_number.text, "furniture")


def _find_printed_marks(
    drafts: Sequence[TextDraft], note_pages: Mapping[tuple[str, str], int]
) -> list[_MarkPosition]:
    """Every place in a text that looks like a mark of a note that the article has."""
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
    loose_numbers: Sequence[LooseNumber],
    note_pages: Mapping[tuple[str, str], int],
    style: str,
) -> list[_MarkPosition]:
    return [
        _MarkPosition(
            loose_number.draft_index,
            loose_number.offset,
            loose_number.number,
            style,
            loose_number.page,
            loose_number=loose_number,
        )
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


def report_marks_without_notes(
    drafts: Sequence[TextDraft], notes: Sequence[RawNote], report: Report
) -> None:
    """Report what is printed like a mark but leads to no note."""
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

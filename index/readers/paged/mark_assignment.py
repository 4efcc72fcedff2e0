"""The marks of an article in their places: printed ones told from powers, loose ones put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.document import Mark
from index.readers.paged import note_marks
from index.readers.paged.page_notes import RawNote
from index.readers.paged.paragraphs import Draft, Loose
from index.readers.report import Report


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a mark may stand: printed in a draft's text, or come loose behind it."""

    draft: int
    offset: int
    number: str
    style: str
    page: int
    mark: note_marks.Candidate | None = None
    loose: Loose | None = None

    def weight(self, note_page: int) -> int:
        """How likely it is the mark of its note: most of all on the note's own page."""
        if self.loose:
            return 4
        if self.mark and self.mark.doubtful:
            return 1
        return 8 if self.page == note_page else 2


def choose_marks(
    items: Sequence[Draft], loose: Sequence[Loose], notes: Sequence[RawNote], report: Report
) -> None:
    """Tell which digits are marks: those that lead to a note, in the order of the notes.

    Superscript digits stay text where they lead to no note or stand out of order (10³, m²). A
    number alone on a line is a mark that came loose if its note stands on the same page and
    nothing better leads to that note; it goes back to the end of the text before it. Else it is a
    page's number.
    """
    pages: dict[tuple[str, str], int] = {}
    for note in notes:
        pages.setdefault((note.style, note.number), note.page)
    places = _printed(items, pages)
    kept: list[_Place] = [place for place in places if place.style == "star"]
    for style in sorted({style for style, _ in pages} - {"star"}):
        possible = [place for place in places if place.style == style]
        possible += _loose(items, loose, pages, style)
        possible.sort(key=lambda place: (place.draft, place.offset))
        chosen = note_marks.in_order(
            [int(place.number) for place in possible],
            [place.weight(pages[style, place.number]) for place in possible],
        )
        kept += [possible[index] for index in chosen]
    back: set[int] = set()
    for place in kept:
        if place.mark:
            items[place.draft].chosen.append(place.mark)
        elif place.loose:
            back.add(id(place.loose))
            _put_back(items[place.draft], place.loose, report)
    for draft in items:
        draft.chosen.sort(key=lambda mark: mark.start)
    for one in loose:
        if id(one) not in back:
            report.aside(one.line, one.text, "furniture")


def _printed(items: Sequence[Draft], pages: Mapping[tuple[str, str], int]) -> list[_Place]:
    """Every place in a text that looks like a mark of a note that the article has."""
    styles: set[note_marks.Style] = {"superscript", "bracket", "circle", "star"}
    styles = {style for style in styles if any(style == of for of, _ in pages)}
    numbers = {number for style, number in pages if style == "superscript"}
    return [
        _Place(index, mark.start, mark.number, mark.style, draft.page_at(mark.start), mark)
        for index, draft in enumerate(items)
        for found in note_marks.candidates(draft.text, styles)
        for mark in note_marks.split_run(found, numbers)
        if (mark.style, mark.number) in pages
    ]


def _loose(
    items: Sequence[Draft],
    loose: Sequence[Loose],
    pages: Mapping[tuple[str, str], int],
    style: str,
) -> list[_Place]:
    return [
        _Place(one.draft, one.offset, one.number, style, one.page, loose=one)
        for one in loose
        if one.draft >= 0
        and items[one.draft].kind != "table"
        and pages.get((style, one.number)) == one.page
    ]


def _put_back(draft: Draft, one: Loose, report: Report) -> None:
    draft.loose.append(Mark(one.offset, one.number))
    report.found(
        "loose-mark",
        one.line,
        f"Line {one.line}: mark {one.number} had come loose; it is back at the end of the text "
        f"of line {draft.line}.",
        f"第 {one.line} 行：註號 {one.number} 脫落，已歸回第 {draft.line} 行文字之末。",
    )


def report_noteless(items: Sequence[Draft], notes: Sequence[RawNote], report: Report) -> None:
    """Report what is printed like a mark but leads to no note."""
    numbers = {note.number for note in notes if note.style == "superscript"}
    for draft in items:
        noteless = [
            mark.number
            for found in note_marks.candidates(draft.text)
            for mark in note_marks.split_run(found, numbers)
            if mark.number not in numbers and not mark.doubtful
        ]
        for number in noteless:
            report.found(
                "missing-note",
                draft.line,
                f"Line {draft.line}: mark {number} leads to no note of this article; "
                "it stays in the text.",
                f"第 {draft.line} 行：註號 {number} 在本篇沒有對應的註釋，保留於內文。",
            )

"""The marks of an article in their places: printed ones told from powers, loose ones put back."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate

from index.document import Mark
from index.readers import marks
from index.readers.flow import LAST_PAGE, Draft, Loose
from index.readers.pages import RawNote
from index.readers.report import Report


def choose_marks(items: Sequence[Draft], notes: Sequence[RawNote], report: Report) -> None:
    """Tell which superscript digits are marks: those that lead to a note, in the order of notes."""
    styles = {note.style for note in notes}
    pages: dict[tuple[str, str], int] = {}
    for note in notes:
        pages.setdefault((note.style, note.number), note.page)
    numbers = {number for style, number in pages if style == "superscript"}
    places = [
        (index, mark)
        for index, draft in enumerate(items)
        for found in marks.candidates(draft.text, {*styles, "superscript"})
        for mark in marks.split_run(found, numbers)
    ]
    for style in sorted(styles - {"star"}):
        possible = [
            (index, mark)
            for index, mark in places
            if mark.style == style and (style, mark.number) in pages
        ]
        weights = [
            _weight(mark, items[index].page_at(mark.start), pages[style, mark.number])
            for index, mark in possible
        ]
        for kept in marks.in_order([mark.value for _, mark in possible], weights):
            index, mark = possible[kept]
            items[index].chosen.append(mark)
    for index, mark in places:
        if mark.style == "star" and ("star", mark.number) in pages:
            items[index].chosen.append(mark)
    for draft in items:
        draft.chosen.sort(key=lambda mark: mark.start)
    _report_noteless(items, places, pages, report)


def _report_noteless(
    items: Sequence[Draft],
    places: Sequence[tuple[int, marks.Candidate]],
    pages: Mapping[tuple[str, str], int],
    report: Report,
) -> None:
    for index, mark in places:
        certain = mark.style == "superscript" and not mark.doubtful
        if certain and (mark.style, mark.number) not in pages:
            line = items[index].line
            report.found(
                "missing-note",
                line,
                f"Line {line}: mark {mark.number} leads to no note of this article; "
                "it stays in the text.",
                f"第 {line} 行：註號 {mark.number} 在本篇沒有對應的註釋，保留於內文。",
            )


def _weight(mark: marks.Candidate, page: int, note_page: int) -> int:
    """How likely a candidate is the mark of its note: most of all on the note's own page."""
    weight = 8 if page == note_page else 2
    return 1 if mark.doubtful else weight


def place_loose(
    items: Sequence[Draft], loose: Sequence[Loose], notes: Sequence[RawNote], report: Report
) -> None:
    """Put marks that came loose back at the end of the text before them; the rest are page numbers.

    A number alone on a line is a mark if its note stands on the same page, no other mark leads to
    that note, and the marks before and after it agree.
    """
    by_number = {note.number: note for note in notes if note.style != "star"}
    placed = {mark.number for draft in items for mark in draft.chosen}
    order = [
        (index, mark.start, mark.value)
        for index, draft in enumerate(items)
        for mark in draft.chosen
        if mark.style != "star"
    ]
    highest = list(accumulate((value for _, _, value in order), max, initial=0))
    lowest = list(accumulate((value for _, _, value in reversed(order)), min, initial=LAST_PAGE))
    for one in loose:
        note = by_number.get(one.number)
        at = bisect_left(order, (one.draft, one.offset, 0))
        fits = (
            note is not None
            and one.draft >= 0
            and items[one.draft].kind != "table"
            and one.number not in placed
            and note.page == one.page
            and highest[at] < int(one.number) < lowest[len(order) - at]
        )
        if not fits:
            report.aside(one.line, one.text, "furniture")
            continue
        placed.add(one.number)
        items[one.draft].loose.append(Mark(one.offset, one.number))
        line = items[one.draft].line
        report.found(
            "loose-mark",
            one.line,
            f"Line {one.line}: mark {one.number} had come loose; it is back at the end of "
            f"the text of line {line}.",
            f"第 {one.line} 行：註號 {one.number} 脫落，已歸回第 {line} 行文字之末。",
        )

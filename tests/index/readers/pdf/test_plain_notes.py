"""Notes in the type of the text, without a rule, are found by their plain marks."""

from __future__ import annotations

from index.readers.pdf.layout import lay_out_pages
from index.readers.pdf.page_notes import find_page_notes
from index.readers.pdf.pages import PrintedPage

from .pages import build_page, set_line

TEXT = "The keeper of the lamp counts every ship that passes at night"


def make_page(number: int, marks: list[str], notes: list[str]) -> PrintedPage:
    rows = [set_line(TEXT, 40, 60 + 14 * row) for row in range(20)]
    for row, mark in enumerate(marks):
        rows[3 * row + 1] = set_line(f"{TEXT[:40]} ships{mark} Then", 40, 60 + 14 * (3 * row + 1))
    feet = [set_line(note, 40, 400 + 14 * row) for row, note in enumerate(notes)]
    return build_page(*rows, *feet, number=number)


def list_notes(*pages: PrintedPage) -> list[tuple[str, int]]:
    notes = find_page_notes(lay_out_pages(pages)).notes
    return [(note.label, len(note.lines)) for note in notes]


def test_numbers_at_the_foot_that_the_text_has_as_marks_are_notes() -> None:
    first = make_page(1, [".1", ",2"], ["1 Harbour Board, Report.", "2 Ada Merrow, Salt,", "p. 4."])
    second = make_page(2, [".3"], ["3 Ibid., p. 9."])
    assert list_notes(first, second) == [("1", 1), ("2", 2), ("3", 1)]


def test_marks_in_brackets_are_enough() -> None:
    notes = [f"[{n}] Harbour Board, Report {n}." for n in (1, 2, 3)]
    page = make_page(1, [" [1].", ",[2]", ".[3]"], notes)
    assert list_notes(page) == [("1", 1), ("2", 1), ("3", 1)]


def test_a_numbered_list_at_the_foot_without_marks_is_text() -> None:
    items = ["1 Boats of the harbour.", "2 Carts of the salt pans.", "3 Lamps."]
    assert list_notes(make_page(1, ["", "", ""], items)) == []
    assert list_notes(make_page(1, [" 1", " 2", " 3"], items)) == []

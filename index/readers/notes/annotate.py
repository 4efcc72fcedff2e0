"""The notes of an article, understood, with what is odd about them reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from index.document import Note
from index.readers.notes.resolve import resolve_notes
from index.readers.report import Report

DUPLICATE_SUFFIX = "′"
"""Stands behind the number of a note whose number the article has used before (7′, 7′3)."""


def finalize_notes(notes: Sequence[Note], report: Report) -> tuple[Note, ...]:
    """What the notes of an article cite, explain and stand for; their numbers made unique."""
    number_counts: Counter[str] = Counter()
    unique_notes: list[Note] = []
    for note in notes:
        number = note.number
        number_counts[number] += 1
        if number_counts[number] > 1:
            number += (
                DUPLICATE_SUFFIX
                if number_counts[number] == 2
                else f"{DUPLICATE_SUFFIX}{number_counts[number]}"
            )
            report.add_finding(
                "duplicate-note",
                note.line,
                f"Line {note.line}: the article has a note {note.number} already; "
                f"this one is kept as {number}.",
                f"第 {note.line} 行：本篇已有註 {note.number}，此註改記為 {number}。",
            )
        unique_notes.append(replace(note, number=number))
    resolved = resolve_notes(unique_notes)
    for note in resolved.unresolved:
        report.add_finding(
            "unresolved",
            note.line,
            f"Line {note.line}: note {note.number} points to a note that cannot be told: "
            f"{note.text[:24]}",
            f"第 {note.line} 行：註 {note.number} 所指的註釋無法判定：{note.text[:24]}",
        )
    return resolved.notes


def report_unmarked_notes(notes: Sequence[Note], marked_numbers: set[str], report: Report) -> None:
    """Report the notes to which no mark leads."""
    for note in notes:
        if note.number not in marked_numbers:
            report.add_finding(
                "missing-mark",
                note.line,
                f"Line {note.line}: no mark in the text leads to note {note.number}.",
                f"第 {note.line} 行：內文中沒有註 {note.number} 的註號。",
            )

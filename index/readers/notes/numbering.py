"""Give the notes of an article unique numbers, though their numbering may begin anew."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence

from index.messages import MessageCatalogue
from index.readers.notes.conventions import parse_ordinal
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")

DUPLICATE_SUFFIX = "′"
"""Appended to the number of a note whose number the article has used before (7′, 7′3)."""

_DIGITS = re.compile(r"\d+")
_MAX_LOST = 2  # numbers side by side that may be missing
_MAX_DISTANCE = 2  # lines, between notes without text between them


def number_uniquely(labels: Sequence[tuple[str, int]], report: Report | None = None) -> list[str]:
    """Return a number for each note: its label, with a suffix where it is used again.

    Args:
        labels: The label of each note and its line, in order.
        report: Receives a finding for each label that is used again though the numbering did not
            begin anew; None where that is not looked at.
    """
    counts: Counter[str] = Counter()
    labels_in_sequence: set[str] = set()
    numbers: list[str] = []
    previous = ("", 0)
    for label, line in labels:
        counts[label] += 1
        count = counts[label]
        suffix = "" if count == 1 else DUPLICATE_SUFFIX + (str(count) if count > 2 else "")
        numbers.append(label + suffix)
        is_right_below = label == previous[0] and line - previous[1] <= _MAX_DISTANCE
        may_restart = (parse_ordinal(label) == 1 or not label.isalnum()) and not is_right_below
        previous = (label, line)
        if label in labels_in_sequence and may_restart:
            labels_in_sequence = set()
        elif label in labels_in_sequence and report:
            report.add_finding(
                "duplicate-note",
                line,
                _MESSAGES["finding.duplicate_note"].format(
                    line=line, number=label, new_number=numbers[-1]
                ),
            )
        labels_in_sequence.add(label)
    return numbers


def find_labels_without_notes(
    printed: str, labels: Sequence[str], numbers: Sequence[str]
) -> list[str]:
    """Return the labels that a mark prints though it leads to no note of theirs.

    Args:
        printed: The mark as printed.
        labels: All its labels.
        numbers: The numbers of the notes to which it leads.
    """
    with_notes = {number.partition(DUPLICATE_SUFFIX)[0] for number in numbers}
    return sorted(set(_DIGITS.findall(printed)) & set(labels) - with_notes)


def prints_any_label(printed: str, labels: Sequence[str], numbers: Sequence[str]) -> bool:
    """Return whether a mark prints one of its notes: [1-3] does not if there is only note 2.

    Args:
        printed: The mark as printed.
        labels: All its labels, those between the ends of a range included.
        numbers: The numbers of the notes to which it leads.
    """
    with_notes = {number.partition(DUPLICATE_SUFFIX)[0] for number in numbers}
    between = set(labels[1:-1]) - set(_DIGITS.findall(printed))
    return not with_notes <= between


def is_between_labels(label: str, labels: Container[str]) -> bool:
    """Return whether a number is missing among the labels of notes: those around it are there.

    Args:
        label: The number.
        labels: Those of the notes.
    """
    number = int(label) if label.isdecimal() else 0
    steps = range(1, _MAX_LOST + 1)
    return any(str(number - step) in labels for step in steps) and any(
        str(number + step) in labels for step in steps
    )

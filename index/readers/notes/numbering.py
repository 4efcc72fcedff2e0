"""Give the notes of an article unique numbers, though their numbering may begin anew."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from index.messages import MessageCatalogue
from index.readers.notes.conventions import normalize_label, parse_ordinal
from index.readers.report import Report

_MESSAGES = MessageCatalogue("index", "readers")

DUPLICATE_SUFFIX = "′"
"""Appended to the number of a note whose number the article has used before (7′, 7′3)."""

_DIGITS = re.compile(r"\d+")
_MAX_LOST = 2  # numbers side by side that may be missing
_MAX_DISTANCE = 2  # lines, between notes without text between them


def find_series(labels: Sequence[str], forms: Sequence[str]) -> list[str]:
    """Return the series of each note: numbered notes beside those of the author (*), ① beside 1.

    Notes of one form are a series if the first of them may be the first of one; else they go on
    with that of the note before.

    Args:
        labels: The label of each note, in order.
        forms: The convention of each label.
    """
    series: list[str] = []
    for label, form in zip(labels, forms, strict=True):
        is_own = form in series or not series or _may_begin(label)
        series.append(form if is_own else series[-1])
    return series


def describe_label(label: str) -> str:
    """Return what a label counts by, where its convention is not known: numbers, letters or signs.

    Args:
        label: The label of a note.
    """
    if label.isdecimal():
        return "numbers"
    return "letters" if label.isalnum() else "signs"


def number_uniquely(
    labels: Sequence[tuple[str, int]], report: Report | None = None, series: Sequence[str] = ()
) -> list[str]:
    """Return a number for each note: its label, with a suffix where it is used again.

    Args:
        labels: The label of each note and its line, in order.
        report: Receives a finding for each label that is used again in its series though the
            numbering did not begin anew; None where that is not looked at.
        series: The series of each note; one for all if empty.
    """
    counts: Counter[str] = Counter()
    sequences: defaultdict[str, _Sequence] = defaultdict(_Sequence)
    numbers: list[str] = []
    for (label, line), name in zip(labels, series or [""] * len(labels), strict=True):
        counts[label] += 1
        count = counts[label]
        suffix = "" if count == 1 else DUPLICATE_SUFFIX + (str(count) if count > 2 else "")
        numbers.append(label + suffix)
        if not sequences[name].add(label, line) and report:
            report.add_finding(
                "duplicate-note",
                line,
                _MESSAGES["finding.duplicate_note"].format(
                    line=line, number=label, new_number=numbers[-1]
                ),
            )
    return numbers


@dataclass(slots=True)
class _Sequence:
    """The labels of a series since its numbering last began anew."""

    labels: set[str] = field(default_factory=set)
    last: tuple[str, int] = ("", 0)  # the last label and its line

    def add(self, label: str, line: int) -> bool:
        """Add the label of a note; return whether it is a new one, or begins the numbering anew."""
        is_right_below = label == self.last[0] and line - self.last[1] <= _MAX_DISTANCE
        self.last = label, line
        if label in self.labels and _may_begin(label) and not is_right_below:
            self.labels = set()
        is_new = label not in self.labels
        self.labels.add(label)
        return is_new


def _may_begin(label: str) -> bool:
    """Return whether a label may be the first of a series: 1, a, or a sign that counts nothing."""
    return not label.isalnum() or parse_ordinal(label) == 1


class NoteSeries:
    """The places of notes in their series."""

    def __init__(self, labels: Sequence[str], series: Sequence[str]) -> None:
        """Store the places.

        Args:
            labels: The label of each note, in order.
            series: The series of each.
        """
        labels = [normalize_label(label) for label in labels]
        self._labels = labels
        self._series = series
        self._indexes: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._previous: list[int] = []  # by index: the last one before in its series, or -1
        self._first: list[int] = []  # by index: where the numbering of its series last began anew
        last: dict[str, int] = {}
        for index, (label, name) in enumerate(zip(labels, series, strict=True)):
            self._indexes[name, label].append(index)
            previous = last.get(name, -1)
            begins = previous < 0 or label == "1"
            self._previous.append(previous)
            self._first.append(index if begins else self._first[previous])
            last[name] = index

    def get_previous(self, index: int) -> int:
        """Return the index of the note before another: that whose number is one less in its series.

        Args:
            index: That of the other, above 0.
        """
        previous = self._previous[index]
        label, before = self._labels[index], self._labels[previous]
        is_next = label.isdecimal() and before.isdecimal() and int(label) == int(before) + 1
        return previous if previous >= 0 and is_next else index - 1

    def find(self, label: str, index: int) -> int | None:
        """Return the index of the last note before another of its series that has a label.

        Args:
            label: The label.
            index: That of the other.

        Returns:
            None if there is none since the numbering of the series last began anew.
        """
        indexes = self._indexes.get((self._series[index], label), [])
        position = bisect_left(indexes, index)
        last = indexes[position - 1] if position else -1
        return last if last >= self._first[index] else None


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

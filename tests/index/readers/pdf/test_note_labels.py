"""Tests of the labels that notes of PDF files begin with."""

from __future__ import annotations

from index.readers.pdf.labels import parse_note_label
from tests.index.readers.pdf.test_layout import make_line


def test_roman_labels_without_a_blank_are_labels() -> None:
    labels = [parse_note_label(make_line(text)) for text in ("viiiInterview", "ix See", "vicar")]
    assert [label and label.text for label in labels] == ["viii", "ix", None]

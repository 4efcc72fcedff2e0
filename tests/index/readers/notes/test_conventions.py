"""Tests of the table of conventions: its examples hold, and reading by it takes linear time."""

from __future__ import annotations

import pytest

from index.readers.notes.conventions import (
    Convention,
    find_marks,
    load_conventions,
    normalize_label,
    parse_opening,
    parse_ordinal,
)
from tests.helpers.near_misses import list_examples, measure, repeat

CONVENTIONS = [pytest.param(convention, id=name) for name, convention in load_conventions().items()]


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_conventions_match_and_reject_their_examples(convention: Convention) -> None:
    forms = (convention.name,)
    examples = convention.examples
    assert examples["notes"]
    assert bool(examples["marks"]) == (convention.mark is not None)
    assert [text for text in examples["marks"] if not find_marks(text, forms)] == []
    assert [text for text in examples["no_marks"] if find_marks(text, forms)] == []
    assert [text for text in examples["notes"] if not parse_opening(text, forms)] == []
    assert [text for text in examples["no_notes"] if parse_opening(text, forms)] == []


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_marks_are_found_in_linear_time(convention: Convention) -> None:
    def find(text: str) -> None:
        find_marks(text, (convention.name,))
        parse_opening(text, (convention.name,))

    for text in list_examples(convention):
        for beginning, part in ((text[:i], text[i : i + 2]) for i in range(len(text))):
            short, long = (repeat(beginning, part, size) for size in (3_000, 24_000))
            if measure(find, short) > 0.01:  # noise, or quadratic
                ratios = (measure(find, long) / measure(find, short) for _ in range(3))
                assert min(ratios) < 24, (beginning, part)  # 8 if linear, 64 if quadratic


def test_labels_of_lists_and_ranges() -> None:
    texts = ("風［3－5］。", "[1, 3]", "[2]–[4]", "[1,3-5,9]", "[7]")
    assert [find_marks(text, ("square",))[0].labels for text in texts] == [
        ("3", "4", "5"),
        ("1", "3"),
        ("2", "3", "4"),
        ("1", "3", "4", "5", "9"),
        ("7",),
    ]


def test_labels_in_any_script() -> None:
    labels = [normalize_label(label) for label in ("①", "⑶", "³", "３", "㉑", "❷", "*", "†")]
    assert labels == ["1", "3", "3", "3", "21", "2", "*", "†"]
    assert [parse_ordinal(label) for label in ("12", "B", "十二", "*")] == [12, 2, 12, 0]

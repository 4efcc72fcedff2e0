"""Tests of where sentences are split into clauses."""

from __future__ import annotations

import pytest

from index.text.dictionary import load_dictionary
from rag.written.clauses import split_clauses


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("The fleet grew and the port silted up", ["the fleet grew", "the port silted up"]),
        ("The island, But not the band, paid", ["the island", "not the band", "paid"]),
        ("Whereas wages rose, rents fell.", ["wages rose", "rents fell."]),
        ("港務局反對，但是議會通過了。", ["港务局反对", "但是议会通过了"]),
    ],
)
def test_clauses_end_at_signs_and_whole_conjunctions(text: str, clauses: list[str]) -> None:
    result = split_clauses(text, load_dictionary())
    assert [clause.folded.strip() for clause in result] == clauses

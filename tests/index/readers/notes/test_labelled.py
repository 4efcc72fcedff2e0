"""Floors of the figures that `python -m eval.benchmarks.sources` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.benchmarks.sources import (
    LabelledReference,
    LabelledSequence,
    count_back_references,
    count_sources,
    load_labelled,
)

FOLDER = Path(__file__).with_name("labelled")
HALVES = ("development", "test")


@pytest.mark.parametrize(
    ("half", "least", "most_false"),
    [
        ("development", 0.965, 0.03),
        ("test", 0.965, 0.025),
        ("prose", 0.925, 0.045),
        ("unseen", 0.95, 0.04),
    ],
)
def test_sources_of_references_are_found(half: str, least: float, most_false: float) -> None:
    references = load_labelled(FOLDER / "references.jsonl", LabelledReference, half)
    citing = [item for item in references if item.sources]
    counts = count_sources(citing)
    assert len({item.style for item in citing}) >= 8
    assert counts.sources >= 80
    assert counts.read >= least * counts.sources
    assert counts.false <= most_false * counts.sources


@pytest.mark.parametrize("half", HALVES)
def test_explanations_are_no_sources(half: str) -> None:
    references = load_labelled(FOLDER / "references.jsonl", LabelledReference, half)
    counts = count_sources(item for item in references if not item.sources)
    assert counts.notes >= 120
    assert counts.false <= 0.02 * counts.notes


@pytest.mark.parametrize("half", HALVES)
def test_references_to_other_notes_are_resolved(half: str) -> None:
    sequences = load_labelled(FOLDER / "back_references.jsonl", LabelledSequence, half)
    counts = count_back_references(sequences)
    assert counts.references >= 50
    assert counts.right >= 0.98 * counts.references
    assert counts.wrong == 0


@pytest.mark.parametrize("half", HALVES)
def test_labelled_parts_stand_in_their_references(half: str) -> None:
    for item in load_labelled(FOLDER / "references.jsonl", LabelledReference, half):
        assert len(item.parts) in (0, len(item.sources))
        for parts, source in zip(item.parts, item.sources, strict=False):
            assert all(str(getattr(parts, name)) in source for name in parts.__struct_fields__)

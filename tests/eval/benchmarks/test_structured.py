"""Tests of the questions that no single sentence answers, and of how they are judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.benchmarks.structured import ask_set, load_gold
from index import sample
from index.readers import read
from index.text.scripts import fold


@pytest.mark.parametrize("name", ["sample", "fortnightly-87"])
def test_questions_have_ids_and_gold(name: str) -> None:
    gold = load_gold(name)
    assert len({item.id for item in gold}) == len(gold)
    assert all(
        item.form is None
        or item.split == "dev"
        or item.notes is not None
        or item.articles
        or item.answers
        for item in gold
    )
    near_misses = sum(item.form is None for item in gold)
    assert len(gold) - near_misses >= 70
    assert near_misses >= 30


def test_gold_notes_and_answers_stand_in_the_sample() -> None:
    articles = read(sample.get_path()).articles
    for item in load_gold("sample"):
        for article, numbers in (item.notes or {}).items():
            known = {note.number for note in articles[int(article) - 1].notes}
            assert known.issuperset(numbers), item.id
        text = fold(sample.get_path().read_text(encoding="utf-8"))
        assert all(fold(answer) in text for answer in item.answers), item.id


def test_sample_is_answered_in_the_right_form(sample_library: Path) -> None:
    results = ask_set(load_gold("sample"), sample_library)
    faults = [fault for item, fault in results if item.form]
    assert sum(not fault for fault in faults) >= 0.9 * len(faults)
    assert not [fault for item, fault in results if item.form is None and fault]

"""Tests of the labelled sentences and of the faults that are made in them."""

from __future__ import annotations

from collections import Counter

from eval.written.corruptions import corrupt_all
from eval.written.labelled import load_labelled


def test_the_halves_share_no_passage_and_no_sentence() -> None:
    tuning, test = load_labelled("tuning"), load_labelled("test")
    assert len(tuning) + len(test) >= 600
    assert not {item.group for item in tuning} & {item.group for item in test}
    assert len({item.sentence for item in tuning + test}) == len(tuning) + len(test)
    assert {item.label for item in test} == {"supported", "partly", "not"}


def test_faults_change_one_thing() -> None:
    true = [item for item in load_labelled("tuning") if item.label == "supported"]
    faults = corrupt_all(true)
    counts = Counter(fault.kind for fault in faults)
    assert min(counts.values()) >= 60, counts
    originals = {item.sentence for item in true} | {text for item in true for text in item.cited}
    for fault in faults:
        if fault.kind == "passage":
            assert fault.sentence in originals
            assert not set(fault.cited) & set(fault.others)
        else:
            assert fault.sentence not in fault.cited
    assert corrupt_all(true) == faults

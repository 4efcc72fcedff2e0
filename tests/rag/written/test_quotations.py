"""Tests of the check of quotations."""

from __future__ import annotations

import pytest

from rag.written.quotations import find_faulty_quotations

CITED = (
    "局長稱，「沿河企業必須在六十天內完成自查」。",
    'He called it "a ledger, with nothing in it".',
)
OTHERS = ("工會認為自查無法取代獨立監測。",)


@pytest.mark.parametrize(
    "sentence",
    [
        "局長說「必須在六十天內完成自查」。",
        "局长说“必须在六十天内完成自查”。",
        "He spoke of “a Ledger with nothing in it”.",
        "局長說「沿河企業……完成自查」。",
        "所謂「自查」並不夠。",
        "沒有引文。",
    ],
)
def test_verbatim_quotations_pass(sentence: str) -> None:
    assert list(find_faulty_quotations(sentence, CITED, OTHERS)) == []


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("局長說「無法取代獨立監測」。", "misattributed"),
        ("局長說「必須在六十天內無法取代獨立監測」。", "stitched"),
        ("局長說「必須在三十天內完成自查」。", "fabricated"),
        ("局長說「完成自查……沿河企業」。", "stitched"),
        ("局長說「他稱『必須在六天內完成自查』。」", "fabricated"),
    ],
)
def test_other_quotations_are_found(sentence: str, fault: str) -> None:
    faults = [kind for _, kind in find_faulty_quotations(sentence, CITED, OTHERS)]
    assert faults == [fault]

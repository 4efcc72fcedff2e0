"""Judgements as the page sends them."""

from __future__ import annotations

from ui.conversations.model import Judgement, parse_judgement


def test_judgement_keeps_only_the_fields_of_its_verdict() -> None:
    assert parse_judgement("right", "p", "n", is_absent=True) == Judgement("right")
    assert parse_judgement("elsewhere", "p", " a\n b ", is_absent=True) == Judgement(
        "elsewhere", "p", note="a b"
    )
    assert parse_judgement("wrong", "p", "x" * 9999, is_absent=True) == Judgement(
        "wrong", is_absent=True, note="x" * 1000
    )
    assert parse_judgement("", is_absent=False) is None
    assert parse_judgement("<b>", is_absent=False) is None

"""Tests of what is before something, and after it in what is cited."""

from __future__ import annotations

import pytest

from index.text.dictionary import load_dictionary
from rag.ranking.parameters import load_parameters
from rag.written.order import find_exchanged_order

PERMIT = "申請人應於施工之前取得許可。"
SURVEY = "The survey was held before the election, its results published after the vote."
BRIDGES = "市府擬在 2026 年前拆除三座舊橋。"


@pytest.mark.parametrize(
    ("text", "cited", "words"),
    [
        ("申請人可在施工之後取得許可。", PERMIT, ["施工之后"]),
        ("Applicants obtain it after construction.", PERMIT, ["after construction"]),
        ("Applicants need a permit before construction starts.", PERMIT, []),
        ("未取得許可之前不得施工。", PERMIT, []),
        ("調查在選舉之後進行。", SURVEY, ["选举之后"]),
        ("調查在選舉之前進行。", SURVEY, []),
        ("The election took place after the survey.", SURVEY, []),
        ("The bridges are pulled down after 2026.", BRIDGES, ["after 2026"]),
        ("The bridges are pulled down by 2026.", BRIDGES, []),
        ("The bridges are pulled down after 2025.", BRIDGES, []),
        ("Do not open it before the vote.", "It is opened after the vote.", []),
        ("It is opened only after the vote.", "It is closed before the vote.", []),
    ],
)
def test_the_order_is_compared_where_both_are_of_the_same(
    text: str, cited: str, words: list[str]
) -> None:
    share = load_parameters().verification.clauses.same
    assert list(find_exchanged_order(text, [cited], load_dictionary(), share)) == words

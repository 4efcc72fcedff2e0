"""Tests that filters which cannot be met are refused in words that fit how they were given."""

from __future__ import annotations

from typing import Any

import pytest

from index.errors import QuestionError
from rag.adapters.filters import Condition, build_filters, parse_filter_mapping


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        ({"autor": "x"}, "'autor'"),
        ({"after": "soon"}, "the day 'soon'"),
        ({"topic": 7}, "topic as"),
    ],
)
def test_filter_by_name_is_refused_in_its_own_terms(filters: dict[str, Any], fault: str) -> None:
    with pytest.raises(QuestionError) as raised:
        parse_filter_mapping(filters)
    message = str(raised.value)
    assert fault in message
    assert "after and before as days" in message
    assert "==" not in message


def test_faults_of_conditions_are_told_in_the_language_of_the_message() -> None:
    conditions = [Condition("topic", "==", "a"), Condition("topic", "==", "b")]
    with pytest.raises(QuestionError) as raised:
        build_filters(conditions)
    assert "two conditions on topic" in str(raised.value)
    assert "topic 有兩個條件" in raised.value.message.in_language("zh")

"""Tests of articles named by their position."""

from __future__ import annotations

import pytest

from index.text.scripts import fold
from rag.query.ordinal import parse_ordinal


@pytest.mark.parametrize(
    ("question", "nth"),
    [
        ("第一篇文章是誰寫的？", 0),
        ("第十二篇的標題", 11),
        ("第3篇在第幾頁？", 2),
        ("首篇談什麼？", 0),
        ("最後一篇文章的作者", -1),
        ("倒數第二篇是誰寫的", -2),
        ("Who wrote the first article?", 0),
        ("the last piece", -1),
        ("What is the third essay called?", 2),
    ],
)
def test_ordinal_is_parsed_as_a_position(question: str, nth: int) -> None:
    ordinal = parse_ordinal(fold(question))
    assert ordinal is not None
    assert ordinal.position == nth
    assert ("那篇文章" in ordinal.remainder) or ("the article" in ordinal.remainder)


@pytest.mark.parametrize(
    "question",
    [
        "第一條規定了什麼？",
        "What is the first step?",
        "哪一篇談夜市？",
        "the last of the articles",
        "第0篇",
    ],
)
def test_other_numbers_are_not_ordinals_of_articles(question: str) -> None:
    assert parse_ordinal(fold(question)) is None

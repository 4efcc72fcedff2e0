"""Tests of articles that questions name by their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.query.named_articles import parse_named_articles


@pytest.mark.parametrize(
    ("question", "positions", "remainder"),
    [
        ("What risks does article 3 name?", (2,), "What risks does the article name?"),
        ("In Articles 1, 3 and 4, who pays?", (0, 2, 3), "In the article, who pays?"),
        ("What does the last article say?", (-1,), "What does the article say?"),
        ("第三篇文章提到哪些風險？", (2,), "文章提到哪些風險？"),
        ("第一篇和第三篇都提到哪些風險？", (0, 2), "文章和文章都提到哪些風險？"),
        ("第1、3篇怎麼談經費？", (0, 2), "文章怎麼談經費？"),
        ("倒数第二篇怎么谈经费？", (-2,), "文章怎么谈经费？"),
    ],
)
def test_places_name_articles(question: str, positions: tuple[int, ...], remainder: str) -> None:
    named = parse_named_articles(question)
    assert named is not None
    assert (named.positions, named.question) == (positions, remainder)


@pytest.mark.parametrize(
    "question",
    [
        "What does Article 5 of the treaty require?",
        "What does article 9(2) require?",
        "How many articles are there?",
        "第三條規定什麼？",
        "第三期有哪些文章？",
    ],
)
def test_articles_of_laws_and_numbers_of_articles_name_none(question: str) -> None:
    assert parse_named_articles(question) is None


def test_numbers_alone_may_be_of_a_law() -> None:
    numbered, placed = map(parse_named_articles, ("Is it in article 3?", "In the third article?"))
    assert numbered is not None
    assert numbered.may_be_of_law
    assert placed is not None
    assert not placed.may_be_of_law


@given(st.text(alphabet="第一二三3篇文章和、article the third,. ", max_size=60))
def test_any_question_is_read(question: str) -> None:
    named = parse_named_articles(question)
    assert named is None or named.positions

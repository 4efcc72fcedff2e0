"""Tests of questions that are asked of articles by their places, on the bundled sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index import sample
from index.storage.library import Library
from index.storage.records import Filters
from index.update.update import update_library
from rag.answer.model import Answer
from rag.retriever import Retriever

_IN_ARTICLE_1 = "規劃之初，電廠估計每年可發電"


@pytest.fixture(scope="module")
def retriever(sample_library: Path) -> Iterator[Retriever]:
    with Library.open(sample_library) as library:
        yield Retriever(library, use_reader=False)


def _list_articles(answer: Answer) -> set[int]:
    return {citation.article.index for citation in answer.citations}


@pytest.mark.parametrize(
    ("question", "articles"),
    [
        ("第三篇文章提到哪些風險？", {2}),
        ("What does the first article say about fish?", {0}),
        ("第一篇和第三篇都提到哪些風險？", {0, 2}),
        ("What do articles 1, 3 and 4 say about funding?", {0, 2, 3}),
        ("What do the last and the first article say about money?", {0, 6}),
    ],
)
def test_only_the_named_articles_are_cited(
    retriever: Retriever, question: str, articles: set[int]
) -> None:
    answer = retriever.retrieve(question)
    assert answer.question == question
    assert _list_articles(answer) == articles


def test_passages_of_a_law_with_that_article_are_searched_too(tmp_path: Path) -> None:
    text = sample.get_path().read_text(encoding="utf-8")
    assert text.count(_IN_ARTICLE_1) == 1
    file = tmp_path / "sample.txt"
    file.write_text(text.replace(_IN_ARTICLE_1, f"第三條載明{_IN_ARTICLE_1}"), encoding="utf-8")
    update_library(tmp_path / "library", add=[file])
    with Library.open(tmp_path / "library") as library:
        answer = Retriever(library, use_reader=False).retrieve("What does article 3 state?", 20)
    of_law = [citation for citation in answer.citations if citation.article.index == 0]
    assert ["第三條" in citation.text for citation in of_law] == [True]
    assert _list_articles(answer) == {0, 2}


def test_places_that_no_article_has_name_none(retriever: Retriever) -> None:
    assert len(_list_articles(retriever.retrieve("第九十篇文章提到哪些風險？", 20))) > 1


def test_filters_hold_beside_named_articles(retriever: Retriever) -> None:
    filters = Filters(author="Okell")
    answer = retriever.retrieve("What does the first article say of risks?", filters=filters)
    assert _list_articles(answer) == {5}


def test_many_questions_are_asked_of_articles_as_one_is(retriever: Retriever) -> None:
    questions = ["第三篇文章提到哪些風險？", "潮汐電廠何時開始商轉？", "Who wrote article 3?"]
    assert [_list_articles(answer) for answer in retriever.retrieve_many(questions)] == [
        _list_articles(retriever.retrieve(question)) for question in questions
    ]


def test_the_author_of_an_article_is_told_by_its_number(retriever: Retriever) -> None:
    answer = retriever.retrieve("Who wrote article 3?")
    assert answer.is_answered
    assert "尤承謙" in {author.name for author in answer.citations[0].article.authors}

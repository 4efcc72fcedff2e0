"""Tests of which further passages of an answer answer, too."""

from __future__ import annotations

from index.document import Span
from rag.answer.model import Answer, ArticleRef, Citation, Evidence, PublicationRef, Statement
from rag.answering.further import adds_answer, may_answer


def cite(text: str, score: float, sentence_score: float | None) -> Citation:
    evidence = (
        () if sentence_score is None else (Evidence(Span(0, len(text)), score=sentence_score),)
    )
    publication, article = PublicationRef("p", "刊"), ArticleRef(0, "題")
    return Citation(text, publication, article, 0, (), text, evidence=evidence, score=score)


def answer(*citations: Citation, confidence: float = 0.9) -> Answer:
    return Answer("?", citations, confidence, 0.5)


FIRST = cite("The ferry left at noon.", 10.0, 12.0)


def test_passages_that_score_little_less_may_answer() -> None:
    ferry = answer(FIRST, cite("It left at twelve.", 9.0, 11.5), cite("Tides rise.", 9.5, 2.0))
    assert [may_answer(ferry, index) for index in range(3)] == [True, True, False]
    assert [adds_answer(ferry, index) for index in range(1, 3)] == [True, False]


def test_the_same_sentence_adds_nothing() -> None:
    repeated = answer(FIRST, cite("The ferry left at noon.", 10.0, 12.0))
    assert may_answer(repeated, 1)
    assert not adds_answer(repeated, 1)


def test_nothing_is_marked_where_nothing_answers() -> None:
    refused = answer(FIRST, FIRST, confidence=0.1)
    assert not any(may_answer(refused, index) for index in range(2))
    assert not may_answer(answer(FIRST, cite("A", 10.0, None)), 1)


def test_statements_are_answers_of_their_own() -> None:
    stated = Citation(
        "p", PublicationRef("p", "刊"), ArticleRef(0, "題"), 0, (), "x",
        statements=(Statement("title", ("題",)),),
    )  # fmt: skip
    assert not may_answer(answer(stated), 0)

"""Tests of what a model is given, and of the script that it is shown in."""

from __future__ import annotations

import pytest

from rag.answer.model import Answer, ArticleRef, Citation, PublicationRef
from rag.written.evidence import number_sentences
from rag.written.model import Verdict
from rag.written.plan import plan_answer
from rag.written.request import DraftSentence


def answer_of(question: str, *articles: int, text: str = "渡輪停航。橋已通車。") -> Answer:
    """An answer with a passage of each article."""
    citations = tuple(
        Citation(str(rank), PublicationRef("p", "渡口"), ArticleRef(article, "論"), 0, (), text)
        for rank, article in enumerate(articles)
    )
    return Answer(question, citations, confidence=0.9, threshold=0.5)


def test_each_article_is_given_before_more_of_one() -> None:
    answer = answer_of("渡輪與橋？", 3, 3, 3, 1, 3)
    assert [item.citation for item in number_sentences(answer)][::2] == [0, 3, 1, 2, 4]
    assert [item.citation for item in number_sentences(answer, 20)][::2] == [0, 3]


@pytest.mark.parametrize(
    ("question", "written", "shown"),
    [
        ("渡轮为何停航？", "渡輪停航。", "渡轮停航。"),
        ("渡輪為何停航？", "渡轮停航。", "渡輪停航。"),
        ("渡輪為何停航？", "渡輪停航。", "渡輪停航。"),
        ("Why do ferries not run?", "渡轮停航。", "渡轮停航。"),
    ],
)
def test_chinese_is_shown_in_the_script_of_the_question(
    question: str, written: str, shown: str
) -> None:
    plan = plan_answer(answer_of(question, 0))
    assert plan
    sentence = plan.check_sentence(DraftSentence(written, (1,)), lambda *_: Verdict((), 1.0, {}))
    assert sentence.text == shown


@pytest.mark.parametrize(
    ("question", "name"),
    [("渡轮为何停航？", "simplified"), ("渡輪為何停航？", "traditional"), ("Why?", "English")],
)
def test_the_language_and_script_are_named(question: str, name: str) -> None:
    plan = plan_answer(answer_of(question, 0))
    assert plan
    assert name in plan.build_messages()[0]["content"]

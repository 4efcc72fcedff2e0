"""Tests of the explanation of an answer in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from index.messages import MessageCatalogue
from rag.answer.model import Answer, ScoreComponent
from rag.answer.serialization import from_dict, schema, to_dict
from rag.render.explanation import (
    PART_CATEGORIES,
    describe_confidence,
    describe_confidence_part,
    describe_score_part,
    explain,
    explanation_to_dict,
    explanation_to_text,
)
from rag.render.rich_text import escape_controls
from rag.render.shared_words import find_shared_words, find_translations
from rag.retriever import Retriever
from tests.ui.page.test_render import ANSWER
from ui.cli.explanation import format_explanation

QUESTIONS = (
    "What caused the fire at the archive?",
    "檔案館火災的起因是什麼？",
    "Who won the football cup in 1998?",
)


@pytest.fixture(scope="module")
def answers(sample_retriever: Retriever) -> list[Answer]:
    return [sample_retriever.retrieve(question, 3) for question in QUESTIONS]


def test_every_score_and_confidence_part_has_a_label(answers: list[Answer]) -> None:
    legs = {
        part.name
        for answer in answers
        for citation in answer.citations
        for part in citation.score_parts
    }
    figures = {part.name for answer in answers for part in answer.confidence_parts}
    assert len(legs) > 5
    assert figures
    for name in legs | figures:
        label = describe_score_part(name)[1] if name in legs else describe_confidence_part(name)
        assert name not in (label.en, label.zh), f"rag/messages has no words for {name!r}"
        assert any("\u3400" <= character <= "\u9fff" for character in label.zh)
        assert label.en.isascii()


def test_explanation_contributions_sum_to_the_score(answers: list[Answer]) -> None:
    for answer in answers:
        explanation = explain(answer)
        for citation, why in zip(answer.citations, explanation.passages, strict=True):
            assert why.passage_id == citation.passage_id
            assert sum(contribution.value for contribution in why.contributions) == pytest.approx(
                citation.score
            )
            families = [value for _, value in why.sum_by_category()]
            assert sum(families) == pytest.approx(citation.score)
        named = [contribution.name for contribution in explanation.confidence]
        assert named == [part.name for part in answer.confidence_parts if part.value]


def test_explanation_quotes_words_of_question_and_passage(answers: list[Answer]) -> None:
    english, chinese, _ = answers
    pairs = dict(find_translations(english, english.citations[0]))
    assert pairs["archive"] == "檔案"
    assert "火" in pairs["fire"]
    assert "caus" not in pairs  # stems are not shown
    assert find_shared_words(chinese, chinese.citations[0]) == ("檔案館火災",)
    assert find_translations(chinese, chinese.citations[0]) == ()
    simplified = replace(chinese, question="档案馆火灾的起因是什么？")
    assert find_shared_words(simplified, chinese.citations[0]) == ("檔案館火災",)  # as printed


def test_part_without_a_label_is_shown_by_its_name() -> None:
    odd = replace(
        ANSWER,
        citations=(
            replace(ANSWER.citations[0], score_parts=(ScoreComponent("new feature", 2.0),)),
        ),
        confidence_parts=(ScoreComponent("new part", -1.5), ScoreComponent("silent", 0.0)),
    )
    text = explanation_to_text(odd, "zh")
    assert "+2.00  new feature" in text
    assert "-1.50  new part" in text
    assert "silent" not in text
    assert explain(odd).passages[0].sum_by_category() == (("other", 2.0),)


def test_answer_with_explanation_validates_against_the_schema(answers: list[Answer]) -> None:
    for answer in answers:
        values = to_dict(answer) | {"explanation": explanation_to_dict(explain(answer))}
        Draft202012Validator(schema()).validate(values)
        assert from_dict(values) == answer


@given(st.text(max_size=30), st.text(max_size=60), st.text(max_size=20))
def test_any_text_can_be_explained(question: str, text: str, translation: str) -> None:
    citation = replace(ANSWER.citations[0], text=text, marks=(), evidence=(), score_parts=())
    answer = replace(
        ANSWER, question=question, citations=(citation,), translations=((question, (translation,)),)
    )
    for language in ("en", "zh"):
        explanation_text = explanation_to_text(answer, "zh" if language == "zh" else "en")
        assert escape_controls(explanation_text) == explanation_text
        list(format_explanation(answer, "zh" if language == "zh" else "en"))
    printed = "\n".join([text, *(note.text for note in citation.notes), *citation.path])
    titles = f"{citation.article.title} {citation.article.title_translated}"
    for word in find_shared_words(answer, citation):
        assert all(part in printed + titles for part in word.split())


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [(0.0, "hardly one"), (0.26, "about 3 are"), (0.94, "about 9 are"), (0.99, "nearly all")],
)
def test_confidence_is_described_in_words(confidence: float, expected: str) -> None:
    assert expected in describe_confidence(confidence, "en")


def test_score_categories_have_labels() -> None:
    categories = [
        MessageCatalogue("rag", "explanation")[f"category.{name}"] for name in PART_CATEGORIES
    ]
    assert all(message.en != message.zh for message in categories)

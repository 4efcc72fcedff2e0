"""Tests of example questions, made of the names, titles and headings of a library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.glossary.gloss import Gloss
from index.messages import Language
from tests.helpers.stub_service import ARTICLES, article, summary
from ui.page.chat_sessions import answer_turn
from ui.page.examples import (
    choose_terms,
    find_example_questions,
    generate_example_questions,
)
from ui.service.service import Service


def test_chinese_examples_use_headings_then_titles() -> None:
    topics = ["看守人", "港口", "燈油"]
    questions = [f"關於「{topic}」，文中怎麼說？" for topic in topics]
    assert list(generate_example_questions((), ARTICLES, "zh")) == [
        "〈燈塔〉的重點是什麼？",
        *questions,
    ]


def test_english_examples_use_titles_if_headings_are_chinese() -> None:
    topics = ["Harbours", "The Moon", "Tides"]
    questions = [f"What is said about “{topic}”?" for topic in topics]
    assert list(generate_example_questions((), ARTICLES, "en")) == [
        "What are the main points of “Lighthouses”?",
        *questions,
    ]


def test_an_example_asks_for_a_term_that_the_text_explains() -> None:
    glosses = [
        Gloss(("燈稅", "lamp levy"), "bracket"),
        Gloss(("燈塔管理局", "Lamp Office", "LO"), "bracket"),
    ]
    terms = choose_terms(glosses, "zh")
    assert terms == ["燈塔管理局"]
    assert list(generate_example_questions((), (), "zh", terms)) == ["什麼是燈塔管理局？"]
    assert choose_terms(glosses, "en") == ["Lamp Office"]


def test_first_example_asks_for_the_articles_of_an_issue() -> None:
    summaries = (summary(1), summary(2))
    assert list(generate_example_questions(summaries, (), "zh")) == ["《刊》第 1 期有哪些文章？"]
    assert list(generate_example_questions(summaries, (), "en")) == [
        "Which articles are in 刊 第 1 期?"
    ]
    plain = [replace(summaries[0], number="")]
    assert list(generate_example_questions(plain, (), "zh")) == ["《刊》有哪些文章？"]
    assert list(generate_example_questions(plain, (), "en")) == ["Which articles are in 刊?"]
    assert list(generate_example_questions([replace(summaries[0], title="")], (), "en")) == []


def test_a_publication_of_one_article_is_not_asked_for_its_articles() -> None:
    single = replace(summary(3), counts=replace(summary(3).counts, articles=1))
    assert list(generate_example_questions([single], (), "zh")) == []
    assert list(generate_example_questions([single, summary(1)], (), "zh")) == [
        "《刊》第 1 期有哪些文章？"
    ]


def test_nested_quotation_marks_become_inner_marks() -> None:
    titled = (article("談「燈」", "On “Lamps”"),)
    assert list(generate_example_questions((), titled, "zh")) == ["〈談『燈』〉的重點是什麼？"]
    assert list(generate_example_questions((), titled, "en")) == [
        "What are the main points of “On ‘Lamps’”?"
    ]


def test_example_questions_are_distinct() -> None:
    assert list(generate_example_questions((), ARTICLES[:1] * 2, "en")) == [
        "What are the main points of “Lighthouses”?"
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_example_questions_are_answered_on_the_sample(
    sample_library: Path, language: Language
) -> None:
    with Service(sample_library) as service:
        questions = find_example_questions(service, language)
        assert len(set(questions)) == 4
        assert not any(character in question for question in questions for character in "、*")
        answers = [answer_turn(service, question).answer for question in questions]
    assert all(answer and answer.is_answered for answer in answers)
    assert answers[0]
    assert answers[0].citations[0].statements[0].field == "articles"

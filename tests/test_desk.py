"""What the page asks of a library: questions to begin with, holdings, answers and errors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from index import sample
from index.catalogue import Counts, Criteria, Summary
from index.document import Article, Publication, Section
from index.errors import QuestionError
from index.readers import read
from rag.answer import Answer
from ui import page_strings
from ui.desk import Desk
from ui.examples import example_questions
from ui.render import Holding


def article(title: str, translated: str, *paths: tuple[str, ...]) -> Article:
    return Article(title, translated, sections=tuple(Section(path) for path in paths))


ARTICLES = (
    article(
        "燈塔",
        "Lighthouses",
        ("壹、前言",),
        ("貳、意涵", "一、看守人"),
        ("貳、意涵", "（二）*燈油*"),
    ),
    article("港口", "Harbours", ("壹、前言",), ("參、研判", "1. 前言")),
    article("Tides", "", ("1. Background",), ("2. Moon", "2.1 The Moon")),
)


def test_chinese_examples_are_made_of_special_headings_then_of_titles() -> None:
    topics = ["看守人", "港口", "燈塔", "燈油"]
    assert example_questions(ARTICLES, "zh") == tuple(f"關於「{t}」，文中怎麼說？" for t in topics)


def test_english_examples_are_made_of_titles_where_headings_are_chinese() -> None:
    topics = ["Lighthouses", "Harbours", "The Moon", "Tides"]
    assert example_questions(ARTICLES, "en") == tuple(f"What is said about “{t}”?" for t in topics)


def test_quotes_in_quotes_are_inner_ones() -> None:
    titled = (article("談「燈」", "On “Lamps”"),)
    assert example_questions(titled, "zh") == ("關於「談『燈』」，文中怎麼說？",)
    assert example_questions(titled, "en") == ("What is said about “On ‘Lamps’”?",)


def test_examples_are_few_and_differ() -> None:
    assert len(example_questions(ARTICLES * 3, "zh", most=3)) == 3
    assert example_questions(ARTICLES[:1] * 2, "en") == ("What is said about “Lighthouses”?",)
    assert example_questions((), "en") == ()


@pytest.fixture(scope="module")
def bundled() -> Publication:
    return read(sample.path())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sample_gives_examples(bundled: Publication, language: str) -> None:
    asked = example_questions(bundled.articles, "zh" if language == "zh" else "en")
    assert len(set(asked)) == 4
    assert not any(sign in question for question in asked for sign in "、*")


def summary(number: int) -> Summary:
    counts = Counts(1, 7, 20, 60, 300, 1, 0)
    return Summary(
        f"{number:012}", "刊", "", f"第 {number} 期", date(2025, 5, number), "", "", "", counts
    )


def desk(retrieve: object = None, publications: int = 1) -> Desk:
    held = tuple(summary(number) for number in range(1, publications + 1))
    return Desk(held, ARTICLES, retrieve, lambda passage: None)  # type: ignore[arg-type]


def test_holdings_are_listed_up_to_a_point() -> None:
    assert desk().holdings("en") == (Holding("刊 第 1 期", "1 May 2025 · 7 articles · 1 note"),)
    assert desk().more("en") == ""
    many = desk(publications=9)
    assert len(many.holdings("zh")) == 6
    assert many.more("zh") == "另有 3 種刊物"


def test_an_answer_knows_what_was_asked_before() -> None:
    seen: list[Sequence[str]] = []

    def retrieve(question: str, before: Sequence[str], filters: Criteria) -> Answer:
        seen.append(before)
        return Answer(question, (), 0.0, 0.5)

    turn = desk(retrieve).answer("And then?", ["What?"])
    assert turn.answer == Answer("And then?", (), 0.0, 0.5)
    assert seen == [["What?"]]


def test_what_a_reader_can_mend_is_told_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(question: str, before: Sequence[str], filters: Criteria) -> Answer:
        raise QuestionError("odd", "怪")

    def crash(question: str, before: Sequence[str], filters: Criteria) -> Answer:
        raise RuntimeError("a secret of the server")

    assert str(desk(refuse).answer("?").error) == "odd"
    assert not caplog.records
    assert desk(crash).answer("?").error == page_strings.PAGE_ERROR
    assert "a secret of the server" in caplog.text

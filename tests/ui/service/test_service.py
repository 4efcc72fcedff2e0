"""What the page asks of a library: questions to begin with, holdings, answers and errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.document import Article, Section
from index.errors import QuestionError
from index.messages import Language, Message, MessageCatalogue
from index.storage.records import Counts, Filters, Summary
from rag.answer.model import Answer
from tests.helpers.stub_service import StubLibrary, StubService
from ui.page.chat_sessions import answer_turn
from ui.page.examples import find_example_questions, generate_example_questions
from ui.page.publications import (
    format_remaining,
    get_publication_name,
    summarize_publications,
)
from ui.page.render import PublicationLine
from ui.service.catalogue import Catalogue
from ui.service.service import Service

_MESSAGES = MessageCatalogue("ui", "page")


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
    asked = [f"關於「{topic}」，文中怎麼說？" for topic in topics]
    assert list(generate_example_questions((), ARTICLES, "zh")) == asked


def test_english_examples_are_made_of_titles_where_headings_are_chinese() -> None:
    topics = ["Lighthouses", "Harbours", "The Moon", "Tides"]
    asked = [f"What is said about “{topic}”?" for topic in topics]
    assert list(generate_example_questions((), ARTICLES, "en")) == asked


def test_the_first_example_is_what_there_is_to_read() -> None:
    held = (summary(1), summary(2))
    assert list(generate_example_questions(held, (), "zh")) == ["《刊》第 1 期有哪些文章？"]
    assert list(generate_example_questions(held, (), "en")) == ["Which articles are in 刊 第 1 期?"]
    plain = [replace(held[0], number="")]
    assert list(generate_example_questions(plain, (), "zh")) == ["《刊》有哪些文章？"]
    assert list(generate_example_questions(plain, (), "en")) == ["Which articles are in 刊?"]
    assert list(generate_example_questions([replace(held[0], title="")], (), "en")) == []


def test_quotes_in_quotes_are_inner_ones() -> None:
    titled = (article("談「燈」", "On “Lamps”"),)
    assert list(generate_example_questions((), titled, "zh")) == ["關於「談『燈』」，文中怎麼說？"]
    assert list(generate_example_questions((), titled, "en")) == [
        "What is said about “On ‘Lamps’”?"
    ]


def test_examples_differ() -> None:
    assert list(generate_example_questions((), ARTICLES[:1] * 2, "en")) == [
        "What is said about “Lighthouses”?"
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sample_answers_its_examples(sample_library: Path, language: Language) -> None:
    with Service(sample_library) as service:
        asked = find_example_questions(service, language)
        assert len(set(asked)) == 4
        assert not any(sign in question for question in asked for sign in "、*")
        answers = [answer_turn(service, question).answer for question in asked]
    assert all(answer and answer.found for answer in answers)
    assert answers[0]
    assert answers[0].citations[0].statements[0].field == "articles"


def summary(number: int) -> Summary:
    counts = Counts(1, 7, 20, 60, 300, 1, 0)
    return Summary(
        f"{number:012}", "刊", "", f"第 {number} 期", date(2025, 5, number), "", "", "", counts
    )


def catalogue(*publications: Summary, articles: Sequence[Article] = ()) -> Catalogue:
    library = StubLibrary(publications, articles=articles)
    return Catalogue(library)  # type: ignore[arg-type]


def test_holdings_are_listed_up_to_a_point() -> None:
    one = catalogue(summary(1))
    assert summarize_publications(one, "en") == (
        PublicationLine("刊 第 1 期", "1 May 2025 · 7 articles · 1 note"),
    )
    assert format_remaining(one, "en") == ""
    many = catalogue(*map(summary, range(1, 10)))
    assert len(summarize_publications(many, "zh")) == 6
    assert format_remaining(many, "zh") == "另有 3 種刊物"


def test_what_has_no_name_is_called_after_its_first_article() -> None:
    named, nameless = summary(1), replace(summary(2), title="", number="")
    here = catalogue(named, nameless)
    assert get_publication_name(here, named.id, "en") == "刊 第 1 期"
    assert (
        get_publication_name(here, nameless.id, "en")
        == summarize_publications(here, "en")[1].name
        == "(no title)"
    )
    assert get_publication_name(here, "gone", "en") == "gone"
    with_articles = catalogue(named, nameless, articles=ARTICLES)
    assert get_publication_name(with_articles, nameless.id, "zh") == "燈塔"


def test_an_answer_knows_what_was_asked_before() -> None:
    seen: list[Sequence[str]] = []

    def retrieve(question: str, history: Sequence[str], filters: Filters) -> Answer:
        seen.append(history)
        return Answer(question, (), 0.0, 0.5)

    turn = answer_turn(StubService(retrieve), "And then?", ["What?"])
    assert turn.answer == Answer("And then?", (), 0.0, 0.5)
    assert seen == [["What?"]]


def test_what_a_reader_can_mend_is_told_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(question: str, history: Sequence[str], filters: Filters) -> Answer:
        raise QuestionError(Message("odd", "怪"))

    def crash(question: str, before: Sequence[str], filters: Filters) -> Answer:
        raise RuntimeError("a secret of the server")

    assert str(answer_turn(StubService(refuse), "?").error) == "odd"
    assert not caplog.records
    assert answer_turn(StubService(crash), "?").error == _MESSAGES["page_error"]
    assert "a secret of the server" in caplog.text

"""Tests of answers from the structure of the bundled sample."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.storage.library import Library
from index.storage.records import Filters
from index.text.scripts import fold
from rag.answer.model import Answer
from rag.answer.serialization import from_dict, to_dict
from rag.render.markdown import to_markdown
from rag.render.text import to_text
from rag.retriever import Retriever
from rag.structured.parse import parse_structured_question


@pytest.fixture(scope="module")
def retriever(sample_library: Path) -> Iterator[Retriever]:
    with Library.open(sample_library) as library:
        yield Retriever(library)


def _list_texts(answer: Answer) -> list[str]:
    assert answer.listing is not None
    return [
        answer.citations[item.citation].get_evidence_text(
            answer.citations[item.citation].evidence[item.evidence]
        )
        for group in answer.listing.groups
        for item in group.items
    ]


def test_notes_that_repeat_another_cite_its_work_too(retriever: Retriever) -> None:
    answer = retriever.retrieve("Which notes cite Agnes Thorley?", k=1)
    assert answer.is_answered
    assert answer.listing is not None
    assert (answer.listing.form, answer.listing.count) == ("notes", 3)
    assert "*Ibid.*, pp. 201-204." in _list_texts(answer)


def test_what_no_note_cites_is_said_with_what_comes_nearest(retriever: Retriever) -> None:
    answer = retriever.retrieve("本期有沒有引用路透社？")
    assert not answer.is_answered
    assert answer.listing is not None
    assert answer.listing.count == 0
    assert answer.listing.groups
    assert to_text(answer, "zh").startswith("沒有註引用「路透社」。")
    assert "汐望晨報" in to_text(answer, "zh")


def test_what_the_text_alone_mentions_is_shown_where_no_note_cites_it(
    retriever: Retriever,
) -> None:
    answer = retriever.retrieve("Does any note cite Seagrass Mutual?")
    assert answer.listing is not None
    assert answer.listing.remark == "mentioned-only"
    assert "Seagrass Mutual" in _list_texts(answer)[0]


def test_works_of_an_article_are_those_of_its_notes(retriever: Retriever) -> None:
    answer = retriever.retrieve("第三篇文章依據哪些資料？")
    assert answer.listing is not None
    assert answer.listing.form == "works"
    assert {citation.article.index for citation in answer.citations} == {2}
    assert answer.listing.count == len(answer.listing.groups) == 8


@pytest.mark.parametrize("word", ["汐圓", "夜市", "礁語", "levy", "公投"])
def test_all_mentions_are_counted(retriever: Retriever, word: str) -> None:
    answer = retriever.retrieve(f"How often is {word} mentioned?")
    assert answer.listing is not None
    (summary,) = retriever.library.publications()
    text = "\n".join(
        paragraph.text
        for article in retriever.library.publication(summary.id).articles
        for section in article.sections
        for paragraph in section.paragraphs
    )
    counted = [fold(text).count(fold(form)) for form in answer.listing.words]
    assert answer.listing.count == sum(counted)


def test_translated_mentions_name_the_words_that_are_there(retriever: Retriever) -> None:
    answer = retriever.retrieve("How often are typhoons mentioned?")
    assert answer.listing is not None
    assert "颱風" in answer.listing.words
    assert all(any(word in text for text in _list_texts(answer)) for word in answer.listing.words)


def test_absence_is_stated(retriever: Retriever) -> None:
    listing = retriever.retrieve("正文提到颱風眼幾次？").listing
    assert listing is not None
    assert (listing.count, listing.subject) == (0, "颱風眼")


def test_an_outline_has_a_sentence_of_each_section_in_order(retriever: Retriever) -> None:
    answer = retriever.retrieve("Summarize article 6, please")
    assert answer.listing is not None
    assert answer.listing.form == "outline"
    sections = [citation.section for citation in answer.citations]
    assert sections == sorted(sections)
    assert len(set(sections)) == 7
    assert "This article asks how" in _list_texts(answer)[0]


def test_this_article_is_that_of_the_answer_before(retriever: Retriever) -> None:
    answer = retriever.retrieve("這篇文章的重點是什麼？", history=["潮汐電廠何時開始商轉？"])
    assert answer.listing is not None
    assert answer.listing.form == "outline"
    assert {citation.article.index for citation in answer.citations} == {0}
    assert retriever.retrieve("這篇文章的重點是什麼？").listing is None


@pytest.mark.parametrize(
    ("history", "question", "form", "subject", "count"),
    [
        (["列出所有引用《汐望晨報》的註腳"], "那第三篇呢？", "notes", "汐望晨報（第三篇）", 2),
        (["列出所有引用《汐望晨報》的註腳"], "那2023年的呢？", "notes", "汐望晨報（2023年）", 1),
        (["列出所有引用《汐望晨報》的註腳"], "那1950年的呢？", "notes", "汐望晨報（1950年）", 0),
        (["文中提到幾次夜市？"], "那渡輪呢？", "mentions", "渡輪", 3),
        (["文中提到幾次夜市？", "那渡輪呢？"], "那第三篇呢？", "mentions", "渡輪（第三篇）", 3),
        (["What does article 3 rest on?"], "And those of 2023?", "works", None, 1),
        (["Outline of article 3"], "And article 4?", "outline", None, 7),
    ],
)
def test_a_follow_up_asks_the_same_of_something_else(
    retriever: Retriever,
    history: list[str],
    question: str,
    form: str,
    subject: str | None,
    count: int,
) -> None:
    listing = retriever.retrieve(question, history=history).listing
    assert listing is not None
    assert (listing.form, listing.count) == (form, count)
    assert subject in (None, listing.subject)


@pytest.mark.parametrize(
    ("history", "question"),
    [
        (["列出所有引用《汐望晨報》的註腳"], "那它的發行量呢？"),
        (["列出所有引用《汐望晨報》的註腳"], "那是誰寫的？"),
        (["夜市的隔音工程花了多少錢？"], "那第三篇呢？"),
        (["夜市的隔音工程花了多少錢？"], "那渡輪呢？"),
        (["What does article 3 rest on?"], "And who wrote it?"),
    ],
)
def test_other_follow_ups_are_no_lists(
    retriever: Retriever, history: list[str], question: str
) -> None:
    assert retriever.retrieve(question, history=history).listing is None


def test_a_short_family_name_names_the_article_of_its_author(retriever: Retriever) -> None:
    answer = retriever.retrieve("What is Chu's piece getting at?")
    assert answer.listing is not None
    assert answer.listing.form == "outline"
    assert {citation.article.title for citation in answer.citations} == {
        "燈下夜市噪音分級管理的實驗"
    }


def test_years_are_sides_of_a_comparison(retriever: Retriever) -> None:
    answer = retriever.retrieve("1996年與2023年的燈捐有何不同？")
    assert answer.listing is not None
    assert [group.title for group in answer.listing.groups] == ["1996", "2023"]
    for group in answer.listing.groups:
        for item in group.items:
            citation = answer.citations[item.citation]
            sentence = citation.get_evidence_text(citation.evidence[item.evidence])
            assert group.title in fold(sentence)
    assert retriever.retrieve("1850年與2023年的燈捐有何不同？").listing is None


def test_filters_hold_for_lists(retriever: Retriever) -> None:
    answer = retriever.retrieve("哪些註腳引用汐望晨報？", filters=Filters(article="夜市"))
    assert {citation.article.index for citation in answer.citations} == {4}


def test_both_sides_of_a_comparison_stand_side_by_side(retriever: Retriever) -> None:
    answer = retriever.retrieve("比较蓝知远与贺兰汀对补助的看法")
    assert answer.listing is not None
    assert answer.listing.remark == "no-agreement"
    assert [group.title[:4] for group in answer.listing.groups] == ["青階茶園", "「礁語之"]


def test_an_abbreviation_is_explained_where_the_publication_does(retriever: Retriever) -> None:
    answer = retriever.retrieve("DSRA 的全名是什麼？")
    assert answer.listing is not None
    (group,) = answer.listing.groups
    assert group.title == "償債準備金 = Debt Service Reserve Account = DSRA"


@pytest.mark.parametrize(
    "question",
    [
        "Which report is cited for the cost overrun of the plant?",
        "審計報告引用了哪些數字來說明超支？",
        "新條例的重點有哪三項？",
        "支持者提到哪些好處？",
        "Compare the complaints before and after the lantern rules",
        "What does the white lantern stand for?",
        "哪一篇文章談夜市？",
    ],
)
def test_near_misses_are_answered_by_a_sentence(retriever: Retriever, question: str) -> None:
    assert retriever.retrieve(question).listing is None
    assert retriever.retrieve_many([question])[0].listing is None


def test_many_questions_are_answered_as_one_is(retriever: Retriever) -> None:
    questions = ["第3篇依據哪些資料？", "Is Reuters cited anywhere?", "Who runs the plant?"]
    many = retriever.retrieve_many(questions)
    assert [answer.listing for answer in many] == [
        retriever.retrieve(question).listing for question in questions
    ]


@pytest.mark.parametrize(
    "question", ["列出所有引用《汐望晨報》的註腳", "Outline article 2", "最常引用的媒體是哪些？"]
)
def test_listings_survive_json_and_are_shown_in_both_languages(
    retriever: Retriever, question: str
) -> None:
    answer = retriever.retrieve(question)
    assert from_dict(to_dict(answer)) == answer
    assert answer.listing is not None
    for language in ("en", "zh", "zh-Hans"):
        for group in answer.listing.groups:
            assert group.title.split("*")[0] in to_text(answer, language)
        assert to_markdown(answer, language)


@given(st.text(max_size=60))
def test_any_text_is_parsed(question: str) -> None:
    for parsed in parse_structured_question(question):
        assert parsed.form


@pytest.mark.parametrize(
    "question",
    [
        "What does note 4 of article 3 cite?",
        "第三篇文章的註四引用了什麼？",
        "第三篇的第4個註腳說什麼？",
    ],
)
def test_a_note_is_shown_by_its_number(retriever: Retriever, question: str) -> None:
    answer = retriever.retrieve(question)
    assert answer.is_answered
    (text,) = _list_texts(answer)
    assert text.startswith("〈停徵案過關")
    assert to_text(answer, "en").startswith("Note 4\n")


def test_notes_of_a_number_are_those_of_all_articles_or_of_the_one_before(
    retriever: Retriever,
) -> None:
    texts = _list_texts(retriever.retrieve("What does note 5 say?"))
    (following,) = _list_texts(
        retriever.retrieve("And note 5?", history=["What does note 4 of article 3 cite?"])
    )
    assert len(texts) > 1
    assert following in texts
    assert "銜月大橋提前終止案" in following


def test_a_note_that_is_not_there_is_named_as_missing(retriever: Retriever) -> None:
    answer = retriever.retrieve("What is in note 90 of article 3?")
    assert not answer.is_answered
    assert to_text(answer, "zh").startswith("沒有註 90。")

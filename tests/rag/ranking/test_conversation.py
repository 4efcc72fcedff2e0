"""Tests of follow-ups and new topics in conversations, end to end on the sample."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from index.storage.records import Filters
from rag.answer.model import Answer
from rag.query.follow_up import is_follow_up
from rag.retriever import Retriever

BEFORE = (
    "大橋公投結果如何？",
    "香更是怎麼運作的？",
    "Who pays for the bridge's maintenance now?",
    "談夜市的那一篇是誰寫的？",
)
OF_THEMSELVES = (
    "潮汐電廠每年可以發多少電？",
    "聽障青年開的攤子叫什麼？",
    "2022 年冬天護理師那場連署有多少人簽名？",
    "Who donated the freezer after the archive fire?",
    "What might happen to the bridge once its cables are replaced?",
    "換個話題，灑水系統是什麼時候關掉的？",
)


@pytest.mark.parametrize("question", OF_THEMSELVES)
def test_standalone_question_is_not_a_follow_up(question: str) -> None:
    assert not is_follow_up(question, BEFORE)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(OF_THEMSELVES),
    st.lists(st.sampled_from((*BEFORE, *OF_THEMSELVES)), min_size=1, max_size=3),
)
def test_question_on_a_new_topic_ignores_history(
    sample_retriever: Retriever, question: str, history: list[str]
) -> None:
    standalone = sample_retriever.retrieve(question)
    before = sample_retriever.retrieve(history[-1], history=history[:-1])
    assume(before.citations[0].article != standalone.citations[0].article)
    assert sample_retriever.retrieve(question, history=history) == standalone


@pytest.mark.parametrize("before", ["What is the capital of France?", "明天天氣如何？", "얼마나?"])
def test_question_after_one_without_an_answer_is_read_alone(
    sample_retriever: Retriever, before: str
) -> None:
    question = "What did soundproofing cost?"
    standalone = sample_retriever.retrieve(question)
    assert standalone.is_answered
    after = sample_retriever.retrieve(question, history=[before])
    assert after.citations[0].passage_id == standalone.citations[0].passage_id
    assert after.is_answered


@pytest.mark.parametrize(
    ("before", "question", "words"),
    [
        ("大橋公投結果如何？", "那潮汐電廠每年可以發多少電？", "度"),
        ("談夜市的那一篇是誰寫的？", "另外，2022 年冬天護理師那場連署有多少人簽名？", "人"),
        ("大橋公投結果如何？", "And who donated the freezer after the archive fire?", "冷凍"),
    ],
)
def test_a_whole_question_turns_to_another_article_though_it_refers_back(
    sample_retriever: Retriever, before: str, question: str, words: str
) -> None:
    assert is_follow_up(question, [before])
    standalone = sample_retriever.retrieve(question)
    after = sample_retriever.retrieve(question, history=[before])
    assert after.citations[0].passage_id == standalone.citations[0].passage_id
    assert words in after.citations[0].text


@pytest.mark.parametrize(
    ("before", "question", "words"),
    [
        ("泥灘縮小了多少？", "那候鳥呢？", "8,100 隻"),
        ("茶農和瓶裝水廠打官司誰贏了？", "水廠後來怎麼做？", "攔沙壩"),
        ("大橋公投結果如何？", "後來賠了多少錢？", "37 億 4,000 萬"),
        ("What did the insurer offer the pension fund?", "Why did they refuse it?", "twice a year"),
        ("What is Chingchieh No. 7?", "How long until it can be harvested?", "要等五年"),
        ("電台的經費從哪裡來？", "作者認為下一個十年的問題是什麼？", "為誰而說"),
    ],
)
def test_follow_up_is_answered_from_the_article_under_discussion(
    sample_retriever: Retriever, before: str, question: str, words: str
) -> None:
    answer = sample_retriever.retrieve(question, history=[before])
    assert words in answer.citations[0].text
    assert [part.name for part in answer.citations[0].score_parts][-1] == "history"
    scores = [citation.score for citation in answer.citations]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("question", ["還有呢？", "What else?"])
def test_a_request_for_more_without_history_is_answered(
    sample_retriever: Retriever, question: str
) -> None:
    assert sample_retriever.retrieve(question).citations


def test_filters_apply_to_follow_ups(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve(
        "那候鳥呢？", history=["泥灘縮小了多少？"], filters=Filters(article="夜市")
    )
    assert {citation.article.index for citation in answer.citations} == {4}


@pytest.mark.parametrize(
    ("before", "question", "words"),
    [
        (["大橋公投結果如何？"], "島上的房價後來有受影響嗎？", "百分之二十三"),
        (["雲背鎮檔案館的火是從哪裡燒起來的？"], "消防車多久才到？", "十九分鐘"),
        (["第二座潮汐堰原先想蓋在哪座島上？"], "為什麼沒批？", "鯨門的四倍"),
    ],
)
def test_follow_up_without_a_pronoun_is_answered_in_context(
    sample_retriever: Retriever, before: list[str], question: str, words: str
) -> None:
    answer = sample_retriever.retrieve(question, history=before)
    assert answer.is_answered
    assert words in answer.citations[0].text


@pytest.mark.parametrize(
    ("history", "question"),
    [
        (["礁語電台怎麼擺平文字之爭？"], "作者還講了什麼？"),
        (["礁語電台怎麼擺平文字之爭？", "作者還講了什麼？"], "還有呢？"),
        (["青階七號最快哪一年可以採收？", "可以省多少水？"], "作者還說了什麼？"),
        (["大橋公投結果如何？", "公司要多少補償？"], "What else did the author say?"),
        (["What did the insurer offer the pension fund?"], "What else did the author say?"),
        (["What did the insurer offer the pension fund?", "Anything else?"], "Tell me more."),
    ],
)
def test_request_for_more_returns_unseen_passages_of_the_article(
    sample_retriever: Retriever, history: list[str], question: str
) -> None:
    shown = [
        sample_retriever.retrieve(earlier_question, history=history[:index]).citations[0]
        for index, earlier_question in enumerate(history)
    ]
    answer = sample_retriever.retrieve(question, history=history)
    assert answer.is_answered
    assert answer.citations[0].article == shown[0].article
    seen = {earlier_question.passage_id for earlier_question in shown}
    assert not seen & {earlier_question.passage_id for earlier_question in answer.citations[:3]}
    scores = [earlier_question.score for earlier_question in answer.citations]
    assert scores == sorted(scores, reverse=True)
    assert answer.citations[0].evidence


@pytest.mark.parametrize(
    ("history", "question", "article"),
    [
        (["談夜市的那一篇是誰寫的？"], "他怎麼看成效？", 4),
        (["談夜市的那一篇是誰寫的？", "他怎麼看成效？"], "那有什麼困難？", 4),
        (["第三篇叫什麼？"], "作者提出了什麼建議？", 2),
        (["最後一篇是誰寫的？"], "作者的主要論點是什麼？", 6),
        (["Who wrote the first article?"], "What does the author propose?", 0),
        (["祝以安寫了哪一篇？"], "還有呢？", 4),
    ],
)
def test_follow_up_of_a_metadata_answer_concerns_that_article(
    sample_retriever: Retriever, history: list[str], question: str, article: int
) -> None:
    answer = sample_retriever.retrieve(question, history=history)
    assert answer.citations[0].article.index == article


def test_history_score_does_not_lower_confidence(
    sample_retriever: Retriever,
) -> None:
    answer = sample_retriever.retrieve("Who paid for it?", history=["What did soundproofing cost?"])
    assert "市府負擔七成" in answer.citations[0].evidence_text
    assert {part.name: part.value for part in answer.confidence_parts}["margin"] >= 0
    assert answer.is_answered


def test_passage_shown_before_is_demoted_by_few_ranks(sample_retriever: Retriever) -> None:
    question = "鯨門潮汐電廠的工程超支了多少？"
    (shown,) = sample_retriever.retrieve(question, 1).citations
    answer = sample_retriever.retrieve("作者還說了什麼？", history=[question])
    assert answer.citations[3].passage_id == shown.passage_id


def test_request_for_more_after_an_unanswered_question_is_unanswered(
    sample_retriever: Retriever,
) -> None:
    nonsense = "Who won the moon landing of the teapot emperors?"
    before = sample_retriever.retrieve(nonsense)
    assert not before.is_answered
    assert not sample_retriever.retrieve("What else?", history=[nonsense]).is_answered


def test_long_conversation_is_answered(sample_retriever: Retriever) -> None:
    history = ["泥灘縮小了多少？", *["那候鳥呢？"] * 200]
    answer = sample_retriever.retrieve("還有呢？", history=history)
    assert answer.citations


def test_cached_rankings_do_not_change_answers(sample_library: Path) -> None:
    def ask_all(retriever: Retriever) -> list[Answer]:
        return [
            retriever.retrieve(question, history=history, filters=filters)
            for filters in (None, Filters(before=date(2022, 6, 30)))
            for history in ((), BEFORE[:1])
            for question in (*BEFORE, *OF_THEMSELVES[:2])
        ]

    retriever = Retriever.open(sample_library)
    answers = ask_all(retriever)
    assert ask_all(retriever) == answers
    backwards = Retriever.open(sample_library)
    for question in reversed(BEFORE):
        backwards.retrieve(question)
    assert ask_all(backwards) == answers

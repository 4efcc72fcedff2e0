from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

import index.sample
from eval.questions.format import Question, QuestionSetError, SectionRef, load_questions
from eval.questions.gold import check_gold, find_gold_sections
from index.document import Article, Author, Note, NoteMark, Paragraph, Publication, Section, Span
from index.errors import ReadError
from index.readers import read
from tests.helpers.paths import ROOT

SETS = ROOT / "eval" / "questions"
SAMPLE, REAL = "sample.jsonl", "fortnightly-87.jsonl"
TUNING, SAMPLE_TUNING = "fortnightly-87-tuning.jsonl", "sample-tuning.jsonl"
OF_THE_SAMPLE = load_questions(SETS / SAMPLE)
OF_THE_REAL_ISSUE = load_questions(SETS / REAL)
FOR_TUNING = load_questions(SETS / TUNING)
SAMPLE_FOR_TUNING = load_questions(SETS / SAMPLE_TUNING)
ALL_OF_THE_REAL_ISSUE = OF_THE_REAL_ISSUE + FOR_TUNING
ALL_OF_THE_SAMPLE = OF_THE_SAMPLE + SAMPLE_FOR_TUNING

BRIDGE = Article(
    title="橋樑的一生",
    title_translated="The Life of a Bridge",
    authors=(Author("林一", "I Lin"),),
    institute="橋樑研究所",
    topics=("工程",),
    sections=(
        Section(("壹、前言",), (Paragraph("橋老了。"),)),
        Section(("貳、現況",)),
        Section(
            ("貳、現況", "一、結構"),
            (Paragraph("全長 312 公尺。", (NoteMark(9, "1"),)), Paragraph("橋墩有七座。")),
        ),
        Section(("參、結論",), (Paragraph("宜修。", (NoteMark(3, "2"),)),)),
    ),
    notes=(Note("1", "〈橋樑普查〉，丈量者為丙隊。"), Note("2", "同註 1。")),
    page=3,
)
MAGAZINE = Publication(
    id="0123456789ab",
    title="橋樑月刊",
    number="第 4 期",
    date=date(2031, 5, 6),
    publisher="某出版社",
    articles=(BRIDGE, replace(BRIDGE, title="渡船的一生")),
    imprint="發行人 王二",
)
FACT: dict[str, Any] = {
    "id": "b-1",
    "split": "dev",
    "language": "zh-Hant",
    "type": "fact",
    "question": "橋有多長？",
    "article": "橋樑的一生",
    "sections": [["貳、現況", "一、結構"]],
    "notes": ["1"],
    "answers": ["312 公尺"],
    "where": "text",
}
ABSENT: dict[str, Any] = {
    "id": "b-2",
    "split": "test",
    "language": "en",
    "type": "unanswerable",
    "question": "Who paid for the bridge?",
    "near_miss": True,
}
ABOUT: dict[str, Any] = {
    **{name: FACT[name] for name in ("split", "language", "article")},
    "id": "b-3",
    "type": "about",
    "question": "誰寫的？",
    "answers": ["林一"],
    "where": "metadata",
}


def write_set(folder: Path, *records: object) -> Path:
    file = folder / "set.jsonl"
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def question(folder: Path, record: dict[str, Any], **changes: object) -> Question:
    return load_questions(write_set(folder, record | changes))[0]


def remove_field(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


# Loading


def test_questions_are_read_in_file_order(tmp_path: Path) -> None:
    first, second = load_questions(write_set(tmp_path, FACT, "", ABSENT))
    assert first == Question(
        id="b-1",
        split="dev",
        language="zh-Hant",
        type="fact",
        question="橋有多長？",
        article="橋樑的一生",
        sections=(("貳、現況", "一、結構"),),
        notes=("1",),
        answers=("312 公尺",),
        where="text",
    )
    assert first.is_answerable
    assert second.near_miss
    assert not second.is_answerable


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ("{", "JSON"),
        ('["b-1"]', "JSON"),
        (FACT | {"answer": ["312"]}, "answer"),
        (remove_field(FACT, "id"), "id"),
        (FACT | {"id": 1}, "id"),
        (FACT | {"split": "train"}, "split"),
        (FACT | {"language": "zh"}, "language"),
        (FACT | {"type": "trivia"}, "type"),
        (FACT | {"question": " "}, "question"),
        (FACT | {"history": ["橋在哪裡？"]}, "history"),
        (FACT | {"type": "follow-up"}, "history"),
        (remove_field(FACT, "article"), "article"),
        (FACT | {"sections": ["貳、現況"]}, "sections"),
        (FACT | {"sections": []}, "sections"),
        (FACT | {"notes": [1]}, "notes"),
        (FACT | {"notes": [], "where": "note"}, "notes"),
        (FACT | {"answers": "312 公尺"}, "answers"),
        (FACT | {"answers": []}, "answers"),
        (FACT | {"answers": ["312", "312"]}, "answers"),
        (FACT | {"where": "title"}, "where"),
        (FACT | {"where": None}, "where"),
        (FACT | {"near_miss": False}, "near_miss"),
        (remove_field(ABSENT, "near_miss"), "near_miss"),
        (ABSENT | {"near_miss": "yes"}, "near_miss"),
        (ABSENT | {"answers": ["312"]}, "answers"),
        (ABSENT | {"article": "橋樑的一生"}, "article"),
    ],
)
def test_invalid_record_is_reported_by_file_line_and_field(
    tmp_path: Path, record: object, field: str
) -> None:
    with pytest.raises(QuestionSetError) as error:
        load_questions(write_set(tmp_path, ABSENT | {"id": "first"}, record))
    assert error.value.message.en.startswith(f"set.jsonl, line 2, {field}: ")
    assert error.value.message.zh.startswith(f"set.jsonl 第 2 行 {field}：")
    assert "\n" not in str(error.value)


def test_a_line_that_is_not_json_is_said_in_the_language_of_the_reader(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError) as error:
        load_questions(write_set(tmp_path, FACT, "{"))
    assert "is not JSON, from its character 2 on" in error.value.message.en
    assert "自第 2 字起不是 JSON" in error.value.message.zh


def test_duplicate_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match=r'set\.jsonl, line 2, id: "b-1" is used twice'):
        load_questions(write_set(tmp_path, FACT, FACT))


def test_a_file_without_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QuestionSetError, match="holds no question"):
        load_questions(write_set(tmp_path, ""))


def test_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        load_questions(tmp_path / "none.jsonl")
    (tmp_path / "set.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(QuestionSetError, match="cannot be read"):
        load_questions(tmp_path / "set.jsonl")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda children: st.lists(children, max_size=3),
    max_leaves=4,
)


def to_tuples(value: Any) -> object:
    return tuple(map(to_tuples, value)) if isinstance(value, list) else value


@given(st.sampled_from([*FACT, "history", "near_miss"]), json_values)
def test_any_json_value_of_a_field_is_loaded_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    file = write_set(tmp_path_factory.getbasetemp(), FACT | {name: value})
    try:
        loaded = {getattr(loaded_question, name) for loaded_question in load_questions(file)}
    except QuestionSetError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert loaded == {to_tuples(value)}
    assert refusal == "" or re.match(r"set\.jsonl, line 1, \w+: [^\n]+\.$", refusal)


# Gold


def test_matching_gold_has_no_faults(tmp_path: Path) -> None:
    for record in (FACT, ABSENT, ABOUT):
        assert check_gold(question(tmp_path, record), MAGAZINE) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"article": "橋"}, '0 articles are called "橋"'),
        ({"sections": [["貳、現況", "二、路面"]]}, "there is no section 貳、現況 > 二、路面"),
        ({"notes": ["3"]}, "there is no note 3"),
        ({"notes": ["2"]}, "the mark of note 2 stands in none of the sections"),
        ({"answers": ["313 公尺"]}, '"313 公尺" does not stand in the text'),
        ({"answers": ["丙隊"]}, '"丙隊" does not stand in the text'),
        (
            {"sections": [["貳、現況", "一、結構"], ["壹、前言"]]},
            "section 壹、前言 holds none of the answers",
        ),
        ({"type": "note", "where": "note"}, '"312 公尺" does not stand in the note'),
        (
            {"type": "note", "where": "note", "answers": ["丙隊", "丁隊"]},
            '"丁隊" does not stand in the note',
        ),
    ],
)
def test_mismatching_gold_is_reported(
    tmp_path: Path, changes: dict[str, object], fault: str
) -> None:
    assert f"b-1: {fault}" in check_gold(question(tmp_path, FACT, **changes), MAGAZINE)


def test_source_answer_may_stand_in_the_sentence_or_the_note(tmp_path: Path) -> None:
    source = {"type": "source", "where": "note", "answers": ["312 公尺", "橋樑普查"]}
    assert check_gold(question(tmp_path, FACT, **source), MAGAZINE) == []
    source["answers"] = ["七座", "同註"]
    assert check_gold(question(tmp_path, FACT, **source), MAGAZINE) == [
        'b-1: "同註" does not stand in the note'
    ]


@pytest.mark.parametrize("answer", ["林一", "I Lin", "橋樑研究所", "工程", "3", "The Life", "王二"])
def test_answers_in_article_or_publication_metadata_are_accepted(
    tmp_path: Path, answer: str
) -> None:
    assert check_gold(question(tmp_path, ABOUT, answers=[answer]), MAGAZINE) == []


def test_answers_in_metadata_of_another_article_are_reported(tmp_path: Path) -> None:
    about_question = question(tmp_path, ABOUT, answers=["渡船"])
    assert check_gold(about_question, MAGAZINE) == ['b-3: "渡船" does not stand in the metadata']
    assert check_gold(replace(about_question, article=None), MAGAZINE) == []
    assert (
        check_gold(replace(about_question, article=None, answers=("2031-05-06",)), MAGAZINE) == []
    )


def test_gold_sections_of_a_question_are_found(tmp_path: Path) -> None:
    assert find_gold_sections(question(tmp_path, FACT), MAGAZINE) == {SectionRef(0, 2)}
    about = question(tmp_path, ABOUT)
    assert find_gold_sections(about, MAGAZINE) == {SectionRef(0, section) for section in range(4)}
    assert len(find_gold_sections(replace(about, article=None), MAGAZINE)) == 8
    assert find_gold_sections(question(tmp_path, ABSENT), MAGAZINE) == frozenset()
    given_by_index = replace(about, gold_sections=(SectionRef(1, 3),), spans=(Span(0, 2),))
    assert find_gold_sections(given_by_index, MAGAZINE) == {SectionRef(1, 3)}


# The sets


def test_every_question_set_is_checked() -> None:
    assert {file.name for file in SETS.glob("*.jsonl")} == {SAMPLE, REAL, TUNING, SAMPLE_TUNING}


def test_readme_documents_every_question_field() -> None:
    schema = (SETS / "README.md").read_text(encoding="utf-8")
    described = re.findall(r"^\| `(\w+)` \|", schema, flags=re.MULTILINE)
    given = {field.name for field in fields(Question)} - {"gold_sections", "spans"}
    assert given == {name for name in described if name in given}


def faults(questions: tuple[Question, ...], publication: Publication) -> list[str]:
    return [fault for question in questions for fault in check_gold(question, publication)]


def test_gold_of_the_sample_set_matches_the_sample() -> None:
    assert faults(ALL_OF_THE_SAMPLE, read(index.sample.get_path())) == []


def test_gold_of_the_real_issue_set_matches_the_issue(real_issue: Path) -> None:
    assert faults(ALL_OF_THE_REAL_ISSUE, read(real_issue)) == []


@pytest.mark.parametrize("questions", [OF_THE_SAMPLE, OF_THE_REAL_ISSUE], ids=["sample", "real"])
def test_dev_and_test_halves_are_balanced(questions: tuple[Question, ...]) -> None:
    halves = [[q for q in questions if q.split == split] for split in ("dev", "test")]
    for name in ("language", "type", "near_miss", "article"):
        dev, test = (Counter(getattr(question, name) for question in half) for half in halves)
        for value in dev | test:
            assert abs(dev[value] - test[value]) <= 3, (name, value)


@pytest.mark.parametrize(
    "questions",
    [OF_THE_SAMPLE, ALL_OF_THE_SAMPLE, OF_THE_REAL_ISSUE, ALL_OF_THE_REAL_ISSUE],
    ids=["sample", "sample-tuning", "real", "real-tuning"],
)
def test_dev_and_test_halves_share_no_answer(questions: tuple[Question, ...]) -> None:
    halves = {
        split: {
            (question.article, question.where, answer)
            for question in questions
            if question.split == split and question.where in ("text", "note")
            for answer in question.answers
        }
        for split in ("dev", "test")
    }
    assert halves["dev"] & halves["test"] == set()


def test_questions_are_unique_within_a_set() -> None:
    for questions in (ALL_OF_THE_SAMPLE, ALL_OF_THE_REAL_ISSUE):
        counts = Counter((question.question, question.history) for question in questions)
        assert max(counts.values()) == 1


def test_real_issue_set_is_large_and_balanced() -> None:
    answerable = [question for question in OF_THE_REAL_ISSUE if question.is_answerable]
    absent = [question for question in OF_THE_REAL_ISSUE if not question.is_answerable]
    assert len(OF_THE_REAL_ISSUE) >= 180
    assert len(absent) >= 45
    assert abs(sum(question.near_miss for question in absent) * 2 - len(absent)) <= 4
    languages = Counter(question.language for question in OF_THE_REAL_ISSUE).values()
    assert max(languages) <= 1.1 * min(languages)
    articles = Counter(question.article for question in answerable if question.article)
    assert len(articles) == 7
    assert min(articles.values()) >= 25
    assert min(Counter(question.type for question in answerable).values()) >= 15


def test_tuning_questions_are_all_in_the_dev_half() -> None:
    assert {question.split for question in FOR_TUNING + SAMPLE_FOR_TUNING} == {"dev"}
    for questions in (ALL_OF_THE_SAMPLE, ALL_OF_THE_REAL_ISSUE):
        ids = [question.id for question in questions]
        assert len(ids) == len(set(ids))


def han_runs(text: str, length: int) -> set[str]:
    plain = OpenCC("t2s").convert(re.sub(r"\s", "", text))
    runs = re.findall(r"[\u4e00-\u9fff]+", plain)
    return {run[i : i + length] for run in runs for i in range(len(run) - length + 1)}


def test_real_issue_set_quotes_no_sentence_of_the_issue(real_issue: Path) -> None:
    printed = real_issue.read_text(encoding="utf-8")
    for question in ALL_OF_THE_REAL_ISSUE:
        asked_text = "。".join((question.question, *question.history))
        assert han_runs(asked_text, 12) & han_runs(printed, 12) == set(), question.id
        if question.where in ("text", "note"):
            assert all(len(answer) <= 32 for answer in question.answers), question.id

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.questions.format import QuestionSetError, SectionRef
from eval.questions.gold import check_gold, find_gold_sections
from eval.questions.squad import load_squad, read_publication
from index.document import Span
from index.errors import ReadError
from index.passages import split_publication


def write_squad(file: Path, *articles: list[tuple[str, list[tuple[str, str, str]]]]) -> Path:
    """A SQuAD file: articles of (context, [(id, question, answer)])."""
    data = [
        {
            "title": f"Title {number}",
            "paragraphs": [
                {
                    "context": context,
                    "qas": [
                        {
                            "id": id_,
                            "question": question,
                            "answers": [{"text": answer, "answer_start": context.index(answer)}]
                            * 2,
                        }
                        for id_, question, answer in qas
                    ],
                }
                for context, qas in article
            ],
        }
        for number, article in enumerate(articles)
    ]
    file.write_text(json.dumps({"version": "1.1", "data": data}), encoding="utf-8")
    return file


@pytest.fixture
def english(tmp_path: Path) -> Path:
    return write_squad(
        tmp_path / "en.json",
        [("It is 12 feet long.\nIt is old.", [("a", "How long is it?", "12 feet")])],
        [
            ("Nobody asks about this.", []),
            ("It has seven feet.", [("b", "How many feet has it?", "seven")]),
        ],
    )


@pytest.fixture
def chinese(tmp_path: Path) -> Path:
    return write_squad(
        tmp_path / "zh.json",
        [("它有七条腿。", [("b", "它有几条腿？", "七")])],
        [("它长十二尺。", [("a", "它多长？", "十二尺")])],
    )


def test_questions_have_spans_in_their_paragraphs(english: Path) -> None:
    first, second = load_squad(english)
    assert (first.id, first.language, first.split, first.type) == ("a", "en", "dev", "fact")
    assert first.question == "How long is it?"
    assert first.answers == ("12 feet",)
    assert first.spans == (Span(6, 13),)
    assert find_gold_sections(first, read_publication(english)) == {SectionRef(0, 0)}
    assert find_gold_sections(second, read_publication(english)) == {SectionRef(1, 1)}


def test_questions_of_one_file_are_mapped_to_paragraphs_of_another(
    english: Path, chinese: Path
) -> None:
    first, second = load_squad(chinese, paragraphs_path=english)
    assert (first.id, first.language, first.question) == ("b", "zh-Hans", "它有几条腿？")
    assert (first.answers, first.gold_sections) == (("seven",), (SectionRef(1, 1),))
    assert (second.answers, second.gold_sections) == (("12 feet",), (SectionRef(0, 0),))


def test_id_missing_from_the_other_file_is_reported(english: Path, tmp_path: Path) -> None:
    other = write_squad(
        tmp_path / "other.json", [("It is 12 feet.", [("a", "How long?", "12 feet")])]
    )
    with pytest.raises(QuestionSetError, match=r"other\.json: has no question b, which en\.json"):
        load_squad(english, paragraphs_path=other)


def test_script_of_the_questions_is_detected(tmp_path: Path) -> None:
    for question, language in (("國家有幾個？", "zh-Hant"), ("国家有几个？", "zh-Hans")):
        file = write_squad(tmp_path / f"{language}.json", [("七", [("a", question, "七")])])
        assert [loaded_question.language for loaded_question in load_squad(file)] == [language]


def test_paragraphs_become_sections_that_can_be_indexed(english: Path) -> None:
    made = read_publication(english)
    passages = split_publication(made)
    assert made.title == "en"
    assert [len(article.sections) for article in made.articles] == [1, 2]
    assert {(passage.article_index, passage.section_index) for passage in passages} == {
        (0, 0),
        (1, 0),
        (1, 1),
    }
    assert {passage.context for passage in passages} == {""}
    assert read_publication(english).id == made.id


def test_publication_id_depends_on_the_paragraphs(english: Path, chinese: Path) -> None:
    assert read_publication(english).id != read_publication(chinese).id


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"data": [{"title": "no paragraphs"}]}',
        '{"data": [{"paragraphs": [{"context": "a", "qas": [{"id": "1"}]}]}]}',
        '{"data": [{"paragraphs": [{"context": "ab", "qas": [{"id": "1", "question": "?",'
        ' "answers": [{"text": "c", "answer_start": 0}]}]}]}]}',
    ],
)
def test_file_of_another_format_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "set.json"
    file.write_text(text, encoding="utf-8")
    for function in (load_squad, read_publication):
        with pytest.raises(
            QuestionSetError, match=r"^[^\n]*set\.json: is not SQuAD's JSON"
        ) as error:
            function(file)
        assert "不是 SQuAD" in error.value.message.zh


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        load_squad(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("questions", "paragraphs", "language", "count", "sections"),
    [
        ("xquad.en.dev.json", "xquad.en.dev.json", "en", 632, 120),
        ("xquad.zh.dev.json", "xquad.en.dev.json", "zh-Hans", 632, 120),
        ("xquad.en.dev.json", "xquad.zh.dev.json", "en", 632, 120),
        ("drcd.dev.json", "drcd.dev.json", "zh-Hant", 3524, 1000),
    ],
)
def test_gold_of_public_sets_matches_their_paragraphs(
    benchmarks: Path, questions: str, paragraphs: str, language: str, count: int, sections: int
) -> None:
    source = read_publication(benchmarks / paragraphs)
    loaded_questions = load_squad(benchmarks / questions, paragraphs_path=benchmarks / paragraphs)
    assert {question.language for question in loaded_questions} == {language}
    assert len(loaded_questions) == count
    assert sum(len(article.sections) for article in source.articles) == sections
    for question in loaded_questions:
        ((article, section),) = find_gold_sections(question, source)
        text = source.articles[article].sections[section].paragraphs[0].text
        assert {text[span.start : span.end] for span in question.spans} == set(question.answers)
        assert check_gold(question, source) == []

"""Tests of turning visitors' judgements of answers into evaluation questions."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from eval.questions.format import parse_question
from index.storage.records import Filters
from rag.answer.model import Answer, Statement
from rag.retriever import Retriever
from tests.ui.page.test_render import ANSWER
from ui.cli.main import main
from ui.conversations.feedback import DRAFTS, FeedbackCase, build_case, build_download, group_cases
from ui.conversations.model import Judgement, Turn
from ui.conversations.store import (
    ConversationStore,
    JudgedAnswer,
)

ANNA, BEN = "a" * 43, "b" * 43
RIGHT, WRONG = Judgement("right"), Judgement("wrong", note="it is in note 4")


def build_judged_answer(
    answer: Answer, judgement: Judgement, *before: str, **turn: object
) -> JudgedAnswer:
    judged_turn = Turn(answer.question, answer, judgement=judgement, **turn)  # type: ignore[arg-type]
    return JudgedAnswer("00ff", len(before) + 1, judged_turn, before)


def describe_draft(test: FeedbackCase) -> str:
    assert test.missing
    with pytest.raises(ValueError, match="no such field"):  # a draft is not a valid question
        parse_question(test.json_line)
    return test.missing.en


def test_judgements_right_and_elsewhere_become_questions(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve("檔案館火災的起因是什麼？")
    first, second = answer.citations[:2]
    question = parse_question(build_case(build_judged_answer(answer, RIGHT)).json_line)
    assert question.article == first.article.title
    assert question.sections == (first.path,)
    assert question.answers == (first.evidence_text,)
    assert (question.language, question.split) == ("zh-Hant", "dev")
    other = parse_question(
        build_case(build_judged_answer(answer, Judgement("elsewhere", second.passage_id))).json_line
    )
    assert other.sections == (second.path,)
    assert other.answers == (second.evidence_text,)
    assert other.notes == tuple(
        mark.note
        for mark in second.marks
        if second.evidence[0].span.start < mark.offset <= second.evidence[0].span.end
    )


def test_judged_follow_up_includes_its_history() -> None:
    answer = replace(ANSWER, question="And the second one?")
    question = parse_question(
        build_case(build_judged_answer(answer, RIGHT, "one?", "two?", "one?")).json_line
    )
    assert (question.type, question.history) == ("follow-up", ("two?", "one?"))
    standalone = replace(ANSWER, question="Who decides on pilotage at night in the harbour?")
    assert (
        parse_question(build_case(build_judged_answer(standalone, RIGHT, "one?")).json_line).history
        == ()
    )


def test_judged_unanswerable_question_has_near_miss() -> None:
    lost = replace(ANSWER, confidence=0.1, question="Who won the football cup in the year 1998?")
    question = parse_question(build_case(build_judged_answer(lost, RIGHT)).json_line)
    assert (question.type, question.near_miss) == ("unanswerable", False)
    answered = replace(lost, confidence=0.9)
    assert parse_question(
        build_case(build_judged_answer(answered, Judgement("wrong", is_absent=True))).json_line
    ).near_miss
    limited = build_judged_answer(lost, RIGHT, filters=Filters(topic="tides"))
    assert "limited" in describe_draft(build_case(limited))
    leaning = build_judged_answer(replace(lost, question="And the second?"), RIGHT, "Which?")
    assert "understood" in describe_draft(build_case(leaning))


def test_judgement_without_gold_becomes_a_draft() -> None:
    test = build_case(build_judged_answer(ANSWER, WRONG))
    assert "where the answer stands" in describe_draft(test)
    assert test.record["comment"] == "it is in note 4"
    assert test.record["shown_sections"] == [
        {"article": "題", "section": list(ANSWER.citations[0].path)}
    ]
    assert "where" in describe_draft(
        build_case(build_judged_answer(ANSWER, Judgement("elsewhere")))
    )
    unmarked = replace(ANSWER, citations=(replace(ANSWER.citations[0], evidence=()),))
    assert "words that answer" in describe_draft(build_case(build_judged_answer(unmarked, RIGHT)))


def test_judged_metadata_answer_becomes_an_about_question() -> None:
    statement = Statement("author", ("林一", "王二", " "))
    about = replace(ANSWER, citations=(replace(ANSWER.citations[0], statements=(statement,)),))
    question = parse_question(build_case(build_judged_answer(about, RIGHT)).json_line)
    assert (question.type, question.where, question.answers) == (
        "about",
        "metadata",
        ("林一", "王二"),
    )
    whole = replace(statement, of_publication=True)
    about = replace(ANSWER, citations=(replace(ANSWER.citations[0], statements=(whole,)),))
    assert parse_question(build_case(build_judged_answer(about, RIGHT)).json_line).article is None


@pytest.mark.parametrize(
    ("question", "language"),
    [("誰決定？", "zh-Hant"), ("谁决定这个？", "zh-Hans"), ("Who decides?", "en")],
)
def test_language_of_a_judged_question_is_detected(question: str, language: str) -> None:
    answer = replace(ANSWER, question=question)
    assert (
        parse_question(build_case(build_judged_answer(answer, RIGHT)).json_line).language
        == language
    )


def test_cases_are_grouped_by_publication() -> None:
    tests = [
        build_case(build_judged_answer(ANSWER, judgement)) for judgement in (RIGHT, WRONG, RIGHT)
    ]
    cases, drafts = group_cases(tests)
    assert (cases.key, len(cases.cases)) == (ANSWER.citations[0].publication.id, 2)
    assert (drafts.key, len(drafts.cases)) == (DRAFTS, 1)
    assert build_download([cases]) == (cases.file_name, cases.json_lines.encode())
    name, packed = build_download([cases, drafts])
    assert name == "feedback.zip"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == [cases.file_name, "feedback-drafts.jsonl"]
        assert archive.read(cases.file_name).decode() == cases.json_lines


def test_feedback_command_writes_sets_that_can_be_evaluated(
    sample_retriever: Retriever,
    sample_library: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TONGZHU_DATA", str(tmp_path))
    command = ["feedback", "--lang", "en", "--library", str(sample_library)]
    assert main(command) == 0
    assert "Nobody has said anything" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())  # the command creates no file without feedback
    store = ConversationStore.open(tmp_path / "conversations.sqlite3")
    judgements: dict[str, Callable[[Answer], Judgement]] = {
        "檔案館火災的起因是什麼？": lambda answer: RIGHT,
        "How many letters are in the language's alphabet?": lambda answer: RIGHT,
        "誰決定夜間引水？": lambda answer: Judgement("elsewhere", answer.citations[1].passage_id),
        "Who won the football cup in 1998?": lambda answer: Judgement("wrong", is_absent=True),
        "大橋為什麼停徵通行費？": lambda answer: WRONG,
    }
    for question, judge in judgements.items():
        answer = replace(sample_retriever.retrieve(question), threshold=0.0)
        name = store.add_question(ANNA, "", question)
        store.save_answer(ANNA, name, Turn(question, answer))
        store.save_judgement(ANNA, name, 1, judge(answer))
    gone = store.add_question(ANNA, "", "為何？")
    store.save_answer(
        ANNA, gone, Turn("為何？", ANSWER)
    )  # of a publication that is not in the library
    store.save_judgement(ANNA, gone, 1, RIGHT)
    store.close()
    out = tmp_path / "sets"
    assert main([*command, "--export", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "    3  right\n    1  another passage is right\n    2  wrong\n" in printed
    assert "4 questions on 汐望雙月刊" in printed
    assert "2 to be finished by hand" in printed
    (file,) = (file for file in out.iterdir() if DRAFTS not in file.name)
    assert main(["eval", str(file), "--library", str(sample_library), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    # Existing drafts may have been edited and are not overwritten.
    assert main([*command, "--export", str(out)]) == 1
    assert "is there already" in capsys.readouterr().err


def test_follow_up_answered_with_history_includes_its_history(sample_retriever: Retriever) -> None:
    before, follow_up = "雲背鎮檔案館的火是從哪裡燒起來的？", "消防車多久才到？"
    question = parse_question(
        build_case(
            build_judged_answer(
                sample_retriever.retrieve(follow_up, history=[before]), RIGHT, before
            )
        ).json_line
    )
    assert (question.type, question.history) == ("follow-up", (before,))
    question = parse_question(
        build_case(
            build_judged_answer(sample_retriever.retrieve(follow_up), RIGHT, before)
        ).json_line
    )
    assert question.type == "fact"

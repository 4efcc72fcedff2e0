"""Tests of scoring, metrics and reports on cases small enough to compute by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.judge import QuestionResult, Response, RetrievedText, score_response
from eval.metrics import (
    Estimate,
    collect_question_values,
    compute_metrics,
    compute_paired_differences,
)
from eval.questions.format import Question, QuestionSetError, SectionRef
from eval.report.json import ReportMetadata, load_run
from eval.report.tables import (
    build_tables,
    format_interval,
    format_short_interval,
    format_value,
    render_markdown,
    write_report,
)
from eval.run import SystemRun
from index.errors import ReadError

GOLD = frozenset({SectionRef(0, 1)})
ELSEWHERE = frozenset({SectionRef(0, 2)})
FACTS = ReportMetadata(questions=3, split="dev", model="demo", passages=7, version="1")


def build_question(**changes: object) -> Question:
    values: dict[str, object] = {
        "id": "q",
        "split": "dev",
        "language": "en",
        "type": "fact",
        "question": "How long is it?",
        "answers": ("312 m",),
        "where": "text",
        "notes": ("4",),
    }
    return Question(**(values | changes))  # type: ignore[arg-type]


def build_result(
    rank: int | None, evaluated_question: Question | None = None, **changes: object
) -> QuestionResult:
    values: dict[str, object] = {
        "question": evaluated_question or build_question(),
        "rank": rank,
        "is_evidence_correct": None,
        "notes_recall": None,
        "notes_precision": None,
        "confidence": None,
        "refused": None,
        "seconds": 0.01,
        "characters": 100.0,
        "characters_with_notes": 140.0,
    }
    return QuestionResult(**(values | changes))  # type: ignore[arg-type]


def test_text_is_correct_only_if_it_contains_the_answer() -> None:
    returned = (
        RetrievedText("It is 312 m long.", ELSEWHERE, 3.0),
        RetrievedText("Nothing of use.", GOLD, 2.0),
        RetrievedText("The deck is 312 m long.", GOLD, 1.0),
    )
    assert score_response(build_question(), GOLD, Response(returned), 0.1).rank == 3


def test_answer_is_looked_for_in_text_note_or_metadata() -> None:
    silent = RetrievedText("See below.", GOLD, 1.0)
    with_note = RetrievedText("See below.", GOLD, 1.0, notes=("It is 312 m long.",))
    with_reference = RetrievedText("See below.", GOLD, 1.0, reference="312 m, by A. Author")
    ranks = {
        where: [
            score_response(build_question(where=where), GOLD, Response((text,)), 0.1).rank
            for text in (silent, with_note, with_reference)
        ]
        for where in ("text", "note", "metadata")
    }
    assert ranks == {
        "text": [None, None, None],
        "note": [None, 1, None],
        "metadata": [None, None, 1],
    }


def test_paragraph_of_a_gold_section_is_correct_without_the_answer() -> None:
    returned = (RetrievedText("Nothing of use.", GOLD, 1.0),)
    assert (
        score_response(
            build_question(gold_sections=(SectionRef(0, 1),)), GOLD, Response(returned), 0.1
        ).rank
        == 1
    )


def test_tied_scores_rank_the_correct_text_last() -> None:
    returned = tuple(
        RetrievedText("It is 312 m long.", place, 0.0) for place in (GOLD, ELSEWHERE, ELSEWHERE)
    )
    assert score_response(build_question(), GOLD, Response(returned), 0.1).rank == 3


def test_empty_response_has_no_rank() -> None:
    judged = score_response(build_question(), GOLD, Response(()), 0.1)
    assert (judged.rank, judged.characters) == (None, 0.0)


def test_texts_are_ranked_in_the_order_returned() -> None:
    returned = (
        RetrievedText("It is old.", ELSEWHERE, 1.0),
        RetrievedText("It is 312 m long.", GOLD, 9.0),
    )
    assert score_response(build_question(), GOLD, Response(returned), 0.1).rank == 2


def test_only_the_first_ten_texts_are_scored() -> None:
    wrong = tuple(RetrievedText("x", ELSEWHERE, 99.0 - i) for i in range(10))
    right = RetrievedText("It is 312 m long.", GOLD, 1.0)
    judged = score_response(build_question(), GOLD, Response((*wrong, right)), 0.1)
    assert (judged.rank, judged.characters) == (None, 1.0)


def test_evidence_and_notes_of_another_section_are_wrong() -> None:
    response = Response(
        (RetrievedText("It is 312 m long.", ELSEWHERE, 1.0, notes=("Four.",)),),
        evidence_text="It is 312 m long.",
        note_numbers=("4",),  # a note of another article has that number too
    )
    judged = score_response(build_question(), GOLD, response, 0.1)
    assert (judged.is_evidence_correct, judged.notes_recall, judged.notes_precision) == (
        False,
        0.0,
        0.0,
    )
    assert (judged.characters, judged.characters_with_notes) == (17.0, 22.0)


def test_evidence_and_notes_are_scored() -> None:
    returned = (RetrievedText("It is 312 m long.", GOLD, 1.0),)
    response = Response(returned, evidence_text="It is 312 m long.", note_numbers=("4", "5"))
    judged = score_response(build_question(), GOLD, response, 0.1)
    assert (judged.is_evidence_correct, judged.notes_recall, judged.notes_precision) == (
        True,
        1.0,
        0.5,
    )
    silent = score_response(
        build_question(), GOLD, Response(returned, evidence_text="", note_numbers=()), 0.1
    )
    assert (silent.is_evidence_correct, silent.notes_recall, silent.notes_precision) == (
        False,
        0.0,
        0.0,
    )


def test_metrics_of_known_ranks() -> None:
    values = compute_metrics(
        [build_result(1), build_result(2), build_result(4), build_result(None)]
    )
    assert values["recall@1"].value == 0.25
    assert values["recall@5"].value == 0.75
    assert values["mrr@10"].value == pytest.approx((1 + 1 / 2 + 1 / 4) / 4)
    assert values["recall@1"].low <= 0.25 <= values["recall@1"].high
    assert values["p50 ms"].value == pytest.approx(10.0)
    assert "auroc" not in values


def test_metrics_of_confidence_and_refusals() -> None:
    absent = build_question(type="unanswerable", answers=(), where=None, notes=())
    outcomes = [
        build_result(1, confidence=0.9, refused=False),
        build_result(1, confidence=0.4, refused=True),
        build_result(None, absent, confidence=0.5, refused=False),
        build_result(None, absent, confidence=0.1, refused=True),
    ]
    values = compute_metrics(outcomes)
    assert values["auroc"].value == pytest.approx(0.75)
    assert values["refusals"].value == 0.5
    assert values["false refusals"].value == 0.5
    assert values["recall@1"].count == 2


def test_paired_differences_are_computed_question_by_question() -> None:
    first = [build_result(1), build_result(1), build_result(3)]
    second = [build_result(1), build_result(2), build_result(3)]
    assert collect_question_values(first)["recall@1"].tolist() == [1.0, 1.0, 0.0]
    difference = compute_paired_differences(first, second)["recall@1"]
    assert difference.value == pytest.approx(1 / 3)
    assert difference.low >= 0.0
    with pytest.raises(ValueError, match="same questions"):
        compute_paired_differences(first, second[:2])


def test_only_metrics_of_both_systems_are_paired() -> None:
    first = [build_result(1, notes_recall=1.0), build_result(1, notes_recall=0.0)]
    second = [build_result(1), build_result(1, notes_recall=1.0)]
    assert compute_paired_differences(first, second)["notes recall"].value == -1.0
    assert "evidence accuracy" not in compute_paired_differences(first, second)


def test_report_has_table_json_and_plots(tmp_path: Path) -> None:
    absent = build_question(type="unanswerable", answers=(), where=None, notes=())
    ours = SystemRun(
        "ours",
        (
            build_result(1, confidence=0.9),
            build_result(2, confidence=0.6),
            build_result(None, absent, confidence=0.1),
        ),
    )
    theirs = SystemRun("theirs", (build_result(2), build_result(2), build_result(None, absent)))
    write_report(tmp_path / "report", "Demo", [ours, theirs], FACTS)
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert names == {"report.md", "report.json", "recall.png", "reliability.png"}
    text = render_markdown("Demo", [ours, theirs], FACTS)
    assert "## ours − theirs, question by question" in text
    assert "| all | 3 | .500 [" in text
    assert "| unanswerable | 1 | .500" not in text
    assert "not first (its rank), dev half: q (2)" in text
    chinese = render_markdown("Demo", [ours, theirs], FACTS, "zh")
    assert "| 全部 | 3 | .500 [" in chinese
    record = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert record["runs"][0]["results"][1]["rank"] == 2
    assert (record["model"], record["passages"]) == ("demo", 7)


def test_report_does_not_list_missed_questions_of_the_test_half() -> None:
    held_back = SystemRun("ours", (build_result(2, build_question(split="test")), build_result(1)))
    assert "not first" not in render_markdown("Demo", [held_back], FACTS)


def test_earlier_report_is_loaded_for_comparison(tmp_path: Path) -> None:
    questions = [build_question(id="a"), build_question(id="b")]
    earlier = SystemRun("ours", (build_result(2, questions[0]), build_result(1, questions[1])))
    write_report(tmp_path / "monday", "Demo", [earlier], FACTS)
    again = load_run(tmp_path / "monday", questions)
    assert again == SystemRun("ours, monday", earlier.results)
    with pytest.raises(QuestionSetError, match=r"^[^\n]*report\.json: is no report on these"):
        load_run(tmp_path / "monday", [build_question(id="c")])
    with pytest.raises(ReadError, match=r"report\.json: there is no such file"):
        load_run(tmp_path / "tuesday", questions)


def test_metrics_that_a_system_lacks_have_no_column() -> None:
    ranking, cost = build_tables(SystemRun("plain", (build_result(1), build_result(2))), "en")
    assert "recall@1" in ranking.header
    assert cost.header[:2] == ("questions", "n")
    assert {len(row) for row in ranking.rows} == {len(ranking.header)}


def test_metrics_are_formatted_with_sign_and_unit() -> None:
    difference = compute_paired_differences([build_result(2)], [build_result(1)])["recall@1"]
    assert format_value("recall@1", difference) == "-1.000"
    assert format_interval("recall@1", difference) == "[-1.000, -1.000]"
    assert format_short_interval("recall@1", Estimate(0.9, 0.824, 1.0, 9)) == ".82–1"
    assert format_short_interval("p50 ms", Estimate(0.9, 0.1, 12.6, 9)) == "0–13"
    milliseconds = compute_metrics([build_result(1)])["p50 ms"]
    assert (format_value("p50 ms", milliseconds), format_interval("p50 ms", milliseconds)) == (
        "10.0",
        "[10.0, 10.0]",
    )

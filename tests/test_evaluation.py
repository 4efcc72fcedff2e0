"""Judging, figures and reports: small cases that can be worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.judge import Outcome, judge
from eval.metrics import figures, paired, per_question
from eval.question import Question, SectionRef
from eval.report import Run, interval, markdown, write
from eval.system import Response, Returned

GOLD = frozenset({SectionRef(0, 1)})
ELSEWHERE = frozenset({SectionRef(0, 2)})


def question(**changes: object) -> Question:
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


def outcome(rank: int | None, asked: Question | None = None, **changes: object) -> Outcome:
    values: dict[str, object] = {
        "question": asked or question(),
        "rank": rank,
        "marked_right": None,
        "notes_recall": None,
        "notes_precision": None,
        "confidence": None,
        "refused": None,
        "seconds": 0.01,
        "characters": 100.0,
    }
    return Outcome(**(values | changes))  # type: ignore[arg-type]


def test_a_text_is_right_only_where_it_holds_the_answer() -> None:
    returned = (
        Returned("It is 312 m long.", ELSEWHERE, 3.0),
        Returned("Nothing of use.", GOLD, 2.0),
        Returned("The deck is 312 m long.", GOLD, 1.0),
    )
    assert judge(question(), GOLD, Response(returned), 0.1).rank == 3


def test_an_answer_in_a_note_that_came_along_counts() -> None:
    returned = (Returned("See below.", GOLD, 1.0, notes=("It is 312 m long.",)),)
    assert judge(question(where="note"), GOLD, Response(returned), 0.1).rank == 1


def test_whole_paragraphs_and_metadata_are_right_by_place() -> None:
    returned = (Returned("Nothing of use.", GOLD, 1.0),)
    for asked in (question(places=(SectionRef(0, 1),)), question(where="metadata")):
        assert judge(asked, GOLD, Response(returned), 0.1).rank == 1


def test_a_tie_counts_against_the_system() -> None:
    returned = tuple(
        Returned("It is 312 m long.", place, 0.0) for place in (GOLD, ELSEWHERE, ELSEWHERE)
    )
    assert judge(question(), GOLD, Response(returned), 0.1).rank == 3


def test_nothing_returned_is_not_found() -> None:
    judged = judge(question(), GOLD, Response(()), 0.1)
    assert (judged.rank, judged.characters) == (None, 0.0)


def test_marked_sentences_and_notes_are_judged() -> None:
    returned = (Returned("It is 312 m long.", GOLD, 1.0),)
    response = Response(returned, marked="It is 312 m long.", note_numbers=("4", "5"))
    judged = judge(question(), GOLD, response, 0.1)
    assert (judged.marked_right, judged.notes_recall, judged.notes_precision) == (True, 1.0, 0.5)
    silent = judge(question(), GOLD, Response(returned, marked="", note_numbers=()), 0.1)
    assert (silent.marked_right, silent.notes_recall, silent.notes_precision) == (False, 0.0, 0.0)


def test_figures_of_known_ranks() -> None:
    values = figures([outcome(1), outcome(2), outcome(4), outcome(None)])
    assert values["recall@1"].value == 0.25
    assert values["recall@5"].value == 0.75
    assert values["mrr@10"].value == pytest.approx((1 + 1 / 2 + 1 / 4) / 4)
    assert values["recall@1"].low <= 0.25 <= values["recall@1"].high
    assert values["p50 ms"].value == pytest.approx(10.0)
    assert "auroc" not in values


def test_confidence_and_refusals() -> None:
    absent = question(type="unanswerable", answers=(), where=None, notes=())
    outcomes = [
        outcome(1, confidence=0.9, refused=False),
        outcome(1, confidence=0.4, refused=True),
        outcome(None, absent, confidence=0.5, refused=False),
        outcome(None, absent, confidence=0.1, refused=True),
    ]
    values = figures(outcomes)
    assert values["auroc"].value == pytest.approx(0.75)
    assert values["refused"].value == 0.5
    assert values["wrongly refused"].value == 0.5
    assert values["recall@1"].count == 2


def test_paired_differences_are_question_by_question() -> None:
    first = [outcome(1), outcome(1), outcome(3)]
    second = [outcome(1), outcome(2), outcome(3)]
    assert per_question(first)["recall@1"].tolist() == [1.0, 1.0, 0.0]
    difference = paired(first, second)["recall@1"]
    assert difference.value == pytest.approx(1 / 3)
    assert difference.low >= 0.0


def test_a_report_has_table_json_and_plots(tmp_path: Path) -> None:
    absent = question(type="unanswerable", answers=(), where=None, notes=())
    ours = Run(
        "ours",
        (
            outcome(1, confidence=0.9),
            outcome(2, confidence=0.6),
            outcome(None, absent, confidence=0.1),
        ),
    )
    theirs = Run("theirs", (outcome(2), outcome(2), outcome(None, absent)))
    write(tmp_path / "report", "Demo", [ours, theirs])
    names = {path.name for path in (tmp_path / "report").iterdir()}
    assert names == {"report.md", "report.json", "recall.png", "reliability.png"}
    text = markdown("Demo", [ours, theirs])
    assert "## ours − theirs, question by question" in text
    assert "| all | 3 | .500 [" in text
    record = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert record["runs"][0]["outcomes"][1]["rank"] == 2


def test_figures_are_printed_as_they_are() -> None:
    difference = paired([outcome(2)], [outcome(1)])["recall@1"]
    assert interval("recall@1", difference) == "-1.000 [-1.000, -1.000]"
    assert interval("p50 ms", figures([outcome(1)])["p50 ms"]) == "10.0 [10.0, 10.0]"

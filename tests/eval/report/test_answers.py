"""Tests of comparing the answers of two versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.report.answers import compare_answers, main

ANSWER = {
    "version": 1,
    "question": "Who?",
    "citations": [{"passage": "p", "parts": [{"name": "tokens", "value": 0.5}], "found": True}],
}
RENAMED = {"passage": "passage_id", "parts": "score_parts", "tokens": "maxsim"}


def write(path: Path, **answers: object) -> Path:
    lines = [
        json.dumps({"set": "few", "id": name, "answer": answer}) for name, answer in answers.items()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def renamed_answer(value: float) -> dict[str, object]:
    part = {"name": "maxsim", "value": value}
    citation = {"passage_id": "p", "score_parts": [part], "found": True}
    return {"version": 2, "question": "Who?", "citations": [citation]}


def test_renamed_keys_and_rounding_count_as_equal(tmp_path: Path) -> None:
    old = write(tmp_path / "old", a=ANSWER)
    new = write(tmp_path / "new", a=renamed_answer(0.5000001))
    comparison = compare_answers(old, new, RENAMED)
    assert comparison.is_equal
    assert comparison.format_lines() == ["few: 1 same, 0 different"]


@pytest.mark.parametrize(
    ("new_answer", "where"),
    [
        (renamed_answer(0.6), "citations[0].score_parts[0].value: 0.5, then 0.6"),
        (renamed_answer(0.5) | {"question": "Why?"}, "question: Who?, then Why?"),
        (renamed_answer(0.5) | {"citations": []}, "citations: 1 items, then 0"),
        (renamed_answer(0.5) | {"more": 1}, "more: only in the new answer"),
    ],
)
def test_first_difference_is_reported(
    tmp_path: Path, new_answer: dict[str, object], where: str
) -> None:
    old = write(tmp_path / "old", a=ANSWER)
    comparison = compare_answers(old, write(tmp_path / "new", a=new_answer), RENAMED)
    assert not comparison.is_equal
    assert comparison.different == {("few", "a"): where}


def test_true_differs_from_the_number_one(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", a={"found": True}), write(tmp_path / "new", a={"found": 1})
    assert compare_answers(old, new).different == {("few", "a"): "found: True, then 1"}


def test_answers_present_in_one_version_only_are_reported(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", a=1, b=2), write(tmp_path / "new", b=2, c=3)
    assert compare_answers(old, new).missing == (("few", "a"), ("few", "c"))


def test_command_collects_and_compares_answers(
    tmp_path: Path, sample_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "few.jsonl"
    question = {
        "id": "x",
        "split": "dev",
        "language": "en",
        "type": "unanswerable",
        "question": "Who manages the moon?",
        "near_miss": False,
    }
    questions.write_text(json.dumps(question) + "\n", encoding="utf-8")
    files = [str(tmp_path / name) for name in ("old.jsonl", "new.jsonl")]
    for file in files:
        assert main(["collect", file, str(questions), "--library", str(sample_library)]) == 0
    assert main(["compare", *files]) == 0
    assert capsys.readouterr().out == "few: 1 same, 0 different\n"
    write(tmp_path / "new.jsonl", x={})
    assert main(["compare", *files]) == 1
    with pytest.raises(SystemExit):
        main(["compare", files[0], str(tmp_path / "missing")])

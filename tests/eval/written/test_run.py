"""Tests of the evaluation of written answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.questions.format import QuestionSetError
from eval.questions.sets import QuestionSet, find_set
from eval.written.judge import has_short_answer
from eval.written.report import compute_written_metrics, render_written_markdown
from eval.written.run import RESULTS_FILE, run_written
from rag.written.endpoint import WritingError
from tests.helpers.stub_endpoint import serve_replies, write_sentences

RIGHT = write_sentences(
    ("第一個完整年度卻只交出 2 億 100 萬度。", [1]),
    ("第一個完整年度卻只交出約 2 億 100 萬度。", [1, 2]),
    ("電廠在 1066 年商轉。", [1]),
)


@pytest.fixture(scope="module")
def few() -> QuestionSet:
    questions = find_set("sample").questions
    answerable = [question for question in questions if question.id == "sample-001"]
    absent = [question for question in questions if not question.is_answerable]
    return QuestionSet("few", (*answerable, absent[0]), None)


def test_citations_are_judged_as_in_alce(few: QuestionSet, sample_library: Path) -> None:
    with serve_replies(RIGHT) as stub:
        run, (result, _) = run_written(few, sample_library, stub.endpoint)
    assert result.kept == (True, True, False)
    assert result.citation_recall == 2 / 3
    # Of the second sentence the second citation is not needed; the third one is not supported.
    assert result.citation_precision == 2 / 4
    assert result.gold_precision == 1.0
    assert result.is_correct
    assert result.pair == "zh → zh"
    metrics = compute_written_metrics([result])[""]
    assert metrics["kept"].value == 2 / 3
    assert metrics["shown"].value == 1.0
    markdown = render_written_markdown(run, [result], "en")
    assert "written by stub at 127.0.0.1" in markdown
    assert "| all | 1 | 1.000 [1.000, 1.000] | .667 " in markdown


def test_a_run_that_was_interrupted_goes_on(
    few: QuestionSet, sample_library: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "report"
    done: list[tuple[int, int]] = []

    def show(_: str, count: int, total: int) -> None:
        done.append((count, total))

    with serve_replies(RIGHT, (401, "no")) as stub:
        run, results = run_written(few, sample_library, stub.endpoint, folder, show)
        request_count = len(stub.requests)
        file = folder / RESULTS_FILE
        head, *lines = file.read_bytes().splitlines(keepends=True)
        assert len(lines) == 2
        file.write_bytes(head + lines[0] + lines[1][:20])  # killed while it wrote
        assert run_written(few, sample_library, stub.endpoint, folder, show)[0] == run
        assert len(stub.requests) == request_count  # the library refuses the second one
        assert file.read_bytes().count(b"\n") == 3
        more = replace(few, questions=find_set("sample").questions[:2])
        with pytest.raises(QuestionSetError, match="another run"):
            run_written(more, sample_library, stub.endpoint, folder)
        with pytest.raises(WritingError, match="401"):
            run_written(more, sample_library, stub.endpoint, tmp_path / "other")
    assert done[-1] == (2, 2)
    assert not results[1].sentences


@pytest.mark.parametrize(
    ("answer", "text", "is_there"),
    [
        ("2 億 100 萬度", "It made 201 million units.", True),
        ("2 億 100 萬度", "It made 210 million units.", False),
        ("牡蠣與藤壺", "她說牡蠣 與藤壺附著葉片。", True),
        ("牡蠣", "Oysters clung to the blades.", True),
        ("牡蠣與藤壺", "Sand filled the basin.", False),
        ("Harbour Trust", "the harbour  trust paid", True),
        ("、", "Nothing.", False),
    ],
)
def test_short_answers_are_found_in_either_language(answer: str, text: str, is_there: bool) -> None:
    assert has_short_answer(answer, text) == is_there

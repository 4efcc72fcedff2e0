"""`tongzhu eval` from end to end, with the bundled model."""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from tests.helpers.squad_file import CHINESE, ENGLISH, squad_file
from tests.helpers.stub_endpoint import serve_replies, write_sentences
from ui.cli import main as cli


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGZHU_LANG", "en")
    monkeypatch.delenv("TONGZHU_DEBUG", raising=False)


@pytest.fixture(scope="module")
def question_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some of the sample's dev questions, answerable and not."""
    lines = files("eval").joinpath("questions", "sample.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    dev = [record for record in records if record["split"] == "dev"]
    absent = [record for record in dev if record["type"] == "unanswerable"]
    chosen = [
        *dev[:5],
        *absent[:2],
        *(dev_question for dev_question in dev if dev_question["type"] == "follow-up"),
    ][:8]
    file = tmp_path_factory.mktemp("set") / "few.jsonl"
    text = "\n".join(json.dumps(record, ensure_ascii=False) for record in chosen)
    file.write_text(text, encoding="utf-8")
    return file


def test_eval_runs_a_set_and_writes_a_report(
    question_file: Path, sample_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "new" / "report"
    arguments = ["eval", str(question_file), "--library", str(sample_library), "--split", "dev"]
    assert cli.main([*arguments, "--report", str(report)]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("# few\n\n8 questions (dev); model tongzhu-e5-small; ")
    assert "| all | 8 | " in printed.out
    assert printed.err == f"Report: {report}\n"
    written = {file.name for file in report.iterdir()}
    assert written == {"report.md", "report.json", "recall.png", "reliability.png"}
    assert (report / "report.md").read_text(encoding="utf-8") == printed.out
    assert (report / "recall.png").read_bytes().startswith(b"\x89PNG")

    assert cli.main([*arguments, "--against", str(report), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    ours, earlier = record["runs"]
    assert earlier["system"] == "Tongzhu, report"
    ranks = [[outcome["rank"] for outcome in run["results"]] for run in (ours, earlier)]
    assert ranks[0] == ranks[1]
    assert 1 in ranks[0]  # the sample's own questions are not all missed
    assert ours["metrics"]["all"]["recall@10"]["count"] == 6


def test_eval_formats_tables_for_a_terminal(
    question_file: Path,
    sample_library: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TONGZHU_LANG", "zh")
    arguments = [
        "eval",
        str(question_file),
        "--library",
        str(sample_library),
        "--baselines",
        "vectors",
    ]
    assert cli.main(arguments) == 0
    shown = capsys.readouterr().out
    assert "\x1b[" in shown
    for words in ("排名", "全部", "追問", "Tongzhu − vectors，逐題相減"):
        assert words in shown
    assert "…" not in shown  # nothing is cut


@pytest.mark.parametrize(("paragraphs", "name"), [(None, "en"), (CHINESE, "en → zh")])
def test_eval_indexes_and_runs_squad_files(
    paragraphs: tuple[tuple[str, str, str, str], ...] | None,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TONGZHU_CACHE", str(tmp_path / "cache"))
    arguments = ["eval", str(squad_file(tmp_path / "en.json", *ENGLISH)), "--json"]
    if paragraphs:
        arguments += ["--paragraphs", str(squad_file(tmp_path / "zh.json", *paragraphs))]
    assert cli.main(arguments) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["title"], record["passages"]) == (name, 2)
    outcomes = record["runs"][0]["results"]
    assert [(outcome["question"], outcome["rank"]) for outcome in outcomes] == [("a", 1), ("b", 1)]
    assert all(outcome["is_evidence_correct"] for outcome in outcomes)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nowhere"], "nowhere: there is no such file, nor a set of this name"),
        (["sample", "--split", "half"], "--split is half: it must be dev, test or all."),
        (["sample", "--baselines", "elastic"], "There is no baseline elastic; there are: "),
        (["sample", "--library", "{tmp}/none"], "none"),
        (["sample", "--library", "{library}", "--against", "{tmp}/none"], "none"),
        (["fortnightly-87", "--library", "{library}"], "holds no publication"),
    ],
)
def test_invalid_eval_arguments_are_refused_in_one_line(
    arguments: list[str],
    line: str,
    sample_library: Path,
    tmp_path: Path,
    question_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    places = {"tmp": tmp_path, "library": sample_library}
    words = [word.format(**places) for word in arguments]
    if "--against" in words:
        words[0] = str(question_file)
    is_wrong_option = line.startswith(("--split", "There is no baseline"))
    assert cli.main(["eval", *words]) == (2 if is_wrong_option else 1)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Error: ")
    assert line in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("module", "options", "extra"),
    [("ir_measures", [], "eval"), ("bm25s", ["--baselines", "bm25"], "baselines")],
)
def test_missing_extra_is_named_in_the_error(
    module: str,
    options: list[str],
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert cli.main(["eval", "sample", *options]) == 1
    message = capsys.readouterr().err
    assert f"pip install 'tongzhu[{extra}]'" in message
    assert message.count("\n") == 1


def test_what_a_language_model_writes_is_measured(
    question_file: Path,
    sample_library: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TONGZHU_LLM_MODEL", "stub")
    arguments = ["eval", str(question_file), "--library", str(sample_library), "--written"]
    with serve_replies(write_sentences(("It opened in 1066.", [1]))) as stub:
        options = ["--llm", stub.endpoint.url, "--report", str(tmp_path)]
        assert cli.main([*arguments, *options]) == 0
        printed = capsys.readouterr()
        request_count = len(stub.requests)
        assert cli.main([*arguments, *options, "--json"]) == 0
        assert len(stub.requests) == request_count
    assert printed.out.startswith("# few\n\n8 questions; written by stub at 127.0.0.1:")
    assert (tmp_path / "written.md").read_text(encoding="utf-8") == printed.out
    record = json.loads(capsys.readouterr().out)
    assert record["metrics"]["all"]["kept"]["value"] == 0
    assert len(record["results"]) == 8
    assert cli.main([*arguments, "--baselines", "bm25"]) == 2

"""Tests of the command line from a user's point of view."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.cells import cell_len

from index import sample
from index.errors import QuestionError
from index.messages import Message, MessageCatalogue
from rag.answer.model import Answer
from rag.answer.serialization import from_dict
from rag.render.rich_text import escape_controls
from tests.helpers.paths import ROOT
from ui.cli import main as cli
from ui.cli.help import COMMAND_NAMES

_MESSAGES = MessageCatalogue("ui", "help")

COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
HOSTILE = "\x1b]0;owned\x07\x1b[31m\u202e"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command as a process of its own, in a pipe."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from ui.cli.main import main; sys.exit(main())",
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "C.UTF-8", "TONGZHU_DEBUG": ""} | environment,
    )


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGZHU_LANG", "en")
    monkeypatch.delenv("TONGZHU_DEBUG", raising=False)


def test_help_is_fast_and_imports_no_heavy_modules() -> None:
    code = (
        "import sys, time, ui.cli.main; status = ui.cli.main.main(['--help']);"
        "assert time.process_time() < 2;"  # 0.15 s on an idle machine
        "heavy = {'torch', 'gradio', 'faiss', 'numpy', 'transformers'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_locale_that_cannot_read_the_question_is_named_with_the_remedy() -> None:
    done = run("ask", "潮汐", LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 2
    assert "PYTHONUTF8=1" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert run("--version", LC_ALL="C", PYTHONUTF8="0").returncode == 0


def test_a_question_imports_neither_readers_nor_formats_of_exports(sample_library: Path) -> None:
    code = (
        "import sys, ui.cli.main;"
        f"status = ui.cli.main.main(['ask', '--library', {str(sample_library)!r}, 'Why?']);"
        "heavy = {'torch', 'gradio', 'httpx', 'index.readers', 'rag.works.exports'};"
        "heavy &= set(sys.modules); sys.exit(f'imported {heavy}' if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("command", [None, *COMMAND_NAMES])
def test_help_explains_and_shows_an_example(
    command: str | None, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [command] if command else []
    assert cli.main([*words, "--help", "--lang", language]) == 0
    shown = capsys.readouterr().out
    for example in getattr(_MESSAGES[f"examples.{command or 'tongzhu'}"], language).splitlines():
        assert example in shown
    joined = "".join(shown.split())
    about = _MESSAGES[f"command.{command}" if command else "program_description"]
    assert "".join(getattr(about, language).split()) in joined
    for parameter in COMMANDS[command].params if command else ():
        described = getattr(_MESSAGES[f"parameter.{parameter.name}"], language)
        assert "".join(described.split()) in joined
    assert max(map(len, shown.splitlines())) <= 88


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_has_no_description_wider_than_a_narrow_terminal(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for command in COMMAND_NAMES:
        assert cli.main([command, "--help", "--lang", language]) == 0
        for line in capsys.readouterr().out.splitlines():
            is_description = line.startswith("     ")
            assert cell_len(line) <= 40 or not is_description, line


def test_every_command_is_in_the_help() -> None:
    assert set(COMMANDS) == set(COMMAND_NAMES)
    for table, others in (("command", ()), ("examples", ("tongzhu",))):
        keys = {key.partition(".")[2] for key in _MESSAGES if key.startswith(f"{table}.")}
        assert keys == {*COMMAND_NAMES, *others}


def test_version_option_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("tongzhu 0.")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["aks"], "There is no command “aks”. Did you mean ask? See tongzhu --help."),
        (["ask"], "QUESTION is missing. See tongzhu ask --help."),
        (["ask", "x", "--jsno"], "There is no option --jsno. Did you mean --json?"),
        (["ask", "x", "-k", "0"], "-k NUMBER wants a whole number from 1 to 1000."),
        (["ask", "x", "-k", "many"], "-k NUMBER wants a whole number from 1 to 1000."),
        (["chat", "--port", "70000"], "--port NUMBER wants a whole number from 0 to 65535."),
        (["list", "x"], "“x” is too much. See tongzhu list --help."),
        (["list", "--lang"], "--lang wants en, zh or zh-Hans."),
        (["list", "--lang=fr"], "--lang wants en, zh or zh-Hans."),
    ],
)
def test_usage_error_is_one_line(
    arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"Error: {expected}")
    assert shown.err.count("\n") == 1


def test_usage_error_is_given_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["aks", "--lang", "zh"]) == 2
    assert capsys.readouterr().err == (
        "錯誤：沒有「aks」這個指令。您是指 ask 嗎？請見 tongzhu --help。\n"
    )


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "Usage: tongzhu" in capsys.readouterr().out


def fails(error: BaseException) -> Any:
    def ask(*arguments: object, **named: object) -> int:
        raise error

    return ask


def test_unexpected_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "ui.cli.commands.ask.ask", fails(RuntimeError("line one\nline two" + HOSTILE))
    )
    assert cli.main(["ask", "?"]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith(
        "Error: Something unforeseen went wrong (RuntimeError: line one line two"
    )
    assert shown.count("\n") == 1
    assert escape_controls(shown) == shown
    assert cli.main(["ask", "?", "--debug"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_expected_error_is_one_line_in_the_users_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "ui.cli.commands.ask.ask", fails(QuestionError(Message("Ask\nsomething.", "請提問。")))
    )
    assert cli.main(["ask", ""]) == 1
    assert capsys.readouterr().err == "Error: Ask something.\n"
    assert cli.main(["--lang=zh", "ask", ""]) == 1
    assert capsys.readouterr().err == "錯誤：請提問。\n"


def test_interrupt_prints_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ui.cli.commands.ask.ask", fails(KeyboardInterrupt()))
    assert cli.main(["ask", "?"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_closed_pipe_causes_no_error_output() -> None:
    command = (
        f"{sys.executable} -c 'from ui.cli.main import main; main()' inspect {sample.get_path()}"
    )
    root = ROOT
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} | head -n 1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", [["--version"], ["inspect", str(sample.get_path())]])
def test_output_that_cannot_be_written_is_one_line(arguments: list[str]) -> None:
    code = f"import sys; from ui.cli.main import main; sys.exit(main({arguments!r}))"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=ROOT,
            env=os.environ | {"TONGZHU_LANG": "en"},
        )
    assert done.returncode == 1
    assert done.stderr == (
        "Error: The output cannot be written (No space left on device); write it elsewhere.\n"
    )


@pytest.mark.parametrize("arguments", [["list"], ["ask", "?"], ["remove", "x"]])
def test_missing_library_is_reported_in_one_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*arguments, "--library", str(tmp_path / "none")]) == 1
    shown = capsys.readouterr().err
    assert shown.startswith("Error: ")
    assert shown.count("\n") == 1


def test_default_library_is_read_from_the_environment(
    sample_library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TONGZHU_LIBRARY", str(sample_library))
    assert cli.main(["list"]) == 0
    shown = capsys.readouterr()
    assert "7 articles" in shown.out
    assert str(sample_library) in shown.err
    assert cli.main(["list", "--json"]) == 0
    (publication,) = json.loads(capsys.readouterr().out)["publications"]
    assert publication["notes"] == 66


def test_default_library_is_in_the_user_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.cli.paths import resolve_library_path

    monkeypatch.delenv("TONGZHU_LIBRARY", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    if sys.platform == "linux":
        assert resolve_library_path(None) == tmp_path / "tongzhu" / "library"
    assert resolve_library_path(tmp_path) == tmp_path


def test_ask_in_a_pipe_is_plain_text(sample_library: Path) -> None:
    done = run("ask", "夜市的隔音工程花了多少錢？", "-k", "2", "--library", str(sample_library))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1. ")
    assert "\n2. " in done.stdout
    assert escape_controls(done.stdout) == done.stdout
    assert done.stderr == ""


def test_ask_prints_json(sample_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["ask", "What", "is", "a", "lighthouse?"]  # without quotation marks is fine, too
    assert cli.main([*words, "-k", "1", "--json", "--library", str(sample_library)]) == 0
    answer = from_dict(json.loads(capsys.readouterr().out))
    assert answer.question == "What is a lighthouse?"
    assert len(answer.citations) == 1


def test_ask_accepts_filters_and_history(
    sample_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask_as_json(*arguments: str) -> Answer:
        command = ["ask", *arguments, "-k", "3", "--json", "--library", str(sample_library)]
        assert cli.main(command) == 0
        return from_dict(json.loads(capsys.readouterr().out))

    author = ask_as_json("大橋公投結果如何？", "--author", "尤承謙")
    assert {citation.article.authors[0].name for citation in author.citations} == {"尤承謙"}
    dated = ask_as_json("夜市幾點收攤？", "--after", "2025-06-30", "--before", "2025-06-30")
    assert len(dated.citations) == 3
    titled = ask_as_json("幾點收攤？", "--article", "夜市", "--publication", "汐望")
    assert {citation.article.index for citation in titled.citations} == {4}
    following = ask_as_json(
        "那候鳥呢？", "--history", "談夜市的那篇", "--history", "泥灘縮小了多少？"
    )
    assert "8,100 隻" in following.citations[0].text


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (["--author", "沒有這個人"], 1, "No article of the library meets these limits"),
        (["--after", "2030-01-01"], 1, "No article of the library meets these limits"),
        (["--topic", ""], 1, "The filter topic has no words"),
        (["--before", "yesterday"], 2, "--before DAY wants a day such as 2025-05-22."),
        (["--history", "\u0007"], 0, ""),
    ],
)
def test_unsatisfiable_filters_are_reported_in_one_line(
    sample_library: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    line: str,
) -> None:
    ask_arguments = ["ask", "夜市幾點收攤？", "--library", str(sample_library)]
    assert cli.main([*ask_arguments, *arguments]) == status
    output = capsys.readouterr().err
    assert line in output
    assert output.count("\n") == bool(status)


def test_empty_question_is_refused_in_one_line(
    sample_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["ask", " ", "--library", str(sample_library)]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_chat_reports_a_port_in_use_before_loading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert cli.main(["chat", "--port", port, "--library", str(tmp_path)]) == 1
    shown = capsys.readouterr().err
    assert shown == f"Error: Port {port} of 127.0.0.1 is taken; choose another with --port.\n"
    assert cli.main(["chat", "--host", "nowhere.invalid", "--library", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("Error: It is not possible to listen at nowhere")
    assert list(tmp_path.iterdir()) == []


def test_control_characters_in_messages_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    from ui.cli.output import print_error

    print_error(Message(f"a{HOSTILE}b\nc", "丙"), "en")
    shown = capsys.readouterr().err
    assert escape_controls(shown) == shown
    assert shown.count("\n") == 1


def test_sigint_during_index_leaves_the_library_unchanged(
    tmp_path: Path, sample_library: Path
) -> None:
    del sample_library  # so that the model is unpacked
    folder = tmp_path / "library"
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from ui.cli.main import main; sys.exit(main())",
            "index",
            str(sample.get_path()),
            "--library",
            str(folder),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"TONGZHU_LANG": "en"},
    )
    deadline = time.monotonic() + 60
    while not folder.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=60)
    assert (out, error, process.returncode) == ("", "Stopped; the library is as it was.\n", 130)
    assert run("list", "--library", str(folder)).returncode == 1

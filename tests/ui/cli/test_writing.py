"""Tests of what servers say of a language model when they start."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from rag.written.endpoint import Endpoint
from ui.cli.commands import ask as ask_command
from ui.cli.main import main
from ui.cli.writing import build_writer
from ui.service.service import Service

NO_SERVICE = cast("Service", None)


def test_a_server_says_to_which_other_host_it_sends(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_writer(NO_SERVICE, None, "en") is None
    assert build_writer(NO_SERVICE, Endpoint("http://127.0.0.1:1/v1", "m"), "en")
    assert capsys.readouterr().err == ""
    assert build_writer(NO_SERVICE, Endpoint("https://models.example/v1", "m"), "zh")
    (line,) = capsys.readouterr().err.splitlines()
    assert "models.example" in line


@pytest.mark.parametrize("command", ["chat", "serve", "mcp"])
def test_settings_that_are_not_valid_cost_one_line(
    command: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("the library was opened")

    monkeypatch.setattr("ui.service.service.Service.__init__", refuse)
    monkeypatch.delenv("TONGZHU_LLM_MODEL", raising=False)
    arguments = [command, "--library", str(tmp_path), "--llm", "http://127.0.0.1:1/v1"]
    assert main([*arguments, "--lang", "en"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "TONGZHU_LLM_MODEL" in line


def test_that_no_model_is_named_is_said_before_the_answer(
    sample_library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TONGZHU_LLM_MODEL", raising=False)
    said_first: list[str] = []
    get_answer = ask_command.get_answer

    def answer_later(*arguments: Any) -> Any:
        said_first.append(capsys.readouterr().err)
        return get_answer(*arguments)

    monkeypatch.setattr(ask_command, "get_answer", answer_later)
    options = ["--library", str(sample_library), "--write", "--llm", "http://127.0.0.1:1/v1"]
    assert main(["ask", *options, "--lang", "en", "Who pays for the bridge?"]) == 1
    assert "TONGZHU_LLM_MODEL" in said_first[0]
    output = capsys.readouterr()
    assert output.out
    assert output.err == ""

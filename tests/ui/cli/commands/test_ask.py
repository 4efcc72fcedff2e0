"""Tests of `tongzhu ask --write`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.stub_endpoint import serve_replies, write_sentences
from ui.cli.main import main

QUESTION = "Who wrote about the tidal power station, and what does its barrage do to the mudflats?"


def ask(library: Path, *options: str) -> int:
    return main(["--lang", "en", "ask", "--library", str(library), *options, QUESTION])


def test_a_written_answer_follows_the_quotation(
    sample_library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGZHU_LLM_MODEL", "stub")
    with serve_replies(write_sentences(("It opened in 1066.", [1]))) as stub:
        assert ask(sample_library, "--write", "--llm", stub.endpoint.url) == 0
        printed = capsys.readouterr()
        given = json.loads(stub.requests[0]["messages"][1]["content"])["sentences"][0]["text"]
    assert "Written by stub at 127.0.0.1" in printed.out
    assert "1066" not in printed.out
    with serve_replies(write_sentences((given, [1]))) as stub:
        assert ask(sample_library, "--json", "--write", "--llm", stub.endpoint.url) == 0
    written = json.loads(capsys.readouterr().out)["written"]
    assert written["usable"]
    assert written["sentences"][0]["supported"]
    assert written["sentences"][0]["cites"][0]["text"] == given


def test_the_quotation_stands_where_the_model_is_away(
    sample_library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGZHU_LLM_MODEL", "stub")
    assert ask(sample_library, "--write", "--llm", "http://127.0.0.1:9/v1") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("1. ")
    assert len(printed.err.splitlines()) == 1
    assert "127.0.0.1:9" in printed.err


def test_without_a_model_one_line_says_how_to_set_one_up(
    sample_library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TONGZHU_LLM_URL", raising=False)
    assert ask(sample_library, "--write") == 1
    assert "TONGZHU_LLM_URL" in capsys.readouterr().err


def test_an_answer_is_written_or_exported(
    sample_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(sample_library, "--write", "--sources", "ris") == 1
    assert "--sources" in capsys.readouterr().err

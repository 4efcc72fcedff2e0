"""Tests of `tongzhu ask --write` and `--translate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.stub_endpoint import serve_replies, write_sentences
from ui.cli.main import main

QUESTION = "Who wrote about the tidal power station, and what does its barrage do to the mudflats?"
EMPHASISED = "What did Lowell Ashgrove publish in the Quarterly of Wet Archives?"


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


def test_the_quotation_stands_where_the_address_of_the_model_is_wrong(
    sample_library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGZHU_LLM_MODEL", "stub")
    assert ask(sample_library, "--write", "--llm", "http://127.0.0.1:port") == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("1. ")
    (line,) = printed.err.splitlines()
    assert "http://127.0.0.1:port is no address" in line


def test_a_word_file_is_written_whole_or_not_at_all(
    sample_library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answer.docx"
    assert ask(sample_library, "--word", str(file)) == 0
    content = file.read_bytes()
    assert content.startswith(b"PK")
    assert ask(sample_library, "--word", str(tmp_path)) == 1
    assert "Is a directory" in capsys.readouterr().err
    assert ask(sample_library, "--word", str(tmp_path / "none" / "answer.docx")) == 1
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes() == content


def test_an_answer_has_no_asterisks_of_emphasis(
    sample_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "--library", str(sample_library), "--lang", "en", EMPHASISED]) == 0
    shown = capsys.readouterr().out
    assert "▸" in shown
    assert "*" not in shown


def test_a_quotation_is_translated_and_what_is_missing_is_named(
    sample_library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGZHU_LLM_MODEL", "stub")
    question = "潮汐電廠頭一個完整年份到底發了多少電？"
    options = ["--lang", "en", "ask", "--library", str(sample_library), "--translate"]
    reply = write_sentences(("In the first full year 201 million units were generated.", [1]))
    with serve_replies(reply) as stub:
        assert main([*options, "--json", "--llm", stub.endpoint.url, question]) == 0
        system, user = (message["content"] for message in stub.requests[0]["messages"])
    values = json.loads(capsys.readouterr().out)
    assert "into English" in system
    assert question not in user
    quoted = [item["text"] for item in json.loads(user)["sentences"]]
    assert quoted[0] in json.dumps(values["citations"][0], ensure_ascii=False)
    assert values["translation"]["task"] == "translation"
    with serve_replies(write_sentences((quoted[0], [1]))) as stub:
        assert main([*options, "--llm", stub.endpoint.url, question]) == 0
    printed = capsys.readouterr().out
    assert "Translated by stub at 127.0.0.1" in printed
    assert "not shown" in printed


def test_an_outline_is_written_in_plain_words(
    sample_library: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGZHU_LLM_MODEL", "stub")
    options = ["--lang", "en", "ask", "--library", str(sample_library), "--write"]
    with serve_replies(write_sentences(("It opened in 1066.", [1]))) as stub:
        assert main([*options, "--llm", stub.endpoint.url, "Outline of article 1"]) == 0
        system, user = (message["content"] for message in stub.requests[0]["messages"])
    printed = capsys.readouterr().out
    assert "plain words" in system
    listed = [item["text"] for item in json.loads(user)["sentences"]]
    assert len(listed) > 2
    assert all("".join(text.split())[:8] in "".join(printed.split()) for text in listed)
    assert "Summarised by stub" in printed

"""Tests of options that do not go together, or have values that they cannot have."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.cli import main as cli
from ui.cli import option_rules
from ui.cli.option_rules import find_conflict

COMMANDS = cli.typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("arguments", "first", "second"),
    [
        (["ask", "x", "--passages", "ris", "--sources", "ris"], "--passages", "--sources"),
        (["ask", "x", "--word", "a.docx", "--sources=ris"], "--sources", "--word"),
        (["ask", "x", "--word", "a.docx", "--json"], "--word", "--json"),
        (["ask", "x", "--write", "--sources", "ris"], "--sources", "--write"),
        (["works", "--by", "outlet", "--format", "ris"], "--by", "--format"),
        (["list", "--stats", "--publication", "87"], "--stats", "--publication"),
        (["glossary", "--add", "terms.txt", "--remove"], "--remove", "--add"),
        (["eval", "sample", "--written", "--baselines", "all"], "--written", "--baselines"),
    ],
)
def test_options_that_exclude_each_other_are_refused(
    arguments: list[str], first: str, second: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--lang", "en", *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"Error: {first} and {second} exclude each other; leave one of them out.\n"


@pytest.mark.parametrize(
    ("arguments", "option", "needed"),
    [
        (["ask", "x", "--llm", "http://127.0.0.1:9/v1"], "--llm", "--write / --translate"),
        (["eval", "sample", "--llm", "http://127.0.0.1:9/v1"], "--llm", "--written"),
        (["mcp", "--port", "8001"], "--port", "--http"),
    ],
)
def test_an_option_without_the_one_that_it_is_for_is_refused(
    arguments: list[str], option: str, needed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--lang", "en", *arguments]) == 2
    assert f"{option} has an effect only with {needed}" in capsys.readouterr().err


def test_options_of_the_rules_are_those_of_the_commands() -> None:
    rules = [*option_rules._EXCLUSIVE.items(), *option_rules._DEPENDENT.items()]
    for command, pairs in rules:
        known = {name for parameter in COMMANDS[command].params for name in parameter.opts}
        assert {name for pair in pairs for group in pair for name in group} <= known
        assert find_conflict(command, set()) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--format", "word"],
        ["works", "--by", "place"],
        ["ask", "x", "--sources", "docx"],
        ["index", "--engine", "lucene", "x"],
        ["index", "--engine", "qdrant", "x"],
        ["serve", "--allowed-host", "http://x"],
        ["serve", "--store", "mysql://x"],
    ],
)
def test_a_wrong_value_of_an_option_is_wrong_usage(
    arguments: list[str], sample_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # `index` reads its file after its options.
    assert cli.main([*arguments, "--library", str(sample_library)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1


def test_defaults_and_opposites_are_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command, texts in {
        "chat": ("--uploads, --no-uploads", "By default 7860.", "By default 127.0.0.1."),
        "ask": ("How many passages at most. By default 5.",),
        "eval": ("By default all.",),
    }.items():
        assert cli.main([command, "--help", "--lang", "en"]) == 0
        shown = " ".join(capsys.readouterr().out.split())
        assert all(text in shown for text in texts)

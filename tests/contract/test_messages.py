"""Every word on screen exists in both languages, and says the same in both."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import opencc
import pytest

import rag.render.explanation
import rag.render.labels
import ui.api.openai
import ui.asgi.problems
import ui.asgi.request_limits
import ui.cli.help
import ui.mcp.resources
import ui.mcp.server
import ui.messages.cli
import ui.messages.cli_feedback
import ui.messages.page
import ui.messages.uploads
import ui.service.errors
from index.messages import Message
from tests.helpers.paths import ROOT
from ui.messages.cli import Noun
from ui.messages.language import get_environment_language, parse_accept_language, parse_language_tag

SERVED = (
    rag.render.explanation,
    ui.messages.cli_feedback,
    ui.asgi.request_limits,
    ui.asgi.problems,
    ui.mcp.resources,
    ui.mcp.server,
    ui.api.openai,
    ui.service.errors,
    ui.messages.uploads,
)
TO_TRADITIONAL = opencc.OpenCC("s2t")
# Forms that both scripts have, and that the conversion would needlessly exchange.
BOTH = str.maketrans("台注", "臺註")


def named() -> Iterator[tuple[str, Message]]:
    for module in (ui.messages.cli, ui.messages.page, rag.render.labels, *SERVED):
        place = f"{module.__name__}." if module in SERVED else ""
        for name, value in vars(module).items():
            if isinstance(value, Message):
                yield f"{place}{name}", value
            elif isinstance(value, dict):
                for key, each in value.items():
                    if isinstance(each, Message):
                        yield f"{place}{name}[{key}]", each
    for command, examples in ui.cli.help.EXAMPLES.items():
        for at, example in enumerate(examples):
            yield f"EXAMPLES[{command}][{at}]", example


MESSAGES = dict(named())
NOUNS = {
    name: value
    for name, value in (vars(ui.messages.cli) | vars(ui.messages.page)).items()
    if isinstance(value, Noun)
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_complete(name: str) -> None:
    message = MESSAGES[name]
    assert message.en.strip()
    assert message.zh.strip()
    assert placeholders(message.en) == placeholders(message.zh)
    if name.startswith("EXAMPLES") or name in ("LABELLED", "NAMING"):
        return
    if name == "SWITCH":  # names the other language, in that language
        message = Message(message.zh, message.en)
    assert chinese(message.zh)
    assert not chinese(message.en)


@pytest.mark.parametrize("name", MESSAGES)
def test_chinese_is_traditional(name: str) -> None:
    text = MESSAGES[name].zh.translate(BOTH)
    assert TO_TRADITIONAL.convert(text).translate(BOTH) == text


@pytest.mark.parametrize("name", NOUNS)
def test_a_noun_counts(name: str) -> None:
    noun = NOUNS[name]
    assert noun.format_count(1, "en") == f"1 {noun.singular}"
    assert noun.format_count(1200, "en") == f"1,200 {noun.plural}"
    assert chinese(noun.format_count(0, "zh"))


def test_no_word_is_left_over() -> None:
    sources = [*(ROOT / "ui").rglob("*.py"), *(ROOT / "ui").glob("*.html")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    elsewhere = vars(rag.render.labels)
    own = [
        name
        for name in (*MESSAGES, *NOUNS)
        if not re.search(r"[\[.]", name) and name not in elsewhere
    ]
    unused = [name for name in own if not re.search(rf"(strings|words)\.{name}\b", code)]
    assert not unused


def test_placeholders_are_filled_in_both_languages() -> None:
    message = Message("note {number}", "註 {number}")
    assert message.in_language("en", number=3) == "note 3"
    assert message.format(number=3) == Message("note 3", "註 3")
    assert Message("{", "{").in_language("en") == "{"  # braces of others' messages are left alone


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "zh_CN.UTF-8", "TONGZHU_LANG": "en"}, "en"),
        ({"TONGZHU_LANG": "zh-Hant"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh"}, "zh"),
    ],
)
def test_the_language_of_a_terminal(environment: dict[str, str], language: str) -> None:
    assert get_environment_language(environment) == language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr, zh;q=0.4, en;q=0.5", "en"),
        ("fr, zh;q=0.5, en;q=0.4", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=high, ;;=,", "en"),
        ("de, *", "en"),
    ],
)
def test_the_language_of_a_browser(header: str, language: str) -> None:
    assert parse_accept_language(header) == language
    assert parse_language_tag("EN-gb") == "en"

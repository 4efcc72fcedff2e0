"""Tests of what a model is asked for, and of the reading of its reply."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.written.request import (
    MAX_CITES,
    MAX_SENTENCES,
    DraftSentence,
    clean_text,
    parse_complete_sentences,
    parse_reply,
)
from tests.helpers.stub_endpoint import write_sentences


@pytest.mark.parametrize(
    ("reply", "drafts"),
    [
        (write_sentences(("港口關閉。", [1, 2])), [("港口關閉。", (1, 2))]),
        (
            "Sure!\n```json\n" + write_sentences(("It closed.", [3])) + "\n```",
            [("It closed.", (3,))],
        ),
        (
            "It closed [1]. It opened again [2, 3].",
            [("It closed", (1,)), ("It opened again", (2, 3))],
        ),
        ("港口關閉。［1］後來重開。［２、3］", [("港口關閉", (1,)), ("後來重開", (2, 3))]),
        (
            '{"sentences": [{"text": "It \\"closed\\".", "cites": [1, 1, 1, 1, 1, 1, ',
            [('It "closed".', (1,))],
        ),
        ('{"sentences": [{"text": "No numbers"}]}', [("No numbers", ())]),
        ('{"sentences": "none"}', []),
        ('{"other": [1]}', []),
        ("I do not know.", []),
        ("", []),
        ("[" * 10_000, []),
    ],
)
def test_replies_are_read(reply: str, drafts: list[tuple[str, tuple[int, ...]]]) -> None:
    assert parse_reply(reply) == drafts


def test_a_sentence_that_is_repeated_is_read_once() -> None:
    reply = write_sentences(("It closed.", [1]), ("**It closed.**", [2]), ("It opened.", [1]))
    drafts = [DraftSentence("It closed.", (1,)), DraftSentence("It opened.", (1,))]
    assert parse_reply(reply) == parse_complete_sentences(reply) == drafts


def test_no_more_is_read_than_was_asked_for() -> None:
    reply = write_sentences(*((f"{number} 港。", range(1, 30)) for number in range(50)))
    drafts = parse_reply(reply)
    assert len(drafts) == MAX_SENTENCES
    assert {len(draft.cites) for draft in drafts} == {MAX_CITES}


@given(st.text(max_size=300))
def test_any_reply_gives_plain_sentences(reply: str) -> None:
    for text, cites in parse_reply(reply) + parse_reply(
        json.dumps({"sentences": [{"text": reply}]})
    ):
        assert text == clean_text(text)
        assert not re.search(r"[<>\x00-\x1f\u202e]|https?:", text)
        assert len(cites) <= MAX_CITES


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<b>Bold</b> & <script>x()</script>", "Bold & x()"),
        ("See [this](https://evil.example/a) ![i](http://evil.example/p.png)", "See this i"),
        ("**Bold** and `code` https://evil.example/x?y=z end", "Bold and code end"),
        ("a\u202etxt\u200b.exe\x1b[31m", "a txt .exe [31m"),
        ("3 < 4", "3 ‹ 4"),
    ],
)
def test_markup_is_taken_out(text: str, plain: str) -> None:
    assert clean_text(text) == plain

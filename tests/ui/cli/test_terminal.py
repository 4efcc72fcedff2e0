"""Tests of answers in a terminal: line breaks, styles, and escaped control characters."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from index.document import NoteMark, Source, Span
from rag.answer.model import Answer, ArticleRef, Citation, CitedNote, Evidence, PublicationRef
from rag.render.rich_text import escape_controls
from ui.cli.line_breaks import find_line_breaks
from ui.cli.terminal import print_answer

HOSTILE = "\x1b]0;owned\x07\x1b[31m\x9b2J\u202e"
URL = "https://example.org/tides"
FIRST = CitedNote(
    "1", f"出處{HOSTILE}，{URL}。", (Source("出處", (URL, "http://a.example/\x1b]")),)
)
CITATION = Citation(
    "p",
    PublicationRef("x", f"刊{HOSTILE}"),
    ArticleRef(0, f"題{HOSTILE}"),
    0,
    (f"壹{HOSTILE}",),
    f"港務局說明。{HOSTILE}船長負責夜航。" * 8,
    (NoteMark(6, "1"),),
    (FIRST, CitedNote("2", "同註 1。", resolves_to=FIRST)),
    (Evidence(Span(0, 6)),),
)
SEQUENCES = re.compile(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b\x07]*\x1b\\")


def print_in_terminal(
    answer: Answer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    print_answer(answer, "zh")
    return capsys.readouterr().out


def test_control_characters_of_a_document_are_escaped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = print_in_terminal(Answer("?", (CITATION,), 0.9, 0.5), monkeypatch, capsys)
    text = SEQUENCES.sub("", shown)
    assert escape_controls(text) == text
    assert "⟨U+202E⟩" in text
    assert "owned" in text


def test_answer_is_wrapped_styled_and_linked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = print_in_terminal(Answer("?", (CITATION,), 0.9, 0.5), monkeypatch, capsys)
    text = SEQUENCES.sub("", shown)
    assert max(cell_len(line) for line in text.splitlines()) <= 60
    assert "說明¹。" in text or "說明。¹" in text
    assert "\x1b]8;id=" in shown
    assert f";{URL}\x1b\\" in shown
    assert "→ 即註 1：" in text
    assert "\x1b[1;4m" in shown  # evidence


def test_output_without_colours_is_plain_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    print_answer(Answer("?", (CITATION,), 0.1, 0.5), "en")
    shown = capsys.readouterr().out
    assert shown.startswith("This is not in the library. The nearest passages:\n\n1. 題")
    assert escape_controls(shown) == shown


def test_missing_answer_is_stated_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = SEQUENCES.sub(
        "", print_in_terminal(Answer("?", (CITATION,), 0.1, 0.5), monkeypatch, capsys)
    )
    assert shown.strip().startswith("館藏中沒有這個問題的答案。")
    nothing = print_in_terminal(Answer("?", (), 0.0, 0.5), monkeypatch, capsys)
    assert "最接近" not in nothing
    left_out = print_in_terminal(
        Answer("?", (), 0.0, 0.5, filters_match_nothing=True), monkeypatch, capsys
    )
    assert "限定之後沒有可查的內容" in left_out
    assert "館藏中沒有這個問題" not in left_out


mixed = st.text(alphabet="ab 甲乙，。「」（）《》-/¹x", max_size=60)


@given(mixed, st.integers(2, 20))
def test_line_breaks_keep_all_text_within_the_width(text: str, width: int) -> None:
    lines = break_lines(text, width)
    assert "".join(lines) == text
    assert all(lines) or not text
    assert all(cell_len(line.rstrip()) <= width for line in lines)


def break_lines(text: str, width: int) -> list[str]:
    breaks = [0, *find_line_breaks(text, width), len(text)]
    return [text[start:end] for start, end in pairwise(breaks)]


def test_line_breaks_follow_chinese_and_english_rules() -> None:
    assert break_lines("甲乙丙。丁", 6) == ["甲乙", "丙。丁"]
    assert break_lines("甲乙「丙丁", 6) == ["甲乙", "「丙丁"]
    assert break_lines("甲乙丙¹丁", 6) == ["甲乙", "丙¹丁"]
    assert break_lines("at the harbour", 8) == ["at the ", "harbour"]
    assert break_lines("在 harbour 邊", 9) == ["在 ", "harbour ", "邊"]
    assert break_lines("incomprehensible", 8) == ["incompre", "hensible"]

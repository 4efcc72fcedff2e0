"""Limits: one meaning on every surface, and the pages say them as they are."""

from __future__ import annotations

import inspect

import pytest
from pydantic import ValidationError

from index.errors import QuestionError
from rag.query import limits as library
from rag.query.validation import Settings, checked
from rag.retriever import Retriever
from tests.helpers.serving import ROOT
from ui.messages import cli
from ui.service import limits
from ui.service.requests import Asked, Batch


def test_a_question_is_as_long_as_everywhere() -> None:
    longest, longer = "問" * library.QUESTION, "問" * (library.QUESTION + 1)
    assert checked(longest) == Asked(question=longest).question
    with pytest.raises(QuestionError, match="at most 2,000"):
        checked(longer)
    with pytest.raises(ValidationError):
        Asked(question=longer)


def test_a_server_grants_no_more_than_a_library() -> None:
    assert Settings(limits.PASSAGES, None, None).k == Asked(question="a", k=limits.PASSAGES).k
    assert limits.BATCH_PASSAGES <= limits.PASSAGES <= limits.OWN_PASSAGES == library.PASSAGES
    with pytest.raises(ValidationError):
        Batch(questions=("a",), k=limits.BATCH_PASSAGES + 1)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("python.md", f"up to {library.QUESTION:,} characters"),
        ("python.md", f"at most, 1 to {library.PASSAGES:,}"),
        ("http.md", f"| a question | {limits.QUESTION:,} characters"),
        ("http.md", f"| questions of a batch | {limits.BATCH}, "),
        ("http.md", f"up to {limits.BATCH_PASSAGES} passages each"),
        ("http.md", f"| earlier questions (`history`) | {limits.HISTORY}"),
        ("http.md", f"| a filter, a name | {limits.CRITERION} characters"),
        ("http.md", f"| a request | {limits.Limits().body >> 20} MiB"),
        ("http.md", f"| time | {limits.Limits().seconds:g} s"),
        ("http.md", f"| passages of an answer (`k`) | 1 to {limits.PASSAGES}; {limits.USUAL} if"),
        ("http.md", f"| {limits.RATE} a minute; any number on this machine |"),
        ("openai.md", f"`k` (1 to {limits.PASSAGES}, by default {limits.CHAT_PASSAGES})"),
        ("openai.md", f"{limits.MESSAGES} messages"),
        ("openai.md", f"{limits.CONVERSATION:,} characters in all"),
    ],
)
def test_the_pages_say_the_limits(page: str, said: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert said in " ".join(text.split())


def test_the_command_line_says_the_rate() -> None:
    for said in (cli.HELP_RATE.en, cli.HELP_RATE.zh):
        assert str(limits.RATE) in said


def test_a_surface_that_is_not_told_gives_what_all_give() -> None:
    usual = inspect.signature(Retriever.retrieve).parameters["k"].default
    assert usual == Asked(question="a").k == Batch(questions=("a",)).k == library.USUAL

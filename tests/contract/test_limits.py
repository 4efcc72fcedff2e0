"""Tests that limits are the same on every surface and as the docs state them."""

from __future__ import annotations

import inspect
import unicodedata

import pytest
from pydantic import ValidationError

from index.errors import QuestionError
from index.messages import MessageCatalogue
from index.storage.records import Filters
from rag.query import limits as library
from rag.query.validation import RetrieveOptions, validate_history, validate_query
from rag.retriever import Retriever
from tests.helpers.paths import ROOT
from ui.conversations.filters import set_filter
from ui.service import limits
from ui.service.requests import AskRequest, BatchRequest

_MESSAGES = MessageCatalogue("ui", "help")


def test_question_length_limit_is_the_same_in_library_and_http() -> None:
    longest, longer = (
        "問" * library.MAX_QUESTION_CHARACTERS,
        "問" * (library.MAX_QUESTION_CHARACTERS + 1),
    )
    assert validate_query(longest) == AskRequest(question=longest).question
    with pytest.raises(QuestionError, match="at most 2,000"):
        validate_query(longer)
    with pytest.raises(ValidationError):
        AskRequest(question=longer)


def test_length_limits_apply_to_normalised_text() -> None:
    longest, longer = "ﷺ" * 111 + "問文", "ﷺ" * 112  # 18 characters each once normalised
    assert validate_query(longest) == AskRequest(question=longest).question
    with pytest.raises(QuestionError, match="2,016 characters"):
        validate_query(longer)
    with pytest.raises(ValidationError, match="at most 2000"):
        AskRequest(question=longer)
    with pytest.raises(ValidationError, match="at most 2000"):
        AskRequest(question="a", history=(longer,))
    (earlier,) = validate_history([longer])
    assert earlier == unicodedata.normalize("NFKC", longer)[: library.MAX_QUESTION_CHARACTERS]
    topic = "ﷺ" * 12
    with pytest.raises(QuestionError, match="filter topic has 216"):
        RetrieveOptions(1, Filters(topic=topic), None)
    with pytest.raises(ValidationError, match="at most 200"):
        AskRequest(question="a", filters={"topic": topic})
    assert len(set_filter(Filters(), "topic", topic).topic or "") == limits.MAX_NAME_LENGTH


def test_server_limits_do_not_exceed_library_limits() -> None:
    assert (
        RetrieveOptions(limits.MAX_PASSAGES, None, None).k
        == AskRequest(question="a", k=limits.MAX_PASSAGES).k
    )
    assert (
        limits.MAX_BATCH_PASSAGES
        <= limits.MAX_PASSAGES
        <= limits.MAX_CLI_PASSAGES
        == library.MAX_CITATIONS
    )
    with pytest.raises(ValidationError):
        BatchRequest(questions=("a",), k=limits.MAX_BATCH_PASSAGES + 1)


@pytest.mark.parametrize(
    ("page", "limit_text"),
    [
        ("python.md", f"up to {library.MAX_QUESTION_CHARACTERS:,} characters"),
        ("python.md", f"at most, 1 to {library.MAX_CITATIONS:,}"),
        ("http.md", f"| a question | {limits.MAX_QUESTION_LENGTH:,} characters"),
        ("http.md", f"| questions of a batch | {limits.MAX_BATCH_QUESTIONS}, "),
        ("http.md", f"up to {limits.MAX_BATCH_PASSAGES} passages each"),
        ("http.md", f"| earlier questions (`history`) | {limits.MAX_HISTORY}"),
        ("http.md", f"| a filter, a name | {limits.MAX_NAME_LENGTH} characters"),
        ("http.md", f"| a request | {limits.Limits().max_body_bytes >> 20} MiB"),
        ("http.md", f"| time | {limits.Limits().timeout_seconds:g} s"),
        (
            "http.md",
            f"| passages of an answer (`k`) | 1 to {limits.MAX_PASSAGES}; "
            f"{limits.DEFAULT_PASSAGES} if",
        ),
        (
            "http.md",
            f"| {limits.DEFAULT_REQUESTS_PER_MINUTE} a minute; any number on this machine |",
        ),
        (
            "openai.md",
            f"`k` (1 to {limits.MAX_PASSAGES}, by default {limits.DEFAULT_CHAT_PASSAGES})",
        ),
        ("openai.md", f"{limits.MAX_CHAT_MESSAGES} messages"),
        ("openai.md", f"{limits.MAX_CHAT_LENGTH:,} characters in all"),
    ],
)
def test_docs_state_the_current_limits(page: str, limit_text: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert limit_text in " ".join(text.split())


def test_command_line_help_states_the_rate_limit() -> None:
    for limit_text in (
        _MESSAGES["parameter.requests_per_minute"].en,
        _MESSAGES["parameter.requests_per_minute"].zh,
    ):
        assert str(limits.DEFAULT_REQUESTS_PER_MINUTE) in limit_text


def test_default_number_of_passages_is_the_same_on_all_surfaces() -> None:
    usual = inspect.signature(Retriever.retrieve).parameters["k"].default
    assert (
        usual
        == AskRequest(question="a").k
        == BatchRequest(questions=("a",)).k
        == library.DEFAULT_CITATIONS
    )

"""Tests of answers and error messages for visitors of the page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from index.errors import QuestionError
from index.messages import Message, MessageCatalogue
from index.storage.records import Filters
from rag.answer.model import Answer
from tests.helpers.stub_service import StubService
from ui.page.chat_sessions import answer_turn

_MESSAGES = MessageCatalogue("ui", "page")


def test_history_is_passed_to_the_retriever() -> None:
    seen: list[Sequence[str]] = []

    def retrieve(question: str, history: Sequence[str], filters: Filters) -> Answer:
        seen.append(history)
        return Answer(question, (), 0.0, 0.5)

    turn = answer_turn(StubService(retrieve), "And then?", ["What?"])
    assert turn.answer == Answer("And then?", (), 0.0, 0.5)
    assert seen == [["What?"]]


def test_question_errors_are_shown_and_unexpected_errors_hidden(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(question: str, history: Sequence[str], filters: Filters) -> Answer:
        raise QuestionError(Message("odd", "怪"))

    def crash(question: str, before: Sequence[str], filters: Filters) -> Answer:
        raise RuntimeError("a secret of the server")

    assert str(answer_turn(StubService(refuse), "?").error) == "odd"
    assert not caplog.records
    assert answer_turn(StubService(crash), "?").error == _MESSAGES["page_error"]
    assert "a secret of the server" in caplog.text

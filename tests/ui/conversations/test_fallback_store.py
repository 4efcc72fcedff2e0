"""Tests of conversations on the page, including those that cannot be stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from index.messages import Message
from index.storage.records import Filters
from rag.answer.model import Answer
from tests.helpers.stub_service import StubService
from tests.ui.page.test_render import ANSWER
from ui.conversations.fallback_store import FallbackStore, SessionRef
from ui.conversations.model import Judgement
from ui.conversations.sqlite import SqliteFile
from ui.conversations.store import ConversationStore, StorageError
from ui.page.chat_sessions import ChatSessions

ANNA, BEN = "a" * 43, "b" * 43
RIGHT, WRONG = Judgement("right"), Judgement("wrong", note="it is in note 4")


@pytest.fixture
def store(tmp_path: Path) -> ConversationStore:
    return ConversationStore.open(tmp_path / "conversations.sqlite3")


def open_page(store: ConversationStore) -> ChatSessions:
    def retrieve(question: str, history: object, filters: Filters) -> Answer:
        return replace(ANSWER, question=f"{history}{question}{filters.topic}")

    return ChatSessions(StubService(retrieve), FallbackStore(store))  # type: ignore[arg-type]


def ask(page: ChatSessions, session: SessionRef, *questions: str) -> SessionRef:
    for question in questions:
        conversation_id = page.conversations.add_question(session, question)
        session = replace(session, conversation_id=conversation_id or "")
        page.answer_question(session)
    return session


def list_questions(page: ChatSessions, session: SessionRef) -> list[str]:
    return [turn.question for turn in page.conversations.load_turns(session)]


def list_judgements(page: ChatSessions, session: SessionRef) -> list[Judgement | None]:
    return [turn.judgement for turn in page.conversations.load_turns(session)]


def test_questions_are_answered_one_at_a_time_and_kept(store: ConversationStore) -> None:
    page = open_page(store)
    session = SessionRef(ANNA, "", "en")
    assert page.conversations.add_question(session, "  ") is None
    conversation_id = page.conversations.add_question(session, " one ") or ""
    session = replace(session, conversation_id=conversation_id)
    assert page.conversations.add_question(session, "two") is None
    # After a restart of the server the pending question is answered when the page is opened.
    again = open_page(store)
    assert "blockquote" in again.answer_question(session)
    limited = Filters(topic="tides")
    assert again.conversations.add_question(session, "two", limited) == conversation_id
    again.answer_question(session)
    last = again.conversations.load_turns(session)[-1].answer
    assert last
    assert last.question == "['one']twotides"
    # A request that is repeated adds nothing.
    ids = [again.conversations.add_question(session, "three", request_key="k") for _ in range(2)]
    assert ids == [conversation_id, conversation_id]
    assert list_questions(again, session) == ["one", "two", "three"]


def test_unknown_conversation_is_handled_without_error(store: ConversationStore) -> None:
    page = open_page(store)
    session = SessionRef(ANNA, "nowhere", "en")
    assert "not here any more" in page.render_deleted(session)
    assert page.answer_question(session) == ""
    page.conversations.rename(session, "nowhere", "x")
    page.conversations.delete(session, "nowhere")
    assert page.conversations.add_question(session, "one") not in (None, "nowhere")


def test_conversation_of_an_anonymous_visitor_is_not_stored(store: ConversationStore) -> None:
    page = open_page(store)
    session = SessionRef("page 1", "", "en", is_anonymous=True)
    conversation_id = page.conversations.add_question(session, "one") or ""
    session = replace(session, conversation_id=conversation_id)
    assert "refuses this page&#39;s cookie" in page.answer_question(session)
    assert page.conversations.add_question(session, "two") == conversation_id
    page.answer_question(session)
    assert page.conversations.add_question(session, "three", request_key="k") == conversation_id
    page.answer_question(session)
    # A request that is repeated adds nothing.
    assert page.conversations.add_question(session, "three", request_key="k") == conversation_id
    assert list_questions(page, session) == ["one", "two", "three"]
    assert store.list_conversations("page 1") == ()
    assert page.conversations.load_turns(replace(session, visitor="page 2")) == ()


def test_judgement_is_saved_changed_and_removed(store: ConversationStore) -> None:
    page = open_page(store)
    session = ask(page, SessionRef(ANNA, "", "en"), "one", "two")
    assert 'data-verdict="right" aria-pressed="true"' in page.save_judgement(session, 1, RIGHT)
    page.save_judgement(session, 2, WRONG)
    assert list_judgements(page, session) == [RIGHT, WRONG]
    assert store.count_judgements(ANNA) == 2
    assert store.count_judgements(BEN) == 0
    assert not list(store.list_judged_answers(BEN))
    page.save_judgement(session, 1, WRONG)
    assert "Taken back." in page.save_judgement(session, 2, None)
    assert list_judgements(page, session) == [WRONG, None]
    (only,) = store.list_judged_answers()
    assert (only.turn_number, only.history, only.turn.question) == (1, (), "one")
    for other in (replace(session, visitor=BEN), replace(session, conversation_id="")):
        assert page.save_judgement(other, 1, RIGHT) == ""
    assert page.save_judgement(session, 3, RIGHT) == ""
    page.conversations.delete(session, session.conversation_id)
    assert not list(store.list_judged_answers())  # judgements go with the conversation


# What cannot be stored


@pytest.fixture
def set_disk_full(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes the disk full, or no longer full."""
    transaction = SqliteFile.transaction

    def fail(self: SqliteFile) -> object:
        raise StorageError(Message("Nothing can be kept: full.", "無法保存。"))

    return lambda is_full: monkeypatch.setattr(
        SqliteFile, "transaction", fail if is_full else transaction
    )


def test_answer_that_cannot_be_stored_is_shown(
    store: ConversationStore, set_disk_full: Callable[[bool], None]
) -> None:
    page = open_page(store)
    session = ask(page, SessionRef(ANNA, "", "en"), "stored")
    set_disk_full(True)
    conversation_id = page.conversations.add_question(session, "not stored") or ""
    session = replace(session, conversation_id=conversation_id)
    html = page.answer_question(session)
    assert "Nothing can be kept: full." in html
    assert "blockquote" in html
    assert list_questions(page, session) == ["stored", "not stored"]
    assert "Nothing can be kept" in page.save_judgement(session, 1, RIGHT)
    new = ask(page, SessionRef(ANNA, "", "en"), "a new one", "and on")
    assert list_questions(page, new) == ["a new one", "and on"]
    assert page.conversations.load_turns(replace(new, visitor=BEN)) == ()
    error_message = page.conversations.rename(session, session.conversation_id, "x")
    assert error_message
    assert "full." in page.render_conversation_list(session, error_message)
    set_disk_full(False)
    assert page.conversations.add_question(session, "later") == session.conversation_id
    page.answer_question(session)
    assert list_questions(page, session) == ["stored", "not stored", "later"]
    assert page.conversations.delete(session, session.conversation_id) is None
    assert page.conversations.load_turns(session) == ()


def test_conversation_goes_on_when_the_disk_fills_during_search(
    store: ConversationStore, set_disk_full: Callable[[bool], None]
) -> None:
    page = open_page(store)
    session = SessionRef(ANNA, "", "zh")
    conversation_id = page.conversations.add_question(session, "one") or ""
    session = replace(session, conversation_id=conversation_id)
    set_disk_full(True)
    assert "無法保存" in page.answer_question(session)
    assert page.conversations.add_question(session, "two") == conversation_id  # it continues
    page.answer_question(session)
    assert list_questions(page, session) == ["one", "two"]

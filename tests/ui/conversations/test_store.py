"""Tests of the store of conversations."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import asdict
from pathlib import Path

import pytest

from index.messages import Message, MessageCatalogue
from rag.answer.model import Answer
from tests.ui.page.test_render import ANSWER
from ui.conversations.export import render_conversation_json, render_conversation_markdown
from ui.conversations.model import Judgement, Turn
from ui.conversations.schema import MIGRATIONS
from ui.conversations.store import ConversationStore, StorageError

_MESSAGES = MessageCatalogue("ui", "page")

pytestmark = pytest.mark.xdist_group("postgresql")
ANNA, BEN = "a" * 43, "b" * 43


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.sqlite3"


@pytest.fixture
def store(file: Path) -> ConversationStore:
    return ConversationStore.open(file)


def test_stored_answer_is_read_back_unchanged(address: str | Path) -> None:
    store = ConversationStore.open(address)
    name = store.add_question(ANNA, "", "為何？")
    assert store.read_turns(ANNA, name) == (Turn("為何？"),)
    store.save_answer(ANNA, name, Turn("為何？", ANSWER))
    assert store.add_question(ANNA, name, "And?") == name
    store.save_answer(ANNA, name, Turn("And?", error=Message("odd", "怪")))
    store.close()
    again = ConversationStore.open(address)
    assert again.read_turns(ANNA, name) == (
        Turn("為何？", ANSWER),
        Turn("And?", error=Message("odd", "怪")),
    )
    (only,) = again.list_conversations(ANNA)
    assert (only.id, only.name, only.question_count) == (name, "為何？", 2)
    again.close()


def test_last_answer_only_omits_earlier_answers(any_store: ConversationStore) -> None:
    conversation = any_store.add_question("me", "", "First?")
    turns = [Turn(question, Answer(question, (), 0.1, 0.2)) for question in ("First?", "Second?")]
    any_store.save_answer("me", conversation, turns[0])
    any_store.add_question("me", conversation, "Second?")
    assert any_store.read_turns("me", conversation, last_answer_only=True) == (
        Turn("First?"),
        Turn("Second?"),
    )
    any_store.save_answer("me", conversation, turns[1])
    assert any_store.read_turns("me", conversation, last_answer_only=True) == (
        Turn("First?"),
        turns[1],
    )
    assert any_store.read_turns("me", conversation) == tuple(turns)


def test_conversations_of_other_visitors_are_inaccessible(address: str | Path) -> None:
    store = ConversationStore.open(address)
    name = store.add_question(ANNA, "", "mine")
    assert store.list_conversations(BEN) == ()
    for attempt in (
        lambda: store.read_turns(BEN, name),
        lambda: store.get_name(BEN, name),
        lambda: store.add_question(BEN, name, "theirs"),
        lambda: store.save_answer(BEN, name, Turn("mine", ANSWER)),
        lambda: store.rename(BEN, name, "theirs"),
        lambda: store.delete(BEN, name),
    ):
        with pytest.raises(KeyError):
            attempt()
    assert store.read_turns(ANNA, name) == (Turn("mine"),)
    store.close()
    if isinstance(address, Path):
        assert address.stat().st_mode & 0o077 == 0
        assert ANNA.encode() not in address.read_bytes()


def test_conversations_are_sorted_by_last_question(any_store: ConversationStore) -> None:
    first, second = any_store.add_question(ANNA, "", "one"), any_store.add_question(ANNA, "", "two")
    assert [conversation.id for conversation in any_store.list_conversations(ANNA)] == [
        second,
        first,
    ]
    any_store.add_question(ANNA, first, "three")
    assert [conversation.id for conversation in any_store.list_conversations(ANNA)] == [
        first,
        second,
    ]


def test_conversation_names_are_shortened_and_changed(any_store: ConversationStore) -> None:
    name = any_store.add_question(ANNA, "", "so\nlong " * 50)
    assert len(any_store.get_name(ANNA, name)) == 120
    any_store.rename(ANNA, name, "  short \n one ")
    assert any_store.get_name(ANNA, name) == "short one"
    any_store.rename(ANNA, name, " ")
    assert any_store.get_name(ANNA, name) == "short one"
    any_store.delete(ANNA, name)
    assert any_store.list_conversations(ANNA) == ()


def test_unreadable_answer_of_another_release_is_reported(
    store: ConversationStore, file: Path
) -> None:
    name = store.add_question(ANNA, "", "?")
    store.save_answer(ANNA, name, Turn("?", ANSWER))
    with sqlite3.connect(file) as database:
        database.execute("UPDATE turn SET answer = ?", (json.dumps({"version": 99}),))
    assert store.read_turns(ANNA, name) == (Turn("?", error=_MESSAGES["answer_unreadable"]),)


def test_unusable_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is no database, whatever its name may be" * 9)
    with pytest.raises(StorageError, match="TONGZHU_DATA"):
        ConversationStore.open(tmp_path / "text")
    with sqlite3.connect(tmp_path / "new") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="newer release"):
        ConversationStore.open(tmp_path / "new")


def test_conversation_is_exported_as_markdown_and_json() -> None:
    judgement = Judgement("wrong", note="no")
    turns = (
        Turn("為何？", ANSWER, judgement=judgement),
        Turn("*?*", error=Message("odd", "怪")),
        Turn("waits"),
    )
    text = render_conversation_markdown("*A* name", turns, "zh")
    assert text.startswith("# \\*A\\* name\n\n## 為何？\n\n**1\\. 題**")
    assert "## \\*?\\*\n\n怪\n" in text
    values = json.loads(render_conversation_json("name", turns))
    assert Answer.from_dict(values["turns"][0]["answer"]) == ANSWER
    assert values["turns"][0]["judgement"] == asdict(judgement)
    assert values["turns"][1]["error"] == {"en": "odd", "zh": "怪"}


def test_file_of_the_first_schema_is_migrated(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    visitor = hashlib.sha256(ANNA.encode()).hexdigest()
    answer = json.dumps(ANSWER.to_dict())
    with sqlite3.connect(file) as database:
        database.executescript(f"{MIGRATIONS[0]} PRAGMA user_version = 1;")
        database.execute(
            "INSERT INTO conversation VALUES ('ab', ?, '?', '2026-01-01T00:00:00+00:00')", [visitor]
        )
        database.execute("INSERT INTO turn VALUES ('ab', 1, '?', '', ?, NULL)", [answer])
    store = ConversationStore.open(file)
    store.save_judgement(ANNA, "ab", 1, Judgement("right"))
    assert store.read_turns(ANNA, "ab") == (Turn("?", ANSWER, judgement=Judgement("right")),)
    assert [conversation.name for conversation in store.list_conversations(ANNA)] == ["?"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_storage_error_is_one_line_without_the_path(tmp_path: Path, language: str) -> None:
    file = tmp_path / "conversations.sqlite3"
    store = ConversationStore.open(file)
    name = store.add_question(ANNA, "", "one")
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError) as locked:
        store.add_question(ANNA, name, "two")
    lock.execute("ROLLBACK")
    full = store._database._database
    full.execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError) as readonly:
        store.add_question(ANNA, name, "two")
    full.execute("PRAGMA query_only = OFF")
    (pages,) = full.execute("PRAGMA page_count").fetchone()
    full.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError) as filled:
        store.add_question(ANNA, name, "long " * 9999)
    messages = [
        str(getattr(raised.value.message, language)) for raised in (locked, readonly, filled)
    ]
    assert len(set(messages)) == 3
    for line in messages:
        assert "\n" not in line
        assert str(tmp_path) not in line
    full.execute("PRAGMA max_page_count = 99999")
    store.add_question(ANNA, name, "two")  # nothing is left half done
    assert [turn.question for turn in store.read_turns(ANNA, name)] == ["one", "two"]


def test_request_is_found_by_its_visitor_and_key(any_store: ConversationStore) -> None:
    conversation_id = any_store.add_question(ANNA, "", "one", request_key="a-key")
    any_store.add_question(ANNA, "", "two")
    assert any_store.find_request(ANNA, "a-key") == conversation_id
    assert any_store.find_request(BEN, "a-key") is None
    assert any_store.find_request(ANNA, "") is None
    any_store.delete(ANNA, conversation_id)
    assert any_store.find_request(ANNA, "a-key") is None


def test_conversations_are_searched_in_both_scripts(any_store: ConversationStore) -> None:
    identifiers = {
        question: any_store.add_question(ANNA, "", question)
        for question in ("為何？", "Why tides?")
    }
    any_store.save_answer(ANNA, identifiers["為何？"], Turn("為何？", ANSWER))
    any_store.add_question(ANNA, identifiers["Why tides?"], "渡輪與橋？")
    any_store.add_question(BEN, "", "渡輪？")

    def search(text: str) -> list[tuple[str, str]]:
        return [(match.summary.id, match.question) for match in any_store.search(ANNA, text)]

    assert search("渡轮") == [(identifiers["Why tides?"], "渡輪與橋？")]
    assert search("TIDES 桥") == [(identifiers["Why tides?"], "Why tides?")]
    assert search("no such word") == []
    assert len(search("")) == 2
    best = ANSWER.citations[0]
    assert search(best.article.title)[0][0] == identifiers["為何？"]
    assert search(best.evidence_text.split()[0])[0][0] == identifiers["為何？"]
    any_store.rename(ANNA, identifiers["為何？"], "港口")
    assert search("港口")[0][0] == identifiers["為何？"]

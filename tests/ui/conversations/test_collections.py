"""Tests of saved passages and of shared answers in the store."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answer.model import Citation
from tests.ui.page.test_render import ANSWER
from ui.conversations import collections
from ui.conversations.collections import CollectionFullError, SavedPassage
from ui.conversations.model import Turn
from ui.conversations.store import ConversationStore

pytestmark = pytest.mark.xdist_group("postgresql")
ANNA, BEN = "a" * 43, "b" * 43
FIRST = ANSWER.citations[0]
SECOND: Citation = replace(FIRST, passage_id="second")


@pytest.fixture
def store(any_store: ConversationStore) -> ConversationStore:
    return any_store


def test_saved_passages_are_kept_with_their_remarks(store: ConversationStore) -> None:
    kept = store.collections
    identifier = kept.save(ANNA, "", "  My\nferries ", SavedPassage(FIRST, "first <b>"))
    assert kept.save(ANNA, identifier, "", SavedPassage(SECOND, "")) == identifier
    kept.save(ANNA, identifier, "", SavedPassage(FIRST, "again"))
    collection = kept.load(ANNA, identifier)
    assert collection.name == "My ferries"
    assert collection.passages == (SavedPassage(FIRST, "again"), SavedPassage(SECOND, ""))
    kept.set_remark(ANNA, identifier, "second", "compare")
    kept.remove(ANNA, identifier, FIRST.passage_id)
    kept.rename(ANNA, identifier, "Bridges")
    (summary,) = kept.list_collections(ANNA)
    assert (summary.name, summary.passage_count) == ("Bridges", 1)
    assert kept.load(ANNA, identifier).passages == (SavedPassage(SECOND, "compare"),)
    kept.delete(ANNA, identifier)
    assert kept.list_collections(ANNA) == ()


def test_nobody_else_has_a_collection(store: ConversationStore) -> None:
    identifier = store.collections.save(ANNA, "", "x", SavedPassage(FIRST, ""))
    assert store.collections.list_collections(BEN) == ()
    for change in (
        lambda: store.collections.load(BEN, identifier),
        lambda: store.collections.save(BEN, identifier, "", SavedPassage(FIRST, "")),
        lambda: store.collections.set_remark(BEN, identifier, FIRST.passage_id, "y"),
        lambda: store.collections.remove(BEN, identifier, FIRST.passage_id),
        lambda: store.collections.rename(BEN, identifier, "y"),
        lambda: store.collections.delete(BEN, identifier),
    ):
        with pytest.raises(KeyError):
            change()


def test_a_full_collection_takes_no_more(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collections, "MAX_PASSAGES", 1)
    identifier = store.collections.save(ANNA, "", "x", SavedPassage(FIRST, ""))
    with pytest.raises(CollectionFullError):
        store.collections.save(ANNA, identifier, "", SavedPassage(SECOND, ""))


def test_what_was_removed_is_erased(tmp_path: Path) -> None:
    store = ConversationStore.open(tmp_path / "store.sqlite3")
    identifier = store.collections.save(ANNA, "", "x", SavedPassage(FIRST, "secretremark"))
    store.collections.save(ANNA, identifier, "", SavedPassage(FIRST, "other"))
    store.collections.delete(ANNA, identifier)
    store.close()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"secretremark" not in content
    assert FIRST.text.encode()[:30] not in content


def test_a_share_shows_one_answer_until_it_ends(store: ConversationStore) -> None:
    conversation = store.add_question(ANNA, "", "為何？")
    with pytest.raises(KeyError):
        store.shares.share(ANNA, conversation, 1)  # not answered yet
    store.save_answer(ANNA, conversation, Turn("為何？", ANSWER))
    assert store.shares.find_token(ANNA, conversation, 1) == ""
    token = store.shares.share(ANNA, conversation, 1)
    assert store.shares.share(ANNA, conversation, 1) == token
    assert len(token) >= 32
    assert conversation not in token
    assert store.shares.load(token).answer == ANSWER
    assert store.shares.load(token).paragraphs == ()
    for change in (store.shares.share, store.shares.revoke, store.shares.find_token):
        with pytest.raises(KeyError):
            change(BEN, conversation, 1)
    store.shares.revoke(ANNA, conversation, 1)
    with pytest.raises(KeyError):
        store.shares.load(token)
    again = store.shares.share(ANNA, conversation, 1)
    assert again != token
    store.delete(ANNA, conversation)
    with pytest.raises(KeyError):
        store.shares.load(again)


def test_a_file_of_the_last_release_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = ConversationStore.open(path)
    conversation = store.add_question(ANNA, "", "為何？")
    store.save_answer(ANNA, conversation, Turn("為何？", ANSWER))
    identifier = store.collections.save(ANNA, "", "x", SavedPassage(FIRST, ""))
    store.close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE saved_passage SET answer = ?", (json.dumps({"version": 0}),))
    store = ConversationStore.open(path)
    assert store.collections.load(ANNA, identifier).passages == ()
    with sqlite3.connect(path) as database:
        database.executescript(
            "DROP TABLE share; DROP TABLE saved_passage; DROP TABLE collection;"
            "ALTER TABLE turn DROP COLUMN paragraph; ALTER TABLE turn DROP COLUMN translation;"
            "PRAGMA user_version = 5"
        )
    assert ConversationStore.open(path).collections.list_collections(ANNA) == ()

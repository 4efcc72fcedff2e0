"""Tests that deleted conversations are erased from the bytes of every file."""

from __future__ import annotations

import logging
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.messages import Message
from tests.helpers.paths import ROOT
from tests.helpers.residue import find_residue, wait_until_erased
from tests.ui.page.test_render import ANSWER
from ui.conversations import erasure
from ui.conversations.fallback_store import FallbackStore, SessionRef
from ui.conversations.model import Judgement, Turn
from ui.conversations.schema import MIGRATIONS
from ui.conversations.store import ConversationStore

ANNA = "a" * 43
QUESTION, ANSWERED, NOTE, NAME = (
    "為何是琥珀色的鯨？",
    "琥珀鯨 amber whale",
    "note 祕密",
    "名 secret",
)
TEXTS = (QUESTION, ANSWERED, NOTE, NAME)
_KILLED = """
import os, signal, sys
from pathlib import Path
from ui.conversations.store import ConversationStore
store = ConversationStore.open(Path(sys.argv[1]))
store.delete(sys.argv[2], sys.argv[3])
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conversations.sqlite3"


def fill(store: ConversationStore, padding: int = 5000) -> str:
    """A conversation that contains all texts."""
    conversation_id = store.add_question(ANNA, "", QUESTION)
    answer = replace(ANSWER, question=ANSWERED + "x" * padding)
    store.save_answer(ANNA, conversation_id, Turn(QUESTION, answer))
    store.add_question(ANNA, conversation_id, QUESTION)
    store.save_answer(ANNA, conversation_id, Turn(QUESTION, error=Message(ANSWERED, ANSWERED)))
    store.save_judgement(ANNA, conversation_id, 1, Judgement("wrong", note=NOTE))
    store.rename(ANNA, conversation_id, NAME)
    return conversation_id


def test_deleted_conversation_is_erased_while_the_file_is_open(file: Path) -> None:
    with closing(ConversationStore.open(file)) as store:
        conversations = FallbackStore(store)
        other_id = store.add_question(ANNA, "", "stays 留著")
        conversation_id = fill(store)
        assert {line.partition(" in ")[0] for line in find_residue(file.parent, TEXTS)} == {*TEXTS}
        conversations.delete(SessionRef(ANNA, conversation_id, "en"), conversation_id)
        wait_until_erased(file.parent, TEXTS)
        assert store.read_turns(ANNA, other_id) == (Turn("stays 留著"),)
        fill(store)  # and the file can be used as before
    assert not file.with_name(f"{file.name}-wal").exists()


def test_replaced_judgements_and_names_are_erased(file: Path) -> None:
    with closing(ConversationStore.open(file)) as store:
        conversation_id = fill(store)
        store.save_judgement(ANNA, conversation_id, 1, Judgement("wrong", note="another"))
        store.rename(ANNA, conversation_id, "renamed")
        wait_until_erased(file.parent, (NOTE, NAME))
        store.save_judgement(ANNA, conversation_id, 1, None)
        wait_until_erased(file.parent, ("another",))
        assert find_residue(file.parent, (QUESTION, ANSWERED))


@pytest.mark.parametrize("seed", [2, 14])  # with `secure_delete` alone each leaves a text
def test_sqlite_copies_of_moved_rows_are_erased(file: Path, seed: int) -> None:
    generator = random.Random(seed)
    texts_by_id: dict[str, str] = {}
    deleted: list[str] = []
    with closing(ConversationStore.open(file)) as store:
        store._database._database.execute("PRAGMA synchronous = OFF")
        for number in range(300):
            if generator.random() < 0.55 or not texts_by_id:
                text = f"marker{number:06d} "
                question = text + "x" * generator.choice([5, 40, 300, 1800])
                conversation_id = store.add_question(ANNA, "", question)
                texts_by_id[conversation_id] = text
                if generator.random() < 0.8:
                    padding = "x" * generator.choice([10, 200, 900, 3000, 9000])
                    turn = Turn("", error=Message(text + padding, ""))
                    store.save_answer(ANNA, conversation_id, turn)
            else:
                conversation_id = generator.choice(list(texts_by_id))
                store.delete(ANNA, conversation_id)
                deleted.append(texts_by_id.pop(conversation_id))
    assert len(deleted) > 100
    assert find_residue(file.parent, deleted) == []
    assert find_residue(file.parent, ["marker"])


def test_open_reader_only_delays_the_erasure(file: Path) -> None:
    with closing(ConversationStore.open(file)) as store:
        conversation_id = fill(store)
        reader = sqlite3.connect(file, isolation_level=None)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM turn").fetchone() == (2,)
        store.delete(ANNA, conversation_id)
        with pytest.raises(AssertionError):
            wait_until_erased(file.parent, TEXTS, patience=1)
        assert store.list_conversations(ANNA) == ()
        store.add_question(ANNA, "", "the page goes on")
        reader.execute("ROLLBACK")
        wait_until_erased(file.parent, TEXTS)
        reader.close()


def test_writer_on_another_connection_only_delays_the_erasure(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "_FIRST_PAUSE", 0.7)  # lets the writer lock first
    with closing(ConversationStore.open(file)) as store:
        conversation_id = fill(store)
        writer = sqlite3.connect(file, isolation_level=None)
        store.delete(ANNA, conversation_id)
        writer.execute("BEGIN IMMEDIATE")
        with caplog.at_level(logging.WARNING), pytest.raises(AssertionError):
            wait_until_erased(file.parent, TEXTS, patience=1.5)
        assert "still on the disk" in caplog.text
        writer.execute("ROLLBACK")
        wait_until_erased(file.parent, TEXTS)
        writer.close()


def test_deletion_by_a_killed_process_is_erased_at_the_next_start(file: Path) -> None:
    with closing(ConversationStore.open(file)) as store:
        conversation_id = fill(store)
    process = subprocess.run(
        [sys.executable, "-c", _KILLED, str(file), ANNA, conversation_id], cwd=ROOT, check=False
    )
    assert process.returncode == -signal.SIGKILL
    assert file.with_name(f"{file.name}-wal").stat().st_size
    with closing(ConversationStore.open(file)) as store:
        assert store.list_conversations(ANNA) == ()
        store.erase_interrupted()
        wait_until_erased(file.parent, TEXTS)


def test_residue_of_an_earlier_release_is_erased_on_opening(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.executescript(f"{''.join(MIGRATIONS[:3])} PRAGMA user_version = 3;")
        database.execute("INSERT INTO conversation VALUES ('ab', '', ?, '')", [NAME * 200])
        database.execute("DELETE FROM conversation")
    database.close()
    assert find_residue(file.parent, (NAME,))
    ConversationStore.open(file).close()
    assert find_residue(file.parent, (NAME,)) == []


def test_deleted_conversation_in_memory_is_not_restored(tmp_path: Path) -> None:
    with closing(ConversationStore.open(tmp_path / "conversations.sqlite3")) as store:
        conversations = FallbackStore(store)
        session = SessionRef("page 1", "", "en", is_anonymous=True)
        conversation_id = conversations.add_question(session, QUESTION) or ""
        session = replace(session, conversation_id=conversation_id)
        assert conversations.delete(session, conversation_id) is None
        # A late answer does not restore the conversation.
        turn = Turn(QUESTION, ANSWER, storage_error=Message("no cookie", "無"))
        assert conversations.save_answer(session, turn).error
        assert conversations.load_turns(session) == ()
        assert find_residue(tmp_path, TEXTS) == []


def test_nothing_is_erased_in_a_file_that_is_gone(
    file: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "_FIRST_PAUSE", 0)
    eraser = erasure.Eraser(file, threading.Lock())
    eraser.schedule()
    with caplog.at_level(logging.WARNING):
        eraser.close()
    assert caplog.text == ""
    assert not file.exists()

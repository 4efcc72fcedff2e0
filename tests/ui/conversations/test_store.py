"""Conversations as they are kept: each visitor's apart, whole answers, whatever happens between."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from index.messages import Message, MessageCatalogue
from index.storage.records import Filters
from rag.answer.model import Answer
from tests.helpers.stub_service import StubService
from tests.ui.page.test_render import ANSWER
from ui.conversations.export import render_conversation_json, render_conversation_markdown
from ui.conversations.model import Judgement, Turn
from ui.conversations.store import ConversationStore, StorageError
from ui.page.auth.headers import parse_visitor_cookie
from ui.page.chat_sessions import ChatSessions, SessionRef

_MESSAGES = MessageCatalogue("ui", "page")

ANNA, BEN = "a" * 43, "b" * 43


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kept.sqlite3"


@pytest.fixture
def kept(file: Path) -> ConversationStore:
    return ConversationStore(file)


def test_an_answer_is_kept_whole(kept: ConversationStore, file: Path) -> None:
    name = kept.add_question(ANNA, "", "為何？")
    assert kept.read_turns(ANNA, name) == (Turn("為何？"),)
    kept.save_answer(ANNA, name, Turn("為何？", ANSWER))
    assert kept.add_question(ANNA, name, "And?") == name
    kept.save_answer(ANNA, name, Turn("And?", error=Message("odd", "怪")))
    kept.close()
    again = ConversationStore(file)
    assert again.read_turns(ANNA, name) == (
        Turn("為何？", ANSWER),
        Turn("And?", error=Message("odd", "怪")),
    )
    (only,) = again.list_conversations(ANNA)
    assert (only.id, only.name, only.question_count) == (name, "為何？", 2)


def test_visitors_are_apart(kept: ConversationStore, file: Path) -> None:
    name = kept.add_question(ANNA, "", "mine")
    assert kept.list_conversations(BEN) == ()
    for attempt in (
        lambda: kept.read_turns(BEN, name),
        lambda: kept.get_name(BEN, name),
        lambda: kept.add_question(BEN, name, "theirs"),
        lambda: kept.save_answer(BEN, name, Turn("mine", ANSWER)),
        lambda: kept.rename(BEN, name, "theirs"),
        lambda: kept.delete(BEN, name),
    ):
        with pytest.raises(KeyError):
            attempt()
    assert kept.read_turns(ANNA, name) == (Turn("mine"),)
    assert file.stat().st_mode & 0o077 == 0
    kept.close()
    assert ANNA.encode() not in file.read_bytes()


def test_the_last_one_asked_comes_first(kept: ConversationStore) -> None:
    first, second = kept.add_question(ANNA, "", "one"), kept.add_question(ANNA, "", "two")
    assert [each.id for each in kept.list_conversations(ANNA)] == [second, first]
    kept.add_question(ANNA, first, "three")
    assert [each.id for each in kept.list_conversations(ANNA)] == [first, second]


def test_names(kept: ConversationStore) -> None:
    name = kept.add_question(ANNA, "", "so\nlong " * 50)
    assert len(kept.get_name(ANNA, name)) == 120
    kept.rename(ANNA, name, "  short \n one ")
    assert kept.get_name(ANNA, name) == "short one"
    kept.rename(ANNA, name, " ")
    assert kept.get_name(ANNA, name) == "short one"
    kept.delete(ANNA, name)
    assert kept.list_conversations(ANNA) == ()


def test_an_answer_of_another_release_is_said_to_be_one(
    kept: ConversationStore, file: Path
) -> None:
    name = kept.add_question(ANNA, "", "?")
    kept.save_answer(ANNA, name, Turn("?", ANSWER))
    with sqlite3.connect(file) as database:
        database.execute("UPDATE turn SET answer = ?", (json.dumps({"version": 99}),))
    assert kept.read_turns(ANNA, name) == (Turn("?", error=_MESSAGES["answer_unreadable"]),)


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is no database, whatever its name may be" * 9)
    with pytest.raises(StorageError, match="TONGZHU_DATA"):
        ConversationStore(tmp_path / "text")
    with sqlite3.connect(tmp_path / "new") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="newer release"):
        ConversationStore(tmp_path / "new")


def room(kept: ConversationStore) -> ChatSessions:
    def retrieve(question: str, history: object, filters: Filters) -> Answer:
        return replace(ANSWER, question=f"{history}{question}{filters.topic}")

    return ChatSessions(StubService(retrieve), kept)


def test_one_question_at_a_time_and_none_is_lost(kept: ConversationStore) -> None:
    here = room(kept)
    place = SessionRef(ANNA, "", "en")
    assert here.add_question(place, "  ") is None
    place = replace(place, conversation_id=here.add_question(place, " one ") or "")
    assert here.add_question(place, "two") is None
    # The server stops here; whoever opens the page again answers what waits.
    again = room(kept)
    assert "blockquote" in again.answer_question(place)
    assert again.add_question(place, "two", Filters(topic="tides")) == place.conversation_id
    again.answer_question(place)
    last = again.load_turns(place)[-1].answer
    assert last
    assert last.question == "['one']twotides"


def test_a_conversation_that_is_gone(kept: ConversationStore) -> None:
    here = room(kept)
    place = SessionRef(ANNA, "nowhere", "en")
    assert "not here any more" in here.render_deleted(place)
    assert here.answer_question(place) == ""
    here.rename(place, "nowhere", "x")
    here.delete(place, "nowhere")
    begun = here.add_question(place, "one")
    assert begun not in (None, "nowhere")


def test_nothing_is_kept_for_who_cannot_be_known_again(kept: ConversationStore) -> None:
    here = room(kept)
    place = SessionRef("page 1", "", "en", is_anonymous=True)
    place = replace(place, conversation_id=here.add_question(place, "one") or "")
    assert "refuses this page&#39;s cookie" in here.answer_question(place)
    assert here.add_question(place, "two") == place.conversation_id
    here.answer_question(place)
    assert len(here.load_turns(place)) == 2
    assert kept.list_conversations("page 1") == ()
    assert here.load_turns(replace(place, visitor="page 2")) == ()


def test_exports() -> None:
    said = Judgement("wrong", note="no")
    turns = (
        Turn("為何？", ANSWER, judgement=said),
        Turn("*?*", error=Message("odd", "怪")),
        Turn("waits"),
    )
    text = render_conversation_markdown("*A* name", turns, "zh")
    assert text.startswith("# \\*A\\* name\n\n## 為何？\n\n**1\\. 題**")
    assert "## \\*?\\*\n\n怪\n" in text
    values = json.loads(render_conversation_json("name", turns))
    assert Answer.from_dict(values["turns"][0]["answer"]) == ANSWER
    assert values["turns"][0]["judgement"] == asdict(said)
    assert values["turns"][1]["error"] == {"en": "odd", "zh": "怪"}


def test_a_key_is_only_what_could_be_one() -> None:
    assert parse_visitor_cookie(f"x=1; tongzhu_visitor={ANNA}") == ANNA
    for header in ("", "tongzhu_visitor=", f"tongzhu_visitor={ANNA}!", "tongzhu_visitor=../../x"):
        assert parse_visitor_cookie(header) is None

"""Conversations as they are kept: each visitor's apart, whole answers, whatever happens between."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from index.document import Message
from index.storage.records import Criteria
from rag.answer.model import Answer
from tests.ui.page.test_render import ANSWER
from ui.conversations.export import conversation_json, conversation_markdown
from ui.conversations.judgement import Judgement
from ui.conversations.model import Turn
from ui.conversations.store import Conversations, KeepingError
from ui.messages import page
from ui.page.auth.headers import visitor_of
from ui.page.chat_sessions import Place, Room
from ui.service.desk import Desk

ANNA, BEN = "a" * 43, "b" * 43


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kept.sqlite3"


@pytest.fixture
def kept(file: Path) -> Conversations:
    return Conversations(file)


def test_an_answer_is_kept_whole(kept: Conversations, file: Path) -> None:
    name = kept.begin(ANNA, "", "為何？")
    assert kept.read(ANNA, name) == (Turn("為何？"),)
    kept.finish(ANNA, name, Turn("為何？", ANSWER))
    assert kept.begin(ANNA, name, "And?") == name
    kept.finish(ANNA, name, Turn("And?", error=Message("odd", "怪")))
    kept.close()
    again = Conversations(file)
    assert again.read(ANNA, name) == (
        Turn("為何？", ANSWER),
        Turn("And?", error=Message("odd", "怪")),
    )
    (only,) = again.listed(ANNA)
    assert (only.id, only.name, only.questions) == (name, "為何？", 2)


def test_visitors_are_apart(kept: Conversations, file: Path) -> None:
    name = kept.begin(ANNA, "", "mine")
    assert kept.listed(BEN) == ()
    for attempt in (
        lambda: kept.read(BEN, name),
        lambda: kept.name(BEN, name),
        lambda: kept.begin(BEN, name, "theirs"),
        lambda: kept.finish(BEN, name, Turn("mine", ANSWER)),
        lambda: kept.rename(BEN, name, "theirs"),
        lambda: kept.delete(BEN, name),
    ):
        with pytest.raises(KeyError):
            attempt()
    assert kept.read(ANNA, name) == (Turn("mine"),)
    assert file.stat().st_mode & 0o077 == 0
    kept.close()
    assert ANNA.encode() not in file.read_bytes()


def test_the_last_one_asked_comes_first(kept: Conversations) -> None:
    first, second = kept.begin(ANNA, "", "one"), kept.begin(ANNA, "", "two")
    assert [each.id for each in kept.listed(ANNA)] == [second, first]
    kept.begin(ANNA, first, "three")
    assert [each.id for each in kept.listed(ANNA)] == [first, second]


def test_names(kept: Conversations) -> None:
    name = kept.begin(ANNA, "", "so\nlong " * 50)
    assert len(kept.name(ANNA, name)) == 120
    kept.rename(ANNA, name, "  short \n one ")
    assert kept.name(ANNA, name) == "short one"
    kept.rename(ANNA, name, " ")
    assert kept.name(ANNA, name) == "short one"
    kept.delete(ANNA, name)
    assert kept.listed(ANNA) == ()


def test_an_answer_of_another_release_is_said_to_be_one(kept: Conversations, file: Path) -> None:
    name = kept.begin(ANNA, "", "?")
    kept.finish(ANNA, name, Turn("?", ANSWER))
    with sqlite3.connect(file) as database:
        database.execute("UPDATE turn SET answer = ?", (json.dumps({"version": 99}),))
    assert kept.read(ANNA, name) == (Turn("?", error=page.UNREADABLE),)


def test_a_file_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is no database, whatever its name may be" * 9)
    with pytest.raises(KeepingError, match="TONGZHU_DATA"):
        Conversations(tmp_path / "text")
    with sqlite3.connect(tmp_path / "new") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(KeepingError, match="newer release"):
        Conversations(tmp_path / "new")


def room(kept: Conversations) -> Room:
    def retrieve(question: str, before: object, filters: Criteria) -> Answer:
        return replace(ANSWER, question=f"{before}{question}{filters.topic}")

    return Room(lambda: Desk((), retrieve, lambda passage: None), kept)


def test_one_question_at_a_time_and_none_is_lost(kept: Conversations) -> None:
    here = room(kept)
    place = Place(ANNA, "", "en")
    assert here.begin(place, "  ") is None
    place = replace(place, conversation=here.begin(place, " one ") or "")
    assert here.begin(place, "two") is None
    # The server stops here; whoever opens the page again answers what waits.
    again = room(kept)
    assert "blockquote" in again.finish(place)
    assert again.begin(place, "two", Criteria(topic="tides")) == place.conversation
    again.finish(place)
    last = again.turns(place)[-1].answer
    assert last
    assert last.question == "['one']twotides"


def test_a_conversation_that_is_gone(kept: Conversations) -> None:
    here = room(kept)
    place = Place(ANNA, "nowhere", "en")
    assert "not here any more" in here.gone(place)
    assert here.finish(place) == ""
    here.rename(place, "nowhere", "x")
    here.delete(place, "nowhere")
    begun = here.begin(place, "one")
    assert begun not in (None, "nowhere")


def test_nothing_is_kept_for_who_cannot_be_known_again(kept: Conversations) -> None:
    here = room(kept)
    place = Place("page 1", "", "en", stranger=True)
    place = replace(place, conversation=here.begin(place, "one") or "")
    assert "refuses this page&#39;s cookie" in here.finish(place)
    assert here.begin(place, "two") == place.conversation
    here.finish(place)
    assert len(here.turns(place)) == 2
    assert kept.listed("page 1") == ()
    assert here.turns(replace(place, visitor="page 2")) == ()


def test_exports() -> None:
    said = Judgement("wrong", note="no")
    turns = (
        Turn("為何？", ANSWER, judgement=said),
        Turn("*?*", error=Message("odd", "怪")),
        Turn("waits"),
    )
    text = conversation_markdown("*A* name", turns, "zh")
    assert text.startswith("# \\*A\\* name\n\n## 為何？\n\n**1\\. 題**")
    assert "## \\*?\\*\n\n怪\n" in text
    values = json.loads(conversation_json("name", turns))
    assert Answer.from_dict(values["turns"][0]["answer"]) == ANSWER
    assert values["turns"][0]["judgement"] == asdict(said)
    assert values["turns"][1]["error"] == {"en": "odd", "zh": "怪"}


def test_a_key_is_only_what_could_be_one() -> None:
    assert visitor_of(f"x=1; tongzhu_visitor={ANNA}") == ANNA
    for header in ("", "tongzhu_visitor=", f"tongzhu_visitor={ANNA}!", "tongzhu_visitor=../../x"):
        assert visitor_of(header) is None

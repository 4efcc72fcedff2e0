"""What visitors say of answers: kept, taken back, and turned into questions that can be asked."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from eval.questions.format import parse
from index.storage.records import Criteria
from rag.answer.model import Answer, Statement
from rag.retriever import Retriever
from tests.ui.page.test_render import ANSWER
from ui.cli.main import main
from ui.conversations.feedback import DRAFTS, Case, case, case_sets, download
from ui.conversations.judgement import Judgement, judgement
from ui.conversations.model import Turn
from ui.conversations.sqlite import Keeper
from ui.conversations.store import Conversations, Judged, KeepingError
from ui.page.chat_sessions import Place, Room
from ui.service.desk import Desk

ANNA, BEN = "a" * 43, "b" * 43
RIGHT, WRONG = Judgement("right"), Judgement("wrong", note="it is in note 4")


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path / "conversations.sqlite3")


def room(kept: Conversations, answer: Answer = ANSWER) -> Room:
    def retrieve(question: str, before: object, filters: Criteria) -> Answer:
        return replace(answer, question=question)

    return Room(lambda: Desk((), retrieve, lambda passage: None), kept)


def asked(here: Room, *questions: str) -> Place:
    place = Place(ANNA, "", "en")
    for question in questions:
        place = replace(place, conversation=here.begin(place, question) or "")
        here.finish(place)
    return place


def test_it_is_kept_changed_and_taken_back(kept: Conversations) -> None:
    here = room(kept)
    place = asked(here, "one", "two")
    assert 'data-verdict="right" aria-pressed="true"' in here.judge(place, 1, RIGHT)
    here.judge(place, 2, WRONG)
    assert [turn.judgement for turn in here.turns(place)] == [RIGHT, WRONG]
    assert kept.verdicts(ANNA) == 2
    assert kept.verdicts(BEN) == 0
    assert not list(kept.judged(BEN))
    here.judge(place, 1, WRONG)
    assert "Taken back." in here.judge(place, 2, None)
    assert [turn.judgement for turn in here.turns(place)] == [WRONG, None]
    (only,) = kept.judged()
    assert (only.place, only.before, only.turn.question) == (1, (), "one")
    for somewhere in (replace(place, visitor=BEN), replace(place, conversation="")):
        assert here.judge(somewhere, 1, RIGHT) == ""
    assert here.judge(place, 3, RIGHT) == ""
    here.delete(place, place.conversation)
    assert not list(kept.judged())  # what was said goes with the conversation


def test_what_the_page_sends_is_read_with_care() -> None:
    assert judgement("right", "p", "n", absent=True) == RIGHT
    assert judgement("elsewhere", "p", " a\n b ", absent=True) == Judgement(
        "elsewhere", "p", note="a b"
    )
    assert judgement("wrong", "p", "x" * 9999, absent=True) == Judgement(
        "wrong", absent=True, note="x" * 1000
    )
    assert judgement("", absent=False) is None
    assert judgement("<b>", absent=False) is None


def test_a_file_of_the_first_release_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    kept = Conversations(file)
    name = kept.begin(ANNA, "", "?")
    kept.finish(ANNA, name, Turn("?", ANSWER))
    kept.close()
    with sqlite3.connect(file) as database:
        database.executescript("DROP TABLE judgement; PRAGMA user_version = 1;")
    kept = Conversations(file)
    kept.judge(ANNA, name, 1, RIGHT)
    assert kept.read(ANNA, name) == (Turn("?", ANSWER, judgement=RIGHT),)


def judged(answer: Answer, said: Judgement, *before: str, **turn: object) -> Judged:
    asked = Turn(answer.question, answer, judgement=said, **turn)  # type: ignore[arg-type]
    return Judged("00ff", len(before) + 1, asked, before)


def drafted(test: Case) -> str:
    assert test.missing
    with pytest.raises(ValueError, match="no such field"):  # it cannot be taken for a question
        parse(test.text)
    return test.missing.en


def test_right_and_another_passage_become_questions(sample_retriever: Retriever) -> None:
    answer = sample_retriever.retrieve("檔案館火災的起因是什麼？")
    first, second = answer.citations[:2]
    question = parse(case(judged(answer, RIGHT)).text)
    assert question.article == first.article.title
    assert question.sections == (first.path,)
    assert question.answers == (first.evidence_text,)
    assert (question.language, question.split) == ("zh-Hant", "dev")
    other = parse(case(judged(answer, Judgement("elsewhere", second.passage))).text)
    assert other.sections == (second.path,)
    assert other.answers == (second.evidence_text,)
    assert other.notes == tuple(
        mark.note
        for mark in second.marks
        if second.evidence[0].span.start < mark.offset <= second.evidence[0].span.end
    )


def test_a_follow_up_takes_its_history_along() -> None:
    answer = replace(ANSWER, question="And the second one?")
    question = parse(case(judged(answer, RIGHT, "one?", "two?", "one?")).text)
    assert (question.type, question.history) == ("follow-up", ("two?", "one?"))
    alone = replace(ANSWER, question="Who decides on pilotage at night in the harbour?")
    assert parse(case(judged(alone, RIGHT, "one?")).text).history == ()


def test_what_the_library_does_not_have() -> None:
    lost = replace(ANSWER, confidence=0.1, question="Who won the football cup in the year 1998?")
    question = parse(case(judged(lost, RIGHT)).text)
    assert (question.type, question.near_miss) == ("unanswerable", False)
    found = replace(lost, confidence=0.9)
    assert parse(case(judged(found, Judgement("wrong", absent=True))).text).near_miss
    limited = judged(lost, RIGHT, filters=Criteria(topic="tides"))
    assert "limited" in drafted(case(limited))
    leaning = judged(replace(lost, question="And the second?"), RIGHT, "Which?")
    assert "understood" in drafted(case(leaning))


def test_what_nobody_said_is_a_draft() -> None:
    test = case(judged(ANSWER, WRONG))
    assert "where the answer stands" in drafted(test)
    assert test.record["said"] == "it is in note 4"
    assert test.record["shown"] == [{"article": "題", "section": list(ANSWER.citations[0].path)}]
    assert "where" in drafted(case(judged(ANSWER, Judgement("elsewhere"))))
    unmarked = replace(ANSWER, citations=(replace(ANSWER.citations[0], evidence=()),))
    assert "words that answer" in drafted(case(judged(unmarked, RIGHT)))


def test_an_answer_from_the_metadata_is_about_the_publication() -> None:
    said = Statement("author", ("林一", "王二", " "))
    about = replace(ANSWER, citations=(replace(ANSWER.citations[0], statements=(said,)),))
    question = parse(case(judged(about, RIGHT)).text)
    assert (question.type, question.where, question.answers) == (
        "about",
        "metadata",
        ("林一", "王二"),
    )
    whole = replace(said, whole=True)
    about = replace(ANSWER, citations=(replace(ANSWER.citations[0], statements=(whole,)),))
    assert parse(case(judged(about, RIGHT)).text).article is None


@pytest.mark.parametrize(
    ("question", "language"),
    [("誰決定？", "zh-Hant"), ("谁决定这个？", "zh-Hans"), ("Who decides?", "en")],
)
def test_the_language_of_a_question(question: str, language: str) -> None:
    answer = replace(ANSWER, question=question)
    assert parse(case(judged(answer, RIGHT)).text).language == language


def test_each_publication_has_a_set_of_its_own() -> None:
    tests = [case(judged(ANSWER, said)) for said in (RIGHT, WRONG, RIGHT)]
    one, drafts = case_sets(tests)
    assert (one.key, len(one.cases)) == (ANSWER.citations[0].publication.id, 2)
    assert (drafts.key, len(drafts.cases)) == (DRAFTS, 1)
    assert download([one]) == (one.file, one.text.encode())
    name, packed = download([one, drafts])
    assert name == "feedback.zip"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == [one.file, "feedback-drafts.jsonl"]
        assert archive.read(one.file).decode() == one.text


def test_what_was_said_of_the_sample_is_asked_again(
    sample_retriever: Retriever,
    sample_library: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TONGZHU_DATA", str(tmp_path))
    command = ["feedback", "--lang", "en", "--library", str(sample_library)]
    assert main(command) == 0
    assert "Nobody has said anything" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())  # looking makes no file
    kept = Conversations(tmp_path / "conversations.sqlite3")
    said: dict[str, Callable[[Answer], Judgement]] = {
        "檔案館火災的起因是什麼？": lambda answer: RIGHT,
        "How many letters are in the language's alphabet?": lambda answer: RIGHT,
        "誰決定夜間引水？": lambda answer: Judgement("elsewhere", answer.citations[1].passage),
        "Who won the football cup in 1998?": lambda answer: Judgement("wrong", absent=True),
        "大橋為什麼停徵通行費？": lambda answer: WRONG,
    }
    for question, say in said.items():
        answer = replace(sample_retriever.retrieve(question), threshold=0.0)
        name = kept.begin(ANNA, "", question)
        kept.finish(ANNA, name, Turn(question, answer))
        kept.judge(ANNA, name, 1, say(answer))
    gone = kept.begin(ANNA, "", "為何？")
    kept.finish(ANNA, gone, Turn("為何？", ANSWER))  # of a publication that is not in the library
    kept.judge(ANNA, gone, 1, RIGHT)
    kept.close()
    out = tmp_path / "sets"
    assert main([*command, "--export", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "    3  right\n    1  another passage is right\n    2  wrong\n" in printed
    assert "4 questions on 汐望雙月刊" in printed
    assert "2 to be finished by hand" in printed
    (file,) = (file for file in out.iterdir() if DRAFTS not in file.name)
    assert main(["eval", str(file), "--library", str(sample_library), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    # What is there may be half finished by hand.
    assert main([*command, "--export", str(out)]) == 1
    assert "is there already" in capsys.readouterr().err


# What cannot be kept


@pytest.fixture
def full(kept: Conversations, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Lets the disk be full, or not any more."""
    writing = Keeper.writing

    def broken(self: Keeper) -> object:
        raise KeepingError("Nothing can be kept: full.", "無法保存。")

    return lambda is_full: monkeypatch.setattr(Keeper, "writing", broken if is_full else writing)


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(
    kept: Conversations, full: Callable[[bool], None]
) -> None:
    here = room(kept)
    place = asked(here, "kept")
    full(True)
    place = replace(place, conversation=here.begin(place, "not kept") or "")
    html = here.finish(place)
    assert "Nothing can be kept: full." in html
    assert "blockquote" in html
    assert [turn.question for turn in here.turns(place)] == ["kept", "not kept"]
    assert "Nothing can be kept" in here.judge(place, 1, RIGHT)
    new = asked(here, "a new one", "and on")
    assert [turn.question for turn in here.turns(new)] == ["a new one", "and on"]
    assert here.turns(replace(new, visitor=BEN)) == ()
    trouble = here.rename(place, place.conversation, "x")
    assert trouble
    assert "full." in here.shelf(place, trouble)
    full(False)
    assert here.begin(place, "later") == place.conversation
    here.finish(place)
    assert [turn.question for turn in here.turns(place)] == ["kept", "not kept", "later"]
    assert here.delete(place, place.conversation) is None
    assert here.turns(place) == ()


def test_a_disk_that_fills_while_the_library_is_searched(
    kept: Conversations, full: Callable[[bool], None]
) -> None:
    here = room(kept)
    place = Place(ANNA, "", "zh")
    place = replace(place, conversation=here.begin(place, "one") or "")
    full(True)
    assert "無法保存" in here.finish(place)
    assert here.begin(place, "two") == place.conversation  # one can go on
    here.finish(place)
    assert [turn.question for turn in here.turns(place)] == ["one", "two"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_real_trouble_with_the_file_is_one_line_without_its_place(
    tmp_path: Path, language: str
) -> None:
    file = tmp_path / "conversations.sqlite3"
    kept = Conversations(file)
    name = kept.begin(ANNA, "", "one")
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    with pytest.raises(KeepingError) as locked:
        kept.begin(ANNA, name, "two")
    lock.execute("ROLLBACK")
    full = kept._file._database
    full.execute("PRAGMA query_only = ON")
    with pytest.raises(KeepingError) as readonly:
        kept.begin(ANNA, name, "two")
    full.execute("PRAGMA query_only = OFF")
    (pages,) = full.execute("PRAGMA page_count").fetchone()
    full.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(KeepingError) as filled:
        kept.begin(ANNA, name, "long " * 9999)
    said = [str(getattr(each.value.message, language)) for each in (locked, readonly, filled)]
    assert len(set(said)) == 3
    for line in said:
        assert "\n" not in line
        assert str(tmp_path) not in line
    full.execute("PRAGMA max_page_count = 99999")
    kept.begin(ANNA, name, "two")  # nothing is left half done
    assert [turn.question for turn in kept.read(ANNA, name)] == ["one", "two"]


def test_so_does_one_that_was_answered_with_it(sample_retriever: Retriever) -> None:
    before, asked = "雲背鎮檔案館的火是從哪裡燒起來的？", "消防車多久才到？"
    question = parse(
        case(judged(sample_retriever.retrieve(asked, history=[before]), RIGHT, before)).text
    )
    assert (question.type, question.history) == ("follow-up", (before,))
    question = parse(case(judged(sample_retriever.retrieve(asked), RIGHT, before)).text)
    assert question.type == "fact"

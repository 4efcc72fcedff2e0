"""Tests of the retriever in programs: batches, threads, processes, and a library that changes."""

from __future__ import annotations

import asyncio
import copy
import json
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest

from index.update.update import update_library
from rag import (
    Answer,
    ExtraError,
    Filters,
    Library,
    LibraryError,
    ModelError,
    QuestionError,
    Retriever,
    TongzhuError,
    from_dict,
    to_dict,
)
from rag.render.text import to_text
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.paths import ROOT

QUESTIONS = [
    json.loads(line)["question"]
    for line in (ROOT / "eval" / "questions" / "sample.jsonl").read_text("utf-8").splitlines()
]
ARTICLE = """# {title}

The {thing} of the harbour was repaired in {year}.[^1]

[^1]: Harbour Board, Annual Report, {year}.
"""


def article(folder: Path, thing: str, year: int) -> Path:
    path = folder / f"{thing}.md"
    path.write_text(ARTICLE.format(title=f"On the {thing}", thing=thing, year=year), "utf-8")
    return path


@pytest.fixture
def small_library(tmp_path: Path) -> Path:
    """A small library of Markdown, made without a model."""
    folder = tmp_path / "growing"
    update_library(folder, add=[article(tmp_path, "lighthouse", 1921)], encoder=HashingEncoder())
    return folder


def places(answer: Answer) -> list[str]:
    return [citation.passage_id for citation in answer.citations]


def titles(answer: Answer) -> set[str]:
    return {citation.article.title for citation in answer.citations}


def test_retrieve_many_agrees_with_retrieve(sample_retriever: Retriever) -> None:
    some = QUESTIONS[:20]
    many = sample_retriever.retrieve_many(some, 3)
    single_answers = [sample_retriever.retrieve(question, 3) for question in some]
    assert [answer.question for answer in many] == some
    for batched, other in zip(many, single_answers, strict=True):
        assert batched.confidence == pytest.approx(other.confidence, abs=0.02)
        assert batched.citations[0].score == pytest.approx(other.citations[0].score, abs=0.05)
    assert (
        sum(
            places(batched) == places(other)
            for batched, other in zip(many, single_answers, strict=True)
        )
        >= 18
    )


def test_retrieve_many_applies_settings_to_all_questions(sample_retriever: Retriever) -> None:
    settings: dict[str, Any] = {"filters": Filters(author="nobody of that name"), "threshold": 0.0}
    assert sample_retriever.retrieve_many([]) == []
    answers = sample_retriever.retrieve_many(QUESTIONS[:2], **settings)
    assert answers == [
        sample_retriever.retrieve(question, **settings) for question in QUESTIONS[:2]
    ]
    assert not any(answer.citations for answer in answers)
    assert all(answer.filters_match_nothing for answer in answers)
    assert [to_text(answers[0], language).split(maxsplit=2)[:2] for language in ("en", "zh")] == [
        ["The", "filters"],
        ["限定之後沒有可查的內容：館藏中沒有符合所有限定的文章。請取消或放寬其中一項限定。"],
    ]


def assert_equal(answers: Sequence[Answer], others: Sequence[Answer]) -> None:
    """To some digits: with another number of threads NumPy may round sums otherwise."""
    for answer, other in zip(answers, others, strict=True):
        assert (answer.question, answer.listing) == (other.question, other.listing)
        assert places(answer) == places(other)
        assert [citation.evidence for citation in answer.citations] == [
            citation.evidence for citation in other.citations
        ]
        assert answer.confidence == pytest.approx(other.confidence, abs=1e-4)


def test_answers_in_threads_equal_sequential_answers(sample_retriever: Retriever) -> None:
    single_answers = [sample_retriever.retrieve(question) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sample_retriever.retrieve, QUESTIONS))
    assert_equal(answers, single_answers)


def test_answers_in_async_tasks_equal_sequential_answers(sample_retriever: Retriever) -> None:
    async def ask() -> list[Answer]:
        tasks = (sample_retriever.aretrieve(question, 2) for question in QUESTIONS[:16])
        return await asyncio.gather(*tasks)

    single_answers = [sample_retriever.retrieve(text, 2) for text in QUESTIONS[:16]]
    assert_equal(asyncio.run(ask()), single_answers)


def ask_library(folder: str, questions: list[str]) -> list[Answer]:
    return [Retriever.open(folder).retrieve(question) for question in questions]


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_answers_in_processes_equal_sequential_answers(
    sample_retriever: Retriever, sample_library: Path, method: str
) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    halves = [QUESTIONS[:6], QUESTIONS[6:12]]
    with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
        answer_batches = pool.map(ask_library, [str(sample_library)] * 2, halves, timeout=120)
        answers = [answer for half in answer_batches for answer in half]
    assert answers == [sample_retriever.retrieve(question) for question in QUESTIONS[:12]]


def test_retriever_can_be_pickled_to_another_process(sample_retriever: Retriever) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        answers = list(pool.map(sample_retriever.retrieve, QUESTIONS[:3], timeout=120))
    assert answers == [sample_retriever.retrieve(question) for question in QUESTIONS[:3]]
    sent = pickle.dumps(sample_retriever)
    assert pickle.loads(sent) is pickle.loads(sent)  # opened once
    assert copy.deepcopy(sample_retriever) is sample_retriever


def test_retriever_keeps_its_generation_until_refreshed(
    small_library: Path, tmp_path: Path
) -> None:
    retriever = Retriever(Library.open(small_library), HashingEncoder())
    assert retriever.refreshed() is retriever
    before = retriever.retrieve("the breakwater of the harbour")
    update_library(
        small_library, add=[article(tmp_path, "breakwater", 1930)], encoder=HashingEncoder()
    )
    assert retriever.retrieve("the breakwater of the harbour") == before
    now = retriever.refreshed()
    assert now.library.generation == retriever.library.generation + 1
    assert titles(now.retrieve("the breakwater of the harbour")) == {
        "On the breakwater",
        "On the lighthouse",
    }
    assert retriever.retrieve("the breakwater of the harbour") == before


def test_questions_are_answered_while_the_library_is_written(
    small_library: Path, tmp_path: Path
) -> None:
    retriever = Retriever(Library.open(small_library), HashingEncoder())
    before = retriever.retrieve("the lighthouse of the harbour")
    stop = threading.Event()
    wrong: list[object] = []

    def ask() -> None:
        latest = retriever
        while not stop.is_set():
            try:
                latest = latest.refreshed()
                answer = latest.retrieve("the lighthouse of the harbour", 50)
                if "On the lighthouse" not in titles(answer):
                    wrong.append(answer)
                if retriever.retrieve("the lighthouse of the harbour") != before:
                    wrong.append("a snapshot changed")
            except Exception as error:
                wrong.append(error)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for thread in asking:
        thread.start()
    for number in range(12):
        added = article(tmp_path, f"pier{number}", 1900 + number)
        update_library(small_library, add=[added], encoder=HashingEncoder())
    stop.set()
    for thread in asking:
        thread.join()
    assert not wrong
    assert retriever.refreshed().library.generation == 13


def test_answers_can_be_pickled_hashed_and_converted_to_json(sample_retriever: Retriever) -> None:
    for answer in map(sample_retriever.retrieve, QUESTIONS[:8]):
        assert pickle.loads(pickle.dumps(answer)) == answer
        assert hash(answer) == hash(from_dict(to_dict(answer)))
        assert Answer.from_dict(json.loads(json.dumps(answer.to_dict()))) == answer
        with pytest.raises(AttributeError):
            answer.confidence = 1.0  # type: ignore[misc]


def one_line(error: Exception) -> bool:
    lines = (
        [error.message.en, error.message.zh] if isinstance(error, TongzhuError) else [str(error)]
    )
    return all(line.strip() and "\n" not in line for line in lines)


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"k": 0}, QuestionError),
        ({"k": -1}, QuestionError),
        ({"k": 1_000_000}, QuestionError),
        ({"threshold": 1.5}, QuestionError),
        ({"threshold": float("nan")}, QuestionError),
        ({"k": "5"}, TypeError),
        ({"k": 2.0}, TypeError),
        ({"k": True}, TypeError),
        ({"threshold": "0.5"}, TypeError),
        ({"threshold": True}, TypeError),
        ({"filters": {"author": "a"}}, TypeError),
        ({"filters": Filters(author="\udcff")}, QuestionError),
        ({"filters": Filters(author="溫\udcff")}, QuestionError),
        ({"filters": Filters(publication=" ")}, QuestionError),
        ({"filters": Filters(author=cast(str, 7))}, TypeError),
        ({"filters": Filters(after=cast(date, "2025"))}, TypeError),
    ],
)
def test_invalid_settings_are_refused(
    sample_retriever: Retriever, settings: dict[str, Any], kind: type[Exception]
) -> None:
    for ask in (sample_retriever.retrieve, lambda q, **s: sample_retriever.retrieve_many([q], **s)):
        with pytest.raises(kind) as raised:
            ask(QUESTIONS[0], **settings)
        assert one_line(raised.value)


@pytest.mark.parametrize("history", ["one text", [None], 7])
def test_history_of_wrong_type_is_refused(sample_retriever: Retriever, history: Any) -> None:
    with pytest.raises(TypeError) as raised:
        sample_retriever.retrieve(QUESTIONS[0], history=history)
    assert str(raised.value).startswith("history is the questions")


@pytest.mark.parametrize(
    "rest", [[], [""], ["？！"], [" \n"], ["👍"]], ids=["none", "empty", "signs", "blank", "emoji"]
)
def test_blank_history_entries_are_ignored(sample_retriever: Retriever, rest: list[str]) -> None:
    follow_up = "這篇文章是誰寫的？"
    before = [QUESTIONS[0]]
    answer = sample_retriever.retrieve(follow_up, history=[*before, *rest])
    assert answer == sample_retriever.retrieve(follow_up, history=before)
    assert answer.citations[0].statements
    assert sample_retriever.retrieve(follow_up, history=rest).question == follow_up


def test_long_history_entry_is_truncated(sample_retriever: Retriever) -> None:
    text = (QUESTIONS[0] + " ") * 1_000
    answer = sample_retriever.retrieve("這篇文章是誰寫的？", history=[text])
    assert answer == sample_retriever.retrieve("這篇文章是誰寫的？", history=[text[:2_000]])


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("", QuestionError),
        (" \n ", QuestionError),
        ("？！…", QuestionError),
        ("\ud800\udfff", QuestionError),
        ("誰負責\udce9電廠？", QuestionError),  # half of UTF-8, as a command line hands it over
        ("啊" * 100_000, QuestionError),
        (None, TypeError),
        (b"who?", TypeError),
        (["who?"], TypeError),
    ],
)
def test_invalid_question_is_refused(
    sample_retriever: Retriever, question: Any, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as raised:
        sample_retriever.retrieve(question)
    assert one_line(raised.value)
    with pytest.raises(kind) as raised:
        sample_retriever.retrieve_many([QUESTIONS[0], question])
    assert one_line(raised.value)
    if kind is QuestionError:
        assert "Question 2" in str(raised.value)


def test_lone_surrogate_is_reported_as_half_a_character(sample_retriever: Retriever) -> None:
    for half in ("\ud800", "誰負責\udce9電廠？"):
        with pytest.raises(QuestionError, match="half a character"):
            sample_retriever.retrieve(half)
        with pytest.raises(QuestionError, match="half a character"):
            sample_retriever.retrieve(QUESTIONS[0], filters=Filters(author=half))


@pytest.mark.parametrize("questions", ["who?", None, 7])
def test_retrieve_many_refuses_a_single_string(sample_retriever: Retriever, questions: Any) -> None:
    with pytest.raises(TypeError, match="several"):
        sample_retriever.retrieve_many(questions)


def test_history_with_a_lone_surrogate_is_refused(sample_retriever: Retriever) -> None:
    with pytest.raises(QuestionError, match="half a character"):
        sample_retriever.retrieve("那它呢？", history=["誰負責\ud83d電廠？"])


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 1},
        {"citations": 5},
        {"citations": [5]},
        {"confidence": "high"},
        {"threshold": None},
        {"translations": None},
        {"question": 5},
        {"confidence": "0.5"},
        {"threshold": True},
        {"confidence_parts": [{"name": "term-coverage", "value": "much"}]},
    ],
)
def test_from_dict_refuses_values_that_are_not_an_answer(
    sample_retriever: Retriever, damage: dict[str, Any]
) -> None:
    values = sample_retriever.retrieve(QUESTIONS[0], 1).to_dict()
    for invalid in (values | damage, cast(dict[str, Any], [values]), {}):
        with pytest.raises(ValueError, match="answer") as raised:
            Answer.from_dict(invalid)
        assert one_line(raised.value)
    for place, damaged in (("publication", {"date": "yesterday"}), ("article", {"index": "1"})):
        (citation,) = values["citations"]
        cited = citation | {place: citation[place] | damaged}
        with pytest.raises(ValueError, match=rf"not an answer.*citations\[0\].{place}"):
            Answer.from_dict(values | {"citations": [cited]})


@pytest.mark.parametrize("question", ["who\0 runs\x1b the plant", "🚢 電廠"])
def test_control_characters_and_emoji_in_a_question_are_accepted(
    sample_retriever: Retriever, question: str
) -> None:
    (many,) = sample_retriever.retrieve_many([question])
    assert many == sample_retriever.retrieve(question)
    json.dumps(to_dict(many)).encode()


def bad_libraries(folder: Path) -> Iterator[Path]:
    yield folder / "nowhere"
    (folder / "empty").mkdir()
    yield folder / "empty"
    (folder / "a file").write_text("not a library", "utf-8")
    yield folder / "a file"
    yield folder / "zero \0 byte"


def test_opening_a_path_that_is_not_a_library_raises_library_error(tmp_path: Path) -> None:
    for path in bad_libraries(tmp_path):
        with pytest.raises(LibraryError) as raised:
            Retriever.open(path)
        assert one_line(raised.value)
        shown = repr(str(path)) if "\0" in str(path) else str(path)
        assert shown in str(raised.value)


def test_retriever_constructor_refuses_a_path(sample_library: Path) -> None:
    with pytest.raises(TypeError, match=r"Retriever\.open opens a folder"):
        Retriever(cast(Library, sample_library))
    shown = repr(Retriever.open(sample_library))
    assert shown == f"Retriever({str(sample_library)!r}, generation=1)"


def test_library_of_another_model_is_refused(
    small_library: Path, sample_retriever: Retriever
) -> None:
    with pytest.raises(ModelError) as raised:
        Retriever(Library.open(small_library), sample_retriever._encoder)
    assert one_line(raised.value)
    with pytest.raises(ModelError) as raised:
        Retriever.open(small_library)  # its model is not on this machine
    assert one_line(raised.value)


def test_refreshing_a_deleted_library_raises_library_error(small_library: Path) -> None:
    retriever = Retriever(Library.open(small_library), HashingEncoder())
    shutil.rmtree(small_library)
    with pytest.raises(LibraryError) as raised:
        retriever.refreshed()
    assert one_line(raised.value)


@pytest.mark.parametrize(
    ("extra", "package"),
    [("langchain", "langchain_core"), ("llamaindex", "llama_index"), ("haystack", "haystack")],
)
def test_missing_extra_is_named_in_the_error(
    monkeypatch: pytest.MonkeyPatch, extra: str, package: str
) -> None:
    for name in [*sys.modules]:
        if name.split(".")[0] == package or name == f"rag.adapters.{extra}":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ExtraError) as raised:
        import_module(f"rag.adapters.{extra}")
    assert isinstance(raised.value, ImportError)
    assert one_line(raised.value)
    assert f"tongzhu[{extra}]" in str(raised.value)


PROGRAM = """
from rag import Answer, Citation, Filters, QuestionError, Retriever


def sources(folder: str, question: str) -> list[str]:
    retriever: Retriever = Retriever.open(folder).refreshed()
    try:
        answer: Answer = retriever.retrieve(question, k=3, filters=Filters(topic="tides"))
    except QuestionError as error:
        return [error.message.en, error.message.zh]
    many: list[Answer] = retriever.retrieve_many([question], threshold=0.5)
    first: Citation = (answer.citations or many[0].citations)[0]
    again: Answer = Answer.from_dict(answer.to_dict())
    assert again.is_answered is answer.is_answered
    return [source.text for note in first.notes for source in note.all_sources]


async def later(retriever: Retriever) -> float:
    return (await retriever.aretrieve("Who?", history=["When?"])).confidence
"""
WRONG = """
from rag import Retriever

answer = Retriever.open("folder").retrieve("Who?", k="three")
answer.confidence = 1.0
print(answer.citations[0].heading)
"""
# What the package needs inside would take half a minute to read, and is in no signature.
CONFIG = """
[mypy]
strict = true
[mypy-torch.*,transformers.*,sentence_transformers.*,huggingface_hub.*,faiss.*]
follow_imports = skip
"""


def test_typed_program_passes_mypy_against_the_package(tmp_path: Path) -> None:
    for name, text in (("program.py", PROGRAM), ("wrong.py", WRONG), ("mypy.ini", CONFIG)):
        (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=mypy.ini", "program.py", "wrong.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},  # as an installed package: py.typed counts
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    lines = done.stdout.splitlines()[:-1]
    assert [line.split("[")[-1] for line in lines] == ["arg-type]", "misc]", "attr-defined]"]
    assert all(line.startswith("wrong.py:") for line in lines)

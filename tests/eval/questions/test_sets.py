"""Tests of question sets and of the libraries built for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.questions import sets
from eval.questions.format import QuestionSetError
from eval.questions.sets import (
    SetSource,
    find_publication,
    find_set,
    list_set_names,
    prepare_library,
    sample_questions,
)
from index.errors import LibraryError, TongzhuError
from index.storage.library import Library
from index.storage.manifest import POINTER_FILE
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.squad_file import CHINESE, ENGLISH, squad_file


@pytest.fixture
def english(tmp_path: Path) -> Path:
    return squad_file(tmp_path / "en.json", *ENGLISH)


@pytest.fixture
def chinese(tmp_path: Path) -> Path:
    return squad_file(tmp_path / "zh.json", *CHINESE)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGZHU_CACHE", str(tmp_path / "cache"))


def test_built_in_sets_are_found_by_name() -> None:
    assert list_set_names() == [
        "fortnightly-87",
        "fortnightly-87-tuning",
        "sample",
        "sample-tuning",
    ]
    assert find_set("sample").source is not None
    assert find_set("fortnightly-87").source is None


def test_split_selects_one_half_of_a_set() -> None:
    halves = [find_set("sample", split=half).questions for half in ("dev", "test")]
    assert {question.split for question in halves[0]} == {"dev"}
    assert len(halves[0]) + len(halves[1]) == len(find_set("sample").questions)


def test_squad_files_are_recognized_by_content(english: Path, chinese: Path) -> None:
    hidden = english.rename(english.with_suffix(".txt"))
    assert find_set(str(hidden)).source == SetSource((hidden,), sets.squad.read_publication)
    across = find_set(str(chinese), hidden)
    assert (across.name, across.source) == (
        "zh → en",
        SetSource((hidden,), sets.squad.read_publication),
    )
    assert [question.answers for question in across.questions] == [("312 metres",), ("Seven",)]


def test_existing_file_takes_precedence_over_a_set_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    squad_file(tmp_path / "sample", *ENGLISH)
    assert len(find_set("sample").questions) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "nowhere",
            "nowhere: there is no such file, .* own: fortnightly-87, fortnightly-87-tuning, "
            "sample, sample-tuning",
        ),
        ("{tmp}", "this is a folder"),
        ("{tmp}/broken.json", "broken.json, line 1, JSON"),
        ("{tmp}/other.json", "is not SQuAD's JSON"),
    ],
)
def test_invalid_set_is_refused_in_one_line(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "broken.json").write_text('{"data": [', encoding="utf-8")
    (tmp_path / "other.json").write_text('{"data": [1]}', encoding="utf-8")
    with pytest.raises(TongzhuError, match=message) as error:
        find_set(name.format(tmp=tmp_path))
    assert "\n" not in f"{error.value.message.en}{error.value.message.zh}"


def test_incompatible_options_are_refused(english: Path) -> None:
    with pytest.raises(QuestionSetError, match="--paragraphs is for"):
        find_set("sample", english)
    with pytest.raises(QuestionSetError, match="no questions of the test half"):
        find_set(str(english), split="test")


def test_library_of_a_set_is_built_once(english: Path) -> None:
    source = SetSource((english,), sets.squad.read_publication)
    encoder = HashingEncoder()
    folder = prepare_library(source, encoder)
    with Library.open(folder) as library:
        assert library.counts.sections == 2
        assert find_publication(library, find_set(str(english)).questions).title == "en"
    encoded = len(encoder.encoded)
    assert prepare_library(source, encoder) == folder
    assert (len(encoder.encoded), Library.open(folder).generation) == (encoded, 1)


def test_library_of_a_set_is_rebuilt_when_the_code_has_changed(
    english: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, encoder = SetSource((english,), sets.squad.read_publication), HashingEncoder()
    folder = prepare_library(source, encoder)
    encoded = len(encoder.encoded)
    monkeypatch.setattr(sets, "_compute_build_digest", lambda _: "later")
    assert prepare_library(source, encoder) == folder
    with Library.open(folder) as library:
        assert (library.generation, library.counts.publications) == (2, 1)
    assert len(encoder.encoded) == encoded  # the texts are the same, and so are their vectors


def test_damaged_library_of_a_set_is_rebuilt(english: Path) -> None:
    source, encoder = SetSource((english,), sets.squad.read_publication), HashingEncoder()
    folder = prepare_library(source, encoder)
    (folder / POINTER_FILE).write_text("?", encoding="utf-8")
    (folder.parent / "made-by").unlink()
    with Library.open(prepare_library(source, encoder)) as library:
        assert library.counts.sections == 2


def test_unwritable_cache_is_reported(
    english: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TONGZHU_CACHE", str(tmp_path / "file"))
    with pytest.raises(LibraryError, match=r"cannot be written .* TONGZHU_CACHE"):
        prepare_library(SetSource((english,), sets.squad.read_publication), HashingEncoder())


def test_library_without_the_publication_is_reported(english: Path) -> None:
    folder = prepare_library(SetSource((english,), sets.squad.read_publication), HashingEncoder())
    questions = find_set("sample", split="dev").questions
    with (
        Library.open(folder) as library,
        pytest.raises(QuestionSetError, match=r"--library\. The nearest has \d+ faults, .*sample-"),
    ):
        find_publication(library, questions)


def test_a_sample_is_spread_over_the_set() -> None:
    whole = find_set("sample")
    chosen = sample_questions(whole, 4).questions
    places = [whole.questions.index(question) for question in chosen]
    assert len(set(places)) == 4
    assert places[0] == 0
    assert places[-1] >= len(whole.questions) // 2
    assert sample_questions(whole, 10_000).questions == whole.questions

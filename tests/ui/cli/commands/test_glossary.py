"""`tongzhu glossary`, and what a library does with its glossary."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from index import sample
from index.errors import LibraryError
from index.storage.library import Library
from index.update.update import update_library
from index.update.user_glossary import update_user_glossary
from rag.retriever import Retriever
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.paths import ROOT
from ui.cli import main as cli


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("glossary") / "library"
    update_library(folder, add=[sample.get_path()], encoder=HashingEncoder())
    return folder


@pytest.fixture
def library(indexed: Path, tmp_path: Path) -> Path:
    """A library of the sample that a test may change."""
    return Path(shutil.copytree(indexed, tmp_path / "library"))


@pytest.fixture
def terms(tmp_path: Path) -> Path:
    path = tmp_path / "terms.txt"
    path.write_text("# mine\n引水人 = pilot; harbour master\n泥灘\tmud bank\n", encoding="utf-8")
    return path


def call(
    capsys: pytest.CaptureFixture[str], library: Path, *arguments: str | Path
) -> tuple[int, str, str]:
    given = ["glossary", "--lang", "en", "--library", str(library), *map(str, arguments)]
    status = cli.main(given)
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_the_glossary_says_where_each_entry_comes_from(
    indexed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = call(capsys, indexed, "word error")
    assert status == 0
    assert out.startswith(
        "字錯誤率 = Word Error Rate; WER  # 汐望雙月刊 第 12 期 · 「礁語之聲」十年"
    )
    assert out.rstrip().endswith("line 491")
    status, out, error = call(capsys, indexed, "no such term")
    assert (status, out) == (1, "")
    assert "no such term" in error


def test_json_has_the_same(indexed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, indexed, "--json", "字錯誤率")
    (entry,) = json.loads(out)["glosses"]
    assert entry["forms"] == ["字錯誤率", "Word Error Rate", "WER"]
    assert (entry["kind"], entry["article"], entry["line"]) == ("bracket", 6, 491)
    assert entry["publication_number"] == "第 12 期"
    assert entry["article_title"].startswith("「礁語之聲」")


def test_a_file_is_added_once_and_removed(
    library: Path, terms: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = call(capsys, library, "--add", terms)
    assert (status, out) == (0, "2 added to your glossary, 0 were there already.\n")
    generation = Library.open(library).generation
    assert call(capsys, library, "--add", terms)[1].startswith("0 added to your glossary, 2")
    assert Library.open(library).generation == generation
    assert call(capsys, library, "mud")[1] == "泥灘 = mud bank  # your glossary\n"
    assert call(capsys, library, "--remove", "MUD BANK")[1] == "1 removed from your glossary.\n"
    status, _, error = call(capsys, library, "--remove", "WER")
    assert status == 1
    assert "WER" in error
    assert call(capsys, library, "--remove")[1] == "1 removed from your glossary.\n"
    assert all(gloss.publication_id for gloss in Library.open(library).glosses())


def test_a_file_with_bad_lines_changes_nothing(
    library: Path, terms: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terms.write_text("引水人 = pilot\n泥灘\n= mud\n", encoding="utf-8")
    status, out, error = call(capsys, library, "--add", terms)
    assert (status, out) == (1, "")
    assert "line 2" in error.splitlines()[0]
    assert "line 3" in error.splitlines()[1]
    assert all(gloss.publication_id for gloss in Library.open(library).glosses())


@pytest.mark.parametrize("wrong", [("--add", "x", "--remove"), ("--add", "x", "word")])
def test_one_thing_at_a_time(
    indexed: Path, wrong: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, error = call(capsys, indexed, *wrong)
    assert status == cli.EXIT_USAGE
    assert len(error.splitlines()) == 1


def test_what_is_printed_can_be_added(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = call(capsys, library)
    printed = tmp_path / "printed.txt"
    printed.write_text(out, encoding="utf-8")
    status, added, _ = call(capsys, library, "--add", printed)
    assert status == 0
    assert added.startswith(f"{len(out.splitlines())} added")


def test_the_users_part_outlives_the_publications(
    library: Path, terms: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(capsys, library, "--add", terms)
    (publication,) = [summary.id for summary in Library.open(library).publications()]
    update_library(library, remove=[publication], encoder=HashingEncoder())
    assert [gloss.publication_id for gloss in Library.open(library).glosses()] == ["", ""]


def test_a_change_that_fails_leaves_the_library_as_it_was(library: Path) -> None:
    before = Library.open(library).pointer

    def failing(_: object) -> tuple[()]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update_user_glossary(library, failing)
    assert Library.open(library).pointer == before
    with pytest.raises(LibraryError, match="no library"):
        update_user_glossary(library / "none", lambda before: before)
    assert not (library / "none").exists()


def test_questions_are_bridged_by_the_users_part(library: Path, terms: Path) -> None:
    retriever = Retriever(Library.open(library), HashingEncoder())
    question = "How far has the mud bank shrunk?"
    assert not any(
        "泥滩" in variants for _, variants in retriever.retrieve(question, 20).translations
    )
    assert cli.main(["glossary", "--library", str(library), "--add", str(terms)]) == 0
    bridged = dict(retriever.refreshed().retrieve(question, 20).translations)
    assert bridged["mud"][0] == bridged["bank"][0] == "泥滩"


def test_the_example_of_the_page_runs_as_it_stands(
    library: Path, terms: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = ROOT / "docs" / "glossary.md"
    (code,) = re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    library.rename(library.with_name("my-library"))
    monkeypatch.chdir(terms.parent)
    exec(code, {})
    assert "own ('引水人', 'pilot', 'harbour master') 2" in capsys.readouterr().out


def test_in_a_terminal_it_is_a_table(
    indexed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    status, out, _ = call(capsys, indexed, "WER")
    assert status == 0
    assert "Where" in out
    assert "字錯誤率" in out
    assert " = " not in out

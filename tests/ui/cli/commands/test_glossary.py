"""Tests of `tongzhu glossary` and of the user's glossary in a library."""

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


def test_glossary_prints_the_source_of_each_entry(
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


def test_glossary_json_has_the_same_entries(
    indexed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = call(capsys, indexed, "--json", "字錯誤率")
    (entry,) = json.loads(out)["glosses"]
    assert entry["forms"] == ["字錯誤率", "Word Error Rate", "WER"]
    assert (entry["kind"], entry["article"], entry["line"]) == ("bracket", 6, 491)
    assert entry["publication_number"] == "第 12 期"
    assert entry["article_title"].startswith("「礁語之聲」")


def test_glossary_file_is_added_once_and_removed(
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


def test_glossary_file_with_invalid_lines_is_refused(
    library: Path, terms: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terms.write_text("引水人 = pilot\n泥灘\n= mud\n", encoding="utf-8")
    status, out, error = call(capsys, library, "--add", terms)
    assert (status, out) == (1, "")
    assert "line 2" in error.splitlines()[0]
    assert "line 3" in error.splitlines()[1]
    assert all(gloss.publication_id for gloss in Library.open(library).glosses())


@pytest.mark.parametrize("wrong", [("--add", "x", "--remove"), ("--add", "x", "word")])
def test_glossary_actions_cannot_be_combined(
    indexed: Path, wrong: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, error = call(capsys, indexed, *wrong)
    assert status == cli.EXIT_USAGE
    assert len(error.splitlines()) == 1


def test_printed_glossary_can_be_added_again(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = call(capsys, library)
    printed = tmp_path / "printed.txt"
    printed.write_text(out, encoding="utf-8")
    status, added, _ = call(capsys, library, "--add", printed)
    assert status == 0
    assert added.startswith(f"{len(out.splitlines())} added")


def test_user_glossary_is_kept_when_publications_are_removed(
    library: Path, terms: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(capsys, library, "--add", terms)
    (publication,) = [summary.id for summary in Library.open(library).publications()]
    update_library(library, remove=[publication], encoder=HashingEncoder())
    assert [gloss.publication_id for gloss in Library.open(library).glosses()] == ["", ""]


def test_failed_glossary_update_leaves_the_library_unchanged(library: Path) -> None:
    before = Library.open(library).pointer

    def failing(_: object) -> tuple[()]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update_user_glossary(library, failing)
    assert Library.open(library).pointer == before
    with pytest.raises(LibraryError, match="no library"):
        update_user_glossary(library / "none", lambda before: before)
    assert not (library / "none").exists()


def test_user_glossary_translates_terms_of_questions(library: Path, terms: Path) -> None:
    retriever = Retriever(Library.open(library), HashingEncoder())
    question = "How far has the mud bank shrunk?"
    assert not any(
        "泥滩" in variants for _, variants in retriever.retrieve(question, 20).translations
    )
    assert cli.main(["glossary", "--library", str(library), "--add", str(terms)]) == 0
    bridged = dict(retriever.refreshed().retrieve(question, 20).translations)
    assert bridged["mud"][0] == bridged["bank"][0] == "泥滩"


def test_example_in_docs_runs_unchanged(
    library: Path, terms: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = ROOT / "docs" / "glossary.md"
    (code,) = re.findall(r"^```python\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S)
    library.rename(library.with_name("my-library"))
    monkeypatch.chdir(terms.parent)
    exec(code, {})
    assert "own ('引水人', 'pilot', 'harbour master') 2" in capsys.readouterr().out


def test_glossary_is_a_table_in_a_terminal(
    indexed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    status, out, _ = call(capsys, indexed, "WER")
    assert status == 0
    assert "Where" in out
    assert "字錯誤率" in out
    assert " = " not in out

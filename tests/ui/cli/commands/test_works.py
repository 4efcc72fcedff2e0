"""Tests of `tongzhu works`, and of the works of a library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index import sample
from index.storage.library import Library
from index.storage.records import Filters
from index.update.update import update_library
from rag.works.gather import collect_works
from rag.works.search import find_works
from rag.works.sentences import list_resting_sentences
from tests.helpers.hashing_encoder import HashingEncoder
from ui.cli import main as cli


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("works") / "library"
    update_library(folder, add=[sample.get_path()], encoder=HashingEncoder())
    return folder


def call(
    capsys: pytest.CaptureFixture[str], library: Path, *arguments: str
) -> tuple[int, str, str]:
    status = cli.main(["works", "--lang", "en", "--library", str(library), *arguments])
    shown = capsys.readouterr()
    return status, shown.out, shown.err


def test_works_are_listed_the_most_cited_first(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = call(capsys, library)
    lines = out.splitlines()
    assert status == 0
    assert "鯨門潮汐電廠 2022 年度營運報告" in lines[0]
    assert lines[1].strip() == "2 notes · 1 article"
    assert len(lines) == 2 * 56


def test_words_show_the_notes_that_cite_a_work(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = call(capsys, library, "營運報告", "2022")
    assert "汐望雙月刊 第 12 期, “" in out
    assert "(= " in out  # a note that repeats another
    assert call(capsys, library, "潛水艇")[0] == 1


def test_no_work_is_no_empty_line(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, library, "--format", "ris", "潛水艇")[:2] == (1, "")
    assert call(capsys, library, "--format", "csl-json", "潛水艇")[:2] == (1, "[]\n")


@pytest.mark.parametrize("options", [[], ["--json"], ["--format", "ris"], ["--by", "year"]])
def test_filters_that_nothing_meets_are_named(
    options: list[str], library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = call(capsys, library, "--topic", "潛水艇", *options)
    assert (status, out) == (1, "")
    assert err.startswith("Error: No article of the library meets these limits")


def test_outlets_are_counted(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = call(capsys, library, "--by", "outlet")
    assert out.splitlines()[0] == "汐望晨報  6 works · 7 notes · 4 articles"
    counts = json.loads(call(capsys, library, "--by", "year", "--json")[1])["counts"]
    assert [count["name"] for count in counts] == sorted(count["name"] for count in counts)


def test_filters_choose_the_articles(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Library.open(library) as opened:
        chosen = collect_works(opened, Filters(author="溫沛霖", publication="12 期"))
        nothing = collect_works(opened, Filters(publication="第 99 期"))
    assert 0 < len(chosen) < 56
    assert nothing == ()


def test_works_are_exported(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    items = json.loads(call(capsys, library, "--format", "csl-json")[1])
    assert len(items) == 56
    assert call(capsys, library, "Marlowe", "--format", "ris")[1].startswith("TY  - JOUR\n")
    _, _, err = call(capsys, library, "--format", "docx")
    assert err.startswith("Error: There is no format docx: it must be csl-json,")
    assert call(capsys, library, "--by", "colour")[2].startswith("Error: Nothing is counted by")


def test_sentences_that_rest_on_a_work_are_those_of_its_marks(library: Path) -> None:
    with Library.open(library) as opened:
        (work,) = find_works(collect_works(opened), "Marlowe barrage")
        sentences = list(list_resting_sentences(opened, work))
    assert sentences
    assert {(item.publication_id, item.article_index, item.note) for item in sentences} <= set(
        work.notes
    )


def test_articles_are_listed_as_items_to_cite(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--lang", "en", "--library", str(library)]
    assert cli.main(["list", *options, "--format", "taiwan", "--article", "潮汐"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert all("《汐望雙月刊》，第12期" in line for line in lines)
    assert cli.main(["list", *options, "--article", "no such article"]) == 1
    assert capsys.readouterr().out == ""
    assert cli.main(["list", *options, "--format", "docx"]) == 2
    assert "There is no format docx" in capsys.readouterr().err

"""Libraries that Qdrant searches: made, changed, moved there and back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import LibraryError
from index.glossary.gloss import Gloss
from index.storage.library import Library
from index.storage.local_engine import LocalEngine
from index.storage.term_index import TermGroup
from index.update.compact import compact_library
from index.update.update import Update, make_update, update_library
from index.update.user_glossary import update_user_glossary
from tests.helpers.hashing_encoder import HashingEncoder
from tests.helpers.printing import print_to

pytest.importorskip("qdrant_client")

from index.storage.qdrant import connection
from tests.helpers.qdrant_server import QdrantServer, serve_qdrant

PORT, RAILWAY = "甲地的港口在去年重新開放，船隻往來頻繁", "乙地的鐵路仍在興建，預計明年通車"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[QdrantServer]:
    monkeypatch.setattr(connection, "RETRY_DELAYS", (0.0,))
    with serve_qdrant() as running:
        yield running


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [print_to(tmp_path, number, f"{PORT}{number}", RAILWAY) for number in (1, 2, 3)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "library"


def change(path: Path, files: list[Path], engine: str | None = None) -> None:
    report = make_update(path, Update(files, encoder=HashingEncoder(), engine=engine))
    assert not report.failed


def describe(library: Library) -> tuple[list[object], Any]:
    """What searches of all kinds return: by the ids of the passages, and the scores."""
    engine, rows = library.engine, list(range(library.engine.size))
    query = np.eye(HashingEncoder.dimension, dtype=np.float32)[0]
    groups = [TermGroup((("港", 1.0), ("鐵", 0.5)))]
    every_second = np.array(rows[::2])
    hits = [
        *engine.search_vectors(query, 9),
        *engine.search_vectors(query, 9, every_second),
        *engine.search_terms(groups, 9),
        *engine.search_terms(groups, 9, every_second),
    ]
    results: list[object] = [
        [library.passage(hit.row).id for hit in hits],
        [library.passage(row).id for row in rows],
        engine.document_frequency("港"),
        [part.tolist() for part in engine.sentence_similarities(query, rows)],
    ]
    return results, pytest.approx([hit.score for hit in hits], abs=1e-3)


def assert_equal(own: tuple[list[object], Any], expected: tuple[list[object], Any]) -> None:
    assert own[0] == expected[0]
    assert own[1].expected == expected[1]


def check_equal_to_local(path: Path, files: list[Path], tmp_path: Path) -> None:
    """Check that all searches of a library return what one of these files alone returns."""
    shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
    update_library(tmp_path / "fresh", files, encoder=HashingEncoder())
    with Library.open(path) as library, Library.open(tmp_path / "fresh") as fresh:
        assert not isinstance(library.engine, LocalEngine)
        assert_equal(describe(library), describe(fresh))


def test_changes_of_a_library_reach_its_engine(
    server: QdrantServer, path: Path, files: list[Path], tmp_path: Path
) -> None:
    change(path, files[:2], server.url)
    check_equal_to_local(path, files[:2], tmp_path)
    change(path, files[2:])
    check_equal_to_local(path, files, tmp_path)
    print_to(tmp_path, 2, "改過的一期談的是水庫，不再談港口")
    change(path, files[1:2])
    check_equal_to_local(path, files, tmp_path)
    with Library.open(path) as library:
        first = library.publications()[0].id
    update_library(path, remove=[first], encoder=HashingEncoder())
    check_equal_to_local(path, files[1:], tmp_path)
    update_user_glossary(path, lambda _: (Gloss(("港", "harbour"), "user"),))
    check_equal_to_local(path, files[1:], tmp_path)
    assert len(server.collections()) == 2
    change(path, [print_to(tmp_path, 4, RAILWAY)])
    assert compact_library(path)
    check_equal_to_local(path, [*files[1:], tmp_path / "issue-4.md"], tmp_path)


def test_library_moves_to_an_engine_and_back(
    server: QdrantServer, path: Path, files: list[Path], tmp_path: Path
) -> None:
    change(path, files)
    with Library.open(path) as before:
        expected = describe(before)
        change(path, files, server.url)
        with before.refreshed() as moved:
            assert moved.generation == 2
            assert_equal(describe(moved), expected)
        assert_equal(describe(before), expected)
    change(path, files, server.url)
    with Library.open(path) as same:
        assert same.generation == 2
    change(path, files, str(tmp_path / "qdrant"))
    check_equal_to_local(path, files, tmp_path)
    change(path, files, "")
    with Library.open(path) as library:
        assert isinstance(library.engine, LocalEngine)
        assert_equal(describe(library), expected)


def test_readers_keep_their_snapshot_while_the_next_generation_is_published(
    server: QdrantServer, path: Path, files: list[Path]
) -> None:
    change(path, files[:1], server.url)
    with Library.open(path) as reader:
        expected = describe(reader)
        change(path, files[1:])
        assert_equal(describe(reader), expected)


@pytest.mark.parametrize("matches", ["PUT /collections/library", "/points?", "/aliases"])
@pytest.mark.parametrize("status", [500, 0])
def test_server_that_fails_leaves_the_library_as_it_was(
    server: QdrantServer, path: Path, files: list[Path], tmp_path: Path, matches: str, status: int
) -> None:
    change(path, files[:1], server.url)

    def fails(method: str, address: str) -> int | None:
        return status if matches in f"{method} {address}" and method != "DELETE" else None

    with Library.open(path) as reader:
        expected, collections = describe(reader), server.collections()
    server.failure = fails
    with pytest.raises(LibraryError, match=server.url):
        change(path, files[1:])
    server.failure = lambda _method, _path: None
    assert collections <= server.collections()
    with Library.open(path) as reader:
        assert reader.generation == 1
        assert_equal(describe(reader), expected)
    change(path, files[1:])
    check_equal_to_local(path, files, tmp_path)


def test_library_whose_server_is_gone_is_listed_and_says_so_when_it_is_searched(
    path: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY_DELAYS", (0.0,))
    with serve_qdrant() as server:
        change(path, files, server.url)
    with Library.open(path) as library:
        assert len(library.publications()) == len(files)
        with pytest.raises(LibraryError, match=server.url):
            assert library.engine

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

from qdrant_client import models

from index.storage.qdrant import connection
from index.storage.qdrant.collection import FIRST_BLOCK_ID, KEY_FIELD, name_collection
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


def test_only_what_changed_is_sent(
    server: QdrantServer, path: Path, files: list[Path], tmp_path: Path
) -> None:
    change(path, files[:2], server.url)

    def count_sent_passages() -> int:
        count = sum(point_id < FIRST_BLOCK_ID for point_id in server.sent)
        assert len(server.sent) - count <= 2  # a table of terms, and the head
        server.sent.clear()
        return count

    with Library.open(path) as library:
        assert count_sent_passages() == library.counts.passages
        first = library.publications()[0]
        passages = first.counts.passages
    change(path, files[2:])
    assert count_sent_passages() == passages
    print_to(tmp_path, 2, PORT, "改過的一期談的是水庫，不再談港口")
    change(path, files[1:2])
    assert count_sent_passages() == passages
    update_library(path, remove=[first.id], encoder=HashingEncoder())
    assert count_sent_passages() == 0
    update_user_glossary(path, lambda _: (Gloss(("港", "harbour"), "user"),))
    assert count_sent_passages() == 0
    assert compact_library(path)
    assert count_sent_passages() == 0
    check_equal_to_local(path, files[1:], tmp_path)


def test_what_is_dropped_is_removed_once_no_reader_needs_it(
    server: QdrantServer, path: Path, files: list[Path]
) -> None:
    change(path, files[:2], server.url)
    with Library.open(path) as library:
        first, setting = library.publications()[0], library.engine_setting
    assert setting
    collection = name_collection(setting.name, setting.collection)

    def count_points() -> int:
        visible = models.FieldCondition(key=KEY_FIELD, range=models.Range(gte=0))
        return int(server.client.count(collection, models.Filter(must=[visible])).count)

    before = count_points()
    update_library(path, remove=[first.id], encoder=HashingEncoder())
    assert count_points() == before
    update_user_glossary(path, lambda _: (Gloss(("港", "harbour"), "user"),))
    assert count_points() == before - first.counts.passages


def test_statistics_of_many_changes_stay_those_of_the_library(path: Path, tmp_path: Path) -> None:
    texts = [f"{'港口' * number}與鐵路{number}，" + "水庫" * (9 - number) for number in range(6)]
    files = [print_to(tmp_path, number, text) for number, text in enumerate(texts, 1)]
    for file in files:
        change(path, [file], str(tmp_path / "qdrant") if file == files[0] else None)
    with Library.open(path) as library:
        assert library.engine_setting
        assert library.engine_setting.collection == 1
        first = library.publications()[0].id
    update_library(path, remove=[first], encoder=HashingEncoder())
    check_equal_to_local(path, files[1:], tmp_path)


def test_collection_is_made_anew_where_passages_have_become_much_longer(
    server: QdrantServer, path: Path, tmp_path: Path
) -> None:
    texts = ["港口", "鐵路"], ["港口的鐵路。" * 20] * 9, ["水庫"]
    files = [print_to(tmp_path, number, *own) for number, own in enumerate(texts, 1)]
    collections = []
    for file in files:
        change(path, [file], server.url)
        with Library.open(path) as library:
            assert library.engine_setting
            collections.append(library.engine_setting.collection)
    assert collections == [1, 1, 3]
    check_equal_to_local(path, files, tmp_path)


@pytest.mark.parametrize("damage", ["collection", "passages"])
def test_library_whose_collection_was_damaged_is_sent_again(
    server: QdrantServer, path: Path, files: list[Path], tmp_path: Path, damage: str
) -> None:
    change(path, files, server.url)
    (collection,) = server.collections()
    if damage == "collection":
        server.client.delete_collection(collection)
    else:
        server.client.delete(collection, [0, 1])
    change(path, files)
    with Library.open(path) as library:
        assert library.generation == 1
    change(path, files, server.url)
    check_equal_to_local(path, files, tmp_path)


@pytest.mark.parametrize(
    ("matches", "status"), [("/points?", 0), ("/points/payload?", 500), ("/points/count", 500)]
)
@pytest.mark.parametrize("is_killed", [False, True])
def test_server_that_fails_leaves_the_library_as_it_was(
    server: QdrantServer,
    path: Path,
    files: list[Path],
    tmp_path: Path,
    matches: str,
    is_killed: bool,
    status: int,
) -> None:
    change(path, files[:2], server.url)
    print_to(tmp_path, 2, "改過的一期談的是水庫，不再談港口")
    has_failed = False

    def fails(method: str, address: str) -> int | None:
        nonlocal has_failed
        has_failed |= matches in address and method != "DELETE"
        is_meant = has_failed if is_killed else matches in address and method != "DELETE"
        return status if is_meant else None

    with Library.open(path) as reader:
        expected, collections = describe(reader), server.collections()
        server.failure = fails
        with pytest.raises(LibraryError, match=server.url):
            change(path, files[1:])
        assert has_failed
        server.failure = lambda _method, _path: None
        assert_equal(describe(reader), expected)
    assert collections == server.collections()
    with Library.open(path) as reader:
        assert reader.generation == 1
        assert_equal(describe(reader), expected)
    change(path, files[1:])
    check_equal_to_local(path, files, tmp_path)


@pytest.mark.parametrize(
    ("matches", "status"), [("PUT /collections/library", 500), ("/index", 0), ("/aliases", 500)]
)
def test_server_that_fails_leaves_the_library_with_its_engine(
    server: QdrantServer, path: Path, files: list[Path], matches: str, status: int
) -> None:
    change(path, files)
    with Library.open(path) as reader:
        expected = describe(reader)
    server.failure = lambda method, address: status if matches in f"{method} {address}" else None
    with pytest.raises(LibraryError, match=server.url):
        change(path, files, server.url)
    with Library.open(path) as reader:
        assert isinstance(reader.engine, LocalEngine)
        assert_equal(describe(reader), expected)


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
    change(path, files, "")
    with Library.open(path) as library:
        assert isinstance(library.engine, LocalEngine)

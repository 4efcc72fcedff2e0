"""Publishing to a server that fails, and searching one that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import msgspec
import numpy as np
import pytest

from index.errors import LibraryError
from index.storage.library import Library
from index.storage.passage_reader import PassageReader
from index.storage.term_index import TermGroup
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder

pytest.importorskip("qdrant_client")

from index.storage.qdrant import connection as connection_module
from index.storage.qdrant.connection import KEY_VARIABLE, RETRY_DELAYS, QdrantConnection, connect
from index.storage.qdrant.engine import QdrantEngine
from index.storage.qdrant.points import RemoteCollection
from index.storage.qdrant.publication import (
    PassageChange,
    name_newest_collection,
    remove_unused,
    send_generation,
)
from tests.helpers.qdrant_server import QdrantServer, serve_qdrant

QUERY = np.eye(HashingEncoder.dimension, dtype=np.float32)[0]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("publication")
    path, file = folder / "library", folder / "news.md"
    file.write_text("".join(f"# 第 {number} 章\n\n港口的水位升高。\n\n" for number in range(7)))
    assert not update_library(path, [file], encoder=HashingEncoder()).failed
    with Library.open(path) as opened:
        yield opened


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[QdrantServer]:
    monkeypatch.setattr(connection_module, "RETRY_DELAYS", (0.0,) * len(RETRY_DELAYS))
    with serve_qdrant() as running:
        yield running


def send(server: QdrantServer, library: Library, collection: str = "news-000001") -> None:
    change = PassageChange(list(library.row_map.iter_ranges(5)), PassageReader(library.segments))
    remote = RemoteCollection(connect(server.url), collection)
    send_generation(remote, library.pointer, library.model, change, None)


def open_engine(
    server: QdrantServer, library: Library, collection: str = "news-000001"
) -> QdrantEngine:
    remote = RemoteCollection(connect(server.url), collection)
    return QdrantEngine(remote, library.pointer, library.row_map)


def fail_from(number: int, status: int, matches: str) -> Callable[[str, str], int | None]:
    """Fail from the request of this number on, of those whose method and path have a text."""
    requests = count(1)

    def failure(method: str, path: str) -> int | None:
        is_meant = matches in f"{method} {path}"
        return status if is_meant and next(requests) >= number else None

    return failure


def fail_once(status: int) -> Callable[[str, str], int | None]:
    """Fail the first time that each request is made."""
    requests: set[str] = set()

    def failure(method: str, path: str) -> int | None:
        is_new = f"{method} {path}" not in requests
        requests.add(f"{method} {path}")
        return status if is_new else None

    return failure


def test_alias_names_the_newest_and_unused_ones_are_removed(
    server: QdrantServer, library: Library
) -> None:
    connection = connect(server.url)
    send(server, library, "news-1-000001")
    name_newest_collection(connection, "news-1", "news-1-000001")
    for newest in ("news-000001", "news-000002", "news-000003"):
        send(server, library, newest)
        name_newest_collection(connection, "news", newest)
        assert server.aliases() == {"news": newest, "news-1": "news-1-000001"}
    kept = {"news-000002", "news-000003"}
    remove_unused(RemoteCollection(connection, "news-000003"), "news", kept, 1)
    assert server.collections() == {*kept, "news-1-000001"}
    assert open_engine(server, library, "news-000003").size == library.counts.passages


@pytest.mark.parametrize("status", [503, 429, 0])
def test_what_a_server_fails_at_first_is_repeated(
    server: QdrantServer, library: Library, status: int
) -> None:
    server.failure = fail_once(status)
    send(server, library)
    engine = open_engine(server, library)
    assert engine.search_vectors(QUERY, 5) == library.local_engine.search_vectors(QUERY, 5)


@pytest.mark.parametrize("status", [500, 0])
@pytest.mark.parametrize(
    ("number", "matches"),
    [
        (1, "PUT /collections/news-000002"),
        (1, "/index"),
        (2, "/points?"),
        (3, "/points?"),
    ],
)
def test_collection_that_a_server_fails_to_write_is_removed(
    server: QdrantServer, library: Library, status: int, number: int, matches: str
) -> None:
    send(server, library)
    server.failure = fail_from(number, status, matches)
    with pytest.raises(LibraryError, match=server.url):
        send(server, library, "news-000002")
    server.failure = lambda _method, _path: None
    assert server.collections() == {"news-000001"}
    send(server, library, "news-000002")
    query = open_engine(server, library, "news-000002").search_vectors(QUERY, 5)
    assert query == open_engine(server, library).search_vectors(QUERY, 5)


def test_collection_of_a_writer_that_was_killed_is_not_opened_and_is_replaced(
    server: QdrantServer, library: Library
) -> None:
    server.failure = fail_from(3, 500, "PUT /collections/news-000001/points")
    real_answer = server.answer

    def keep(method: str, path: str, body: dict[str, object]) -> object:
        return True if method == "DELETE" else real_answer(method, path, body)

    server.answer = keep  # type: ignore[method-assign]
    with pytest.raises(LibraryError):
        send(server, library)
    assert server.collections() == {"news-000001"}
    with pytest.raises(LibraryError, match="news-000001"):
        open_engine(server, library)
    server.answer = real_answer  # type: ignore[method-assign]
    server.failure = lambda _method, _path: None
    send(server, library)
    assert open_engine(server, library).size == library.counts.passages


def test_generation_of_another_copy_of_the_library_is_not_opened(
    server: QdrantServer, library: Library
) -> None:
    send(server, library)
    pointer = msgspec.structs.replace(library.pointer, manifest_checksum=1)
    with pytest.raises(LibraryError, match="news-000001"):
        QdrantEngine(RemoteCollection(connect(server.url), "news-000001"), pointer, library.row_map)


@pytest.mark.parametrize("status", [500, 0])
def test_search_of_a_server_that_fails_is_repeated_and_then_says_so(
    server: QdrantServer, library: Library, status: int
) -> None:
    send(server, library)
    engine = open_engine(server, library)
    server.failure = lambda _method, _path: status
    searches: list[Callable[[], object]] = [
        lambda: engine.search_vectors(QUERY, 3),
        lambda: engine.search_terms([TermGroup((("水", 1.0),))], 3),
        lambda: engine.sentence_similarities(QUERY, [0]),
        lambda: engine.max_similarities(QUERY[None], [0]),
        lambda: engine.document_frequency("水"),
    ]
    for search in searches:
        server.requests.clear()
        with pytest.raises(LibraryError, match=server.url):
            search()
        assert len(server.requests) == 1 + len(RETRY_DELAYS)


def test_server_that_refuses_the_key_is_asked_once(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_qdrant("secret") as server:
        monkeypatch.setenv(KEY_VARIABLE, "wrong")
        with pytest.raises(LibraryError, match=KEY_VARIABLE):
            send(server, library)
        assert len(server.requests) == 1
        monkeypatch.setenv(KEY_VARIABLE, "secret")
        connect.cache_clear()
        send(server, library)
        assert open_engine(server, library).size == library.counts.passages


def test_folder_that_another_client_uses_is_said_to_be_in_use(tmp_path: Path) -> None:
    first = QdrantConnection(str(tmp_path / "folder"))
    with pytest.raises(LibraryError, match="folder"):
        QdrantConnection(str(tmp_path / "folder"))
    assert first.send(lambda client: client.collection_exists("any")) is False

"""Publishing to a server that fails, and searching one that does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from index.errors import LibraryError
from index.storage.library import Library
from index.storage.term_index import TermGroup
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder

pytest.importorskip("qdrant_client")

from index.storage.qdrant import connection as connection_module
from index.storage.qdrant.connection import KEY_VARIABLE, RETRY_DELAYS, QdrantConnection, connect
from index.storage.qdrant.engine import QdrantEngine
from index.storage.qdrant.publication import (
    name_newest_collection,
    remove_old_collections,
    write_collection,
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


def write(server: QdrantServer, library: Library, generation: int, name: str = "news") -> None:
    write_collection(connect(server.url), name, generation, library.model, library.local_engine)


def publish(server: QdrantServer, library: Library, generation: int, name: str = "news") -> None:
    write(server, library, generation, name)
    name_newest_collection(connect(server.url), name, generation)
    remove_old_collections(connect(server.url), name, (generation, generation - 1))


def open_engine(server: QdrantServer, collection: str) -> QdrantEngine:
    return QdrantEngine(connect(server.url), collection)


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


def test_alias_names_the_newest_and_the_one_before_is_kept(
    server: QdrantServer, library: Library
) -> None:
    publish(server, library, 1, "news-1")
    for generation in (1, 2, 3):
        publish(server, library, generation)
        assert server.aliases()["news"] == f"news-{generation:06}"
    assert server.collections() == {"news-000002", "news-000003", "news-1-000001"}
    assert server.aliases()["news-1"] == "news-1-000001"


@pytest.mark.parametrize("status", [503, 429, 0])
def test_what_a_server_fails_at_first_is_repeated(
    server: QdrantServer, library: Library, status: int
) -> None:
    server.failure = fail_once(status)
    publish(server, library, 1)
    engine = open_engine(server, "news-000001")
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
def test_server_that_fails_in_the_middle_leaves_the_generation_before(
    server: QdrantServer, library: Library, status: int, number: int, matches: str
) -> None:
    publish(server, library, 1)
    engine = open_engine(server, "news-000001")
    before = engine.search_vectors(QUERY, 5)
    server.failure = fail_from(number, status, matches)
    with pytest.raises(LibraryError, match=server.url):
        write(server, library, 2)
    server.failure = lambda _method, _path: None
    assert server.aliases() == {"news": "news-000001"}
    assert server.collections() == {"news-000001"}
    assert engine.search_vectors(QUERY, 5) == before
    publish(server, library, 2)
    assert open_engine(server, "news-000002").search_vectors(QUERY, 5) == before


def test_collection_of_a_writer_that_was_killed_is_not_opened_and_is_replaced(
    server: QdrantServer, library: Library
) -> None:
    server.failure = fail_from(3, 500, "PUT /collections/news-000001/points")
    real_answer = server.answer

    def keep(method: str, path: str, body: dict[str, object]) -> object:
        return True if method == "DELETE" else real_answer(method, path, body)

    server.answer = keep  # type: ignore[method-assign]
    with pytest.raises(LibraryError):
        write(server, library, 1)
    assert server.collections() == {"news-000001"}
    with pytest.raises(LibraryError, match="news-000001"):
        open_engine(server, "news-000001")
    server.answer = real_answer  # type: ignore[method-assign]
    server.failure = lambda _method, _path: None
    publish(server, library, 1)
    assert open_engine(server, "news-000001").size == library.counts.passages


@pytest.mark.parametrize("status", [500, 0])
def test_search_of_a_server_that_fails_is_repeated_and_then_says_so(
    server: QdrantServer, library: Library, status: int
) -> None:
    publish(server, library, 1)
    engine = open_engine(server, "news-000001")
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


def test_readers_keep_their_generation_while_the_next_is_published(
    server: QdrantServer, library: Library, tmp_path: Path
) -> None:
    publish(server, library, 1)
    engine = open_engine(server, "news-000001")
    before = engine.search_vectors(QUERY, 5), engine.document_frequency("水")
    other = tmp_path / "other.md"
    other.write_text("The harbour was opened in 1900.")
    assert not update_library(tmp_path / "L", [other], encoder=HashingEncoder()).failed
    with Library.open(tmp_path / "L") as changed:
        publish(server, changed, 2)
    assert open_engine(server, "news-000002").size == 1
    assert (engine.search_vectors(QUERY, 5), engine.document_frequency("水")) == before


def test_server_that_refuses_the_key_is_asked_once(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_qdrant("secret") as server:
        monkeypatch.setenv(KEY_VARIABLE, "wrong")
        with pytest.raises(LibraryError, match=KEY_VARIABLE):
            write(server, library, 1)
        assert len(server.requests) == 1
        monkeypatch.setenv(KEY_VARIABLE, "secret")
        connect.cache_clear()
        publish(server, library, 1)
        assert open_engine(server, "news-000001").size == library.counts.passages


def test_folder_that_another_client_uses_is_said_to_be_in_use(tmp_path: Path) -> None:
    first = QdrantConnection(str(tmp_path / "folder"))
    with pytest.raises(LibraryError, match="folder"):
        QdrantConnection(str(tmp_path / "folder"))
    assert first.send(lambda client: client.collection_exists("any")) is False

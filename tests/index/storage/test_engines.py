"""What holds for every engine: the same passages, with the same scores, in the same order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from index import sample
from index.storage.engine import Engine
from index.storage.library import Library
from index.storage.passage_reader import PassageReader
from index.storage.term_index import TermGroup
from index.text.terms import analyze
from index.update.update import update_library
from tests.helpers.hashing_encoder import HashingEncoder

pytest.importorskip("qdrant_client")

from index.storage.qdrant.connection import QdrantConnection, connect
from index.storage.qdrant.engine import QdrantEngine
from index.storage.qdrant.points import RemoteCollection
from index.storage.qdrant.publication import PassageChange, send_generation
from tests.helpers.qdrant_server import QdrantServer, serve_qdrant

ENGINES = ("local", "qdrant folder", "qdrant server")
QUESTIONS = ("灌溉水圳為什麼停水？", "How many mudflats are left?", "候鳥", "water and rice")


@pytest.fixture(scope="module")
def server() -> Iterator[QdrantServer]:
    with serve_qdrant() as running:
        yield running


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("engines") / "library"
    assert not update_library(path, [sample.get_path()], encoder=HashingEncoder()).failed
    with Library.open(path) as opened:
        yield opened


def publish(connection: QdrantConnection, library: Library) -> QdrantEngine:
    collection = RemoteCollection(connection, "sample-000001")
    ranges = list(library.row_map.iter_ranges(5))
    change = PassageChange(ranges, PassageReader(library.segments))
    send_generation(collection, library.pointer, library.model, change, None)
    return QdrantEngine(collection, library.pointer, library.row_map)


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest,
    library: Library,
    server: QdrantServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Engine:
    if request.param == "local":
        return library.local_engine
    if request.param == "qdrant server":
        return publish(connect(server.url), library)
    return publish(connect(str(tmp_path_factory.mktemp("qdrant"))), library)


def random_vectors(count: int) -> np.ndarray:
    vectors = np.random.default_rng(3).standard_normal((count, HashingEncoder.dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def word_groups(question: str) -> list[TermGroup]:
    """Each word of a question, with the next one as a weaker variant of it."""
    terms = analyze(question)
    return [
        TermGroup(((term, 1.0), (following, 0.4)))
        for term, following in zip(terms, [*terms[1:], "港"], strict=True)
    ]


def chosen_rows(library: Library) -> list[np.ndarray | None]:
    """No filter, a range of rows, scattered rows, and none."""
    every = np.arange(library.engine.size)
    return [None, every[3:9], every[::2], every[5:6], every[:0], np.delete(every, 4)]


def test_size_is_the_number_of_passages(engine: Engine, library: Library) -> None:
    assert engine.size == library.counts.passages


def test_vector_search_is_exact(engine: Engine, library: Library) -> None:
    vectors = library.local_engine.read_vectors(range(library.engine.size))
    for query in random_vectors(5):
        scores = vectors @ query
        for rows in chosen_rows(library):
            among = range(len(vectors)) if rows is None else rows.tolist()
            expected = sorted(among, key=lambda row: -scores[row])[:7]
            hits = engine.search_vectors(query, 7, rows)
            assert [hit.row for hit in hits] == expected
            assert [hit.score for hit in hits] == pytest.approx(scores[expected], abs=1e-3)


@pytest.mark.parametrize("question", QUESTIONS)
def test_term_search_scores_as_the_local_engine(
    engine: Engine, library: Library, question: str
) -> None:
    groups = word_groups(question)
    for words in (groups, [TermGroup(group.variants[:1]) for group in groups]):
        for rows in chosen_rows(library):
            expected = library.local_engine.search_terms(words, 8, rows)
            hits = engine.search_terms(words, 8, rows)
            assert [hit.score for hit in hits] == pytest.approx(
                [hit.score for hit in expected], rel=1e-4
            )
            assert [hit.row for hit in hits] == [hit.row for hit in expected]


def test_searches_for_nothing_have_no_hits(engine: Engine) -> None:
    query = random_vectors(1)[0]
    for groups in ([], [TermGroup(())], [TermGroup((("nowhere", 1.0),))]):
        assert engine.search_terms(groups, 5) == []
    assert engine.search_terms(word_groups("港"), 0) == []
    assert engine.search_vectors(query, 0) == []
    assert engine.sentence_similarities(query, []) == []
    assert engine.max_similarities(random_vectors(2), []) == []
    assert engine.read_vectors([]).shape == (0, HashingEncoder.dimension)


def test_similarities_are_those_of_the_local_engine(engine: Engine, library: Library) -> None:
    local, query, tokens = library.local_engine, random_vectors(1)[0], random_vectors(4)
    rows = [4, 0, library.engine.size - 1]

    def all_similarities(of: Engine) -> list[np.ndarray]:
        return [
            of.read_vectors(rows),
            of.passage_similarities(query, np.array(rows)),
            *of.sentence_similarities(query, rows),
            *of.max_similarities(tokens, rows),
        ]

    for own, expected in zip(all_similarities(engine), all_similarities(local), strict=True):
        assert own.shape == expected.shape
        assert own == pytest.approx(expected, abs=1e-6)


def test_document_frequencies_are_exact(engine: Engine, library: Library) -> None:
    terms = {term for question in QUESTIONS for term in analyze(question)} | {"nowhere", ""}
    for term in terms:
        assert engine.document_frequency(term) == library.local_engine.document_frequency(term)

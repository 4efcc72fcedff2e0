"""The engine: vectors compared with NumPy, terms with the definition of BM25."""

from __future__ import annotations

import math
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from index.arrays import Rows
from index.storage.linked_terms import SegmentTerms, link_term_indexes
from index.storage.local_engine import LocalEngine
from index.storage.quantization import quantize
from index.storage.records import KeyRange, SearchHit, StoredRange
from index.storage.row_map import RowMap
from index.storage.segment_vectors import SegmentVectors
from index.storage.term_index import (
    FIELD_BOOSTS,
    TERM_INDEX_FOLDER,
    TermDocument,
    TermGroup,
    TermIndex,
    write_term_index,
)
from index.storage.token_vectors import write_token_vectors
from index.storage.vectors import (
    PASSAGE_INDEX_FILE,
    SENTENCE_BITS,
    write_passage_vectors,
    write_sentence_vectors,
)
from index.storage.verified_files import GenerationFiles
from tests.helpers.recording import record_generation

DIMENSION = 24
TEXTS = [
    "harbour ships ships trade",
    "railway trains trade",
    "harbour harbour railway bridge bridge bridge",
    "rice drought farmers",
    "trade farmers rice rice rice rice treaty",
    "treaty",
]
CONTEXTS = ["ports", "ports", "transport", "farming", "farming", "law harbour"]
NOTES = ["", "drought report", "", "harbour report", "", ""]
GAP = 7  # between the keys of two publications


def random_unit_vectors(*shape: int) -> np.ndarray:
    vectors = np.random.default_rng(5).standard_normal(shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def documents(texts: list[str]) -> list[TermDocument]:
    """Return passages whose terms are the words between blanks."""
    return [
        TermDocument(text.split(), CONTEXTS[row % 6].split(), NOTES[row % 6].split())
        for row, text in enumerate(texts)
    ]


def group(*terms: str, weight: float = 1.0) -> TermGroup:
    return TermGroup(tuple((term, weight) for term in terms))


COUNTS = [2, 0, 3, 1, 4, 2]
KEYS = [0, 1, 2, 3, 4 + GAP, 5 + GAP]
DROPPED_KEYS = KeyRange(50, 2)


@pytest.fixture(scope="module")
def vectors() -> tuple[np.ndarray, np.ndarray]:
    both = random_unit_vectors(6 + sum(COUNTS), DIMENSION)
    return both[:6], both[6:]


def write_segment(
    folder: Path, vectors: tuple[np.ndarray, np.ndarray], rows: list[int], keys: list[int]
) -> GenerationFiles:
    """Write a segment of passages that are like those of rows."""
    folder.mkdir()
    sentences = np.split(vectors[1], np.cumsum(COUNTS)[:-1])
    write_passage_vectors(folder / PASSAGE_INDEX_FILE, DIMENSION, [vectors[0][rows]])
    write_sentence_vectors(
        folder,
        DIMENSION,
        [COUNTS[row] for row in rows],
        [quantize(sentences[row], SENTENCE_BITS) for row in rows],
    )
    texts = sum(COUNTS[row] + 1 for row in rows)  # what stands above each passage has tokens, too
    tokens = quantize(random_unit_vectors(texts, DIMENSION), 4)
    write_token_vectors(folder, DIMENSION // 2, [1] * texts, [tokens])
    terms = documents(TEXTS)
    write_term_index(
        folder / TERM_INDEX_FOLDER, zip(keys, [terms[row] for row in rows], strict=True)
    )
    return record_generation(folder)


def open_engine(folder: Path, ranges: list[StoredRange], dropped: list[KeyRange]) -> LocalEngine:
    """Open the engine over the segments in a folder; the first one has dropped passages."""
    segments = [record_generation(segment) for segment in sorted(folder.iterdir())]
    generation = folder / "generation"
    generation.mkdir()
    terms = [
        SegmentTerms(files.folder / TERM_INDEX_FOLDER, [] if index else dropped)
        for index, files in enumerate(segments)
    ]
    link_term_indexes(generation, terms, None)
    opened = [SegmentVectors(files, 4) for files in segments]
    return LocalEngine(opened, record_generation(generation), RowMap(ranges), 4)


@pytest.fixture(scope="module", params=["one segment", "two segments"])
def engine(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    vectors: tuple[np.ndarray, np.ndarray],
) -> LocalEngine:
    folder = tmp_path_factory.mktemp("engine")
    if request.param == "one segment":
        write_segment(folder / "1", vectors, [*range(6)], KEYS)
        return open_engine(folder, [StoredRange(0, 4), StoredRange(4 + GAP, 2, 0, 4)], [])
    write_segment(folder / "1", vectors, [4, 5], KEYS[4:])
    write_segment(folder / "2", vectors, [*range(4)], KEYS[:4])
    return open_engine(folder, [StoredRange(0, 4, 1, 0), StoredRange(4 + GAP, 2)], [])


@pytest.fixture(scope="module")
def engine_with_dropped_passages(
    tmp_path_factory: pytest.TempPathFactory, vectors: tuple[np.ndarray, np.ndarray]
) -> LocalEngine:
    folder = tmp_path_factory.mktemp("engine")
    write_segment(folder / "1", vectors, [0, 3, 4, 5], [*range(50, 52), *KEYS[4:]])
    write_segment(folder / "2", vectors, [*range(4)], KEYS[:4])
    ranges = [StoredRange(0, 4, 1, 0), StoredRange(4 + GAP, 2, 0, 2)]
    return open_engine(folder, ranges, [DROPPED_KEYS])


def test_vector_search_returns_the_greatest_inner_products(
    engine: LocalEngine, vectors: tuple[np.ndarray, np.ndarray]
) -> None:
    question = random_unit_vectors(DIMENSION)
    expected_scores = vectors[0] @ question
    order = np.argsort(-expected_scores).tolist()
    for k in (1, 3, 6, 100):
        hits_found = engine.search_vectors(question, k)
        assert [hit.row for hit in hits_found] == order[:k]
        assert [hit.score for hit in hits_found] == pytest.approx(
            sorted(expected_scores)[::-1][:k], abs=0.001
        )
    for rows in ([0, 2, 5], [3], []):
        hits_found = engine.search_vectors(question, 2, np.array(rows, dtype=np.int64))
        assert [hit.row for hit in hits_found] == [row for row in order if row in rows][:2]


def test_passage_similarities_are_inner_products_by_row(
    engine: LocalEngine, vectors: tuple[np.ndarray, np.ndarray]
) -> None:
    question = random_unit_vectors(DIMENSION)
    expected_scores = vectors[0] @ question
    for rows in ([0, 2, 5], [3], []):
        hits_found = engine.passage_similarities(question, np.array(rows, dtype=np.int64))
        assert hits_found == pytest.approx(expected_scores[rows], abs=0.001)


def test_sentence_similarities_are_inner_products_by_row(
    engine: LocalEngine, vectors: tuple[np.ndarray, np.ndarray]
) -> None:
    question = random_unit_vectors(DIMENSION)
    expected_scores = np.split(vectors[1] @ question, np.cumsum(COUNTS)[:-1])
    for rows in ([4, 0, 1, 5], [1], []):
        hits_found = engine.sentence_similarities(question, rows)
        assert len(hits_found) == len(rows)
        for row, scores in zip(rows, hits_found, strict=True):
            assert scores == pytest.approx(expected_scores[row], abs=0.01)


def bm25(term: str, row: int) -> float:
    """Robertson's BM25 with k1 1.2 and b .75, as Lucene computes it, over all fields."""
    total = 0.0
    for field, texts in (("text", TEXTS), ("context", CONTEXTS), ("notes", NOTES)):
        documents = [text.split() for text in texts]
        frequency = sum(term in document for document in documents)
        mean = sum(map(len, documents)) / len(documents)
        times = Counter(documents[row])[term]
        rarity = math.log(1 + (len(documents) - frequency + 0.5) / (frequency + 0.5))
        length = 1.2 * (0.25 + 0.75 * len(documents[row]) / mean) if mean else 1
        total += FIELD_BOOSTS[field] * rarity * times * 2.2 / (times + length)
    return total


def expected(groups: list[TermGroup], row: int) -> float:
    return sum(max(weight * bm25(term, row) for term, weight in g.variants) for g in groups)


@pytest.mark.parametrize(
    "groups",
    [
        [group("harbour")],
        [group("trade"), group("rice")],
        [group("trade", "rice", "nowhere")],
        [TermGroup((("treaty", 0.2), ("farmers", 1.5))), group("report"), group("harbour")],
        [group("trade"), group("trade")],
    ],
)
def test_term_search_scores_by_bm25(engine: LocalEngine, groups: list[TermGroup]) -> None:
    expected_scores = {row: expected(groups, row) for row in range(6)}
    hits = [row for row in expected_scores if expected_scores[row]]
    hits_found = engine.search_terms(groups, 10)
    assert sorted(hit.row for hit in hits_found) == hits
    for row, score in hits_found:
        assert score == pytest.approx(expected_scores[row], rel=1e-5)
    assert hits_found == sorted(hits_found, key=lambda hit: (-hit.score, hit.row))
    assert engine.search_terms(groups, 1) == hits_found[:1]
    for rows in ([0, 1], [1, 4], [0, 4, 5], list(range(6)), []):
        chosen = np.array(rows, dtype=np.int64)
        assert engine.search_terms(groups, 10, chosen) == [
            hit for hit in hits_found if hit.row in rows
        ]


def test_empty_searches_return_no_hits(engine: LocalEngine) -> None:
    for groups in ([], [TermGroup(())], [group("nowhere")], [group("")], [group("a b")]):
        assert engine.search_terms(groups, 5) == []
    assert engine.search_terms([group("trade"), TermGroup(())], 1) == engine.search_terms(
        [group("trade")], 1
    )
    assert engine.search_terms([group("trade")], 0) == []
    assert engine.search_vectors(random_unit_vectors(DIMENSION), 0) == []


def test_document_frequency_counts_passages(engine: LocalEngine) -> None:
    for term, count in {"harbour": 4, "trade": 3, "report": 2, "ports": 2, "nowhere": 0}.items():
        assert engine.document_frequency(term) == count
    assert engine.size == 6


def test_dropped_passages_are_found_by_no_search(
    engine_with_dropped_passages: LocalEngine,
    engine: LocalEngine,
    vectors: tuple[np.ndarray, np.ndarray],
) -> None:
    question = random_unit_vectors(DIMENSION)
    dropped = engine_with_dropped_passages
    assert dropped.size == 6
    assert dropped.search_vectors(question, 9) == engine.search_vectors(question, 9)
    rows = np.arange(6)
    assert np.array_equal(dropped.read_vectors(rows), engine.read_vectors(rows))
    for row in range(6):
        [expected_scores] = engine.sentence_similarities(question, [row])
        assert np.array_equal(dropped.sentence_similarities(question, [row])[0], expected_scores)
    for term in ("harbour", "rice", "trade", "nowhere"):
        assert dropped.document_frequency(term) == engine.document_frequency(term)
        rows_found = {hit.row for hit in dropped.search_terms([group(term)], 9)}
        assert rows_found == {hit.row for hit in engine.search_terms([group(term)], 9)}


def test_searches_among_many_rows_find_the_best_of_them(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.storage.term_index._MAX_LISTED_KEYS", 0)
    groups = [group("trade", "rice"), group("harbour")]
    everything = engine.search_terms(groups, 6)
    for rows in ([0, 1], [1, 4], [0, 4, 5], list(range(6))):
        for k in (1, 2, 6):
            assert (
                engine.search_terms(groups, k, np.array(rows))
                == [hit for hit in everything if hit.row in rows][:k]
            )


@pytest.mark.parametrize(
    "groups",
    [
        [group("harbour")],
        [group("trade"), group("rice"), group("trade")],
        [group("trade", "rice", "nowhere"), group("harbour")],
        [TermGroup((("treaty", 0.2), ("farmers", 1.5))), group("report"), TermGroup(())],
        [group("nowhere"), group("nobody", "anywhere")],
    ],
)
def test_searches_of_large_libraries_score_as_those_of_small_ones(
    engine: LocalEngine, monkeypatch: pytest.MonkeyPatch, groups: list[TermGroup]
) -> None:
    expected_hits = engine.search_terms(groups, 3)
    monkeypatch.setattr("index.storage.term_index._MIN_PRUNED_PASSAGES", 0)
    hits = engine.search_terms(groups, 3)
    assert [hit.row for hit in hits] == [hit.row for hit in expected_hits]
    assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in expected_hits])


def test_tied_passages_are_returned_in_row_order(tmp_path: Path) -> None:
    write_term_index(tmp_path / TERM_INDEX_FOLDER, enumerate(documents(["one two"] * 40)))
    index = TermIndex(record_generation(tmp_path), RowMap([StoredRange(0, 40)]))
    assert [hit.row for hit in index.search([group("one")], 5, None)] == list(range(5))


def test_search_of_100_000_passages_stays_within_time_limits(tmp_path: Path) -> None:
    """The bounds are loose: they catch a search that has become linear in Python."""
    count, dimension = 100_000, 64
    random = np.random.default_rng(0)
    vectors = random.standard_normal((count, dimension), dtype=np.float32)
    write_passage_vectors(tmp_path / PASSAGE_INDEX_FILE, dimension, [vectors])
    write_sentence_vectors(tmp_path, dimension, [1] * count, [quantize(vectors, SENTENCE_BITS)])
    write_token_vectors(tmp_path, dimension // 2, [0] * (2 * count), [])
    vocabulary = [f"w{number}" for number in range(200)]
    picked = random.choice(200, (count, 6)).tolist()
    texts = (" ".join(vocabulary[word_index] for word_index in row) for row in picked)
    write_term_index(
        tmp_path / TERM_INDEX_FOLDER,
        enumerate(TermDocument(text.split(), (), ()) for text in texts),
    )
    start = time.process_time()
    files = record_generation(tmp_path)
    row_map = RowMap([StoredRange(0, count)])
    engine = LocalEngine([SegmentVectors(files, 4)], files, row_map, 4)
    assert time.process_time() - start < 0.5
    groups = [group("w1"), group("w2", "w3"), group("w150")]
    chosen_rows = np.sort(random.choice(count, 300, replace=False))
    searches = {
        "nearest": lambda: engine.search_vectors(vectors[7], 200),
        "nearest of some": lambda: engine.search_vectors(vectors[7], 200, chosen_rows),
        "matching": lambda: engine.search_terms(groups, 200),
        "matching, thousands": lambda: engine.search_terms(groups, 5000),
        "matching of some": lambda: engine.search_terms(groups, 200, chosen_rows),
        "sentences": lambda: engine.sentence_similarities(vectors[7], range(200)),
    }
    for name, search in searches.items():
        times = []
        for _ in range(5):
            start = time.process_time()
            search()
            times.append(time.process_time() - start)
        assert min(times) < 0.1, name
    rows: Rows = chosen_rows
    assert {hit.row for hit in engine.search_terms(groups, 300, rows)} <= set(chosen_rows.tolist())
    assert engine.search_vectors(vectors[7], 1)[0] == SearchHit(
        7, pytest.approx(vectors[7] @ vectors[7], rel=0.01)
    )

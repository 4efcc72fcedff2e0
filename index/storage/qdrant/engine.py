"""The engine Qdrant: see `index.storage.engine.Engine`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from index.arrays import Rows, Vectors
from index.storage.engine_setting import EngineSetting
from index.storage.manifest import Pointer
from index.storage.qdrant.collection import (
    KEY_FIELD,
    LENGTHS_FIELD,
    PASSAGE_VECTOR,
    SENTENCES_FIELD,
    TERM_VECTOR,
    TEXT_SIZES_FIELD,
    TOKENS_FIELD,
    VECTOR_FIELD,
    build_filter,
    name_collection,
    read_sentences,
    read_sparse_vector,
    read_tokens,
    read_vector,
)
from index.storage.qdrant.connection import connect
from index.storage.qdrant.points import RemoteCollection
from index.storage.qdrant.term_frequencies import FrequencyTable, add_tables
from index.storage.qdrant.term_weights import (
    SparseVector,
    TermWeight,
    mean_lengths,
    score_passage,
    weigh_term,
)
from index.storage.records import SearchHit
from index.storage.row_map import RowMap
from index.storage.term_index import TermGroup
from index.storage.token_vectors import compute_max_similarities
from index.storage.vectors import compute_sentence_similarities

MAX_EXACT_ROWS = 20_000
"""The most rows among which vectors are compared one by one, so that a filter costs no recall."""

SEARCH_BREADTH = 256
"""The passages that a search of Qdrant's graph of vectors keeps in view (`hnsw_ef`)."""

_MAX_RANGES = 64  # ranges of a filter; keys in more of them are listed one by one
_EXTRA_HITS = 2  # times the hits that are wanted, of which some lose when they are scored


class QdrantEngine:
    """Searches a generation in a collection of Qdrant.

    Attributes:
        size: The number of passages.
    """

    def __init__(self, collection: RemoteCollection, pointer: Pointer, row_map: RowMap) -> None:
        """Read what the collection says of the generation.

        Args:
            collection: The collection.
            pointer: Names the generation.
            row_map: The row of each passage.

        Raises:
            LibraryError: If there is no such collection, it does not have all of the generation,
                or the server fails.
        """
        self._collection = collection
        self._row_map = row_map
        self._head = collection.read_head(pointer)
        self.size = self._head.size

    def search_vectors(self, vector: Vectors, k: int, rows: Rows | None = None) -> list[SearchHit]:
        """Return the k nearest passages by inner product.

        Args:
            vector: A query of unit length, [dimension].
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """
        from qdrant_client.models import SearchParams

        limit = self._limit(k, rows)
        if limit < 1:
            return []
        is_exact = rows is not None and len(rows) <= MAX_EXACT_ROWS
        points = self._query(
            query=np.asarray(vector, dtype=np.float32).tolist(),
            using=PASSAGE_VECTOR,
            limit=limit,
            query_filter=self._build_filter(rows),
            search_params=SearchParams(exact=is_exact, hnsw_ef=max(SEARCH_BREADTH, limit)),
            with_payload=False,
        )
        return self._sort_hits([(int(point.id), float(point.score)) for point in points])

    def search_terms(
        self, groups: Sequence[TermGroup], k: int, rows: Rows | None = None
    ) -> list[SearchHit]:
        """Return the k best passages by BM25 among those with a term of any group.

        A group scores as its best weighted variant; a passage, as the sum of its groups. Qdrant
        adds up the variants, too, and knows the mean lengths of fields as they were when the
        collection was begun: of more hits than are wanted, the scores are computed here.

        Args:
            groups: The words of a query.
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """
        from qdrant_client import models

        weighted = [self._weigh_variants(group) for group in groups if group.variants]
        query = _add_weights(weighted)
        limit = self._limit(k, rows)
        if limit < 1 or not query.indices:
            return []
        points = self._query(
            query=models.SparseVector(indices=list(query.indices), values=list(query.values)),
            using=TERM_VECTOR,
            limit=self._limit(k * _EXTRA_HITS, rows),
            query_filter=self._build_filter(rows),
            with_vectors=[TERM_VECTOR],
            with_payload=[LENGTHS_FIELD],
        )
        means = mean_lengths(self._head.lengths, self._head.size)
        hits = [
            (
                int(point.id),
                score_passage(
                    weighted,
                    read_sparse_vector(point.vector),
                    point.payload[LENGTHS_FIELD],
                    self._head.first_means,
                    means,
                ),
            )
            for point in points
        ]
        return self._sort_hits(hits)[:limit]

    def read_vectors(self, rows: Sequence[int] | Rows) -> Vectors:
        """Return the vectors of passages, [rows, dimension].

        Args:
            rows: Rows in any order.
        """
        payloads = self._read_payloads(rows, VECTOR_FIELD)
        vectors = [read_vector(payload) for payload in payloads]
        return np.array(vectors, dtype=np.float32).reshape(-1, self._head.dimension)

    def passage_similarities(self, vector: Vectors, rows: Rows) -> Vectors:
        """Return the inner product of a vector with the vector of each row, [rows].

        Args:
            vector: A query of unit length, [dimension].
            rows: Rows in any order.
        """
        query = np.asarray(vector, dtype=np.float32)
        return np.asarray(self.read_vectors(rows) @ query, dtype=np.float32)

    def sentence_similarities(self, vector: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Return for each row the inner products of a vector with its sentences, [sentences].

        The sentences are those of `Library.sentences`, in the same order.

        Args:
            vector: A query of unit length, [dimension].
            rows: Rows in any order.
        """
        payloads = self._read_payloads(rows, SENTENCES_FIELD)
        blocks = [read_sentences(payload, self._head.dimension) for payload in payloads]
        return compute_sentence_similarities(blocks, vector)

    def max_similarities(self, query_tokens: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Return for each row the MaxSim of its texts, [1 + sentences, q].

        The texts of a row are the titles and headings above the passage, then its sentences as in
        `sentence_similarities`. For each token of the query, the inner product with the nearest
        token of the text; 0 for a text without tokens.

        Args:
            query_tokens: Tokens of a query, of unit length, [q, dimension].
            rows: Rows in any order.
        """
        width = self._head.dimension * self._head.token_bits // 8
        payloads = self._read_payloads(rows, TOKENS_FIELD, TEXT_SIZES_FIELD)
        texts = [read_tokens(payload, width) for payload in payloads]
        blocks, sizes = [block for block, _ in texts], [size for _, size in texts]
        return compute_max_similarities(query_tokens, blocks, sizes, self._head.token_bits)

    def document_frequency(self, term: str) -> int:
        """Return the number of passages with a term: in their text, their headings or their notes.

        Args:
            term: A term as `index.text.terms.analyze` returns it.
        """
        return self._table.look_up(term)[0]

    @cached_property
    def _table(self) -> FrequencyTable:
        """The number of passages with each term, read when it is first needed."""
        return add_tables(self._collection.read_tables(self._head.tables))

    def _weigh_variants(self, group: TermGroup) -> list[list[TermWeight]]:
        """Return what each variant of a group weighs in each field."""
        return [
            weigh_term(term, weight, self._table.look_up(term)[1:], self.size)
            for term, weight in group.variants
        ]

    def _limit(self, k: int, rows: Rows | None) -> int:
        return min(k, self.size if rows is None else len(rows))

    def _query(self, **request: Any) -> list[Any]:
        return self._collection.connection.send(
            lambda client: list(client.query_points(self._collection.name, **request).points)
        )

    def _read_payloads(self, rows: Sequence[int] | Rows, *fields: str) -> list[dict[str, Any]]:
        keys = self._row_map.keys_of(rows).tolist()
        return self._collection.read_payloads(keys, fields) if keys else []

    def _sort_hits(self, hits: Sequence[tuple[int, float]]) -> list[SearchHit]:
        """Return hits, each given by its key and its score, best first, equal ones by row."""
        rows = self._row_map.rows_of([key for key, _ in hits]).tolist()
        results = [SearchHit(row, score) for row, (_, score) in zip(rows, hits, strict=True)]
        return sorted(results, key=lambda hit: (-hit.score, hit.row))

    def _build_filter(self, rows: Rows | None) -> Any:
        """Return the filter of Qdrant that lets rows through; None for all of the generation."""
        if rows is None:
            return build_filter(self._head.generation)
        from qdrant_client.models import FieldCondition, HasIdCondition, Range

        keys = np.unique(self._row_map.keys_of(rows))
        runs = np.split(keys, np.flatnonzero(np.diff(keys) != 1) + 1)
        if len(runs) > _MAX_RANGES:
            conditions: list[Any] = [HasIdCondition(has_id=keys.tolist())]
        else:
            conditions = [
                FieldCondition(key=KEY_FIELD, range=Range(gte=int(run[0]), lte=int(run[-1])))
                for run in runs
            ]
        return build_filter(self._head.generation, should=conditions)


def open_engine(setting: EngineSetting, pointer: Pointer, row_map: RowMap) -> QdrantEngine:
    """Return the engine of a generation.

    Args:
        setting: Names the engine.
        pointer: Names the generation.
        row_map: The row of each passage.

    Raises:
        LibraryError: If it does not answer, or does not have all of the generation.
    """
    name = name_collection(setting.name, setting.collection)
    return QdrantEngine(RemoteCollection(connect(setting.location), name), pointer, row_map)


def _add_weights(groups: Sequence[Sequence[Sequence[TermWeight]]]) -> SparseVector:
    """Return the query that scores a passage as the sum of all variants of all groups."""
    total: dict[int, float] = {}
    for variants in groups:
        for weights in variants:
            for _, place, weight in weights:
                total[place] = total.get(place, 0.0) + weight
    return SparseVector(tuple(total), tuple(total.values()))

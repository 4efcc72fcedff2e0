"""The engine Qdrant: see `index.storage.engine.Engine`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from index.arrays import Rows, Vectors
from index.errors import LibraryError
from index.messages import MessageCatalogue
from index.storage.engine_setting import EngineSetting
from index.storage.qdrant.collection import (
    FIRST_BLOCK_ID,
    HEAD_ID,
    PASSAGE_VECTOR,
    ROW_FIELD,
    SENTENCES_FIELD,
    TERM_VECTOR,
    TEXT_SIZES_FIELD,
    TOKENS_FIELD,
    VECTOR_FIELD,
    CollectionHead,
    name_collection,
    read_sentences,
    read_sparse_vector,
    read_table,
    read_tokens,
    read_vector,
)
from index.storage.qdrant.connection import QdrantConnection, connect
from index.storage.qdrant.term_weights import (
    FrequencyTable,
    SparseVector,
    join_tables,
    term_dimensions,
)
from index.storage.records import SearchHit
from index.storage.term_index import TermGroup
from index.storage.token_vectors import compute_max_similarities
from index.storage.vectors import compute_sentence_similarities

MAX_EXACT_ROWS = 20_000
"""The most rows among which vectors are compared one by one, so that a filter costs no recall."""

SEARCH_BREADTH = 256
"""The passages that a search of Qdrant's graph of vectors keeps in view (`hnsw_ef`)."""

_MESSAGES = MessageCatalogue("index", "engines")
_MAX_RANGES = 64  # ranges of a filter; rows in more of them are listed one by one
_EXTRA_HITS = 2  # times the hits that are wanted, of which some lose when variants compete


class QdrantEngine:
    """Searches a collection of Qdrant.

    Attributes:
        size: The number of passages.
    """

    def __init__(self, connection: QdrantConnection, collection: str) -> None:
        """Read what the collection is.

        Args:
            connection: The connection to the server.
            collection: The collection's name.

        Raises:
            LibraryError: If there is no such collection, it is incomplete, or the server fails.
        """
        self._connection = connection
        self._collection = collection
        self._head = self._read_head()
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
            query_filter=_build_filter(rows),
            search_params=SearchParams(exact=is_exact, hnsw_ef=max(SEARCH_BREADTH, limit)),
        )
        return _sort_hits([SearchHit(int(point.id), float(point.score)) for point in points])

    def search_terms(
        self, groups: Sequence[TermGroup], k: int, rows: Rows | None = None
    ) -> list[SearchHit]:
        """Return the k best passages by BM25 among those with a term of any group.

        A group scores as its best weighted variant; a passage, as the sum of its groups. Qdrant
        adds up the variants, too: of more hits than are wanted, the scores are computed here.

        Args:
            groups: The words of a query.
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """
        from qdrant_client import models

        weighted = [_weigh_variants(group) for group in groups if group.variants]
        limit = self._limit(k, rows)
        if limit < 1 or not weighted:
            return []
        query = _add_groups(weighted)
        is_sum = all(len(group) == 1 for group in weighted)
        points = self._query(
            query=models.SparseVector(indices=list(query.indices), values=list(query.values)),
            using=TERM_VECTOR,
            limit=limit if is_sum else self._limit(k * _EXTRA_HITS, rows),
            query_filter=_build_filter(rows),
            with_vectors=False if is_sum else [TERM_VECTOR],
        )
        if is_sum:
            hits = [SearchHit(int(point.id), float(point.score)) for point in points]
        else:
            hits = [
                SearchHit(int(point.id), _score(weighted, read_sparse_vector(point.vector)))
                for point in points
            ]
        return _sort_hits(hits)[:limit]

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

        The sentences are those of `Library.sentences(row)`, in the same order.

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
        return self._table.look_up(term)

    @cached_property
    def _table(self) -> FrequencyTable:
        """The number of passages with each term, read when it is first needed."""
        ids = range(FIRST_BLOCK_ID, FIRST_BLOCK_ID + self._head.blocks)
        return join_tables(read_table(self._retrieve([block_id], True)[0]) for block_id in ids)

    def _limit(self, k: int, rows: Rows | None) -> int:
        return min(k, self.size if rows is None else len(rows))

    def _query(self, **request: Any) -> list[Any]:
        return self._connection.send(
            lambda client: list(
                client.query_points(self._collection, with_payload=False, **request).points
            )
        )

    def _read_payloads(self, rows: Sequence[int] | Rows, *fields: str) -> list[dict[str, Any]]:
        return self._retrieve([int(row) for row in rows], list(fields)) if len(rows) else []

    def _retrieve(self, ids: Sequence[int], fields: list[str] | bool) -> list[dict[str, Any]]:
        """Return the payloads of points, in their order."""
        records = self._connection.send(
            lambda client: client.retrieve(self._collection, list(ids), with_payload=fields)
        )
        payloads = {int(record.id): dict(record.payload or {}) for record in records}
        missing = [point_id for point_id in ids if point_id not in payloads]
        if missing:
            raise self._error("lost_passages", detail=str(missing[0]))
        return [payloads[point_id] for point_id in ids]

    def _read_head(self) -> CollectionHead:
        exists = self._connection.send(lambda client: client.collection_exists(self._collection))
        records = exists and self._connection.send(
            lambda client: client.retrieve(self._collection, [HEAD_ID], with_payload=True)
        )
        if not records:
            raise self._error("no_collection")
        return CollectionHead(**records[0].payload)

    def _error(self, name: str, **details: str) -> LibraryError:
        message = _MESSAGES[name].format(
            url=self._connection.location, collection=self._collection, **details
        )
        return LibraryError(message)


def open_engine(setting: EngineSetting, generation: int) -> QdrantEngine:
    """Return the engine of a generation.

    Args:
        setting: Names the engine.
        generation: The number of the generation.

    Raises:
        LibraryError: If it does not answer, or has no complete collection of the generation.
    """
    connection = connect(setting.location)
    return QdrantEngine(connection, name_collection(setting.name, generation))


def _weigh_variants(group: TermGroup) -> dict[int, float]:
    """Return the weight of each variant of a group by its place in sparse vectors."""
    places = term_dimensions(term for term, _ in group.variants)
    weights: dict[int, float] = {}
    for place, (_, weight) in zip(places, group.variants, strict=True):
        weights[place] = max(weight, weights.get(place, 0.0))
    return weights


def _add_groups(groups: Sequence[dict[int, float]]) -> SparseVector:
    """Return the query that scores a passage as the sum of all variants of all groups."""
    total: dict[int, float] = {}
    for group in groups:
        for place, weight in group.items():
            total[place] = total.get(place, 0.0) + weight
    return SparseVector(tuple(total), tuple(total.values()))


def _score(groups: Sequence[dict[int, float]], terms: SparseVector) -> float:
    """Return the score of a passage: the sum over the groups of the best variant."""
    values = dict(zip(terms.indices, terms.values, strict=True))
    return sum(
        max(weight * values.get(place, 0.0) for place, weight in group.items()) for group in groups
    )


def _sort_hits(hits: Sequence[SearchHit]) -> list[SearchHit]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.row))


def _build_filter(rows: Rows | None) -> Any:
    """Return the filter of Qdrant that lets rows through; None for all."""
    if rows is None:
        return None
    from qdrant_client.models import FieldCondition, Filter, HasIdCondition, Range

    ordered = np.unique(rows)
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) != 1) + 1)
    if len(runs) > _MAX_RANGES:
        return Filter(must=[HasIdCondition(has_id=ordered.tolist())])
    return Filter(
        should=[
            FieldCondition(key=ROW_FIELD, range=Range(gte=int(run[0]), lte=int(run[-1])))
            for run in runs
        ]
    )

"""Our engine, Qdrant and LanceDB behind one protocol: index passages, then find candidates.

Each writes the vectors and terms of passages and nothing else of them, in a folder of its own, and
is asked as its documentation says: Qdrant for two searches fused by rank, LanceDB for its hybrid
search. Their indexes of vectors have the parameters that they choose themselves.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

from index.arrays import Vectors
from index.storage.manifest import record_file
from index.storage.qdrant.term_weights import (
    SparseVector,
    mean_lengths,
    round_lengths,
    saturate_frequencies,
    weigh_term,
)
from index.storage.records import StoredRange
from index.storage.row_map import RowMap
from index.storage.term_index import (
    FIELD_BOOSTS,
    TERM_INDEX_FOLDER,
    TermDocument,
    TermGroup,
    TermIndex,
    write_term_index,
)
from index.storage.vectors import PASSAGE_INDEX_FILE, PassageVectors, write_passage_vectors
from index.storage.verified_files import GenerationFiles

_BATCH_PASSAGES = 1000  # that a peer is given at once


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passages as engines index them; a passage is named by its row.

    Attributes:
        vectors: Their vectors, of unit length, [passages, dimension].
        texts: The terms of each text, with spaces between them.
        headings: The same of what stands above it.
    """

    vectors: Vectors
    texts: Sequence[str]
    headings: Sequence[str]

    @property
    def documents(self) -> Iterator[TermDocument]:
        """The terms of the passages, in their order."""
        for text, heading in zip(self.texts, self.headings, strict=True):
            yield TermDocument(text.split(), heading.split(), ())


@dataclass(frozen=True, slots=True)
class CandidateQuery:
    """A question as engines are asked it.

    Attributes:
        vector: Its vector, of unit length, [dimension].
        terms: Its terms, each once.
        depth: How many passages are wanted by either way.
    """

    vector: Vectors
    terms: Sequence[str]
    depth: int


class CandidateEngine(Protocol):
    """Indexes passages and finds the candidates of questions."""

    def build(self, corpus: Corpus) -> None:
        """Write the index and open it.

        Args:
            corpus: The passages.
        """

    def search(self, query: CandidateQuery) -> list[int]:
        """Return the rows of candidates, nearest passages and best for the terms in one.

        Args:
            query: The question.
        """

    def close(self) -> None:
        """Write what is left to be written."""


class OwnEngine:
    """The files that a segment of a library has, searched as `index.storage.local_engine` does.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, corpus: Corpus) -> None:
        """See `CandidateEngine`."""
        size, dimension = corpus.vectors.shape
        write_passage_vectors(self._folder / PASSAGE_INDEX_FILE, dimension, [corpus.vectors])
        write_term_index(self._folder / TERM_INDEX_FOLDER, enumerate(corpus.documents))
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        records = {path.relative_to(self._folder).as_posix(): record_file(path) for path in files}
        generation = GenerationFiles(self._folder, self._folder, records)
        self._vectors = PassageVectors(generation)
        self._terms = TermIndex(generation, RowMap([StoredRange(0, size)]))

    def search(self, query: CandidateQuery) -> list[int]:
        """See `CandidateEngine`: those of `search_terms` and of a search of vectors."""
        nearest = self._vectors.search(query.vector, query.depth, None)
        return sorted({*(hit.row for hit in nearest), *self.search_terms(query)})

    def search_terms(self, query: CandidateQuery) -> list[int]:
        """Return the rows of the best passages for the terms, which tantivy finds exactly.

        Args:
            query: The question.
        """
        groups = [TermGroup(((term, 1.0),)) for term in query.terms]
        return [hit.row for hit in self._terms.search(groups, query.depth, None)]

    def close(self) -> None:
        """See `CandidateEngine`: nothing is left."""


class QdrantEngine:
    """Qdrant in this process, with our scores of terms as sparse vectors.

    Args:
        folder: An empty folder.
        hnsw_ef: How many of the nearest a search of the graph keeps; None for its default.
    """

    def __init__(self, folder: Path, hnsw_ef: int | None = None) -> None:
        self._folder = folder
        self._hnsw_ef = hnsw_ef

    def build(self, corpus: Corpus) -> None:
        """See `CandidateEngine`: 16-bit vectors in a graph, sparse ones in an inverted index."""
        import qdrant_edge as edge

        size, dimension = corpus.vectors.shape
        self._size = size
        self._counts = [Counter[str]() for _ in FIELD_BOOSTS]
        lengths = [0] * len(FIELD_BOOSTS)
        for document in corpus.documents:
            for field, terms in enumerate(document):
                self._counts[field].update(set(terms))
                lengths[field] += round_lengths(document)[field]
        means = mean_lengths(lengths, size)
        dense = edge.EdgeVectorParams(
            dimension, edge.Distance.Dot, datatype=edge.VectorStorageDatatype.Float16
        )
        config = edge.EdgeConfig(
            vectors={"dense": dense},
            sparse_vectors={"terms": edge.EdgeSparseVectorParams()},
            wal_enabled=False,
        )
        self._shard = edge.EdgeShard.create(str(self._folder), config)
        points: list[Any] = []
        for row, document in enumerate(corpus.documents):
            terms = _convert_sparse(saturate_frequencies(document, means))
            vector = {"dense": corpus.vectors[row].tolist(), "terms": terms}
            points.append(edge.Point(row, vector))
            if len(points) == _BATCH_PASSAGES or row == size - 1:
                self._shard.update(edge.UpdateOperation.upsert_points(points))
                points = []
        self._shard.optimize()
        self._shard.flush()

    def search(self, query: CandidateQuery) -> list[int]:
        """See `CandidateEngine`: both searches in one request, fused by rank."""
        import qdrant_edge as edge

        weights = chain.from_iterable(
            weigh_term(term, 1.0, [counts[term] for counts in self._counts], self._size)
            for term in query.terms
        )
        values = {weight.place: weight.weight for weight in weights}
        sparse = edge.SparseVector(list(values), list(values.values()))
        searches = [
            edge.Prefetch(
                query.depth,
                edge.Query.Nearest(query.vector.tolist(), "dense"),
                params=edge.SearchParams(hnsw_ef=self._hnsw_ef),
            ),
            edge.Prefetch(query.depth, edge.Query.Nearest(sparse, "terms")),
        ]
        fusion: Any = edge.Fusion.Rrf(k=60)
        request = edge.QueryRequest(2 * query.depth, query=fusion, prefetches=searches)
        return [int(point.id) for point in self._shard.query(request)]

    def close(self) -> None:
        """See `CandidateEngine`."""
        self._shard.close()


class LanceEngine:
    """LanceDB, with its own BM25 of our terms, text and heading weighted as ours are.

    Args:
        folder: An empty folder.
    """

    _FIELDS = ("text", "context")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, corpus: Corpus) -> None:
        """See `CandidateEngine`: vectors in a graph, in eight bits, compared again in full."""
        os.environ.setdefault("LANCEDB_LOG", "error")  # else a warning for each search
        import lancedb
        import pyarrow as arrow
        from lancedb.index import FTS, HnswSq

        def iter_batches() -> Iterator[Any]:
            for start in range(0, len(corpus.vectors), _BATCH_PASSAGES):
                part = slice(start, start + _BATCH_PASSAGES)
                vectors = corpus.vectors[part]
                columns = {
                    "row": arrow.array(range(start, start + len(vectors)), arrow.int64()),
                    "vector": arrow.FixedSizeListArray.from_arrays(
                        arrow.array(vectors.astype("float16").reshape(-1)), vectors.shape[1]
                    ),
                    "text": arrow.array(corpus.texts[part]),
                    "context": arrow.array(corpus.headings[part]),
                }
                yield arrow.record_batch(columns)

        table = lancedb.connect(self._folder).create_table(
            "passages", arrow.Table.from_batches(iter_batches())
        )
        table.create_index("vector", config=HnswSq(distance_type="dot"))
        for field in self._FIELDS:
            terms = FTS(
                base_tokenizer="whitespace",
                lower_case=False,
                stem=False,
                remove_stop_words=False,
                ascii_folding=False,
            )
            table.create_index(field, config=terms)
        table.optimize()
        self._table = table

    def search(self, query: CandidateQuery) -> list[int]:
        """See `CandidateEngine`: its hybrid search, fused by rank."""
        from lancedb.query import MultiMatchQuery

        boosts = [FIELD_BOOSTS[field] for field in self._FIELDS]
        terms = MultiMatchQuery(" ".join(query.terms), list(self._FIELDS), boosts=boosts)
        search = self._table.search(query_type="hybrid").vector(query.vector).text(terms)
        hits = search.refine_factor(2).limit(2 * query.depth).select(["row"]).to_arrow()
        return [int(row) for row in hits["row"].to_pylist()]

    def close(self) -> None:
        """See `CandidateEngine`: nothing is left."""


def _convert_sparse(vector: SparseVector) -> Any:
    import qdrant_edge as edge

    return edge.SparseVector(list(vector.indices), list(vector.values))

"""Publishes a generation to Qdrant: a collection of its own, and an alias that names the newest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import methodcaller
from typing import Any, Protocol

from index.storage.qdrant.collection import (
    BLOCK_TERMS,
    FIRST_BLOCK_ID,
    HEAD_ID,
    PASSAGE_VECTOR,
    ROW_FIELD,
    TERM_VECTOR,
    CollectionHead,
    clean_name,
    head_payload,
    name_collection,
    passage_payload,
    table_payload,
)
from index.storage.qdrant.connection import QdrantConnection
from index.storage.qdrant.term_weights import TermStatistics, split_table
from index.storage.records import Model
from index.storage.stored_passage import StoredPassage
from index.storage.term_index import TermDocument

_BATCH_PASSAGES = 64  # passages sent at once, some 2 MB
_GRAPH_EDGES, _GRAPH_BREADTH = 16, 200  # of Qdrant's graph of vectors: `m`, `ef_construct`


class PassageSource(Protocol):
    """What the passages of a generation are read from, in the order of their rows."""

    def iter_terms(self) -> Iterator[TermDocument]:
        """Yield the terms of each passage."""

    def iter_passages(self) -> Iterator[StoredPassage]:
        """Yield each passage."""


def write_collection(
    connection: QdrantConnection,
    library: str,
    generation: int,
    model: Model,
    source: PassageSource,
    report_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Write the collection of a generation; what was left of one with its name is replaced.

    Nothing that searches the library uses it before the library names it.

    Args:
        connection: The connection to the server.
        library: The name of the library.
        generation: The number of the generation.
        model: The model that made the embeddings.
        source: The passages.
        report_progress: Called with the passages sent and their number.

    Raises:
        LibraryError: If the server fails again and again; the collection is then removed, if it
            can be.
    """
    name = name_collection(library, generation)
    statistics = TermStatistics(source.iter_terms())
    connection.send(methodcaller("delete_collection", name))
    try:
        _create(connection, name, model.dimension)
        sent = 0
        report_progress(sent, statistics.size)
        for batch in _batch(_passage_points(source, statistics)):
            _upsert(connection, name, batch)
            sent += len(batch)
            report_progress(sent, statistics.size)
        blocks = list(split_table(statistics.count_passages(), BLOCK_TERMS))
        for number, block in enumerate(blocks):
            _upsert(connection, name, [_point(FIRST_BLOCK_ID + number, table_payload(block))])
        head = CollectionHead(statistics.size, model.dimension, model.token_bits, len(blocks))
        _upsert(connection, name, [_point(HEAD_ID, head_payload(head))])
    except BaseException:
        connection.try_once(methodcaller("delete_collection", name))
        raise


def name_newest_collection(connection: QdrantConnection, library: str, generation: int) -> None:
    """Have the alias of a library name a generation's collection, in one step.

    Args:
        connection: The connection to the server.
        library: The name of the library, which is that of the alias.
        generation: The number of the generation.

    Raises:
        LibraryError: If the server fails again and again.
    """
    from qdrant_client import models

    alias = clean_name(library)
    newest = models.CreateAlias(
        collection_name=name_collection(library, generation), alias_name=alias
    )
    operations = [
        models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)),
        models.CreateAliasOperation(create_alias=newest),
    ]
    connection.send(methodcaller("update_collection_aliases", operations))


def remove_old_collections(
    connection: QdrantConnection, library: str, generations: Iterable[int]
) -> None:
    """Remove the collections of other generations; what fails is left to the next time.

    Args:
        connection: The connection to the server.
        library: The name of the library.
        generations: The generations that are kept.
    """
    kept = {name_collection(library, generation) for generation in generations}
    is_own = re.compile(re.escape(clean_name(library)) + r"-\d{6,}").fullmatch

    def remove(client: Any) -> None:
        for name in (collection.name for collection in client.get_collections().collections):
            if is_own(name) and name not in kept:
                client.delete_collection(name)

    connection.try_once(remove)


def _create(connection: QdrantConnection, name: str, dimension: int) -> None:
    from qdrant_client import models

    dense = models.VectorParams(
        size=dimension,
        distance=models.Distance.DOT,
        datatype=models.Datatype.FLOAT16,
        hnsw_config=models.HnswConfigDiff(m=_GRAPH_EDGES, ef_construct=_GRAPH_BREADTH),
    )

    def create(client: Any) -> None:
        if not client.collection_exists(name):  # an attempt may have succeeded without an answer
            client.create_collection(
                name,
                vectors_config={PASSAGE_VECTOR: dense},
                sparse_vectors_config={TERM_VECTOR: models.SparseVectorParams()},
                on_disk_payload=True,
            )

    connection.send(create)
    if connection.is_server:
        integer = models.PayloadSchemaType.INTEGER
        connection.send(methodcaller("create_payload_index", name, ROW_FIELD, integer))


def _passage_points(source: PassageSource, statistics: TermStatistics) -> Iterator[Any]:
    from qdrant_client import models

    for row, passage in enumerate(source.iter_passages()):
        terms = statistics.weigh(passage.terms)
        sparse = models.SparseVector(indices=list(terms.indices), values=list(terms.values))
        vectors = {PASSAGE_VECTOR: passage.vector.tolist(), TERM_VECTOR: sparse}
        yield _point(row, passage_payload(row, passage), vectors)


def _point(point_id: int, payload: dict[str, Any], vectors: dict[str, Any] | None = None) -> Any:
    from qdrant_client import models

    return models.PointStruct(id=point_id, payload=payload, vector=vectors or {})


def _batch(points: Iterable[Any]) -> Iterator[list[Any]]:
    remaining = iter(points)
    for first in remaining:
        yield list(chain([first], islice(remaining, _BATCH_PASSAGES - 1)))


def _upsert(connection: QdrantConnection, name: str, points: Sequence[Any]) -> None:
    connection.send(lambda client: client.upsert(name, list(points), wait=True))

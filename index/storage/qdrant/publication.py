"""Publishes a generation to Qdrant: what it adds and drops, and an alias that names the collection.

A collection serves all generations of a library from the one that it was begun with; what a writer
has sent of the next one is invisible to readers of those before (see `.collection`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from operator import methodcaller
from typing import Any, TypeVar

from index.storage.manifest import Pointer
from index.storage.passage_reader import PassageReader
from index.storage.qdrant.collection import (
    ADDED_FIELD,
    BLOCK_TERMS,
    DROPPED_FIELD,
    KEY_FIELD,
    PASSAGE_VECTOR,
    TERM_VECTOR,
    CollectionHead,
    TablePlace,
    build_filter,
    clean_name,
    get_head_id,
    head_payload,
    passage_payload,
    table_payload,
)
from index.storage.qdrant.connection import QdrantConnection
from index.storage.qdrant.points import RemoteCollection
from index.storage.qdrant.term_frequencies import (
    FrequencyTable,
    TermCounts,
    add_tables,
    count_terms,
    split_table,
)
from index.storage.qdrant.term_weights import mean_lengths, saturate_frequencies
from index.storage.records import Model, StoredRange
from index.storage.stored_passage import StoredPassage

_T = TypeVar("_T")

MAX_LENGTH_RATIO = 1.5
"""How far the mean length of a field may come from that which the collection was begun with."""

_BATCH_PASSAGES = 64  # passages sent at once, some 2 MB
_BATCH_IDS = 10_000  # ids of points sent at once
_TABLE_RATIO = 2  # a table that has more terms than so many times another one stays beside it
_GRAPH_EDGES, _GRAPH_BREADTH = 16, 200  # of Qdrant's graph of vectors: `m`, `ef_construct`


@dataclass(frozen=True, slots=True)
class PassageChange:
    """The passages that a generation adds, and those that it drops.

    Attributes:
        added: Where those are stored that it adds: all of them if the collection is new.
        reader: Reads them.
        dropped: Where those were stored that it drops.
        former_reader: Reads these; None if there are none.
    """

    added: Sequence[StoredRange]
    reader: PassageReader
    dropped: Sequence[StoredRange] = ()
    former_reader: PassageReader | None = None


def find_continued_head(
    collection: RemoteCollection, pointer: Pointer, model: Model
) -> CollectionHead | None:
    """Return the head of the current generation if the next one can add to its collection.

    None if the collection does not have it, lacks passages, has embeddings of another kind, or if
    the lengths of fields have become too different from those that its vectors were made with.

    Args:
        collection: The collection.
        pointer: Names the current generation.
        model: The model of the embeddings of the next one.

    Raises:
        LibraryError: If the server fails again and again.
    """
    head = collection.find_head(pointer)
    if head is None or (head.dimension, head.token_bits) != (model.dimension, model.token_bits):
        return None
    means = mean_lengths(head.lengths, head.size)
    ratios = [mean / first for mean, first in zip(means, head.first_means, strict=True)]
    if max(ratios) > MAX_LENGTH_RATIO or min(ratios) < 1 / MAX_LENGTH_RATIO:
        return None
    visible = build_filter(pointer.generation)
    counted = collection.connection.send(
        methodcaller("count", collection.name, visible, exact=True)
    )
    return head if counted.count == head.size else None


def send_generation(
    collection: RemoteCollection,
    pointer: Pointer,
    model: Model,
    change: PassageChange,
    before: CollectionHead | None,
    report_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Send what a generation adds and drops; readers of the generations before do not see it.

    Args:
        collection: The collection.
        pointer: Names the generation.
        model: The model that made the embeddings.
        change: What is added and dropped.
        before: The head of the generation before; None to begin the collection, in place of what
            was left of one with its name.
        report_progress: Called with the passages sent and their number.

    Raises:
        LibraryError: If the server fails again and again; what was sent is then removed, if it can
            be, and otherwise by the next writer.
    """
    undo: Callable[[Any], object] = methodcaller("delete_collection", collection.name)
    if before:
        undo = partial(_remove_later_changes, collection.name, before.generation)
    collection.connection.send(undo)
    try:
        if before is None:
            _create(collection, model.dimension)
        sender = _Sender(collection, pointer.generation)
        counts = count_terms(change.reader.iter_terms(change.added))
        means = before.first_means if before else mean_lengths(counts.lengths, counts.size)
        sender.send_passages(change, means, report_progress)
        if change.former_reader:
            counts += -count_terms(change.former_reader.iter_terms(change.dropped))
        for stored in change.dropped:
            sender.drop(range(stored.first_key, stored.first_key + stored.size))
        tables = sender.send_table(counts.table, before.tables if before else ())
        if before:
            sender.drop([get_head_id(before.generation)])
            counts += TermCounts(before.size, tuple(before.lengths), add_tables([]))
        sender.send_head(
            CollectionHead(
                pointer.generation,
                pointer.manifest_checksum,
                counts.size,
                model.dimension,
                model.token_bits,
                counts.lengths,
                means,
                tables,
            )
        )
    except BaseException:
        collection.connection.try_once(undo)
        raise


def name_newest_collection(connection: QdrantConnection, library: str, collection: str) -> None:
    """Have the alias of a library name a collection, in one step.

    Args:
        connection: The connection to the server.
        library: The name of the library, which is that of the alias.
        collection: The name of the collection.

    Raises:
        LibraryError: If the server fails again and again.
    """
    from qdrant_client import models

    alias = clean_name(library)
    newest = models.CreateAlias(collection_name=collection, alias_name=alias)
    operations = [
        models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)),
        models.CreateAliasOperation(create_alias=newest),
    ]
    connection.send(methodcaller("update_collection_aliases", operations))


def remove_unused(
    collection: RemoteCollection, library: str, kept: Collection[str], oldest: int
) -> None:
    """Remove what no generation needs any more; what fails is left to the next time.

    Args:
        collection: The collection that is in use.
        library: The name of the library.
        kept: The names of its collections that are kept.
        oldest: The number of the oldest generation that is kept.
    """
    from qdrant_client.models import Range

    is_own = re.compile(re.escape(clean_name(library)) + r"-\d{6,}").fullmatch

    def remove(client: Any) -> None:
        for name in (known.name for known in client.get_collections().collections):
            if is_own(name) and name not in kept:
                client.delete_collection(name)
        client.delete(collection.name, _select(DROPPED_FIELD, Range(lte=oldest)), wait=True)

    collection.connection.try_once(remove)


class _Sender:
    """Sends points of a generation."""

    def __init__(self, collection: RemoteCollection, generation: int) -> None:
        self._collection = collection
        self._generation = generation

    def send_passages(
        self,
        change: PassageChange,
        means: Sequence[float],
        report_progress: Callable[[int, int], None],
    ) -> None:
        """Send the passages that are added.

        Args:
            change: What is added and dropped.
            means: The mean number of terms in each field, for their vectors.
            report_progress: Called with the passages sent and their number.
        """
        sent, total = 0, sum(stored.size for stored in change.added)
        report_progress(sent, total)
        points = (
            self._build_passage(key, passage, means)
            for key, passage in change.reader.iter_passages(change.added)
        )
        for batch in _batch(points, _BATCH_PASSAGES):
            self._send(batch)
            sent += len(batch)
            report_progress(sent, total)

    def send_table(
        self, table: FrequencyTable, before: Sequence[TablePlace]
    ) -> tuple[TablePlace, ...]:
        """Return the tables that add up to the counts of all passages, having sent the last one.

        The last ones are added to it as long as they are not much larger than what it has become:
        so there are few, each at least twice as large as the next one.

        Args:
            table: How many more passages have each term.
            before: The tables of the generation before.
        """
        kept = list(before)
        merged: list[int] = []
        if not len(table.term_ids):
            return tuple(kept)
        while kept and kept[-1].terms <= _TABLE_RATIO * len(table.term_ids):
            last = kept.pop()
            parts = self._collection.read_tables([last])
            table = add_tables([table, *parts])
            merged += last.list_ids()
        self.drop(merged)
        blocks = list(split_table(table, BLOCK_TERMS))
        place = TablePlace(self._generation, len(blocks), len(table.term_ids))
        for block_id, block in zip(place.list_ids(), blocks, strict=True):
            self._send([self._build_point(block_id, table_payload(block))])
        return (*kept, place)

    def send_head(self, head: CollectionHead) -> None:
        """Send the head, last of all.

        Args:
            head: The head of the generation.
        """
        self._send([self._build_point(get_head_id(head.generation), head_payload(head))])

    def drop(self, ids: Iterable[int]) -> None:
        """Say of points that the generation does not have them any more.

        Args:
            ids: The ids of points that are there.
        """
        payload = {DROPPED_FIELD: self._generation}
        for batch in _batch(ids, _BATCH_IDS):
            self._request("set_payload", payload, batch)

    def _build_passage(self, key: int, passage: StoredPassage, means: Sequence[float]) -> Any:
        from qdrant_client import models

        terms = saturate_frequencies(passage.terms, means)
        sparse = models.SparseVector(indices=list(terms.indices), values=list(terms.values))
        vectors = {PASSAGE_VECTOR: passage.vector.tolist(), TERM_VECTOR: sparse}
        return self._build_point(key, passage_payload(key, passage), vectors)

    def _build_point(
        self, point_id: int, payload: dict[str, Any], vectors: dict[str, Any] | None = None
    ) -> Any:
        from qdrant_client import models

        payload = {**payload, ADDED_FIELD: self._generation}
        return models.PointStruct(id=point_id, payload=payload, vector=vectors or {})

    def _send(self, points: Sequence[Any]) -> None:
        self._request("upsert", points)

    def _request(self, method: str, *arguments: Any) -> None:
        request = methodcaller(method, self._collection.name, *arguments, wait=True)
        self._collection.connection.send(request)


def _create(collection: RemoteCollection, dimension: int) -> None:
    from qdrant_client import models

    dense = models.VectorParams(
        size=dimension,
        distance=models.Distance.DOT,
        datatype=models.Datatype.FLOAT16,
        hnsw_config=models.HnswConfigDiff(m=_GRAPH_EDGES, ef_construct=_GRAPH_BREADTH),
    )

    def create(client: Any) -> None:
        if not client.collection_exists(collection.name):  # unless an attempt was not answered
            client.create_collection(
                collection.name,
                vectors_config={PASSAGE_VECTOR: dense},
                sparse_vectors_config={TERM_VECTOR: models.SparseVectorParams()},
                on_disk_payload=True,
            )

    connection, name = collection.connection, collection.name
    connection.send(create)
    if connection.is_server:
        integer = models.PayloadSchemaType.INTEGER
        for field in (KEY_FIELD, ADDED_FIELD, DROPPED_FIELD):
            connection.send(methodcaller("create_payload_index", name, field, integer))


def _remove_later_changes(collection: str, generation: int, client: Any) -> None:
    """Remove what was sent of generations after one, which nothing uses."""
    from qdrant_client.models import Range

    later = Range(gt=generation)
    client.delete(collection, _select(ADDED_FIELD, later), wait=True)
    client.delete_payload(collection, [DROPPED_FIELD], _select(DROPPED_FIELD, later), wait=True)


def _select(field: str, values: Any) -> Any:
    from qdrant_client.models import FieldCondition, Filter

    return Filter(must=[FieldCondition(key=field, range=values)])


def _batch(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    remaining = iter(items)
    for first in remaining:
        yield list(chain([first], islice(remaining, size - 1)))

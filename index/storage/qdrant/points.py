"""Reads points of a collection: payloads, tables of terms, and the head of a generation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import Any

from index.errors import LibraryError
from index.messages import MessageCatalogue
from index.storage.manifest import Pointer
from index.storage.qdrant.collection import (
    CollectionHead,
    TablePlace,
    get_head_id,
    parse_head,
    parse_table,
)
from index.storage.qdrant.connection import QdrantConnection
from index.storage.qdrant.term_frequencies import FrequencyTable

_MESSAGES = MessageCatalogue("index", "engines")


@dataclass(frozen=True, slots=True)
class RemoteCollection:
    """A collection of a server, which need not exist. Every method raises what `send` does.

    Attributes:
        connection: The connection to the server.
        name: The collection's name.
    """

    connection: QdrantConnection
    name: str

    def read_payloads(
        self, ids: Sequence[int], fields: Sequence[str] | None = None
    ) -> list[dict[str, Any]]:
        """Return the payloads of points, in their order.

        Args:
            ids: The ids of the points.
            fields: The fields that are read; None for all.

        Raises:
            LibraryError: If a point is missing.
        """
        wanted = True if fields is None else list(fields)
        records = self.connection.send(
            lambda client: client.retrieve(self.name, list(ids), with_payload=wanted)
        )
        payloads = {int(record.id): dict(record.payload or {}) for record in records}
        missing = [point_id for point_id in ids if point_id not in payloads]
        if missing:
            message = _MESSAGES["lost_passages"]
            raise LibraryError(message.format(**self._describe(), detail=str(missing[0])))
        return [payloads[point_id] for point_id in ids]

    def read_tables(self, tables: Sequence[TablePlace]) -> list[FrequencyTable]:
        """Return tables of terms in blocks, each read by itself, since it is large.

        Args:
            tables: Where they stand.

        Raises:
            LibraryError: If one is missing.
        """
        ids = [block_id for table in tables for block_id in table.list_ids()]
        return [parse_table(self.read_payloads([block_id])[0]) for block_id in ids]

    def find_head(self, pointer: Pointer) -> CollectionHead | None:
        """Return the head of a generation; None if the collection does not have all of it.

        Args:
            pointer: Names the generation.
        """
        if not self.connection.send(methodcaller("collection_exists", self.name)):
            return None
        head_id = get_head_id(pointer.generation)
        records = self.connection.send(
            lambda client: client.retrieve(self.name, [head_id], with_payload=True)
        )
        heads = [parse_head(record.payload) for record in records]
        is_own = heads and heads[0].checksum == pointer.manifest_checksum
        return heads[0] if is_own else None

    def read_head(self, pointer: Pointer) -> CollectionHead:
        """Return the head of a generation.

        Args:
            pointer: Names the generation.

        Raises:
            LibraryError: If the collection does not have all of it.
        """
        head = self.find_head(pointer)
        if head is None:
            raise LibraryError(_MESSAGES["no_collection"].format(**self._describe()))
        return head

    def _describe(self) -> dict[str, str]:
        return {"url": self.connection.location, "collection": self.name}

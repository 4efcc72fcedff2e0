"""Passages that visitors save with remarks, in collections with names."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from rag.answer.model import Answer, Citation
from ui.conversations.database import (
    Database,
    Transaction,
    hash_visitor,
    shorten_name,
    utc_now,
)

MAX_PASSAGES = 500
"""Passages in a collection."""


@dataclass(frozen=True, slots=True)
class CollectionSummary:
    """A collection as a list shows it."""

    id: str
    name: str
    passage_count: int


@dataclass(frozen=True, slots=True)
class SavedPassage:
    """A passage in a collection, as it was when it was saved, with the visitor's remark."""

    citation: Citation
    remark: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection with its passages, in the order in which they were saved."""

    id: str
    name: str
    passages: tuple[SavedPassage, ...]


class CollectionFullError(Exception):
    """A collection has as many passages as it can have."""


class CollectionStore:
    """The collections of all visitors. Thread-safe.

    Every method that takes a collection's id raises KeyError if the visitor has no such one, and
    every method raises StorageError if the database cannot be used.

    Args:
        database: What keeps them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_collections(self, visitor: str) -> tuple[CollectionSummary, ...]:
        """Return a visitor's collections, those changed last first."""
        rows = self._database.fetch_rows(
            "SELECT id, name, (SELECT count(*) FROM saved_passage WHERE collection = id)"
            " FROM collection WHERE visitor = ? ORDER BY updated_at DESC, id",
            hash_visitor(visitor),
        )
        return tuple(CollectionSummary(*row) for row in rows)

    def load(self, visitor: str, collection_id: str) -> Collection:
        """Return a collection; passages in the form of another release are left out."""
        name = self._get_name(visitor, collection_id)
        rows = self._database.fetch_rows(
            "SELECT answer, remark FROM saved_passage WHERE collection = ?"
            " ORDER BY saved_at, passage_id",
            collection_id,
        )
        passages = (_parse_passage(*row) for row in rows)
        return Collection(collection_id, name, tuple(filter(None, passages)))

    def save(self, visitor: str, collection_id: str, name: str, passage: SavedPassage) -> str:
        """Save a passage; one that the collection has already gets the new remark.

        Args:
            visitor: The visitor's secret.
            collection_id: "" for a new collection.
            name: The name of a new collection.
            passage: The passage.

        Returns:
            The collection's id.

        Raises:
            CollectionFullError: If the collection can have no more.
        """
        with self._database.transaction() as transaction:
            if collection_id:
                _check_owner(transaction, visitor, collection_id)
                _check_room(transaction, collection_id)
            else:
                collection_id = secrets.token_hex(8)
                transaction.execute(
                    "INSERT INTO collection VALUES (?, ?, ?, ?)",
                    (collection_id, hash_visitor(visitor), shorten_name(name), utc_now()),
                )
            transaction.execute(
                "INSERT INTO saved_passage (collection, passage_id, saved_at, answer, remark)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection, passage_id)"
                " DO UPDATE SET answer = excluded.answer, remark = excluded.remark",
                (
                    collection_id,
                    passage.citation.passage_id,
                    utc_now(),
                    _serialize_citation(passage.citation),
                    passage.remark,
                ),
            )
            _touch(transaction, collection_id)
        self._database.erase_deleted()  # a remark that was replaced
        return collection_id

    def set_remark(self, visitor: str, collection_id: str, passage_id: str, remark: str) -> None:
        """Replace the remark on a passage."""
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, collection_id)
            transaction.execute(
                "UPDATE saved_passage SET remark = ? WHERE collection = ? AND passage_id = ?",
                (remark, collection_id, passage_id),
            )
            _touch(transaction, collection_id)
        self._database.erase_deleted()

    def remove(self, visitor: str, collection_id: str, passage_id: str) -> None:
        """Take a passage out of a collection."""
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, collection_id)
            transaction.execute(
                "DELETE FROM saved_passage WHERE collection = ? AND passage_id = ?",
                (collection_id, passage_id),
            )
            _touch(transaction, collection_id)
        self._database.erase_deleted()

    def rename(self, visitor: str, collection_id: str, name: str) -> None:
        """Rename a collection; a blank name changes nothing."""
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, collection_id)
            if name := shorten_name(name):
                transaction.execute(
                    "UPDATE collection SET name = ? WHERE id = ?", (name, collection_id)
                )
        self._database.erase_deleted()

    def delete(self, visitor: str, collection_id: str) -> None:
        """Delete a collection with its passages and remarks."""
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, collection_id)
            transaction.execute("DELETE FROM collection WHERE id = ?", (collection_id,))
        self._database.erase_deleted()

    def _get_name(self, visitor: str, collection_id: str) -> str:
        rows = self._database.fetch_rows(
            "SELECT name FROM collection WHERE id = ? AND visitor = ?",
            collection_id,
            hash_visitor(visitor),
        )
        if not rows:
            raise KeyError(collection_id)
        return str(rows[0][0])


def _check_owner(transaction: Transaction, visitor: str, collection_id: str) -> None:
    """Check that a collection is a visitor's own."""
    owned = transaction.execute(
        "SELECT 1 FROM collection WHERE id = ? AND visitor = ?",
        (collection_id, hash_visitor(visitor)),
    )
    if owned.fetchone() is None:
        raise KeyError(collection_id)


def _check_room(transaction: Transaction, collection_id: str) -> None:
    select = "SELECT count(*) FROM saved_passage WHERE collection = ?"
    (count,) = transaction.execute(select, (collection_id,)).fetchone()
    if count >= MAX_PASSAGES:
        raise CollectionFullError


def _touch(transaction: Transaction, collection_id: str) -> None:
    transaction.execute(
        "UPDATE collection SET updated_at = ? WHERE id = ?", (utc_now(), collection_id)
    )


def _serialize_citation(citation: Citation) -> str:
    """Return a citation as JSON, in the form of an answer that has no other one."""
    answer = Answer("", (citation,), confidence=1.0, threshold=0.0)
    return json.dumps(answer.to_dict(), ensure_ascii=False)


def _parse_passage(stored_json: str, remark: str) -> SavedPassage | None:
    """Return a stored passage; None for one in the form of another release."""
    try:
        (citation,) = Answer.from_dict(json.loads(stored_json)).citations
    except ValueError:
        return None
    return SavedPassage(citation, remark)

"""Answers that visitors share, at addresses with a secret of their own."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from rag.answer.model import Answer
from ui.conversations.database import Database, Transaction, hash_visitor
from ui.conversations.model import Paragraph
from ui.conversations.paragraphs import parse_paragraph

_SELECT_SHARED = (
    "SELECT coalesce(token, '') FROM turn JOIN conversation ON id = turn.conversation"
    " LEFT JOIN share ON share.conversation = id AND share.turn_number = turn.turn_number"
    " WHERE id = ? AND turn.turn_number = ? AND visitor = ? AND answer IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class SharedAnswer:
    """What the address of a shared answer shows.

    Attributes:
        answer: The answer.
        paragraphs: What a language model wrote of it, the translation of its quotation first.
    """

    answer: Answer
    paragraphs: tuple[Paragraph, ...]


class ShareStore:
    """The shared answers of all visitors. Thread-safe.

    The token in an address says nothing of the visitor or the conversation, and ends with it.

    Args:
        database: What keeps them.

    Raises:
        StorageError: If the database cannot be used; by every method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_token(self, visitor: str, conversation_id: str, turn_number: int) -> str:
        """Return the token of a shared answer; "" where it is not shared.

        Raises:
            KeyError: If the visitor has no such answer.
        """
        values = conversation_id, turn_number, hash_visitor(visitor)
        rows = self._database.fetch_rows(_SELECT_SHARED, *values)
        return _get_token(rows[0] if rows else None, conversation_id)

    def share(self, visitor: str, conversation_id: str, turn_number: int) -> str:
        """Return the token of an answer, which is shared from now on.

        Raises:
            KeyError: If the visitor has no such answer.
        """
        with self._database.transaction() as transaction:
            if token := _find_token(transaction, visitor, conversation_id, turn_number):
                return token
            token = secrets.token_urlsafe(24)
            transaction.execute(
                "INSERT INTO share VALUES (?, ?, ?)", (token, conversation_id, turn_number)
            )
        return token

    def revoke(self, visitor: str, conversation_id: str, turn_number: int) -> None:
        """Share an answer no longer; its address shows nothing any more.

        Raises:
            KeyError: If the visitor has no such answer.
        """
        with self._database.transaction() as transaction:
            _find_token(transaction, visitor, conversation_id, turn_number)
            transaction.execute(
                "DELETE FROM share WHERE conversation = ? AND turn_number = ?",
                (conversation_id, turn_number),
            )
        self._database.erase_deleted()

    def load(self, token: str) -> SharedAnswer:
        """Return a shared answer, with what a language model has written of it by now.

        Raises:
            KeyError: If no answer is shared under this token, or it has the form of another
                release.
        """
        rows = self._database.fetch_rows(
            "SELECT answer, translation, paragraph FROM share"
            " JOIN turn USING (conversation, turn_number) WHERE token = ?",
            token,
        )
        try:
            answer, *written = rows[0]
            return SharedAnswer(
                Answer.from_dict(json.loads(answer)),
                tuple(parse_paragraph(json.loads(stored)) for stored in written if stored),
            )
        except (IndexError, ValueError) as error:
            raise KeyError(token) from error


def _find_token(
    transaction: Transaction, visitor: str, conversation_id: str, turn_number: int
) -> str:
    """Return the token of a visitor's answer; "" where it is not shared."""
    values = conversation_id, turn_number, hash_visitor(visitor)
    return _get_token(transaction.execute(_SELECT_SHARED, values).fetchone(), conversation_id)


def _get_token(row: tuple[Any, ...] | None, conversation_id: str) -> str:
    if row is None:
        raise KeyError(conversation_id)
    return str(row[0])

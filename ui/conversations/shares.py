"""Answers that visitors share, at addresses with a secret of their own."""

from __future__ import annotations

import json
import secrets

from rag.answer.model import Answer
from ui.conversations.sqlite import SqliteFile, hash_visitor


class ShareStore:
    """The shared answers of all visitors. Thread-safe.

    The token in an address says nothing of the visitor or the conversation, and ends with it.

    Args:
        file: The file that keeps them.

    Raises:
        StorageError: If the file cannot be used; by every method.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def find_token(self, visitor: str, conversation_id: str, turn_number: int) -> str:
        """Return the token of a shared answer; "" where it is not shared.

        Raises:
            KeyError: If the visitor has no such answer.
        """
        rows = self._file.fetch_rows(
            "SELECT coalesce(token, '') FROM turn JOIN conversation ON id = turn.conversation"
            " LEFT JOIN share USING (conversation, turn_number)"
            " WHERE id = ? AND turn_number = ? AND visitor = ? AND answer IS NOT NULL",
            conversation_id,
            turn_number,
            hash_visitor(visitor),
        )
        if not rows:
            raise KeyError(conversation_id)
        return str(rows[0][0])

    def share(self, visitor: str, conversation_id: str, turn_number: int) -> str:
        """Return the token of an answer, which is shared from now on.

        Raises:
            KeyError: If the visitor has no such answer.
        """
        with self._file.transaction() as database:
            if token := self.find_token(visitor, conversation_id, turn_number):
                return token
            token = secrets.token_urlsafe(24)
            database.execute(
                "INSERT INTO share VALUES (?, ?, ?)", (token, conversation_id, turn_number)
            )
        return token

    def revoke(self, visitor: str, conversation_id: str, turn_number: int) -> None:
        """Share an answer no longer; its address shows nothing any more.

        Raises:
            KeyError: If the visitor has no such answer.
        """
        with self._file.transaction() as database:
            self.find_token(visitor, conversation_id, turn_number)
            database.execute(
                "DELETE FROM share WHERE conversation = ? AND turn_number = ?",
                (conversation_id, turn_number),
            )
        self._file.erase_deleted()

    def load(self, token: str) -> Answer:
        """Return a shared answer.

        Raises:
            KeyError: If no answer is shared under this token, or it has the form of another
                release.
        """
        rows = self._file.fetch_rows(
            "SELECT answer FROM share JOIN turn USING (conversation, turn_number) WHERE token = ?",
            token,
        )
        try:
            return Answer.from_dict(json.loads(rows[0][0]))
        except (IndexError, ValueError) as error:
            raise KeyError(token) from error

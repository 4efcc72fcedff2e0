"""Conversations as they are kept: in SQLite, each visitor's apart from all others'."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from index.messages import Message
from index.storage.records import Filters
from rag.answer.model import Answer
from ui.conversations import filters
from ui.conversations.judgement import Judgement
from ui.conversations.model import Conversation, Turn
from ui.conversations.sqlite import SqliteFile, StorageError
from ui.messages import page
from ui.service.query import NO_FILTERS

__all__ = ["ConversationStore", "ConversationSummary", "JudgedAnswer", "StorageError"]

_MAX_LISTED = 200
_ANSWER_CACHE_SIZE = 300  # answers, of all visitors together
_MAX_NAME_LENGTH = 120  # characters
_MIGRATIONS = (
    """
CREATE TABLE conversation (
    id TEXT PRIMARY KEY,
    visitor TEXT NOT NULL,
    name TEXT NOT NULL,
    asked TEXT NOT NULL
) STRICT;
CREATE INDEX conversation_of ON conversation (visitor, asked);
CREATE TABLE turn (
    conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    place INTEGER NOT NULL,
    question TEXT NOT NULL,
    filters TEXT NOT NULL,
    answer TEXT,
    error TEXT,
    PRIMARY KEY (conversation, place)
) STRICT;
""",
    """
CREATE TABLE judgement (
    conversation TEXT NOT NULL,
    place INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    passage TEXT NOT NULL,
    absent INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (conversation, place),
    FOREIGN KEY (conversation, place) REFERENCES turn ON DELETE CASCADE
) STRICT;
""",
)
_SELECT_TURNS = (
    "SELECT question, filters, answer, error, verdict, passage, absent, note"
    " FROM turn LEFT JOIN judgement USING (conversation, place)"
    " WHERE conversation = ? ORDER BY place"
)


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A conversation as a list shows it: `asked` is when its last question was, in UTC."""

    id: str
    name: str
    updated_at: datetime
    question_count: int


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An answer that a visitor said something of.

    Attributes:
        conversation_id: The id of the conversation that it stands in.
        turn_number: Its place there, from 1.
        turn: The question, the answer, and what was said of it.
        history: The questions asked before it, oldest first.
    """

    conversation_id: str
    turn_number: int
    turn: Turn
    history: tuple[str, ...]


class ConversationStore:
    """The conversations of all visitors, in one file. Thread-safe.

    A visitor is a secret that only their browser has; the file holds its digest. Every method that
    takes the id of a conversation raises KeyError where that visitor has none of it.

    Args:
        path: The file; made, with its folder, if it is not there.

    Raises:
        KeepingError: If it cannot be used; by this and every method.
    """

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, _MIGRATIONS)

    def list_conversations(self, visitor: str) -> tuple[ConversationSummary, ...]:
        """A visitor's latest conversations, the last one first."""
        rows = self._file.fetch_rows(
            "SELECT id, name, asked, (SELECT count(*) FROM turn WHERE conversation = id)"
            " FROM conversation WHERE visitor = ? ORDER BY asked DESC LIMIT ?",
            _hash_visitor(visitor),
            _MAX_LISTED,
        )
        return tuple(
            ConversationSummary(
                conversation_id, name, datetime.fromisoformat(updated_at), question_count
            )
            for conversation_id, name, updated_at, question_count in rows
        )

    def get_name(self, visitor: str, conversation_id: str) -> str:
        """What a conversation is called."""
        rows = self._file.fetch_rows(
            "SELECT name FROM conversation WHERE id = ? AND visitor = ?",
            conversation_id,
            _hash_visitor(visitor),
        )
        if not rows:
            raise KeyError(conversation_id)
        return str(rows[0][0])

    def read_turns(self, visitor: str, conversation_id: str) -> Conversation:
        """All turns of a conversation, in order."""
        self.get_name(visitor, conversation_id)
        return tuple(
            _parse_turn(row) for row in self._file.fetch_rows(_SELECT_TURNS, conversation_id)
        )

    def add_question(
        self,
        visitor: str,
        conversation_id: str,
        question: str,
        query_filters: Filters = NO_FILTERS,
    ) -> str:
        """Keeps a question that is not answered yet; "" for a new conversation, named by it.

        Returns:
            The conversation's id.
        """
        with self._file.transaction() as database:
            if conversation_id:
                self.get_name(visitor, conversation_id)
                database.execute(
                    "UPDATE conversation SET asked = ? WHERE id = ?", (_utc_now(), conversation_id)
                )
            else:
                conversation_id = secrets.token_hex(8)
                database.execute(
                    "INSERT INTO conversation VALUES (?, ?, ?, ?)",
                    (conversation_id, _hash_visitor(visitor), _shorten_name(question), _utc_now()),
                )
            database.execute(
                "INSERT INTO turn SELECT ?, 1 + coalesce(max(place), 0), ?, ?, NULL, NULL"
                " FROM turn WHERE conversation = ?",
                (
                    conversation_id,
                    question,
                    filters.serialize_filters(query_filters),
                    conversation_id,
                ),
            )
        return conversation_id

    def save_answer(self, visitor: str, conversation_id: str, turn: Turn) -> None:
        """Keeps what came of the last question."""
        answer = json.dumps(turn.answer.to_dict(), ensure_ascii=False) if turn.answer else None
        error = json.dumps([turn.error.en, turn.error.zh]) if turn.error else None
        with self._file.transaction() as database:
            self.get_name(visitor, conversation_id)
            database.execute(
                "UPDATE turn SET answer = ?, error = ? WHERE conversation = ? AND place ="
                " (SELECT max(place) FROM turn WHERE conversation = ?)",
                (answer, error, conversation_id, conversation_id),
            )

    def rename(self, visitor: str, conversation_id: str, name: str) -> None:
        """Calls a conversation something else; a blank name leaves it as it is."""
        with self._file.transaction() as database:
            self.get_name(visitor, conversation_id)
            if name := _shorten_name(name):
                database.execute(
                    "UPDATE conversation SET name = ? WHERE id = ?", (name, conversation_id)
                )

    def delete(self, visitor: str, conversation_id: str) -> None:
        """Takes a conversation away for good."""
        with self._file.transaction() as database:
            self.get_name(visitor, conversation_id)
            database.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,))

    def save_judgement(
        self, visitor: str, conversation_id: str, turn_number: int, judgement: Judgement | None
    ) -> None:
        """Keeps what a visitor says of the answer at a place, from 1; None takes it back."""
        with self._file.transaction() as database:
            self.get_name(visitor, conversation_id)
            if judgement is None:
                database.execute(
                    "DELETE FROM judgement WHERE conversation = ? AND place = ?",
                    (conversation_id, turn_number),
                )
                return
            cursor = database.execute(
                "INSERT OR REPLACE INTO judgement SELECT conversation, place, ?, ?, ?, ? FROM turn"
                " WHERE conversation = ? AND place = ? AND answer IS NOT NULL",
                (
                    judgement.verdict,
                    judgement.passage,
                    judgement.absent,
                    judgement.note,
                    conversation_id,
                    turn_number,
                ),
            )
            if not cursor.rowcount:
                raise KeyError(turn_number)

    def count_judgements(self, visitor: str) -> int:
        """Of how many answers a visitor has said something."""
        rows = self._file.fetch_rows(
            "SELECT count(*) FROM judgement JOIN conversation ON id = conversation"
            " WHERE visitor = ?",
            _hash_visitor(visitor),
        )
        return int(rows[0][0])

    def list_judged_answers(self, visitor: str | None = None) -> Iterator[JudgedAnswer]:
        """Answers that something was said of, by one visitor or, with None, by any, oldest first.

        Answers that were kept by another release are left out.
        """
        where_clause = "" if visitor is None else "WHERE visitor = ?"
        rows = self._file.fetch_rows(
            f"SELECT DISTINCT id FROM conversation JOIN judgement ON id = conversation {where_clause}"  # noqa: S608 - no one else's words
            " ORDER BY asked, id",
            *([] if visitor is None else [_hash_visitor(visitor)]),
        )
        for (conversation_id,) in rows:
            turns = [
                _parse_turn(row) for row in self._file.fetch_rows(_SELECT_TURNS, conversation_id)
            ]
            for turn_number, turn in enumerate(turns, 1):
                if turn.judgement and turn.answer:
                    history = tuple(
                        earlier_turn.question for earlier_turn in turns[: turn_number - 1]
                    )
                    yield JudgedAnswer(conversation_id, turn_number, turn, history)

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()


def _parse_turn(row: tuple[Any, ...]) -> Turn:
    """A turn from what `_TURNS` finds."""
    question, filters_json, answer, error, verdict, passage, absent, note = row
    turn_judgement = None if verdict is None else Judgement(verdict, passage, bool(absent), note)
    turn = Turn(question, filters=filters.parse_filters(filters_json), judgement=turn_judgement)
    if error is not None:
        return replace(turn, error=Message(*json.loads(error)))
    if answer is None:
        return turn
    try:
        return replace(turn, answer=_parse_answer(answer))
    except ValueError:  # its form was another release's
        return replace(turn, error=page.ANSWER_UNREADABLE)


@lru_cache(_ANSWER_CACHE_SIZE)
def _parse_answer(stored_json: str) -> Answer:
    """An answer as it was kept: what is asked next in a conversation reads all of it again.

    Raises:
        ValueError: If its form is another release's.
    """
    return Answer.from_dict(json.loads(stored_json))


def _hash_visitor(visitor: str) -> str:
    return hashlib.sha256(visitor.encode()).hexdigest()


def _utc_now() -> str:
    return datetime.now(UTC).isoformat()


def _shorten_name(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _MAX_NAME_LENGTH else name[: _MAX_NAME_LENGTH - 1] + "…"

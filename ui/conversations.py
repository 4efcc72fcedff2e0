"""Conversations as they are kept: in SQLite, each visitor's apart from all others'."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from index.catalogue import Criteria
from index.document import Message
from index.errors import TongzhuError
from rag.answer import Answer
from ui import filters, page_strings
from ui.conversation import ANYWHERE, Conversation, Turn

_VERSION = 1
_LISTED = 200
_LONGEST_NAME = 120  # characters
_SCHEMA = f"""
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
PRAGMA user_version = {_VERSION};
"""


class KeepingError(TongzhuError):
    """Conversations cannot be kept at the place that was named."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as a list shows it: `asked` is when its last question was, in UTC."""

    id: str
    name: str
    asked: datetime
    questions: int


class Conversations:
    """The conversations of all visitors, in one file. Thread-safe.

    A visitor is a secret that only their browser has; the file holds its digest. Every method that
    takes the id of a conversation raises KeyError where that visitor has none of it.

    Args:
        path: The file; made, with its folder, if it is not there.

    Raises:
        KeepingError: If it cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA foreign_keys = ON")
            (version,) = self._database.execute("PRAGMA user_version").fetchone()
            if version == 0:
                self._database.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        except (OSError, sqlite3.Error) as error:
            raise KeepingError(
                f"Conversations cannot be kept in {path} ({error}); "
                "name another folder with TONGZHU_DATA.",
                f"無法在 {path} 保存對話（{error}）；請以 TONGZHU_DATA 指定其他資料夾。",
            ) from error
        if version > _VERSION:
            raise KeepingError(
                f"{path} was written by a newer release; use that, "
                "or name another folder with TONGZHU_DATA.",
                f"{path} 由較新的版本寫成；請使用該版本，或以 TONGZHU_DATA 指定其他資料夾。",
            )

    def listed(self, visitor: str) -> tuple[Kept, ...]:
        """A visitor's latest conversations, the last one first."""
        found = self._database.execute(
            "SELECT id, name, asked, (SELECT count(*) FROM turn WHERE conversation = id)"
            " FROM conversation WHERE visitor = ? ORDER BY asked DESC LIMIT ?",
            (_digest(visitor), _LISTED),
        ).fetchall()
        return tuple(
            Kept(identity, name, datetime.fromisoformat(asked), questions)
            for identity, name, asked, questions in found
        )

    def name(self, visitor: str, conversation: str) -> str:
        """What a conversation is called."""
        found = self._database.execute(
            "SELECT name FROM conversation WHERE id = ? AND visitor = ?",
            (conversation, _digest(visitor)),
        ).fetchone()
        if found is None:
            raise KeyError(conversation)
        return str(found[0])

    def read(self, visitor: str, conversation: str) -> Conversation:
        """All turns of a conversation, in order."""
        self.name(visitor, conversation)
        return tuple(
            _turn(*row)
            for row in self._database.execute(
                "SELECT question, filters, answer, error FROM turn"
                " WHERE conversation = ? ORDER BY place",
                (conversation,),
            ).fetchall()
        )

    def begin(
        self, visitor: str, conversation: str, question: str, criteria: Criteria = ANYWHERE
    ) -> str:
        """Keeps a question that is not answered yet; "" for a new conversation, named by it.

        Returns:
            The conversation's id.
        """
        with self._writing():
            if conversation:
                self.name(visitor, conversation)
                self._database.execute(
                    "UPDATE conversation SET asked = ? WHERE id = ?", (_now(), conversation)
                )
            else:
                conversation = secrets.token_hex(8)
                self._database.execute(
                    "INSERT INTO conversation VALUES (?, ?, ?, ?)",
                    (conversation, _digest(visitor), _short(question), _now()),
                )
            self._database.execute(
                "INSERT INTO turn SELECT ?, 1 + coalesce(max(place), 0), ?, ?, NULL, NULL"
                " FROM turn WHERE conversation = ?",
                (conversation, question, filters.written(criteria), conversation),
            )
        return conversation

    def finish(self, visitor: str, conversation: str, turn: Turn) -> None:
        """Keeps what came of the last question."""
        answer = json.dumps(turn.answer.to_dict(), ensure_ascii=False) if turn.answer else None
        error = json.dumps([turn.error.en, turn.error.zh]) if turn.error else None
        with self._writing():
            self.name(visitor, conversation)
            self._database.execute(
                "UPDATE turn SET answer = ?, error = ? WHERE conversation = ? AND place ="
                " (SELECT max(place) FROM turn WHERE conversation = ?)",
                (answer, error, conversation, conversation),
            )

    def rename(self, visitor: str, conversation: str, name: str) -> None:
        """Calls a conversation something else; a blank name leaves it as it is."""
        with self._writing():
            self.name(visitor, conversation)
            if name := _short(name):
                self._database.execute(
                    "UPDATE conversation SET name = ? WHERE id = ?", (name, conversation)
                )

    def delete(self, visitor: str, conversation: str) -> None:
        """Takes a conversation away for good."""
        with self._writing():
            self.name(visitor, conversation)
            self._database.execute("DELETE FROM conversation WHERE id = ?", (conversation,))

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time; all of it is written, or nothing."""
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")


def _turn(question: str, limits: str, answer: str | None, error: str | None) -> Turn:
    asked = Turn(question, filters=filters.read(limits))
    if error is not None:
        return replace(asked, error=Message(*json.loads(error)))
    if answer is None:
        return asked
    try:
        return replace(asked, answer=Answer.from_dict(json.loads(answer)))
    except ValueError:  # its form was another release's
        return replace(asked, error=page_strings.UNREADABLE)


def _digest(visitor: str) -> str:
    return hashlib.sha256(visitor.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _short(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"

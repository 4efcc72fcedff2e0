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

from index.document import Message
from index.storage.records import Criteria
from rag.answer.model import Answer
from ui.conversations import filters
from ui.conversations.judgement import Judgement
from ui.conversations.model import ANYWHERE, Conversation, Turn
from ui.conversations.sqlite import Keeper, KeepingError
from ui.messages import page

__all__ = ["Conversations", "Judged", "KeepingError", "Kept"]

_LISTED = 200
_AT_HAND = 300  # answers, of all visitors together
_LONGEST_NAME = 120  # characters
_STEPS = (
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
_TURNS = (
    "SELECT question, filters, answer, error, verdict, passage, absent, note"
    " FROM turn LEFT JOIN judgement USING (conversation, place)"
    " WHERE conversation = ? ORDER BY place"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation as a list shows it: `asked` is when its last question was, in UTC."""

    id: str
    name: str
    asked: datetime
    questions: int


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer that a visitor said something of.

    Attributes:
        conversation: The id of the conversation that it stands in.
        place: Its place there, from 1.
        turn: The question, the answer, and what was said of it.
        before: The questions asked before it, oldest first.
    """

    conversation: str
    place: int
    turn: Turn
    before: tuple[str, ...]


class Conversations:
    """The conversations of all visitors, in one file. Thread-safe.

    A visitor is a secret that only their browser has; the file holds its digest. Every method that
    takes the id of a conversation raises KeyError where that visitor has none of it.

    Args:
        path: The file; made, with its folder, if it is not there.

    Raises:
        KeepingError: If it cannot be used; by this and every method.
    """

    def __init__(self, path: Path) -> None:
        self._file = Keeper(path, _STEPS)

    def listed(self, visitor: str) -> tuple[Kept, ...]:
        """A visitor's latest conversations, the last one first."""
        found = self._file.rows(
            "SELECT id, name, asked, (SELECT count(*) FROM turn WHERE conversation = id)"
            " FROM conversation WHERE visitor = ? ORDER BY asked DESC LIMIT ?",
            _digest(visitor),
            _LISTED,
        )
        return tuple(
            Kept(identity, name, datetime.fromisoformat(asked), questions)
            for identity, name, asked, questions in found
        )

    def name(self, visitor: str, conversation: str) -> str:
        """What a conversation is called."""
        found = self._file.rows(
            "SELECT name FROM conversation WHERE id = ? AND visitor = ?",
            conversation,
            _digest(visitor),
        )
        if not found:
            raise KeyError(conversation)
        return str(found[0][0])

    def read(self, visitor: str, conversation: str) -> Conversation:
        """All turns of a conversation, in order."""
        self.name(visitor, conversation)
        return tuple(_turn(row) for row in self._file.rows(_TURNS, conversation))

    def begin(
        self, visitor: str, conversation: str, question: str, criteria: Criteria = ANYWHERE
    ) -> str:
        """Keeps a question that is not answered yet; "" for a new conversation, named by it.

        Returns:
            The conversation's id.
        """
        with self._file.writing() as database:
            if conversation:
                self.name(visitor, conversation)
                database.execute(
                    "UPDATE conversation SET asked = ? WHERE id = ?", (_now(), conversation)
                )
            else:
                conversation = secrets.token_hex(8)
                database.execute(
                    "INSERT INTO conversation VALUES (?, ?, ?, ?)",
                    (conversation, _digest(visitor), _short(question), _now()),
                )
            database.execute(
                "INSERT INTO turn SELECT ?, 1 + coalesce(max(place), 0), ?, ?, NULL, NULL"
                " FROM turn WHERE conversation = ?",
                (conversation, question, filters.written(criteria), conversation),
            )
        return conversation

    def finish(self, visitor: str, conversation: str, turn: Turn) -> None:
        """Keeps what came of the last question."""
        answer = json.dumps(turn.answer.to_dict(), ensure_ascii=False) if turn.answer else None
        error = json.dumps([turn.error.en, turn.error.zh]) if turn.error else None
        with self._file.writing() as database:
            self.name(visitor, conversation)
            database.execute(
                "UPDATE turn SET answer = ?, error = ? WHERE conversation = ? AND place ="
                " (SELECT max(place) FROM turn WHERE conversation = ?)",
                (answer, error, conversation, conversation),
            )

    def rename(self, visitor: str, conversation: str, name: str) -> None:
        """Calls a conversation something else; a blank name leaves it as it is."""
        with self._file.writing() as database:
            self.name(visitor, conversation)
            if name := _short(name):
                database.execute(
                    "UPDATE conversation SET name = ? WHERE id = ?", (name, conversation)
                )

    def delete(self, visitor: str, conversation: str) -> None:
        """Takes a conversation away for good."""
        with self._file.writing() as database:
            self.name(visitor, conversation)
            database.execute("DELETE FROM conversation WHERE id = ?", (conversation,))

    def judge(
        self, visitor: str, conversation: str, place: int, judgement: Judgement | None
    ) -> None:
        """Keeps what a visitor says of the answer at a place, from 1; None takes it back."""
        with self._file.writing() as database:
            self.name(visitor, conversation)
            if judgement is None:
                database.execute(
                    "DELETE FROM judgement WHERE conversation = ? AND place = ?",
                    (conversation, place),
                )
                return
            kept = database.execute(
                "INSERT OR REPLACE INTO judgement SELECT conversation, place, ?, ?, ?, ? FROM turn"
                " WHERE conversation = ? AND place = ? AND answer IS NOT NULL",
                (
                    judgement.verdict,
                    judgement.passage,
                    judgement.absent,
                    judgement.note,
                    conversation,
                    place,
                ),
            )
            if not kept.rowcount:
                raise KeyError(place)

    def verdicts(self, visitor: str) -> int:
        """Of how many answers a visitor has said something."""
        found = self._file.rows(
            "SELECT count(*) FROM judgement JOIN conversation ON id = conversation"
            " WHERE visitor = ?",
            _digest(visitor),
        )
        return int(found[0][0])

    def judged(self, visitor: str | None = None) -> Iterator[Judged]:
        """Answers that something was said of, by one visitor or, with None, by any, oldest first.

        Answers that were kept by another release are left out.
        """
        whose = "" if visitor is None else "WHERE visitor = ?"
        rows = self._file.rows(
            f"SELECT DISTINCT id FROM conversation JOIN judgement ON id = conversation {whose}"  # noqa: S608 - no one else's words
            " ORDER BY asked, id",
            *([] if visitor is None else [_digest(visitor)]),
        )
        for (conversation,) in rows:
            turns = [_turn(row) for row in self._file.rows(_TURNS, conversation)]
            for place, turn in enumerate(turns, 1):
                if turn.judgement and turn.answer:
                    before = tuple(each.question for each in turns[: place - 1])
                    yield Judged(conversation, place, turn, before)

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()


def _turn(row: tuple[Any, ...]) -> Turn:
    """A turn from what `_TURNS` finds."""
    question, limits, answer, error, verdict, passage, absent, note = row
    said = None if verdict is None else Judgement(verdict, passage, bool(absent), note)
    asked = Turn(question, filters=filters.read(limits), judgement=said)
    if error is not None:
        return replace(asked, error=Message(*json.loads(error)))
    if answer is None:
        return asked
    try:
        return replace(asked, answer=_answer(answer))
    except ValueError:  # its form was another release's
        return replace(asked, error=page.UNREADABLE)


@lru_cache(_AT_HAND)
def _answer(kept: str) -> Answer:
    """An answer as it was kept: what is asked next in a conversation reads all of it again.

    Raises:
        ValueError: If its form is another release's.
    """
    return Answer.from_dict(json.loads(kept))


def _digest(visitor: str) -> str:
    return hashlib.sha256(visitor.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _short(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"

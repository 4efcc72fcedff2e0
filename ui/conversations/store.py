"""Conversations stored in a database, separated by visitor."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from index.messages import Message, MessageCatalogue
from index.storage.records import Filters
from index.text.scripts import fold
from rag.answer.model import Answer
from ui.conversations import filters
from ui.conversations.collections import CollectionStore
from ui.conversations.database import (
    Database,
    StorageError,
    Transaction,
    hash_visitor,
    shorten_name,
    utc_now,
)
from ui.conversations.databases import open_database
from ui.conversations.model import Conversation, Judgement, Paragraph, Turn
from ui.conversations.paragraphs import paragraph_to_dict, parse_paragraph
from ui.conversations.shares import ShareStore
from ui.service.query import NO_FILTERS

_MESSAGES = MessageCatalogue("ui", "page")

__all__ = [
    "ConversationMatch",
    "ConversationStore",
    "ConversationSummary",
    "JudgedAnswer",
    "StorageError",
]

_MAX_LISTED = 200
_ANSWER_CACHE_SIZE = 300  # answers, of all visitors together
_SELECT_TURNS = (
    "SELECT question, filters, answer, error, verdict, passage_id, is_absent, note, paragraph,"
    " translation"
    " FROM turn LEFT JOIN judgement USING (conversation, turn_number)"
    " WHERE conversation = ? ORDER BY turn_number"
)
_LAST_TURN = "(SELECT max(turn_number) FROM turn WHERE conversation = ?)"
_SELECT_LAST_ANSWER = _SELECT_TURNS.replace(
    " answer,", f" CASE WHEN turn_number = {_LAST_TURN} THEN answer END,"
)
_SELECT_SEARCHED = (
    "SELECT id, name, updated_at, question, coalesce({title}, ''), coalesce({evidence}, '')"
    " FROM conversation JOIN turn ON id = conversation"
    " WHERE visitor = ? ORDER BY updated_at DESC, id, turn_number"
)
_UPDATE_PARAGRAPH = (
    "UPDATE turn SET paragraph = ?"
    " WHERE conversation = ? AND turn_number = ? AND answer IS NOT NULL"
)
_UPDATE_TRANSLATION = _UPDATE_PARAGRAPH.replace("paragraph", "translation")
_SELECT_JUDGED = (
    "SELECT id FROM conversation"
    " WHERE EXISTS (SELECT 1 FROM judgement WHERE judgement.conversation = id)"
)


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A conversation as a list shows it.

    Attributes:
        id: The conversation's id.
        name: Its name.
        updated_at: When its last question was asked, in UTC.
        question_count: Number of questions.
    """

    id: str
    name: str
    updated_at: datetime
    question_count: int


@dataclass(frozen=True, slots=True)
class ConversationMatch:
    """A conversation that a search has found.

    Attributes:
        summary: The conversation.
        question: The first of its questions that, with its answer, has one of the words; "" if
            only the name has them.
    """

    summary: ConversationSummary
    question: str


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An answer that a visitor judged.

    Attributes:
        conversation_id: The conversation's id.
        turn_number: The number of the turn in the conversation, from 1.
        turn: The question, the answer and the judgement.
        history: The questions asked before, oldest first.
    """

    conversation_id: str
    turn_number: int
    turn: Turn
    history: tuple[str, ...]


class ConversationStore:
    """The conversations of all visitors in one database. Thread-safe.

    A visitor is identified by a secret that only their browser has; the database holds its digest.
    What a visitor deletes or replaces is erased from a SQLite file.
    Every method that takes a conversation's id raises KeyError if the visitor has no such one.

    Args:
        database: What keeps them.

    Attributes:
        collections: The collections of passages in the same database.
        shares: The addresses of shared answers in the same database.

    Raises:
        StorageError: If the database cannot be used; by every method.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.collections = CollectionStore(database)
        self.shares = ShareStore(database)
        self._select_searched = _SELECT_SEARCHED.format(
            title=database.build_json_text("answer", "citations", 0, "article", "title"),
            evidence=database.build_json_text("answer", "citations", 0, "evidence", 0, "text"),
        )

    @classmethod
    def open(cls, address: str | Path) -> ConversationStore:
        """Return the store at an address; see `ui.conversations.databases.open_database`."""
        return cls(open_database(address))

    def list_conversations(self, visitor: str) -> tuple[ConversationSummary, ...]:
        """Return a visitor's latest conversations, newest first."""
        rows = self._database.fetch_rows(
            "SELECT id, name, updated_at, (SELECT count(*) FROM turn WHERE conversation = id)"
            " FROM conversation WHERE visitor = ? ORDER BY updated_at DESC LIMIT ?",
            hash_visitor(visitor),
            _MAX_LISTED,
        )
        return tuple(
            ConversationSummary(
                conversation_id, name, datetime.fromisoformat(updated_at), question_count
            )
            for conversation_id, name, updated_at, question_count in rows
        )

    def search(self, visitor: str, text: str) -> tuple[ConversationMatch, ...]:
        """Return a visitor's conversations that have all words of a text, newest first.

        Looked at are names, questions, and the articles and sentences that answered, in either
        Chinese script.
        """
        words = fold(text).split()
        rows = self._database.fetch_rows(self._select_searched, hash_visitor(visitor))
        found_conversations = (
            _match(list(group), words) for _, group in groupby(rows, key=lambda row: row[0])
        )
        return tuple(islice(filter(None, found_conversations), _MAX_LISTED))

    def get_name(self, visitor: str, conversation_id: str) -> str:
        """Return the name of a conversation."""
        rows = self._database.fetch_rows(
            "SELECT name FROM conversation WHERE id = ? AND visitor = ?",
            conversation_id,
            hash_visitor(visitor),
        )
        if not rows:
            raise KeyError(conversation_id)
        return str(rows[0][0])

    def read_turns(
        self, visitor: str, conversation_id: str, *, last_answer_only: bool = False
    ) -> Conversation:
        """Return all turns of a conversation, in order.

        Args:
            visitor: The visitor's secret.
            conversation_id: The conversation's id.
            last_answer_only: Whether the answers of all turns but the last are left out.
        """
        self.get_name(visitor, conversation_id)
        if last_answer_only:
            rows = self._database.fetch_rows(_SELECT_LAST_ANSWER, conversation_id, conversation_id)
        else:
            rows = self._database.fetch_rows(_SELECT_TURNS, conversation_id)
        return tuple(map(_parse_turn, rows))

    def add_question(
        self,
        visitor: str,
        conversation_id: str,
        question: str,
        query_filters: Filters = NO_FILTERS,
        request_key: str = "",
    ) -> str:
        """Store a question that is not answered yet.

        Args:
            visitor: The visitor's secret.
            conversation_id: "" for a new conversation, which is named by the question.
            question: As asked.
            query_filters: What the question is limited to.
            request_key: A random text by which `find_request` finds the question; "" for none.

        Returns:
            The conversation's id.
        """
        with self._database.transaction() as transaction:
            if conversation_id:
                _check_owner(transaction, visitor, conversation_id)
                transaction.execute(
                    "UPDATE conversation SET updated_at = ? WHERE id = ?",
                    (utc_now(), conversation_id),
                )
            else:
                conversation_id = secrets.token_hex(8)
                transaction.execute(
                    "INSERT INTO conversation VALUES (?, ?, ?, ?)",
                    (conversation_id, hash_visitor(visitor), shorten_name(question), utc_now()),
                )
            transaction.execute(
                "INSERT INTO turn (conversation, turn_number, question, filters, request_key)"
                " SELECT ?, 1 + coalesce(max(turn_number), 0), ?, ?, ?"
                " FROM turn WHERE conversation = ?",
                (
                    conversation_id,
                    question,
                    filters.serialize_filters(query_filters),
                    request_key,
                    conversation_id,
                ),
            )
        return conversation_id

    def find_request(self, visitor: str, request_key: str) -> str | None:
        """Return the id of the conversation with the question of a request; None for none."""
        rows = self._database.fetch_rows(
            "SELECT id FROM turn JOIN conversation ON id = conversation"
            " WHERE request_key = ? AND request_key != '' AND visitor = ?",
            request_key,
            hash_visitor(visitor),
        )
        return str(rows[0][0]) if rows else None

    def save_answer(self, visitor: str, conversation_id: str, turn: Turn) -> None:
        """Store the answer, or the error, of the last question."""
        answer = json.dumps(turn.answer.to_dict(), ensure_ascii=False) if turn.answer else None
        error = json.dumps(astuple(turn.error)) if turn.error else None
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, conversation_id)
            transaction.execute(
                "UPDATE turn SET answer = ?, error = ? WHERE conversation = ? AND turn_number ="
                " (SELECT max(turn_number) FROM turn WHERE conversation = ?)",
                (answer, error, conversation_id, conversation_id),
            )

    def save_paragraph(
        self, visitor: str, conversation_id: str, turn_number: int, paragraph: Paragraph
    ) -> None:
        """Store what a language model wrote of the answer of a turn, numbered from 1."""
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, conversation_id)
            stored = json.dumps(paragraph_to_dict(paragraph), ensure_ascii=False)
            is_translation = paragraph.written.task == "translation"
            result = transaction.execute(
                _UPDATE_TRANSLATION if is_translation else _UPDATE_PARAGRAPH,
                (stored, conversation_id, turn_number),
            )
            if not result.rowcount:
                raise KeyError(turn_number)
        self._database.erase_deleted()

    def rename(self, visitor: str, conversation_id: str, name: str) -> None:
        """Rename a conversation; a blank name changes nothing."""
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, conversation_id)
            if name := shorten_name(name):
                transaction.execute(
                    "UPDATE conversation SET name = ? WHERE id = ?", (name, conversation_id)
                )
        self._database.erase_deleted()

    def delete(self, visitor: str, conversation_id: str) -> None:
        """Delete a conversation, its turns and their judgements."""
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, conversation_id)
            transaction.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,))
        self._database.erase_deleted()

    def save_judgement(
        self, visitor: str, conversation_id: str, turn_number: int, judgement: Judgement | None
    ) -> None:
        """Store a visitor's judgement of a turn, numbered from 1; None removes it."""
        with self._database.transaction() as transaction:
            _check_owner(transaction, visitor, conversation_id)
            is_replaced = transaction.execute(
                "DELETE FROM judgement WHERE conversation = ? AND turn_number = ?",
                (conversation_id, turn_number),
            ).rowcount
            if judgement is not None:
                _insert_judgement(transaction, conversation_id, turn_number, judgement)
        if is_replaced:
            self._database.erase_deleted()

    def count_judgements(self, visitor: str) -> int:
        """Return how many answers a visitor has judged."""
        rows = self._database.fetch_rows(
            "SELECT count(*) FROM judgement JOIN conversation ON id = conversation"
            " WHERE visitor = ?",
            hash_visitor(visitor),
        )
        return int(rows[0][0])

    def list_judged_answers(self, visitor: str | None = None) -> Iterator[JudgedAnswer]:
        """Yield the answers that a visitor judged, or with None any visitor, oldest first.

        Answers in the form of another release are left out.
        """
        if visitor is None:
            rows = self._database.fetch_rows(f"{_SELECT_JUDGED} ORDER BY updated_at, id")
        else:
            rows = self._database.fetch_rows(
                f"{_SELECT_JUDGED} AND visitor = ? ORDER BY updated_at, id", hash_visitor(visitor)
            )
        for (conversation_id,) in rows:
            turns = tuple(
                map(_parse_turn, self._database.fetch_rows(_SELECT_TURNS, conversation_id))
            )
            for turn_number, turn in enumerate(turns, 1):
                if turn.judgement and turn.answer:
                    history = tuple(earlier.question for earlier in turns[: turn_number - 1])
                    yield JudgedAnswer(conversation_id, turn_number, turn, history)

    def erase_interrupted(self) -> None:
        """Erase what the last process had deleted, if it was killed before it could."""
        self._database.erase_interrupted()

    def close(self) -> None:
        """Close the database; what was deleted is erased before, where it can be."""
        self._database.close()


def _match(rows: Sequence[tuple[Any, ...]], words: Sequence[str]) -> ConversationMatch | None:
    """Return a conversation by the rows of its turns, if it has all words."""
    conversation_id, name, updated_at, *_ = rows[0]
    turns = [(str(row[3]), fold(" ".join(row[3:]))) for row in rows]
    text = " ".join([fold(name), *(folded for _, folded in turns)])
    if not all(word in text for word in words):
        return None
    questions = (question for question, folded in turns if any(word in folded for word in words))
    return ConversationMatch(
        ConversationSummary(conversation_id, name, datetime.fromisoformat(updated_at), len(rows)),
        next(questions, ""),
    )


def _check_owner(transaction: Transaction, visitor: str, conversation_id: str) -> None:
    """Check that a conversation is a visitor's own."""
    owned = transaction.execute(
        "SELECT 1 FROM conversation WHERE id = ? AND visitor = ?",
        (conversation_id, hash_visitor(visitor)),
    )
    if owned.fetchone() is None:
        raise KeyError(conversation_id)


def _insert_judgement(
    transaction: Transaction, conversation_id: str, turn_number: int, judgement: Judgement
) -> None:
    cursor = transaction.execute(
        "INSERT INTO judgement"
        " (conversation, turn_number, verdict, passage_id, is_absent, note)"
        " SELECT conversation, turn_number, ?, ?, ?, ?"
        " FROM turn WHERE conversation = ? AND turn_number = ? AND answer IS NOT NULL",
        (
            judgement.verdict,
            judgement.passage_id,
            int(judgement.is_absent),
            judgement.note,
            conversation_id,
            turn_number,
        ),
    )
    if not cursor.rowcount:
        raise KeyError(turn_number)


def _parse_turn(row: tuple[Any, ...]) -> Turn:
    """Return the turn of a row of `_SELECT_TURNS`."""
    question, filters_json, answer, error, verdict, passage_id, is_absent, note, *written = row
    judgement = None if verdict is None else Judgement(verdict, passage_id, bool(is_absent), note)
    turn = Turn(question, filters=filters.parse_filters(filters_json), judgement=judgement)
    if error is not None:
        return replace(turn, error=Message(*json.loads(error)))
    if answer is None:
        return turn
    try:
        paragraph, translation = (
            parse_paragraph(json.loads(stored)) if stored else None for stored in written
        )
        return replace(
            turn, answer=_parse_answer(answer), paragraph=paragraph, translation=translation
        )
    except ValueError:  # written by another release
        return replace(turn, error=_MESSAGES["answer_unreadable"])


@lru_cache(_ANSWER_CACHE_SIZE)
def _parse_answer(stored_json: str) -> Answer:
    """Return a stored answer; cached, for every follow-up question reads the whole conversation.

    Raises:
        ValueError: If it has the form of another release.
    """
    return Answer.from_dict(json.loads(stored_json))

"""Documents in SQLite: publications whole, passages, and what filters ask for.

What is always read whole is kept whole, as JSON in `record` columns; what is looked up has columns
of its own. Text to be compared is kept folded, so that either script finds it.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from index.document import Article, Passage, Publication
from index.glossary.gloss import Gloss, Held
from index.storage.article_headers import heads
from index.storage.passage_terms import Said, said, unpack
from index.storage.records import Criteria, Entry, Head, Origin, Run, SentenceRef, Summary
from index.text.scripts import Language, fold, script

_T = TypeVar("_T")

_SCHEMA = """
CREATE TABLE publication (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL,      -- of the file it was read from
    digest TEXT NOT NULL,    -- of that file's bytes
    date TEXT,
    folded TEXT NOT NULL,    -- titles and number
    first INTEGER NOT NULL,  -- the key of its first passage; the others follow
    passages INTEGER NOT NULL,
    summary BLOB NOT NULL,
    record BLOB NOT NULL     -- without its articles
);
CREATE TABLE article (
    publication TEXT NOT NULL REFERENCES publication (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    folded TEXT NOT NULL,    -- titles
    first INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (publication, number)
);
CREATE TABLE label (         -- an author, a topic or the institute of an article
    publication TEXT NOT NULL,
    article INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    FOREIGN KEY (publication, article) REFERENCES article (publication, number) ON DELETE CASCADE
);
CREATE INDEX label_of_article ON label (publication, article);
CREATE TABLE passage (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    publication TEXT NOT NULL REFERENCES publication (id) ON DELETE CASCADE,
    language TEXT NOT NULL,  -- what it is mainly in
    record BLOB NOT NULL,
    sentences BLOB NOT NULL,
    said BLOB NOT NULL       -- terms, as index.said packs them
);
CREATE INDEX passage_of_publication ON passage (publication);
CREATE INDEX passage_in_language ON passage (language);
CREATE TABLE gloss (
    publication TEXT REFERENCES publication (id) ON DELETE CASCADE,  -- none: the user's own
    record BLOB NOT NULL
);
CREATE INDEX gloss_of_publication ON gloss (publication);
"""


_MATCHING = """
SELECT article.first, article.passages FROM article JOIN publication ON publication.id = publication
WHERE (?1 IS NULL OR publication = ?1 OR instr(publication.folded, ?1))
AND (?2 IS NULL OR instr(article.folded, ?2))
AND (?3 IS NULL OR EXISTS (SELECT * FROM label WHERE label.publication = article.publication
    AND article = number AND kind = 'author' AND instr(label.folded, ?3)))
AND (?4 IS NULL OR EXISTS (SELECT * FROM label WHERE label.publication = article.publication
    AND article = number AND kind = 'topic' AND instr(label.folded, ?4)))
AND (?5 IS NULL OR date >= ?5) AND (?6 IS NULL OR date <= ?6)
ORDER BY article.first
"""


class Documents:
    """The documents of one generation, read only. Safe to use from many threads.

    Every method raises `sqlite3.DatabaseError` or `msgspec.MsgspecError` where the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        # The file of a generation never changes, so SQLite need not look for other writers.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def runs(self) -> list[Run]:
        """The passages of each publication, by rising key."""
        return [
            Run(*row)
            for row in self._all("SELECT first, passages FROM publication ORDER BY first, passages")
        ]

    def run(self, publication: str) -> Run:
        """The passages of a publication.

        Raises:
            KeyError: If there is no such publication.
        """
        sql = "SELECT first, passages FROM publication WHERE id = ?"
        return Run(*self._one(sql, publication))

    def origins(self) -> dict[str, Origin]:
        """Where each publication was read from, by its id."""
        rows = self._all("SELECT id, path, digest FROM publication ORDER BY first")
        return {identity: Origin(path, digest) for identity, path, digest in rows}

    def summaries(self) -> tuple[Summary, ...]:
        """All publications, by date (undated ones last), title and number."""
        sql = "SELECT summary FROM publication ORDER BY date IS NULL, date, folded, id"
        return tuple(_decode(row[0], Summary) for row in self._all(sql))

    def summary(self, publication: str) -> Summary:
        """One publication.

        Raises:
            KeyError: If there is none.
        """
        sql = "SELECT summary FROM publication WHERE id = ?"
        return _decode(self._one(sql, publication)[0], Summary)

    def publication(self, publication: str) -> Publication:
        """A whole publication, as it was read.

        Raises:
            KeyError: If there is none.
        """
        record = self._one("SELECT record FROM publication WHERE id = ?", publication)[0]
        sql = "SELECT record FROM article WHERE publication = ? ORDER BY number"
        articles = tuple(_decode(row[0], Article) for row in self._all(sql, publication))
        return replace(_decode(record, Publication), articles=articles)

    def article(self, publication: str, number: int) -> Article:
        """The article of that index in `Publication.articles`.

        Raises:
            KeyError: If there is none.
        """
        sql = "SELECT record FROM article WHERE publication = ? AND number = ?"
        return _decode(self._one(sql, publication, number)[0], Article)

    def front(self, publication: str) -> Publication:
        """A publication without its articles.

        Raises:
            KeyError: If there is none.
        """
        sql = "SELECT record FROM publication WHERE id = ?"
        return _decode(self._one(sql, publication)[0], Publication)

    def heads(self) -> list[Head]:
        """What stands over each article that has passages, in reading order."""
        return heads(self._all)

    def labels(self, kind: str) -> tuple[str, ...]:
        """All authors or topics, each once, sorted."""
        rows = self._all("SELECT DISTINCT name FROM label WHERE kind = ? ORDER BY name", kind)
        return tuple(name for (name,) in rows)

    def holds(self, language: Language) -> bool:
        """Whether any passage is mainly in a language."""
        [(found,)] = self._all("SELECT EXISTS (SELECT * FROM passage WHERE language = ?)", language)
        return bool(found)

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        """The passages of keys, in their order.

        Raises:
            KeyError: If there is one that no passage has.
        """
        return [_decode(record, Passage) for (record,) in self._rows("record", keys)]

    def said(self, keys: Sequence[int]) -> list[tuple[Language, Said]]:
        """What each passage is mainly in, and its terms, in the order of the keys.

        Raises:
            KeyError: If there is one that no passage has.
            ValueError: If the terms of one are damaged.
        """
        return [(language, unpack(said)) for language, said in self._rows("language, said", keys)]

    def sentences(self, key: int) -> tuple[SentenceRef, ...]:
        """The sentences of a passage: its own, then those of its notes.

        Raises:
            KeyError: If there is no such passage.
        """
        found = self._one("SELECT sentences FROM passage WHERE key = ?", key)[0]
        return _decode(found, tuple[SentenceRef, ...])

    def key(self, passage: str) -> int:
        """The key of the passage of that id.

        Raises:
            KeyError: If there is none.
        """
        return int(self._one("SELECT key FROM passage WHERE id = ?", passage)[0])

    def glosses(self) -> list[Held]:
        """What stands for what: the user's own, then each publication's."""
        sql = "SELECT publication, record FROM gloss ORDER BY publication IS NOT NULL, rowid"
        return [Held(row[0] or "", _decode(row[1], Gloss)) for row in self._all(sql)]

    def matching(self, criteria: Criteria) -> list[Run]:
        """The passages of the articles that meet the criteria, by rising key."""
        texts = (criteria.publication, criteria.article, criteria.author, criteria.topic)
        days = (criteria.after, criteria.before)
        values = [text and fold(text) for text in texts] + [day and day.isoformat() for day in days]
        return [Run(*row) for row in self._all(_MATCHING, *values)]

    def _rows(self, columns: str, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        """The columns of passages, in the order of their keys."""
        sql = f"SELECT key, {columns} FROM passage WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own names
        found = {row[0]: row[1:] for row in self._all(sql, _encode(keys).decode())}
        return [found[key] for key in keys]

    def _one(self, sql: str, *values: object) -> tuple[Any, ...]:
        rows = self._all(sql, *values)
        if not rows:
            raise KeyError(values[0])
        return rows[0]

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()


def write_documents(
    path: Path, old: Path | None, dropped: Iterable[str], entries: Iterable[Entry]
) -> None:
    """Writes the documents of the next generation: those of the old one, changed.

    Args:
        path: Where to; must not exist.
        old: The documents of the current generation; None to begin with none.
        dropped: The ids of publications that go.
        entries: The publications that come.

    Raises:
        OSError: If they cannot be written.
    """
    if old:
        shutil.copyfile(old, path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # Nobody sees this file before it is whole: a crash leaves nothing to be rolled back.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA foreign_keys = ON")
            if not old:
                connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            drop = "DELETE FROM publication WHERE id = ?"
            connection.executemany(drop, ((identity,) for identity in dropped))
            for entry in entries:
                _insert(connection, entry)
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:  # what SQLite raises for a full disk
        raise OSError(f"{path}: {error}") from error


def _insert(connection: sqlite3.Connection, entry: Entry) -> None:
    publication, summary = entry.publication, entry.summary
    connection.execute(
        "INSERT INTO publication VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            publication.id,
            entry.origin.path,
            entry.origin.digest,
            publication.date and publication.date.isoformat(),
            _folded(publication.title, publication.title_translated, publication.number),
            entry.first,
            len(entry.passages),
            _encode(summary),
            _encode(replace(publication, articles=())),
        ),
    )
    first = entry.first
    for number, article in enumerate(publication.articles):
        count = sum(passage.article == number for passage in entry.passages)
        titles = _folded(article.title, article.title_translated)
        connection.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)",
            (publication.id, number, titles, first, count, _encode(article)),
        )
        first += count
        labels = [("author", a.name, _folded(a.name, a.romanised)) for a in article.authors]
        labels += [("topic", topic, _folded(topic)) for topic in article.topics]
        if article.institute:
            labels.append(("institute", article.institute, _folded(article.institute)))
        connection.executemany(
            "INSERT INTO label VALUES (?, ?, ?, ?, ?)",
            ((publication.id, number, *label) for label in labels),
        )
    connection.executemany(
        "INSERT INTO gloss VALUES (?, ?)",
        ((publication.id, _encode(gloss)) for gloss in entry.glosses),
    )
    connection.executemany(
        "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                entry.first + at,
                passage.id,
                publication.id,
                script(passage.text),
                _encode(passage),
                _encode(sentences),
                said(passage, publication.articles[passage.article], sentences),
            )
            for at, (passage, sentences) in enumerate(
                zip(entry.passages, entry.sentences, strict=True)
            )
        ),
    )


def _folded(*texts: str) -> str:
    return "\n".join(fold(text) for text in texts if text)


def _encode(value: object) -> bytes:
    return msgspec.json.encode(value)


def _decode(record: bytes, kind: type[_T]) -> _T:
    return msgspec.json.decode(record, type=kind)

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
from index.glossary.gloss import Gloss, StoredGloss
from index.storage.article_headers import load_article_headers
from index.storage.passage_terms import PassageTerms, pack, unpack
from index.storage.records import (
    ArticleHeader,
    Filters,
    KeyRange,
    PublicationEntry,
    SentenceRef,
    SourceFile,
    Summary,
)
from index.text.scripts import Language, detect_language, fold

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


_FILTER_SQL = """
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

    def key_ranges(self) -> list[KeyRange]:
        """The passages of each publication, by rising key."""
        return [
            KeyRange(*row)
            for row in self._fetch_all(
                "SELECT first, passages FROM publication ORDER BY first, passages"
            )
        ]

    def key_range(self, publication_id: str) -> KeyRange:
        """The passages of a publication.

        Raises:
            KeyError: If there is no such publication.
        """
        sql = "SELECT first, passages FROM publication WHERE id = ?"
        return KeyRange(*self._fetch_one(sql, publication_id))

    def source_files(self) -> dict[str, SourceFile]:
        """Where each publication was read from, by its id."""
        rows = self._fetch_all("SELECT id, path, digest FROM publication ORDER BY first")
        return {publication_id: SourceFile(path, digest) for publication_id, path, digest in rows}

    def summaries(self) -> tuple[Summary, ...]:
        """All publications, by date (undated ones last), title and number."""
        sql = "SELECT summary FROM publication ORDER BY date IS NULL, date, folded, id"
        return tuple(_decode_json(row[0], Summary) for row in self._fetch_all(sql))

    def summary(self, publication_id: str) -> Summary:
        """One publication.

        Raises:
            KeyError: If there is none.
        """
        sql = "SELECT summary FROM publication WHERE id = ?"
        return _decode_json(self._fetch_one(sql, publication_id)[0], Summary)

    def publication(self, publication_id: str) -> Publication:
        """A whole publication, as it was read.

        Raises:
            KeyError: If there is none.
        """
        record = self._fetch_one("SELECT record FROM publication WHERE id = ?", publication_id)[0]
        sql = "SELECT record FROM article WHERE publication = ? ORDER BY number"
        articles = tuple(
            _decode_json(_upgrade_article(row[0]), Article)
            for row in self._fetch_all(sql, publication_id)
        )
        return replace(_decode_json(record, Publication), articles=articles)

    def article(self, publication_id: str, article_index: int) -> Article:
        """The article of that index in `Publication.articles`.

        Raises:
            KeyError: If there is none.
        """
        sql = "SELECT record FROM article WHERE publication = ? AND number = ?"
        return _decode_json(self._fetch_one(sql, publication_id, article_index)[0], Article)

    def publication_metadata(self, publication_id: str) -> Publication:
        """A publication without its articles.

        Raises:
            KeyError: If there is none.
        """
        sql = "SELECT record FROM publication WHERE id = ?"
        return _decode_json(self._fetch_one(sql, publication_id)[0], Publication)

    def article_headers(self) -> list[ArticleHeader]:
        """What stands over each article that has passages, in reading order."""
        return load_article_headers(self._fetch_all)

    def labels(self, kind: str) -> tuple[str, ...]:
        """All authors or topics, each once, sorted."""
        rows = self._fetch_all("SELECT DISTINCT name FROM label WHERE kind = ? ORDER BY name", kind)
        return tuple(name for (name,) in rows)

    def has_language(self, language: Language) -> bool:
        """Whether any passage is mainly in a language."""
        [(exists,)] = self._fetch_all(
            "SELECT EXISTS (SELECT * FROM passage WHERE language = ?)", language
        )
        return bool(exists)

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        """The passages of keys, in their order.

        Raises:
            KeyError: If there is one that no passage has.
        """
        return [_decode_json(record, Passage) for (record,) in self._fetch_passages("record", keys)]

    def passage_terms(self, keys: Sequence[int]) -> list[tuple[Language, PassageTerms]]:
        """What each passage is mainly in, and its terms, in the order of the keys.

        Raises:
            KeyError: If there is one that no passage has.
            ValueError: If the terms of one are damaged.
        """
        return [
            (language, unpack(packed_terms))
            for language, packed_terms in self._fetch_passages("language, said", keys)
        ]

    def sentences(self, key: int) -> tuple[SentenceRef, ...]:
        """The sentences of a passage: its own, then those of its notes.

        Raises:
            KeyError: If there is no such passage.
        """
        record = self._fetch_one("SELECT sentences FROM passage WHERE key = ?", key)[0]
        return _decode_json(record, tuple[SentenceRef, ...])

    def passage_key(self, passage_id: str) -> int:
        """The key of the passage of that id.

        Raises:
            KeyError: If there is none.
        """
        return int(self._fetch_one("SELECT key FROM passage WHERE id = ?", passage_id)[0])

    def glosses(self) -> list[StoredGloss]:
        """What stands for what: the user's own, then each publication's."""
        sql = "SELECT publication, record FROM gloss ORDER BY publication IS NOT NULL, rowid"
        return [
            StoredGloss(row[0] or "", _decode_json(row[1], Gloss)) for row in self._fetch_all(sql)
        ]

    def filter_articles(self, filters: Filters) -> list[KeyRange]:
        """The passages of the articles that meet the criteria, by rising key."""
        texts = (filters.publication, filters.article, filters.author, filters.topic)
        days = (filters.after, filters.before)
        values = [text and fold(text) for text in texts] + [day and day.isoformat() for day in days]
        return [KeyRange(*row) for row in self._fetch_all(_FILTER_SQL, *values)]

    def _fetch_passages(self, columns: str, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        """The columns of passages, in the order of their keys."""
        sql = f"SELECT key, {columns} FROM passage WHERE key IN (SELECT value FROM json_each(?))"  # noqa: S608 - our own names
        by_key = {row[0]: row[1:] for row in self._fetch_all(sql, _encode_json(keys).decode())}
        return [by_key[key] for key in keys]

    def _fetch_one(self, sql: str, *values: object) -> tuple[Any, ...]:
        rows = self._fetch_all(sql, *values)
        if not rows:
            raise KeyError(values[0])
        return rows[0]

    def _fetch_all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()


def write_documents(
    path: Path,
    previous: Path | None,
    dropped_ids: Iterable[str],
    entries: Iterable[PublicationEntry],
) -> None:
    """Writes the documents of the next generation: those of the old one, changed.

    Args:
        path: Where to; must not exist.
        previous: The documents of the current generation; None to begin with none.
        dropped_ids: The ids of publications that go.
        entries: The publications that come.

    Raises:
        OSError: If they cannot be written.
    """
    if previous:
        shutil.copyfile(previous, path)
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            # Nobody sees this file before it is whole: a crash leaves nothing to be rolled back.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA foreign_keys = ON")
            if not previous:
                connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            delete_sql = "DELETE FROM publication WHERE id = ?"
            connection.executemany(
                delete_sql, ((publication_id,) for publication_id in dropped_ids)
            )
            for entry in entries:
                _insert_publication(connection, entry)
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:  # what SQLite raises for a full disk
        raise OSError(f"{path}: {error}") from error


def _insert_publication(connection: sqlite3.Connection, entry: PublicationEntry) -> None:
    publication, summary = entry.publication, entry.summary
    connection.execute(
        "INSERT INTO publication VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            publication.id,
            entry.source_file.path,
            entry.source_file.digest,
            publication.date and publication.date.isoformat(),
            _fold_texts(publication.title, publication.title_translated, publication.number),
            entry.first_key,
            len(entry.passages),
            _encode_json(summary),
            _encode_json(replace(publication, articles=())),
        ),
    )
    first_key = entry.first_key
    for article_index, article in enumerate(publication.articles):
        count = sum(passage.article_index == article_index for passage in entry.passages)
        titles = _fold_texts(article.title, article.title_translated)
        connection.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)",
            (publication.id, article_index, titles, first_key, count, _encode_json(article)),
        )
        first_key += count
        labels = [
            ("author", author.name, _fold_texts(author.name, author.romanised))
            for author in article.authors
        ]
        labels += [("topic", topic, _fold_texts(topic)) for topic in article.topics]
        if article.institute:
            labels.append(("institute", article.institute, _fold_texts(article.institute)))
        connection.executemany(
            "INSERT INTO label VALUES (?, ?, ?, ?, ?)",
            ((publication.id, article_index, *label) for label in labels),
        )
    connection.executemany(
        "INSERT INTO gloss VALUES (?, ?)",
        ((publication.id, _encode_json(gloss)) for gloss in entry.glosses),
    )
    connection.executemany(
        "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                entry.first_key + offset,
                passage.id,
                publication.id,
                detect_language(passage.text),
                _encode_json(passage),
                _encode_json(sentences),
                pack(passage, publication.articles[passage.article_index], sentences),
            )
            for offset, (passage, sentences) in enumerate(
                zip(entry.passages, entry.sentences, strict=True)
            )
        ),
    )


def _fold_texts(*texts: str) -> str:
    return "\n".join(fold(text) for text in texts if text)


def _encode_json(value: object) -> bytes:
    return msgspec.json.encode(value)


def _upgrade_article(record: bytes) -> bytes:
    """Return the record of an article with the keys of its notes as they are since format 6."""
    record = record.replace(b'"stands_for":', b'"resolves_to":')
    return record.replace(b'"see":', b'"see_also":')  # in a text both quotes would be escaped


def _decode_json(record: bytes, record_type: type[_T]) -> _T:
    return msgspec.json.decode(record, type=record_type)

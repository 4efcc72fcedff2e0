"""Writes the documents of a segment into SQLite.

A record that is always read whole is one column of JSON, compressed; what is looked up has columns
of its own. Text that is compared is stored folded (see `index.text.scripts.fold`), so that both
Chinese scripts match.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from index.document import Article
from index.storage.compression import RecordCompressor
from index.storage.passage_terms import TermIds, unpack_terms
from index.storage.records import PublicationEntry
from index.storage.term_vocabulary import TermVocabulary, build_vocabulary, load_unpacker
from index.text.scripts import fold

# Most records fill a third of a page of this size, so that little of it is left empty.
_SCHEMA = """
PRAGMA page_size = 2048;
CREATE TABLE publication (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL,      -- of the file it was read from
    digest TEXT NOT NULL,    -- of that file's bytes
    date TEXT,
    folded_titles TEXT NOT NULL,   -- and number
    first_key INTEGER NOT NULL,    -- of its first passage; the others follow
    passage_count INTEGER NOT NULL,
    summary BLOB NOT NULL,
    record BLOB NOT NULL     -- without its articles
);
CREATE TABLE article (
    publication TEXT NOT NULL REFERENCES publication (id) ON DELETE CASCADE,
    article_index INTEGER NOT NULL,
    folded_titles TEXT NOT NULL,
    first_key INTEGER NOT NULL,
    passage_count INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (publication, article_index)
);
CREATE TABLE label (         -- an author, a topic or the institute of an article
    publication TEXT NOT NULL,
    article_index INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    FOREIGN KEY (publication, article_index)
        REFERENCES article (publication, article_index) ON DELETE CASCADE
);
CREATE INDEX label_of_article ON label (publication, article_index);
CREATE TABLE passage (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    publication TEXT NOT NULL REFERENCES publication (id) ON DELETE CASCADE,
    language TEXT NOT NULL,  -- its main one
    record BLOB NOT NULL,
    sentences BLOB NOT NULL,
    terms BLOB NOT NULL      -- as index.storage.term_vocabulary.TermVocabulary.pack makes them
);
CREATE TABLE vocabulary (term_ids BLOB NOT NULL);
CREATE INDEX passage_of_publication ON passage (publication);
CREATE INDEX passage_in_language ON passage (language);
CREATE TABLE gloss (
    publication TEXT NOT NULL REFERENCES publication (id) ON DELETE CASCADE,
    record BLOB NOT NULL
);
CREATE INDEX gloss_of_publication ON gloss (publication);
"""

# Each with the column of the publication's id, and how its columns are carried over; those that
# others refer to come first.
_TABLES = {
    "publication": (
        "id",
        "id, path, digest, date, folded_titles, first_key, passage_count, "
        "compress(summary), compress(record)",
    ),
    "article": (
        "publication",
        "publication, article_index, folded_titles, first_key, passage_count, compress(record)",
    ),
    "label": ("publication", "publication, article_index, kind, name, folded_name"),
    "passage": (
        "publication",
        "key, id, publication, language, compress(record), compress(sentences), repack(terms)",
    ),
    "gloss": ("publication", "publication, compress(record)"),
}

_BLOCK_PASSAGES = 1024  # passages whose terms are counted at once


def write_documents(
    path: Path,
    carried: Iterable[tuple[Path, Collection[str]]],
    entries: Collection[PublicationEntry],
) -> None:
    """Write the documents of a segment: some of those of others, and those that are added.

    Args:
        path: The file to be written; must not exist.
        carried: Files of documents, each with the ids of the publications to be carried over.
        entries: The publications that are added.

    Raises:
        OSError: If they cannot be written.
    """
    carried = list(carried)
    with _open_for_writing(path) as connection:
        connection.executescript(_SCHEMA)
        vocabulary = build_vocabulary(_iter_terms(connection, carried, entries))
        connection.execute("INSERT INTO vocabulary VALUES (?)", (vocabulary.join(),))
        writer = _Writer(connection, vocabulary)
        for source, publication_ids in carried:
            writer.copy_publications(source, publication_ids)
        connection.execute("BEGIN")
        for entry in entries:
            writer.insert_entry(entry)
        connection.execute("COMMIT")


def _iter_terms(
    connection: sqlite3.Connection,
    carried: Iterable[tuple[Path, Collection[str]]],
    entries: Iterable[PublicationEntry],
) -> Iterator[TermIds]:
    """Yield the terms of all passages, in blocks."""
    for source, publication_ids in carried:
        with _attach(connection, source):
            unpack = load_unpacker(connection, "source")
            rows = connection.execute(
                "SELECT terms FROM source.passage "
                "WHERE publication IN (SELECT value FROM json_each(?))",
                (json.dumps(list(publication_ids)),),
            )
            while block := rows.fetchmany(_BLOCK_PASSAGES):
                terms = unpack([record for (record,) in block])
                yield np.concatenate([item.term_ids for item in terms])
    for entry in entries:
        yield from (unpack_terms(record).term_ids for record in entry.packed_terms)


@contextmanager
def _open_for_writing(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(_connect(path)) as connection:
            # No reader sees this file before it is complete: there is nothing to roll back.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
        raise OSError(f"{path}: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path.absolute().as_uri(), isolation_level=None, uri=True)


@contextmanager
def _attach(connection: sqlite3.Connection, source: Path) -> Iterator[None]:
    """Let the connection read a file of documents as `source`."""
    connection.execute("ATTACH ? AS source", (f"{source.absolute().as_uri()}?immutable=1",))
    yield
    connection.execute("DETACH source")


class _Writer:
    """Writes publications into the tables."""

    def __init__(self, connection: sqlite3.Connection, vocabulary: TermVocabulary) -> None:
        self._connection = connection
        self._vocabulary = vocabulary
        self._compress = RecordCompressor().compress
        connection.create_function("compress", 1, self._compress)

    def copy_publications(self, source: Path, publication_ids: Collection[str]) -> None:
        """Copy publications of another file, in the form that this version writes."""
        connection = self._connection
        with _attach(connection, source):
            unpack = load_unpacker(connection, "source")
            connection.create_function(
                "repack", 1, lambda record: self._vocabulary.pack(unpack([record])[0])
            )
            connection.execute("BEGIN")
            for table, (id_column, columns) in _TABLES.items():
                connection.execute(
                    f"INSERT INTO main.{table} SELECT {columns} FROM source.{table} "  # noqa: S608 - names above
                    f"WHERE {id_column} IN (SELECT value FROM json_each(?)) ORDER BY rowid",
                    (json.dumps(list(publication_ids)),),
                )
            connection.execute("COMMIT")

    def insert_entry(self, entry: PublicationEntry) -> None:
        """Insert a publication that is added."""
        self._insert_publication(entry)
        self._insert_articles(entry)
        self._insert_passages(entry)
        self._connection.executemany(
            "INSERT INTO gloss VALUES (?, ?)",
            ((entry.publication.id, self._encode(gloss)) for gloss in entry.glosses),
        )

    def _insert_publication(self, entry: PublicationEntry) -> None:
        publication = entry.publication
        self._connection.execute(
            "INSERT INTO publication VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                publication.id,
                entry.source_file.path,
                entry.source_file.digest,
                publication.date and publication.date.isoformat(),
                _fold_texts(publication.title, publication.title_translated, publication.number),
                entry.first_key,
                len(entry.passages),
                self._encode(entry.summary),
                self._encode(replace(publication, articles=())),
            ),
        )

    def _insert_articles(self, entry: PublicationEntry) -> None:
        publication_id, first_key = entry.publication.id, entry.first_key
        for index, article in enumerate(entry.publication.articles):
            count = sum(passage.article_index == index for passage in entry.passages)
            titles = _fold_texts(article.title, article.title_translated)
            self._connection.execute(
                "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)",
                (publication_id, index, titles, first_key, count, self._encode(article)),
            )
            self._connection.executemany(
                "INSERT INTO label VALUES (?, ?, ?, ?, ?)",
                ((publication_id, index, *label) for label in _list_labels(article)),
            )
            first_key += count

    def _insert_passages(self, entry: PublicationEntry) -> None:
        columns = zip(
            entry.passages, entry.sentences, entry.languages, entry.packed_terms, strict=True
        )
        self._connection.executemany(
            "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    key,
                    passage.id,
                    entry.publication.id,
                    language,
                    self._encode(passage),
                    self._encode(sentences),
                    self._vocabulary.pack(unpack_terms(packed_terms)),
                )
                for key, (passage, sentences, language, packed_terms) in enumerate(
                    columns, entry.first_key
                )
            ),
        )

    def _encode(self, record: object) -> bytes:
        return self._compress(msgspec.json.encode(record))


def _list_labels(article: Article) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and folded name of each label of an article."""
    for author in article.authors:
        yield "author", author.name, _fold_texts(author.name, author.romanised)
    for topic in article.topics:
        yield "topic", topic, _fold_texts(topic)
    if article.institute:
        yield "institute", article.institute, _fold_texts(article.institute)


def _fold_texts(*texts: str) -> str:
    return "\n".join(fold(text) for text in texts if text)

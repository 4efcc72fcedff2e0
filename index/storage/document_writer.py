"""Writes the documents of a segment into SQLite.

A record that is always read whole is one column of JSON; what is looked up has columns of its own.
Text that is compared is stored folded (see `index.text.scripts.fold`), so that both Chinese scripts
match.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from index.document import Article
from index.glossary.gloss import Gloss
from index.storage.records import PublicationEntry
from index.text.scripts import fold

_SCHEMA = """
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
    terms BLOB NOT NULL      -- as index.storage.passage_terms.pack_terms makes them
);
CREATE INDEX passage_of_publication ON passage (publication);
CREATE INDEX passage_in_language ON passage (language);
CREATE TABLE gloss (
    publication TEXT NOT NULL REFERENCES publication (id) ON DELETE CASCADE,
    record BLOB NOT NULL
);
CREATE INDEX gloss_of_publication ON gloss (publication);
"""

# Each with the column of the publication's id; those that others refer to come first.
_TABLES = {
    "publication": "id",
    "article": "publication",
    "label": "publication",
    "passage": "publication",
    "gloss": "publication",
}


def write_documents(
    path: Path,
    carried: Iterable[tuple[Path, Collection[str]]],
    entries: Iterable[PublicationEntry],
) -> None:
    """Write the documents of a segment: some of those of others, and those that are added.

    Args:
        path: The file to be written; must not exist.
        carried: Files of documents, each with the ids of the publications to be carried over.
        entries: The publications that are added.

    Raises:
        OSError: If they cannot be written.
    """
    with _open_for_writing(path) as connection:
        connection.executescript(_SCHEMA)
        for source, publication_ids in carried:
            _copy_publications(connection, source, publication_ids)
        connection.execute("BEGIN")
        for entry in entries:
            _insert_publication(connection, entry)
            _insert_articles(connection, entry)
            _insert_passages(connection, entry)
            _insert_glosses(connection, entry.publication.id, entry.glosses)
        connection.execute("COMMIT")


@contextmanager
def _open_for_writing(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(_connect(path)) as connection:
            # No reader sees this file before it is complete: there is nothing to roll back.
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
    except sqlite3.OperationalError as error:  # what SQLite raises for a full disk
        raise OSError(f"{path}: {error}") from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path.absolute().as_uri(), isolation_level=None, uri=True)


def _copy_publications(
    connection: sqlite3.Connection, source: Path, publication_ids: Collection[str]
) -> None:
    connection.execute("ATTACH ? AS source", (f"{source.absolute().as_uri()}?immutable=1",))
    connection.execute("BEGIN")
    for table, id_column in _TABLES.items():
        connection.execute(
            f"INSERT INTO main.{table} SELECT * FROM source.{table} "  # noqa: S608 - names above
            f"WHERE {id_column} IN (SELECT value FROM json_each(?)) ORDER BY rowid",
            (json.dumps(list(publication_ids)),),
        )
    connection.execute("COMMIT")
    connection.execute("DETACH source")


def _insert_publication(connection: sqlite3.Connection, entry: PublicationEntry) -> None:
    publication = entry.publication
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
            msgspec.json.encode(entry.summary),
            msgspec.json.encode(replace(publication, articles=())),
        ),
    )


def _insert_articles(connection: sqlite3.Connection, entry: PublicationEntry) -> None:
    publication_id, first_key = entry.publication.id, entry.first_key
    for index, article in enumerate(entry.publication.articles):
        count = sum(passage.article_index == index for passage in entry.passages)
        titles = _fold_texts(article.title, article.title_translated)
        connection.execute(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)",
            (publication_id, index, titles, first_key, count, msgspec.json.encode(article)),
        )
        connection.executemany(
            "INSERT INTO label VALUES (?, ?, ?, ?, ?)",
            ((publication_id, index, *label) for label in _list_labels(article)),
        )
        first_key += count


def _list_labels(article: Article) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and folded name of each label of an article."""
    for author in article.authors:
        yield "author", author.name, _fold_texts(author.name, author.romanised)
    for topic in article.topics:
        yield "topic", topic, _fold_texts(topic)
    if article.institute:
        yield "institute", article.institute, _fold_texts(article.institute)


def _insert_passages(connection: sqlite3.Connection, entry: PublicationEntry) -> None:
    columns = zip(entry.passages, entry.sentences, entry.languages, entry.packed_terms, strict=True)
    connection.executemany(
        "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                key,
                passage.id,
                entry.publication.id,
                language,
                msgspec.json.encode(passage),
                msgspec.json.encode(sentences),
                packed_terms,
            )
            for key, (passage, sentences, language, packed_terms) in enumerate(
                columns, entry.first_key
            )
        ),
    )


def _insert_glosses(
    connection: sqlite3.Connection, publication_id: str, glosses: Iterable[Gloss]
) -> None:
    connection.executemany(
        "INSERT INTO gloss VALUES (?, ?)",
        ((publication_id, msgspec.json.encode(gloss)) for gloss in glosses),
    )


def _fold_texts(*texts: str) -> str:
    return "\n".join(fold(text) for text in texts if text)

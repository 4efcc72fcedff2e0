"""Reads the documents of a segment: publications, articles, passages, labels and glosses.

The tables are those of `index.storage.document_writer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import msgspec

from index.database import ReadOnlyDatabase
from index.document import Article, Passage, Publication
from index.glossary.gloss import Gloss, StoredGloss
from index.storage.compression import decompress_record
from index.storage.passage_terms import PassageTerms
from index.storage.records import (
    ArticleHeader,
    Filters,
    KeyRange,
    SentenceRef,
    SourceFile,
    StoredPublication,
    Summary,
)
from index.storage.term_vocabulary import load_unpacker
from index.text.scripts import Language, fold

_T = TypeVar("_T")

_HEADER_LABELS = ("author", "topic", "institute")

# Publications in the order of their rows: by what they are, not by when they were added.
_ORDER_SQL = """
CREATE TEMP VIEW ordered_publication AS SELECT *,
    row_number() OVER (ORDER BY date IS NULL, date, folded_titles, id) AS position FROM publication
"""

_FILTER_SQL = """
SELECT article.first_key, article.passage_count
FROM article JOIN ordered_publication ON ordered_publication.id = publication
WHERE (?1 IS NULL OR publication = ?1 OR instr(ordered_publication.folded_titles, ?1))
AND (?2 IS NULL OR instr(article.folded_titles, ?2))
AND (?3 IS NULL OR EXISTS (SELECT * FROM label WHERE label.publication = article.publication
    AND label.article_index = article.article_index AND kind = 'author'
    AND instr(folded_name, ?3)))
AND (?4 IS NULL OR EXISTS (SELECT * FROM label WHERE label.publication = article.publication
    AND label.article_index = article.article_index AND kind = 'topic'
    AND instr(folded_name, ?4)))
AND (?5 IS NULL OR date >= ?5) AND (?6 IS NULL OR date <= ?6)
ORDER BY position, article_index
"""

# What is dropped is hidden from everything that reads the tables by their own names.
_DROPPED_SQL = """
PRAGMA temp_store = MEMORY;
CREATE TEMP TABLE dropped (id TEXT PRIMARY KEY);
CREATE TEMP VIEW publication AS
SELECT * FROM main.publication WHERE id NOT IN (SELECT id FROM dropped);
CREATE TEMP VIEW article AS
SELECT * FROM main.article WHERE publication NOT IN (SELECT id FROM dropped);
CREATE TEMP VIEW label AS
SELECT rowid, * FROM main.label WHERE publication NOT IN (SELECT id FROM dropped);
CREATE TEMP VIEW passage AS
SELECT * FROM main.passage WHERE publication NOT IN (SELECT id FROM dropped);
CREATE TEMP VIEW gloss AS
SELECT rowid, * FROM main.gloss WHERE publication NOT IN (SELECT id FROM dropped);
"""
_STORED_SQL = """
SELECT id, date, folded_titles, first_key, passage_count, path, digest FROM {schema}.publication
ORDER BY date IS NULL, date, folded_titles, id
"""

_HAS_OLD_NAMES_SQL = "SELECT * FROM pragma_table_info('publication') WHERE name = 'first'"
# Formats before 6, under the names of this one. In JSON a quote inside a text is escaped: what is
# replaced can only be a key.
_OUTDATED_FORMAT_SQL = """
CREATE TEMP VIEW publication AS
SELECT *, first AS first_key, passages AS passage_count, folded AS folded_titles
FROM main.publication;
CREATE TEMP VIEW article AS
SELECT publication, number AS article_index, CAST(
    replace(replace(record, '"stands_for":', '"resolves_to":'), '"see":', '"see_also":') AS BLOB
) AS record
FROM main.article;
"""
_NO_GLOSSES_SQL = "CREATE TEMP VIEW gloss AS SELECT NULL AS publication, NULL AS record WHERE FALSE"


class Documents(ReadOnlyDatabase):
    """The documents of one segment. Safe to use from many threads.

    Every method raises `sqlite3.DatabaseError` or `msgspec.MsgspecError` where the file is damaged.

    Attributes:
        stored: All publications in the file, dropped ones too, in the order of their passages.
        dropped_ids: The ids of those that are not in the library any more.
    """

    def __init__(
        self, path: Path, dropped_ids: Iterable[str] = (), *, is_outdated: bool = False
    ) -> None:
        """Open the file.

        Args:
            path: A file that `write_documents` wrote.
            dropped_ids: The ids of publications that no other method returns anything of.
            is_outdated: Whether it is of an older format: then only `source_files`, `summaries`,
                `publication` and `glosses` can be called.
        """
        super().__init__(path)
        self.dropped_ids = frozenset(dropped_ids)
        if is_outdated:
            self._open_outdated()
        elif self.dropped_ids:
            self._connection.executescript(_DROPPED_SQL)
            self._connection.executemany(
                "INSERT INTO dropped VALUES (?)", ((dropped,) for dropped in self.dropped_ids)
            )
            self._connection.commit()
        self._connection.execute(_ORDER_SQL)
        schema = "temp" if is_outdated and self._has_view("publication") else "main"
        self.stored = [
            StoredPublication(name, day, titles, KeyRange(key, size), SourceFile(file, digest))
            for name, day, titles, key, size, file, digest in self._fetch_all(
                _STORED_SQL.format(schema=schema)
            )
        ]

    def source_files(self) -> dict[str, SourceFile]:
        """Return the file that each publication was read from, by id, in the order of the rows."""
        rows = self._fetch_all("SELECT id, path, digest FROM ordered_publication ORDER BY position")
        return {publication_id: SourceFile(path, digest) for publication_id, path, digest in rows}

    def summaries(self) -> tuple[Summary, ...]:
        """Return all publications, by date (undated ones last), title and number."""
        sql = "SELECT summary FROM ordered_publication ORDER BY position"
        return tuple(_decode(row[0], Summary) for row in self._fetch_all(sql))

    def summary(self, publication_id: str) -> Summary:
        """Return one publication as a list shows it.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        sql = "SELECT summary FROM publication WHERE id = ?"
        return _decode(self._fetch_one(sql, publication_id)[0], Summary)

    def publication(self, publication_id: str) -> Publication:
        """Return a whole publication, as it was read.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        sql = "SELECT record FROM article WHERE publication = ? ORDER BY article_index"
        records = self._fetch_all(sql, publication_id)
        articles = tuple(_decode(record, Article) for (record,) in records)
        return replace(self.publication_metadata(publication_id), articles=articles)

    def publication_metadata(self, publication_id: str) -> Publication:
        """Return a publication without its articles.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        sql = "SELECT record FROM publication WHERE id = ?"
        return _decode(self._fetch_one(sql, publication_id)[0], Publication)

    def article(self, publication_id: str, article_index: int) -> Article:
        """Return one article of a publication.

        Args:
            publication_id: The publication's id.
            article_index: The article's index in `Publication.articles`.

        Raises:
            KeyError: If there is no such article.
        """
        sql = "SELECT record FROM article WHERE publication = ? AND article_index = ?"
        return _decode(self._fetch_one(sql, publication_id, article_index)[0], Article)

    def article_headers(self) -> list[ArticleHeader]:
        """Return the header of each article that has passages, in reading order."""
        labels: dict[tuple[str, int, str], list[str]] = {}
        sql = "SELECT publication, article_index, kind, folded_name FROM label ORDER BY rowid"
        for *label, folded_name in self._fetch_all(sql):
            labels.setdefault(tuple(label), []).append(folded_name)
        rows = self._fetch_all(
            "SELECT publication, article_index, article.first_key, article.folded_titles "
            "FROM article JOIN ordered_publication ON ordered_publication.id = publication "
            "WHERE article.passage_count ORDER BY position, article_index"
        )
        return [
            ArticleHeader(
                publication_id,
                article_index,
                first_key,
                tuple(folded_titles.split("\n")),
                *(
                    tuple(labels.get((publication_id, article_index, kind), ()))
                    for kind in _HEADER_LABELS
                ),
            )
            for publication_id, article_index, first_key, folded_titles in rows
        ]

    def labels(self, kind: str) -> tuple[str, ...]:
        """Return all labels of a kind, each once, sorted.

        Args:
            kind: "author", "topic" or "institute".
        """
        rows = self._fetch_all("SELECT DISTINCT name FROM label WHERE kind = ? ORDER BY name", kind)
        return tuple(name for (name,) in rows)

    def has_language(self, language: Language) -> bool:
        """Return whether a language is the main one of any passage.

        Args:
            language: "en" or "zh".
        """
        sql = "SELECT EXISTS (SELECT * FROM passage WHERE language = ?)"
        return bool(self._fetch_one(sql, language)[0])

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        """Return the passages of keys, in their order.

        Args:
            keys: Keys of passages.

        Raises:
            KeyError: If there is no passage of one of the keys.
        """
        rows = self._fetch_by_key("passage", "key", "record", keys)
        return [_decode(rows[key][0], Passage) for key in keys]

    def passage_terms(self, keys: Sequence[int]) -> list[tuple[Language, PassageTerms]]:
        """Return the main language and the terms of each passage, in the order of the keys.

        Args:
            keys: Keys of passages.

        Raises:
            KeyError: If there is no passage of one of the keys.
            ValueError: If the terms of a passage are damaged.
        """
        rows = self._fetch_by_key("passage", "key", "language, terms", keys)
        terms = self._unpack_terms([rows[key][1] for key in keys])
        return [(rows[key][0], own_terms) for key, own_terms in zip(keys, terms, strict=True)]

    def sentences(self, keys: Sequence[int]) -> list[tuple[SentenceRef, ...]]:
        """Return the sentences of each passage: its own, then those of its notes.

        Args:
            keys: Keys of passages.

        Raises:
            KeyError: If there is no passage of one of the keys.
        """
        rows = self._fetch_by_key("passage", "key", "sentences", keys)
        return [_decode(rows[key][0], tuple[SentenceRef, ...]) for key in keys]

    def passage_key(self, passage_id: str) -> int:
        """Return the key of a passage.

        Args:
            passage_id: The passage's id.

        Raises:
            KeyError: If there is no such passage.
        """
        return int(self._fetch_one("SELECT key FROM passage WHERE id = ?", passage_id)[0])

    def glosses(self) -> list[StoredGloss]:
        """Return all glosses: the user's own, then each publication's."""
        sql = (
            "SELECT publication, gloss.record FROM gloss "
            "LEFT JOIN ordered_publication ON ordered_publication.id = publication "
            "ORDER BY publication IS NOT NULL, position, gloss.rowid"
        )
        return [
            StoredGloss(publication_id or "", _decode(record, Gloss))
            for publication_id, record in self._fetch_all(sql)
        ]

    def filter_articles(self, filters: Filters) -> list[KeyRange]:
        """Return the keys of the passages of each article that meets all filters, in order.

        Args:
            filters: What the article has to be; None excludes nothing.
        """
        texts = (filters.publication, filters.article, filters.author, filters.topic)
        days = (filters.after, filters.before)
        values = [text and fold(text) for text in texts] + [day and day.isoformat() for day in days]
        return [KeyRange(*row) for row in self._fetch_all(_FILTER_SQL, *values)]

    @cached_property
    def _unpack_terms(self) -> Callable[[Sequence[bytes]], list[PassageTerms]]:
        with self._lock:
            return load_unpacker(self._connection)

    def _open_outdated(self) -> None:
        if self._fetch_all(_HAS_OLD_NAMES_SQL):
            self._connection.executescript(_OUTDATED_FORMAT_SQL)
        if not self._fetch_all("SELECT * FROM main.sqlite_master WHERE name = 'gloss'"):
            self._connection.execute(_NO_GLOSSES_SQL)

    def _has_view(self, name: str) -> bool:
        return bool(self._fetch_all("SELECT * FROM temp.sqlite_master WHERE name = ?", name))


def _decode(record: bytes, record_type: type[_T]) -> _T:
    return msgspec.json.decode(decompress_record(record), type=record_type)

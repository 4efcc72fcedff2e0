"""The documents of a generation: those of all its segments, in the order of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from index.document import Article, Passage, Publication
from index.glossary.gloss import StoredGloss
from index.storage.documents import Documents
from index.storage.passage_terms import PassageTerms
from index.storage.records import (
    ArticleHeader,
    Filters,
    KeyRange,
    SentenceRef,
    SourceFile,
    StoredPublication,
    StoredRange,
    Summary,
)
from index.text.scripts import Language

_T = TypeVar("_T")


class DocumentSource(Protocol):
    """The documents of a segment, which need not be open yet."""

    @property
    def stored(self) -> Sequence[StoredPublication]:
        """All publications of the segment, in the order of their passages."""

    @property
    def dropped_ids(self) -> frozenset[str]:
        """The ids of those that are not in the library any more."""

    @property
    def documents(self) -> Documents:
        """The documents themselves."""


class OutdatedDocuments(NamedTuple):
    """The documents of a library of an older format, which has no segments."""

    documents: Documents
    stored: Sequence[StoredPublication]
    dropped_ids: frozenset[str]


class DocumentSet:
    """The documents of several segments as one. Safe to use from many threads.

    Publications are in the order of the rows: by date (undated ones last), titles and id. Methods
    raise what those of `Documents` do.
    """

    def __init__(self, parts: Sequence[DocumentSource]) -> None:
        """Take the documents of the segments.

        Args:
            parts: The documents of each segment; no publication is in two of them.
        """
        self._parts = parts
        placed = sorted(
            chain.from_iterable(map(_place, range(len(parts)), parts)),
            key=lambda item: item[0].sort_key,
        )
        self._source_files = {stored.id: stored.source_file for stored, _ in placed}
        self._ranges = {stored.id: stored_range for stored, stored_range in placed}
        self._positions = {stored.id: position for position, (stored, _) in enumerate(placed)}
        table = [(stored.first_key, stored.segment) for stored in self._ranges.values()]
        self._first_keys, self._segments = np.array(sorted(table), dtype=np.int64).reshape(-1, 2).T

    def ranges(self) -> list[StoredRange]:
        """Return where the passages of each publication are stored, in the order of the rows."""
        return list(self._ranges.values())

    def stored_range(self, publication_id: str) -> StoredRange:
        """Return where the passages of a publication are stored.

        Args:
            publication_id: The publication's id.

        Raises:
            KeyError: If there is no such publication.
        """
        return self._ranges[publication_id]

    def source_files(self) -> dict[str, SourceFile]:
        """Return the file that each publication was read from, by id, in the order of the rows."""
        return dict(self._source_files)

    def summaries(self) -> tuple[Summary, ...]:
        """Return all publications, in the order of the rows."""
        summaries = chain.from_iterable(part.documents.summaries() for part in self._parts)
        return tuple(sorted(summaries, key=lambda summary: self._positions[summary.id]))

    def summary(self, publication_id: str) -> Summary:
        """Return one publication as a list shows it; `KeyError` if there is none.

        Args:
            publication_id: The publication's id.
        """
        return self._part_of(publication_id).summary(publication_id)

    def publication(self, publication_id: str) -> Publication:
        """Return a whole publication, as it was read; `KeyError` if there is none.

        Args:
            publication_id: The publication's id.
        """
        return self._part_of(publication_id).publication(publication_id)

    def publication_metadata(self, publication_id: str) -> Publication:
        """Return a publication without its articles; `KeyError` if there is none.

        Args:
            publication_id: The publication's id.
        """
        return self._part_of(publication_id).publication_metadata(publication_id)

    def article(self, publication_id: str, article_index: int) -> Article:
        """Return one article of a publication; `KeyError` if there is none.

        Args:
            publication_id: The publication's id.
            article_index: The article's index in `Publication.articles`.
        """
        return self._part_of(publication_id).article(publication_id, article_index)

    def article_headers(self) -> list[ArticleHeader]:
        """Return the header of each article that has passages, in reading order."""
        headers = chain.from_iterable(part.documents.article_headers() for part in self._parts)
        return sorted(headers, key=lambda header: self._positions[header.publication_id])

    def labels(self, kind: str) -> tuple[str, ...]:
        """Return all labels of a kind, each once, sorted.

        Args:
            kind: "author", "topic" or "institute".
        """
        return tuple(
            sorted(set(chain.from_iterable(part.documents.labels(kind) for part in self._parts)))
        )

    def has_language(self, language: Language) -> bool:
        """Return whether a language is the main one of any passage.

        Args:
            language: "en" or "zh".
        """
        return any(part.documents.has_language(language) for part in self._parts)

    def passages(self, keys: Sequence[int]) -> list[Passage]:
        """Return the passages of keys, in their order.

        Args:
            keys: Keys of passages.

        Raises:
            KeyError: If there is no passage of one of the keys.
        """
        return self._read_by_key(keys, Documents.passages)

    def passage_terms(self, keys: Sequence[int]) -> list[tuple[Language, PassageTerms]]:
        """Return the main language and the terms of each passage, in the order of the keys.

        Args:
            keys: Keys of passages.

        Raises:
            KeyError: If there is no passage of one of the keys.
        """
        return self._read_by_key(keys, Documents.passage_terms)

    def sentences(self, keys: Sequence[int]) -> list[tuple[SentenceRef, ...]]:
        """Return the sentences of each passage: its own, then those of its notes.

        Args:
            keys: Keys of passages.

        Raises:
            KeyError: If there is no passage of one of the keys.
        """
        return self._read_by_key(keys, Documents.sentences)

    def passage_key(self, passage_id: str) -> int:
        """Return the key of a passage.

        Args:
            passage_id: The passage's id.

        Raises:
            KeyError: If there is no such passage.
        """
        for part in self._parts:
            try:
                return part.documents.passage_key(passage_id)
            except KeyError:
                continue
        raise KeyError(passage_id)

    def glosses(self) -> list[StoredGloss]:
        """Return the glosses of each publication, in the order of the rows."""
        glosses = chain.from_iterable(part.documents.glosses() for part in self._parts)
        return sorted(glosses, key=lambda gloss: self._positions.get(gloss.publication_id, -1))

    def filter_articles(self, filters: Filters) -> list[KeyRange]:
        """Return the keys of the passages of each article that meets all filters, in any order.

        Args:
            filters: What the article has to be; None excludes nothing.
        """
        return list(
            chain.from_iterable(part.documents.filter_articles(filters) for part in self._parts)
        )

    def _part_of(self, publication_id: str) -> Documents:
        return self._parts[self._ranges[publication_id].segment].documents

    def _segments_of(self, keys: Sequence[int]) -> list[int]:
        """Return the index of the segment of each key."""
        if len(self._parts) == 1:
            return [0] * len(keys)
        indices = np.searchsorted(self._first_keys, np.asarray(keys), side="right") - 1
        return [int(segment) for segment in self._segments[np.maximum(indices, 0)]]

    def _read_by_key(
        self, keys: Sequence[int], read: Callable[[Documents, Sequence[int]], list[_T]]
    ) -> list[_T]:
        """Return what each segment has of its keys, in the order of the keys."""
        by_segment: dict[int, list[int]] = {}
        for key, segment in zip(keys, self._segments_of(keys), strict=True):
            by_segment.setdefault(segment, []).append(key)
        by_key: dict[int, _T] = {}
        for segment, own_keys in by_segment.items():
            by_key.update(
                zip(own_keys, read(self._parts[segment].documents, own_keys), strict=True)
            )
        return [by_key[key] for key in keys]


def _place(segment: int, part: DocumentSource) -> Iterator[tuple[StoredPublication, StoredRange]]:
    """Yield the publications of a segment that are not dropped, and where each is stored."""
    position = 0
    for stored in part.stored:
        if stored.id not in part.dropped_ids:
            yield stored, StoredRange(*stored.key_range, segment, position)
        position += stored.key_range.size

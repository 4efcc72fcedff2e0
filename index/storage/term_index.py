"""BM25 search of passages in tantivy, over the terms of `index.text.terms`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from tantivy import (
    DocAddress,
    Document,
    FieldType,
    Index,
    Occur,
    Query,
    Schema,
    SchemaBuilder,
    Searcher,
)

from index.arrays import IntArray, Rows
from index.errors import is_native_panic
from index.storage.records import KeyRange, SearchHit
from index.storage.row_map import RowMap
from index.storage.verified_files import GenerationFiles

TERM_INDEX_FOLDER = "terms"

FIELD_BOOSTS = {"text": 1.0, "context": 0.4, "notes": 0.4}
"""The factor of a term's BM25 in each field; the fields are added up.

Headings and notes give the topic of a passage, but its own words answer: a match in them has to
count for more than a match beside them. Set by hand; no measurement is recorded.
"""

_MUTABLE_FILES = ("meta.json", ".managed.json")
KEY_FIELD = "key"
_MIN_PRUNED_PASSAGES = 100_000  # in fewer, to read all postings is as fast as to search twice
_EXTRA_HITS = 2  # so many times the hits that are wanted are found by the sum of all variants
_MAX_LISTED_KEYS = 10_000  # of a filter; of more than that, hits of others are left out afterwards
_WRITER_MEMORY_BYTES = 256_000_000  # bytes; more than that and tantivy starts a further part


@dataclass(frozen=True, slots=True)
class TermGroup:
    """One word of a query, as variants of which the best match counts.

    Attributes:
        variants: Terms as `index.text.terms.analyze` returns them, each with the positive weight
            that its score is multiplied by.
    """

    variants: tuple[tuple[str, float], ...]


class TermDocument(NamedTuple):
    """The terms of a passage in each field, as `index.text.terms.analyze` returns them."""

    text: Sequence[str]
    context: Sequence[str]
    notes: Sequence[str]


def _build_schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_unsigned_field(KEY_FIELD, indexed=True, fast=True)
    for field in FIELD_BOOSTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def write_term_index(folder: Path, documents: Iterable[tuple[int, TermDocument]]) -> None:
    """Write the terms of a segment.

    Args:
        folder: The folder to be written; must not exist.
        documents: The key of each passage and its terms.

    Raises:
        OSError: If it cannot be written.
    """
    folder.mkdir()
    try:
        index = Index(_build_schema(), path=str(folder))
        writer = index.writer(_WRITER_MEMORY_BYTES, 1)
        for key, document in documents:
            fields = Document()
            fields.add_unsigned(KEY_FIELD, key)
            for field in FIELD_BOOSTS:
                fields.add_text(field, " ".join(getattr(document, field)))
            writer.add_document(fields)
        writer.commit()
        writer.wait_merging_threads()
    except BaseException as error:  # tantivy raises ValueError for anything, a full disk included
        if not isinstance(error, ValueError) and not is_native_panic(error):
            raise
        raise OSError(f"{folder}: {error}") from error
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()
    for name in _MUTABLE_FILES:  # which tantivy lets only the user read who wrote them
        (folder / name).chmod(folder.stat().st_mode & 0o666)


def _open_index(folder: Path) -> tuple[Schema, Searcher]:
    index = Index.open(str(folder))
    index.config_reader("manual", 0)  # a generation never changes: nothing to watch
    return index.schema, index.searcher()


def build_range_query(schema: Schema, key_range: KeyRange) -> Query:
    """Return a query for passages with consecutive keys.

    Args:
        schema: The schema of the index.
        key_range: Their keys.
    """
    last_key = key_range.first_key + max(key_range.size, 1) - 1
    return Query.range_query(schema, KEY_FIELD, FieldType.Unsigned, key_range.first_key, last_key)


class TermIndex:
    """Searches the terms of one generation: those of all segments, as one index.

    Passages that were dropped are not found; until their segment is merged they still count in the
    idf and the mean length of BM25, but not in `document_frequency`.
    """

    def __init__(self, files: GenerationFiles, row_map: RowMap) -> None:
        """Open the files.

        Args:
            files: The generation's files.
            row_map: The row of each passage.

        Raises:
            LibraryError: If they are damaged or cannot be read.
        """
        self._files = files.open_folder(TERM_INDEX_FOLDER)
        self._reporter = files.reporter
        self._row_map = row_map
        with self._report_damage():
            try:
                self._schema, self._searcher = _open_index(files.folder / TERM_INDEX_FOLDER)
            except (OSError, ValueError):
                # To open an index tantivy locks its folder, which fails without the right to write.
                # Once it is open, the folder is not needed any more; but a thread of tantivy's may
                # still be about to lock it, which puts a file there while it is being removed.
                with TemporaryDirectory(prefix="tongzhu-", ignore_cleanup_errors=True) as links:
                    for file in self._files:
                        (Path(links) / file.path.name).symlink_to(file.path.absolute())
                    self._schema, self._searcher = _open_index(Path(links))

    @property
    def size(self) -> int:
        """The number of passages."""
        return self._searcher.num_docs

    def document_frequency(self, term: str) -> int:
        """Return the number of passages with a term in any field.

        Args:
            term: A term as `index.text.terms.analyze` returns it.
        """
        aggregation = {"passages": {"value_count": {"field": KEY_FIELD}}}
        with self._report_damage():
            result = self._searcher.aggregate(self._any_field_query(term), aggregation)
        return int(result["passages"]["value"])

    def search(self, groups: Sequence[TermGroup], k: int, rows: Rows | None) -> list[SearchHit]:
        """Return the k best passages by BM25, best first; equal ones by row.

        Args:
            groups: The words of a query; a passage scores as the sum of its groups.
            k: The most hits to return.
            rows: The passages to be searched; None for all.
        """
        k = min(k, self.size if rows is None else len(rows))
        groups = [group for group in groups if group.variants]
        if k < 1 or not groups:
            return []
        query = self._best_variants_query(groups)
        if rows is None:
            has_variants = any(len(group.variants) > 1 for group in groups)
            if has_variants and self.size >= _MIN_PRUNED_PASSAGES:
                return self._search_pruned(groups, k)
            return self._search_best(query, k)
        if len(rows) > _MAX_LISTED_KEYS:
            return self._search_among(query, k, rows)
        return self._search_best(self._filter(query, rows), k)

    def _search_pruned(self, groups: Sequence[TermGroup], k: int) -> list[SearchHit]:
        """Return the k best hits among those with the greatest sums of all variants.

        Of a sum of terms tantivy skips the postings that cannot be among the best (block-max WAND:
        Ding and Suel, "Faster Top-k Document Retrieval Using Block-Max Indexes", 2011); of the best
        variants of groups it reads them all.
        """
        hits = self._search(self._sum_query(groups), k * _EXTRA_HITS)
        if not hits:
            return []
        rows = np.array([hit.row for hit in hits])
        return self._search_best(self._filter(self._best_variants_query(groups), rows), k)

    def _filter(self, query: Query, rows: Rows) -> Query:
        """Return the query for hits of a query in some rows."""
        row_filter = Query.const_score_query(self._key_filter_query(rows), 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, row_filter)])

    def _search_best(self, query: Query, k: int) -> list[SearchHit]:
        limit = k + 1
        with self._report_damage():
            hits = self._search(query, limit)
            # Of equal scores the last row is left out, not the one that tantivy happens to find
            # last.
            while len(hits) == limit and hits[k - 1].score == hits[-1].score:
                limit *= 2
                hits = self._search(query, limit)
        return hits[:k]

    def _search_among(self, query: Query, k: int, rows: Rows) -> list[SearchHit]:
        """Return the k best hits among many rows: of all hits, those in other rows left out."""
        is_wanted = np.zeros(self._row_map.size, dtype=bool)
        is_wanted[rows] = True
        limit = k
        while True:
            limit = min(limit * 2, self.size)
            searched = self._search_best(query, limit)
            hits = [hit for hit in searched if is_wanted[hit.row]]
            if len(hits) >= k or len(searched) < limit or limit == self.size:
                return hits[:k]

    def _search(self, query: Query, limit: int) -> list[SearchHit]:
        """Return the best hits of a query, equal ones by row."""
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._row_map.rows_of(self._read_keys([address for _, address in hits]))
        results = [
            SearchHit(row, score) for row, (score, _) in zip(rows.tolist(), hits, strict=True)
        ]
        return sorted(results, key=lambda hit: (-hit.score, hit.row))

    def _read_keys(self, addresses: Sequence[DocAddress]) -> list[int]:
        values = self._searcher.fast_field_values(KEY_FIELD, list(addresses))
        return [int(key) for key in values if key is not None]

    @contextmanager
    def _report_damage(self) -> Iterator[None]:
        for file in self._files:
            file.verify_if_changed()
        with self._reporter.report(TERM_INDEX_FOLDER):
            yield

    def _sum_query(self, groups: Sequence[TermGroup]) -> Query:
        """Return the query that adds up all variants in all fields, without any structure."""
        weights: dict[str, float] = {}
        for term, weight in chain.from_iterable(group.variants for group in groups):
            weights[term] = weights.get(term, 0.0) + weight
        return Query.boolean_query(
            [
                (Occur.Should, Query.boost_query(self._term_query(field, term), boost * weight))
                for term, weight in weights.items()
                for field, boost in FIELD_BOOSTS.items()
            ]
        )

    def _any_field_query(self, term: str) -> Query:
        return Query.boolean_query(
            [
                (Occur.Should, Query.boost_query(self._term_query(field, term), boost))
                for field, boost in FIELD_BOOSTS.items()
            ]
        )

    def _term_query(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term, "freq")

    def _best_variants_query(self, groups: Sequence[TermGroup]) -> Query:
        """Return the query that adds up the best variants of groups; without others, all terms."""
        if all(len(group.variants) == 1 for group in groups):
            return self._sum_query(groups)
        return Query.boolean_query([(Occur.Should, self._group_query(group)) for group in groups])

    def _group_query(self, group: TermGroup) -> Query:
        return Query.disjunction_max_query(
            [
                Query.boost_query(self._any_field_query(term), weight)
                for term, weight in group.variants
            ]
        )

    def _key_filter_query(self, rows: Rows) -> Query:
        keys: IntArray = self._row_map.keys_of(rows)
        low, high = int(keys.min()), int(keys.max())
        if high - low + 1 == len(keys):  # of a publication or an article: a range is faster
            return self._range_query(KeyRange(low, len(keys)))
        return Query.term_set_query(self._schema, KEY_FIELD, keys.tolist())

    def _range_query(self, key_range: KeyRange) -> Query:
        return build_range_query(self._schema, key_range)

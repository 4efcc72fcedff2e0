"""BM25 search of passages in tantivy, over the terms of `index.text.terms`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from tantivy import Document, FieldType, Index, Occur, Query, Schema, SchemaBuilder, Searcher

from index.arrays import Rows
from index.storage.records import SearchHit
from index.storage.row_map import RowMap
from index.text.terms import analyze

FIELD_BOOSTS = {"text": 1.0, "context": 0.4, "notes": 0.4}
"""The factor of a term's BM25 in each field; the fields are added up.

Headings and notes give the topic of a passage, but its own words answer: a match in them has to
count for more than a match beside them. Set by hand; no measurement is recorded.
"""

_MUTABLE_FILES = ("meta.json", ".managed.json")  # all other files of tantivy never change
_WRITER_MEMORY_BYTES = 64_000_000  # bytes; more than that and tantivy starts a further segment


@dataclass(frozen=True, slots=True)
class TermGroup:
    """One word of a query, as variants of which the best match counts.

    Attributes:
        variants: Terms as `index.text.terms.analyze` returns them, each with the positive weight
            that its score is multiplied by.
    """

    variants: tuple[tuple[str, float], ...]


class TermDocument(NamedTuple):
    """A passage as it is indexed: its key, its publication's id, and the text of each field."""

    key: int
    publication_id: str
    text: str
    context: str
    notes: str


def _build_schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_text_field("publication", tokenizer_name="raw", index_option="basic")
    for field in FIELD_BOOSTS:
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def write_term_index(
    folder: Path,
    previous: Path | None,
    dropped_ids: Iterable[str],
    documents: Iterable[TermDocument],
) -> None:
    """Write the terms of the next generation: those of the current one, changed.

    Args:
        folder: The folder to be written; must not exist.
        previous: The terms of the current generation; None to begin with none. Its segments never
            change, so they are linked and not copied.
        dropped_ids: The ids of publications whose passages are not carried over. Until tantivy
            merges their segments they still count in the statistics of BM25, and in nothing else.
        documents: The passages that are added.

    Raises:
        OSError: If it cannot be written.
    """
    folder.mkdir()
    if previous:
        _link_files(previous, folder)
    try:
        index = Index(_build_schema(), path=str(folder))
        writer = index.writer(_WRITER_MEMORY_BYTES, 1)
        for publication_id in dropped_ids:
            writer.delete_documents_by_term("publication", publication_id)
        for document in documents:
            fields = Document()
            fields.add_unsigned("key", document.key)
            fields.add_text("publication", document.publication_id)
            for field in FIELD_BOOSTS:
                fields.add_text(field, " ".join(analyze(getattr(document, field))))
            writer.add_document(fields)
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # what tantivy raises for anything, a full disk included
        raise OSError(f"{folder}: {error}") from error
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()
    for name in _MUTABLE_FILES:  # which tantivy lets only the user read who wrote them
        (folder / name).chmod(folder.stat().st_mode & 0o666)


def _link_files(previous: Path, folder: Path) -> None:
    for file in previous.iterdir():
        if file.name in _MUTABLE_FILES:
            shutil.copyfile(file, folder / file.name)
        elif not file.name.endswith(".lock"):
            try:
                os.link(file, folder / file.name)
            except OSError:  # a file system without hard links
                shutil.copyfile(file, folder / file.name)


def _open_index(folder: Path) -> tuple[Schema, Searcher]:
    index = Index.open(str(folder))
    index.config_reader("manual", 0)  # a generation never changes: nothing to watch
    return index.schema, index.searcher()


class TermIndex:
    """Searches the terms of one generation."""

    def __init__(self, folder: Path, row_map: RowMap) -> None:
        """Open the files.

        Args:
            folder: A folder that `write_term_index` wrote.
            row_map: The row of each passage.

        Raises:
            ValueError: If they are damaged.
            OSError: If they cannot be read.
        """
        try:
            self._schema, self._searcher = _open_index(folder)
        except (OSError, ValueError):
            # To open an index tantivy locks its folder, which fails without the right to write.
            # Once it is open, the folder is not needed any more.
            with TemporaryDirectory(prefix="tongzhu-") as links:
                for file in folder.iterdir():
                    if not file.name.endswith(".lock"):
                        (Path(links) / file.name).symlink_to(file.absolute())
                self._schema, self._searcher = _open_index(Path(links))
        self._row_map = row_map

    @property
    def size(self) -> int:
        """The number of passages."""
        return self._searcher.num_docs

    def document_frequency(self, term: str) -> int:
        """Return the number of passages with a term in any field.

        Args:
            term: A term as `index.text.terms.analyze` returns it.
        """
        aggregation = {"passages": {"value_count": {"field": "key"}}}
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
        clauses = [(Occur.Should, self._group_query(group)) for group in groups if group.variants]
        if k < 1 or not clauses:
            return []
        query = Query.boolean_query(clauses)
        if rows is not None:
            row_filter = Query.const_score_query(self._row_filter_query(rows), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, row_filter)])
        hits = self._searcher.search(query, k, count=False).hits
        keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        hit_rows = self._row_map.rows_of([int(key) for key in keys if key is not None]).tolist()
        results = [SearchHit(row, score) for row, (score, _) in zip(hit_rows, hits, strict=True)]
        return sorted(results, key=lambda hit: (-hit.score, hit.row))

    def _any_field_query(self, term: str) -> Query:
        return Query.boolean_query(
            [
                (Occur.Should, Query.boost_query(self._term_query(field, term), boost))
                for field, boost in FIELD_BOOSTS.items()
            ]
        )

    def _term_query(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term, "freq")

    def _group_query(self, group: TermGroup) -> Query:
        return Query.disjunction_max_query(
            [
                Query.boost_query(self._any_field_query(term), weight)
                for term, weight in group.variants
            ]
        )

    def _row_filter_query(self, rows: Rows) -> Query:
        keys = self._row_map.keys_of(np.asarray(rows, dtype=np.int64))
        low, high = int(keys.min()), int(keys.max())
        if high - low + 1 == len(keys):  # of a publication or an article: a range is faster
            return Query.range_query(self._schema, "key", FieldType.Unsigned, low, high)
        return Query.term_set_query(self._schema, "key", keys.tolist())

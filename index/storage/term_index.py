"""The terms of passages in tantivy: BM25 over our own analysis."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from tantivy import Document, FieldType, Index, Occur, Query, Schema, SchemaBuilder, Searcher

from index.storage.engine import Rows, Scored, TermGroup
from index.storage.row_map import RowMap
from index.text.terms import words

BOOSTS = {"text": 1.0, "context": 0.4, "notes": 0.4}
"""What a term's BM25 is multiplied by in each field; the fields are added up.

Headings and notes say what a passage is about, but the passage's own words answer: a match in them
has to count for more than a match beside them.
"""

_REPLACED = ("meta.json", ".managed.json")  # all other files of tantivy never change
_WRITER_MEMORY = 64_000_000  # bytes; more than that and tantivy starts a further segment


class TermEntry(NamedTuple):
    """A passage as it is indexed: its key, its publication, and the text of each field."""

    key: int
    publication: str
    text: str
    context: str
    notes: str


def _schema() -> Schema:
    builder = SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    builder.add_text_field("publication", tokenizer_name="raw", index_option="basic")
    for name in BOOSTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def write_terms(
    folder: Path, old: Path | None, dropped: Iterable[str], entries: Iterable[TermEntry]
) -> None:
    """Writes the terms of the next generation: those of the old one, changed.

    Args:
        folder: Where to; must not exist.
        old: The terms of the current generation; None to begin with none. Its segments never
            change, so they are linked and not copied.
        dropped: The ids of publications whose passages go. Until tantivy merges the segments that
            they stand in, they still count in the statistics behind BM25, and in nothing else.
        entries: The passages that come.

    Raises:
        OSError: If it cannot be written.
    """
    folder.mkdir()
    if old:
        _link(old, folder)
    try:
        index = Index(_schema(), path=str(folder))
        writer = index.writer(_WRITER_MEMORY, 1)
        for publication in dropped:
            writer.delete_documents_by_term("publication", publication)
        for entry in entries:
            document = Document()
            document.add_unsigned("key", entry.key)
            document.add_text("publication", entry.publication)
            for name in BOOSTS:
                document.add_text(name, " ".join(words(getattr(entry, name))))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
    except ValueError as error:  # what tantivy raises for anything, a full disk included
        raise OSError(f"{folder}: {error}") from error
    for lock in folder.glob(".tantivy-*.lock"):
        lock.unlink()
    for name in _REPLACED:  # which tantivy lets nobody read but who wrote it
        (folder / name).chmod(folder.stat().st_mode & 0o666)


def _link(old: Path, folder: Path) -> None:
    for file in old.iterdir():
        if file.name in _REPLACED:
            shutil.copyfile(file, folder / file.name)
        elif not file.name.endswith(".lock"):
            try:
                os.link(file, folder / file.name)
            except OSError:  # a file system without hard links
                shutil.copyfile(file, folder / file.name)


def _opened(folder: Path) -> tuple[Schema, Searcher]:
    index = Index.open(str(folder))
    index.config_reader("manual", 0)  # a generation never changes: nothing to watch
    return index.schema, index.searcher()


class Terms:
    """The terms of one generation, to be searched."""

    def __init__(self, folder: Path, rows: RowMap) -> None:
        """Opens them.

        Raises:
            ValueError: If they are damaged.
            OSError: If they cannot be read.
        """
        try:
            self._schema, self._searcher = _opened(folder)
        except (OSError, ValueError):
            # To open an index tantivy wants to lock its folder, which nobody may who can only read
            # it. Once it is open, the folder is not needed any more.
            with TemporaryDirectory(prefix="tongzhu-") as links:
                for file in folder.iterdir():
                    if not file.name.endswith(".lock"):
                        (Path(links) / file.name).symlink_to(file.absolute())
                self._schema, self._searcher = _opened(Path(links))
        self._rows = rows

    @property
    def size(self) -> int:
        """The number of passages."""
        return self._searcher.num_docs

    def document_frequency(self, term: str) -> int:
        """How many passages hold a term in any field."""
        count = {"passages": {"value_count": {"field": "key"}}}
        found = self._searcher.aggregate(self._anywhere(term), count)
        return int(found["passages"]["value"])

    def matching(self, groups: Sequence[TermGroup], k: int, rows: Rows | None) -> list[Scored]:
        """As `index.storage.engine.Engine.matching`."""
        k = min(k, self.size if rows is None else len(rows))
        clauses = [(Occur.Should, self._group(group)) for group in groups if group.alternatives]
        if k < 1 or not clauses:
            return []
        query = Query.boolean_query(clauses)
        if rows is not None:
            within = Query.const_score_query(self._within(rows), 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, within)])
        hits = self._searcher.search(query, k, count=False).hits
        keys = self._searcher.fast_field_values("key", [address for _, address in hits])
        found = self._rows.rows([int(key) for key in keys if key is not None]).tolist()
        scored = [Scored(row, score) for row, (score, _) in zip(found, hits, strict=True)]
        return sorted(scored, key=lambda hit: (-hit.score, hit.row))

    def _anywhere(self, term: str) -> Query:
        return Query.boolean_query(
            [
                (Occur.Should, Query.boost_query(self._term(field, term), boost))
                for field, boost in BOOSTS.items()
            ]
        )

    def _term(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term, "freq")

    def _group(self, group: TermGroup) -> Query:
        return Query.disjunction_max_query(
            [Query.boost_query(self._anywhere(term), weight) for term, weight in group.alternatives]
        )

    def _within(self, rows: Rows) -> Query:
        keys = self._rows.keys(np.asarray(rows, dtype=np.int64))
        low, high = int(keys.min()), int(keys.max())
        if high - low + 1 == len(keys):  # a publication or an article: a range is quicker
            return Query.range_query(self._schema, "key", FieldType.Unsigned, low, high)
        return Query.term_set_query(self._schema, "key", keys.tolist())

"""How many passages have a term: tables that are added up, so that a change sends its own alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.storage.passage_terms import TermIds, hash_terms
from index.storage.term_index import FIELD_BOOSTS, TermDocument

COUNTS = 1 + len(FIELD_BOOSTS)
"""The counts of a term: the passages that have it in any field, then in each field."""


@dataclass(frozen=True, slots=True)
class FrequencyTable:
    """The number of passages with each term, or how many more they are.

    Attributes:
        term_ids: Hashes as of `hash_terms`, each once, in rising order, [terms].
        counts: The passages with each in any field, then in each field, [terms, COUNTS].
    """

    term_ids: TermIds
    counts: NDArray[np.int32]

    def look_up(self, term: str) -> list[int]:
        """Return the number of passages with a term in any field, then in each field.

        Args:
            term: A term as `index.text.terms.analyze` returns it.
        """
        (term_id,) = hash_terms([term])
        place = int(np.searchsorted(self.term_ids, term_id))
        is_known = place < len(self.term_ids) and self.term_ids[place] == term_id
        return [int(count) for count in self.counts[place]] if is_known else [0] * COUNTS


@dataclass(frozen=True, slots=True)
class TermCounts:
    """What BM25 needs to know of passages.

    Attributes:
        size: Their number.
        lengths: The number of terms in each field.
        table: The number of passages with each term.
    """

    size: int
    lengths: tuple[int, ...]
    table: FrequencyTable

    def __add__(self, other: TermCounts) -> TermCounts:
        """Return the counts of these and of other passages."""
        lengths = zip(self.lengths, other.lengths, strict=True)
        return TermCounts(
            self.size + other.size,
            tuple(own + others for own, others in lengths),
            add_tables([self.table, other.table]),
        )

    def __neg__(self) -> TermCounts:
        """Return the counts that, added to others, take these away from them."""
        opposite = FrequencyTable(self.table.term_ids, -self.table.counts)
        return TermCounts(-self.size, tuple(-length for length in self.lengths), opposite)


def count_terms(documents: Iterable[TermDocument]) -> TermCounts:
    """Return the counts of passages.

    Args:
        documents: The terms of each.
    """
    counters: list[Counter[str]] = [Counter() for _ in range(COUNTS)]
    lengths = [0] * len(FIELD_BOOSTS)
    size = 0
    for document in documents:
        size += 1
        distinct = [set(terms) for terms in document]
        counters[0].update(set().union(*distinct))
        for field, terms in enumerate(document):
            counters[1 + field].update(distinct[field])
            lengths[field] += len(terms)
    terms = list(counters[0])
    counts = np.array([[counter[term] for counter in counters] for term in terms], dtype=np.int32)
    table = add_tables([FrequencyTable(hash_terms(terms), counts.reshape(-1, COUNTS))])
    return TermCounts(size, tuple(lengths), table)


def add_tables(tables: Iterable[FrequencyTable]) -> FrequencyTable:
    """Return the sum of tables, without the terms whose counts are all 0.

    Args:
        tables: The tables, whose ids may be in any order.
    """
    parts = list(tables)
    term_ids = np.concatenate([np.empty(0, np.uint64), *(part.term_ids for part in parts)])
    distinct, places = np.unique(term_ids, return_inverse=True)
    counts = np.zeros((len(distinct), COUNTS), dtype=np.int32)
    if parts:
        np.add.at(counts, places, np.concatenate([part.counts for part in parts]))
    is_any = counts.any(axis=1)
    return FrequencyTable(distinct[is_any], counts[is_any])


def split_table(table: FrequencyTable, block_size: int) -> Iterator[FrequencyTable]:
    """Yield a table in blocks.

    Args:
        table: The table.
        block_size: The most terms of a block.
    """
    for start in range(0, len(table.term_ids), block_size):
        stop = start + block_size
        yield FrequencyTable(table.term_ids[start:stop], table.counts[start:stop])

"""The terms of a segment, numbered: the more passages have a term, the smaller its number.

A passage's record then has one or two bytes for most of its terms instead of six.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

import numpy as np

from index.arrays import IntArray
from index.storage.compact_integers import decode_integers, encode_integers
from index.storage.passage_terms import (
    PassageTerms,
    TermIds,
    join_digests,
    parse_digests,
    unpack_terms,
)

_FIRST_BLOCK, _LARGEST_BLOCK = 1 << 16, 1 << 24  # terms that are counted at once


class TermVocabulary:
    """The terms of a segment by their numbers.

    Attributes:
        term_ids: The id of each term, as of `index.storage.passage_terms.hash_terms`, [terms].
    """

    def __init__(self, term_ids: TermIds) -> None:
        """Take the ids of the terms, each once.

        Args:
            term_ids: The ids in the order of their numbers, [terms].
        """
        self.term_ids = term_ids

    @classmethod
    def parse(cls, record: bytes) -> TermVocabulary:
        """Return the vocabulary in a record.

        Args:
            record: What `join` returned.

        Raises:
            ValueError: If it is cut short.
        """
        return cls(parse_digests(record))

    def join(self) -> bytes:
        """Return the vocabulary as a record."""
        return join_digests(self.term_ids)

    @cached_property
    def _sorted(self) -> tuple[TermIds, IntArray]:
        """The ids in rising order, and the number of each."""
        numbers = np.argsort(self.term_ids)
        return self.term_ids[numbers], numbers

    def pack(self, terms: PassageTerms) -> bytes:
        """Return the terms of a passage as a record.

        The number of texts, the number of terms of each, and the terms' numbers, rising in each
        text; of each but a text's first, how much it is above the one before.

        Args:
            terms: Terms of the vocabulary.
        """
        sorted_ids, numbers_of_sorted = self._sorted
        numbers = numbers_of_sorted[np.searchsorted(sorted_ids, terms.term_ids)]
        numbers = numbers[np.lexsort((numbers, _number_texts(terms.sizes)))]
        steps = np.diff(numbers, prepend=0)
        starts = _find_starts(terms.sizes)
        steps[starts] = numbers[starts]
        return encode_integers(np.concatenate(([len(terms.sizes)], terms.sizes, steps)))

    def unpack(self, record: bytes) -> PassageTerms:
        """Return the terms in a record; in each text they stand by their numbers.

        Args:
            record: What `pack` returned.

        Raises:
            ValueError: If it is damaged.
        """
        integers = decode_integers(record)
        count = int(integers[0]) if len(integers) else 0
        sizes, steps = integers[1 : 1 + count], integers[1 + count :]
        if len(sizes) < max(count, 1) or sizes.sum() != len(steps):
            raise ValueError(f"{len(steps)} terms, not {sizes.sum()}")
        numbers = np.cumsum(steps)
        starts = _find_starts(sizes)
        numbers -= np.repeat(numbers[starts] - steps[starts], sizes[sizes > 0])
        if numbers.max(initial=-1) >= len(self.term_ids):
            raise ValueError(f"term {numbers.max()} of {len(self.term_ids)}")
        return PassageTerms(self.term_ids[numbers], sizes)


def build_vocabulary(blocks: Iterable[TermIds]) -> TermVocabulary:
    """Return the vocabulary of texts.

    Args:
        blocks: The terms of all texts, in blocks of any size.
    """
    term_ids, counts = np.empty(0, np.uint64), np.empty(0, np.int64)
    for block in _gather_blocks(blocks):
        own_ids, own_counts = np.unique(block, return_counts=True)
        all_ids, all_counts = (
            np.concatenate((term_ids, own_ids)),
            np.concatenate((counts, own_counts)),
        )
        term_ids, places = np.unique(all_ids, return_inverse=True)
        counts = np.bincount(places, all_counts, len(term_ids)).astype(np.int64)
    return TermVocabulary(term_ids[np.argsort(-counts, kind="stable")])


def _gather_blocks(blocks: Iterable[TermIds]) -> Iterator[TermIds]:
    """Yield blocks as larger ones, each twice as large as the one before, up to a limit."""
    gathered: list[TermIds] = []
    size, wanted = 0, _FIRST_BLOCK
    for block in blocks:
        gathered.append(block)
        size += len(block)
        if size >= wanted:
            yield np.concatenate(gathered)
            gathered, size, wanted = [], 0, min(2 * wanted, _LARGEST_BLOCK)
    if gathered:
        yield np.concatenate(gathered)


def load_unpacker(
    connection: sqlite3.Connection, schema: str = "main"
) -> Callable[[bytes], PassageTerms]:
    """Return what unpacks the terms of passages in a file of documents.

    Args:
        connection: A connection to the file.
        schema: The name of the file in it.
    """
    names = connection.execute(f"SELECT name FROM {schema}.sqlite_master")  # noqa: S608 - a name
    if ("vocabulary",) not in names.fetchall():  # formats before 10 have none
        return unpack_terms
    ((record,),) = connection.execute(f"SELECT term_ids FROM {schema}.vocabulary")  # noqa: S608
    return TermVocabulary.parse(record).unpack


def _number_texts(sizes: IntArray) -> IntArray:
    """Return for each term the index of its text."""
    return np.repeat(np.arange(len(sizes)), sizes)


def _find_starts(sizes: IntArray) -> IntArray:
    """Return the index of the first term of each text that has any."""
    return np.asarray((np.cumsum(sizes) - sizes)[sizes > 0])

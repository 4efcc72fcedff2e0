"""The terms of a segment, numbered: the more passages have a term, the smaller its number.

A passage's record then has one or two bytes for most of its terms instead of six.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import IntArray
from index.storage.compact_integers import decode_integer_lists, encode_integers
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

    def unpack(self, records: Sequence[bytes]) -> list[PassageTerms]:
        """Return the terms in each of some records; in each text they stand by their numbers.

        Args:
            records: What `pack` returned, for each passage.

        Raises:
            ValueError: If one is damaged.
        """
        integers, lengths = decode_integer_lists(records)
        if not lengths.all():
            raise ValueError("a record is empty")
        first = np.cumsum(lengths) - lengths
        text_counts = integers[first]
        if (text_counts < 1).any() or (text_counts >= lengths).any():
            raise ValueError("a record is cut short")
        places = np.arange(len(integers)) - np.repeat(first, lengths)
        ends_of_sizes = np.repeat(text_counts, lengths)
        sizes = integers[(places >= 1) & (places <= ends_of_sizes)]
        steps = integers[places > ends_of_sizes]
        term_counts = np.add.reduceat(sizes, np.cumsum(text_counts) - text_counts)
        if (term_counts != lengths - text_counts - 1).any():
            raise ValueError("the sizes of the texts are not those of the record")
        numbers = np.cumsum(steps)
        starts = _find_starts(sizes)
        numbers -= np.repeat(numbers[starts] - steps[starts], sizes[sizes > 0])
        if numbers.max(initial=-1) >= len(self.term_ids):
            raise ValueError(f"term {numbers.max()} of {len(self.term_ids)}")
        return [
            PassageTerms(own_ids, own_sizes)
            for own_ids, own_sizes in zip(
                _split(self.term_ids[numbers], term_counts), _split(sizes, text_counts), strict=True
            )
        ]


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
) -> Callable[[Sequence[bytes]], list[PassageTerms]]:
    """Return what unpacks the records of terms of passages in a file of documents.

    Args:
        connection: A connection to the file.
        schema: The name of the file in it.
    """
    names = connection.execute(f"SELECT name FROM {schema}.sqlite_master")  # noqa: S608 - a name
    if ("vocabulary",) not in names.fetchall():  # formats before 10 have none
        return lambda records: [unpack_terms(record) for record in records]
    ((record,),) = connection.execute(f"SELECT term_ids FROM {schema}.vocabulary")  # noqa: S608
    return TermVocabulary.parse(record).unpack


def _number_texts(sizes: IntArray) -> IntArray:
    """Return for each term the index of its text."""
    return np.repeat(np.arange(len(sizes)), sizes)


def _split(items: NDArray[Any], sizes: IntArray) -> list[NDArray[Any]]:
    """Return the items of each of some groups that stand one after the other."""
    ends = np.cumsum(sizes).tolist()
    return [items[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _find_starts(sizes: IntArray) -> IntArray:
    """Return the index of the first term of each text that has any."""
    return np.asarray((np.cumsum(sizes) - sizes)[sizes > 0])

"""BM25 as inner products: what a term weighs in a passage, and how many passages have it.

The weight of a term in a passage is the sum over its fields of the field's boost, the term's idf in
the field, and BM25's saturated frequency (Robertson and Zaragoza 2009), as tantivy computes them:
a hit of either engine has the same score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.arrays import IntArray
from index.storage.passage_terms import TermIds, hash_terms
from index.storage.term_index import FIELD_BOOSTS, TermDocument

SATURATION = 1.2
"""k1 of BM25, tantivy's."""

LENGTH_NORMALIZATION = 0.75
"""b of BM25, tantivy's."""

_DIMENSION_BITS = np.uint64((1 << 32) - 1)
_EXACT_LENGTHS = 24  # tantivy keeps lengths in one byte: above, with four bits of precision
_LENGTH_BITS = 4


@dataclass(frozen=True, slots=True)
class SparseVector:
    """A vector of which few numbers are not zero.

    Attributes:
        indices: Their places, each once.
        values: The numbers.
    """

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FrequencyTable:
    """The number of passages with each term.

    Attributes:
        term_ids: Hashes as of `hash_terms`, in rising order, [terms].
        frequencies: The number of passages with each, [terms].
    """

    term_ids: TermIds
    frequencies: NDArray[np.uint32]

    def look_up(self, term: str) -> int:
        """Return the number of passages with a term.

        Args:
            term: A term as `index.text.terms.analyze` returns it.
        """
        (term_id,) = hash_terms([term])
        place = int(np.searchsorted(self.term_ids, term_id))
        is_known = place < len(self.term_ids) and self.term_ids[place] == term_id
        return int(self.frequencies[place]) if is_known else 0


def term_dimensions(terms: Iterable[str]) -> list[int]:
    """Return the place of each term in sparse vectors: 32 bits of its hash.

    Of a million terms, one in 4,000 shares its place with another one.

    Args:
        terms: Terms as `index.text.terms.analyze` returns them.
    """
    places: IntArray = (hash_terms(terms) & _DIMENSION_BITS).astype(np.int64)
    return [int(place) for place in places]


class TermStatistics:
    """What BM25 needs to know of all passages."""

    def __init__(self, documents: Iterable[TermDocument]) -> None:
        """Count the terms.

        Args:
            documents: The terms of all passages.
        """
        self._field_frequencies: dict[str, Counter[str]] = {
            field: Counter() for field in FIELD_BOOSTS
        }
        self._frequencies: Counter[str] = Counter()
        self._lengths: Counter[str] = Counter()
        self.size = 0
        for document in documents:
            self.size += 1
            fields = document._asdict()
            for field, terms in fields.items():
                self._field_frequencies[field].update(set(terms))
                self._lengths[field] += len(terms)
            self._frequencies.update({term for terms in fields.values() for term in terms})

    def weigh(self, document: TermDocument) -> SparseVector:
        """Return the weight of each term of a passage.

        Args:
            document: The terms of the passage.
        """
        weights: dict[int, float] = {}
        for field, terms in document._asdict().items():
            counts: Counter[str] = Counter(terms)
            length = _round_length(len(terms)) * self.size / max(self._lengths[field], 1)
            norm = SATURATION * (1 - LENGTH_NORMALIZATION + LENGTH_NORMALIZATION * length)
            for term, place in zip(counts, term_dimensions(counts), strict=True):
                saturated = counts[term] * (1 + SATURATION) / (counts[term] + norm)
                weight = FIELD_BOOSTS[field] * self._idf(field, term) * saturated
                weights[place] = weights.get(place, 0.0) + weight
        return SparseVector(tuple(weights), tuple(weights.values()))

    def count_passages(self) -> FrequencyTable:
        """Return the number of passages with each term, in any field."""
        term_ids = hash_terms(self._frequencies)
        frequencies = np.fromiter(self._frequencies.values(), np.uint32, len(self._frequencies))
        order = np.argsort(term_ids, kind="stable")
        return FrequencyTable(term_ids[order], frequencies[order])

    def _idf(self, field: str, term: str) -> float:
        frequency = self._field_frequencies[field][term]
        return float(np.log1p((self.size - frequency + 0.5) / (frequency + 0.5)))


def split_table(table: FrequencyTable, block_size: int) -> Iterator[FrequencyTable]:
    """Yield a table in blocks.

    Args:
        table: The table.
        block_size: The most terms of a block.
    """
    for start in range(0, len(table.term_ids), block_size):
        stop = start + block_size
        yield FrequencyTable(table.term_ids[start:stop], table.frequencies[start:stop])


def join_tables(blocks: Iterable[FrequencyTable]) -> FrequencyTable:
    """Return the table of which blocks are given, in order.

    Args:
        blocks: What `split_table` has yielded.
    """
    parts = list(blocks)
    return FrequencyTable(
        np.concatenate([np.empty(0, np.uint64), *(part.term_ids for part in parts)]),
        np.concatenate([np.empty(0, np.uint32), *(part.frequencies for part in parts)]),
    )


def _round_length(length: int) -> int:
    """Return the number of terms of a field as tantivy stores it, rounded down."""
    excess = length - _EXACT_LENGTHS
    shift = max(excess.bit_length() - _LENGTH_BITS, 0) if excess > 0 else 0
    return length if not shift else _EXACT_LENGTHS + (excess >> shift << shift)

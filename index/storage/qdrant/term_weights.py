"""BM25 as inner products, with statistics of the library that change while passages stay.

A passage scores as the sum over its fields of the field's boost, the term's idf in the field, and
BM25's saturated frequency (Robertson and Zaragoza 2009), as tantivy computes them. Its sparse
vector has the saturated frequencies, with the mean lengths of fields when the collection was begun;
boosts and idf are numbers of the query. So the inner product is BM25 but for the mean lengths,
which `score_passage` takes as they are: a hit of either engine has the same score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from index.arrays import IntArray
from index.storage.passage_terms import hash_terms
from index.storage.term_index import FIELD_BOOSTS, TermDocument

SATURATION = 1.2
"""k1 of BM25, tantivy's."""

LENGTH_NORMALIZATION = 0.75
"""b of BM25, tantivy's."""

_PLACES = 1 << 32
_DIGITS = 6  # of a number that is sent, after the point
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


class TermWeight(NamedTuple):
    """What a term of a query weighs in a field.

    Attributes:
        field: The number of the field.
        place: The place of the term in sparse vectors.
        weight: The field's boost times the term's idf in it and its weight in the query.
    """

    field: int
    place: int
    weight: float


def term_places(field: int, terms: Iterable[str]) -> list[int]:
    """Return the place of each term of a field in sparse vectors: 32 bits of its hash.

    Of a million terms, one in 4,000 shares its place with another one. The places of fields lie a
    third of all apart, so that a term has another one in each.

    Args:
        field: The number of the field.
        terms: Terms as `index.text.terms.analyze` returns them.
    """
    hashes: IntArray = (hash_terms(terms) & np.uint64(_PLACES - 1)).astype(np.int64)
    shift = field * _PLACES // len(FIELD_BOOSTS)
    return [int(place) for place in (hashes + shift) % _PLACES]


def round_lengths(document: TermDocument) -> list[int]:
    """Return the number of terms in each field of a passage as tantivy stores it, rounded down.

    Args:
        document: The terms of the passage.
    """
    return [_round_length(len(terms)) for terms in document]


def mean_lengths(lengths: Iterable[int], size: int) -> list[float]:
    """Return the mean number of terms in each field, more than 0.

    Args:
        lengths: The number of terms in each field of all passages.
        size: The number of passages.
    """
    return [max(length, 1) / max(size, 1) for length in lengths]


def saturate_frequencies(document: TermDocument, means: Sequence[float]) -> SparseVector:
    """Return the saturated frequency of each term of a passage.

    Args:
        document: The terms of the passage.
        means: The mean number of terms in each field.
    """
    values: dict[int, float] = {}
    norms = map(_length_norm, round_lengths(document), means)
    for field, (terms, norm) in enumerate(zip(document, norms, strict=True)):
        counts: Counter[str] = Counter(terms)
        for place, count in zip(term_places(field, counts), counts.values(), strict=True):
            value = round(count * (1 + SATURATION) / (count + norm), _DIGITS)
            values[place] = max(value, values.get(place, 0.0))
    return SparseVector(tuple(values), tuple(values.values()))


def weigh_term(term: str, weight: float, counts: Sequence[int], size: int) -> list[TermWeight]:
    """Return what a term of a query weighs in each field.

    Args:
        term: A term as `index.text.terms.analyze` returns it.
        weight: Its weight in the query.
        counts: The number of passages with it in each field.
        size: The number of passages.
    """
    return [
        TermWeight(field, place, weight * boost * _compute_idf(count, size))
        for field, (boost, count) in enumerate(zip(FIELD_BOOSTS.values(), counts, strict=True))
        for place in term_places(field, [term])
        if count
    ]


def score_passage(
    groups: Sequence[Sequence[Sequence[TermWeight]]],
    vector: SparseVector,
    lengths: Sequence[int],
    former_means: Sequence[float],
    means: Sequence[float],
) -> float:
    """Return the BM25 of a passage: the sum over the groups of a query of the best variant of each.

    Args:
        groups: What each variant of each group weighs in each field.
        vector: The saturated frequencies of the passage.
        lengths: The rounded number of terms in each field of the passage.
        former_means: The mean lengths that the frequencies are saturated with.
        means: The mean lengths that they are to be saturated with.
    """
    values = dict(zip(vector.indices, vector.values, strict=True))
    ratios = [
        _length_norm(length, mean) / _length_norm(length, former)
        for length, former, mean in zip(lengths, former_means, means, strict=True)
    ]

    def score_variant(weights: Sequence[TermWeight]) -> float:
        return sum(
            weight * _saturate_anew(values[place], ratios[field])
            for field, place, weight in weights
            if place in values
        )

    return sum(max(map(score_variant, variants)) for variants in groups)


def _saturate_anew(value: float, ratio: float) -> float:
    """Return a saturated frequency, f (1 + k1) / (f + norm), with another norm.

    Args:
        value: The saturated frequency.
        ratio: The other norm by the one it was saturated with.
    """
    return (1 + SATURATION) / (1 + ratio * ((1 + SATURATION) / value - 1))


def _length_norm(length: int, mean: float) -> float:
    return SATURATION * (1 - LENGTH_NORMALIZATION + LENGTH_NORMALIZATION * length / mean)


def _compute_idf(count: int, size: int) -> float:
    return float(np.log1p((size - count + 0.5) / (count + 0.5)))


def _round_length(length: int) -> int:
    excess = length - _EXACT_LENGTHS
    shift = max(excess.bit_length() - _LENGTH_BITS, 0) if excess > 0 else 0
    return length if not shift else _EXACT_LENGTHS + (excess >> shift << shift)

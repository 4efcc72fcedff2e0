"""The terms of each sentence of a passage, as compact hashes.

Analysing a passage takes a millisecond, and a query looks at a hundred passages: the analysis is
done once, when a passage is indexed. `index.storage.term_vocabulary` says how they are stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.arrays import IntArray
from index.text.terms import analyze

TermIds = NDArray[np.uint64]
"""Hashes of terms, [terms]."""

_DIGEST_BYTES = 6
_DIGEST_CACHE_SIZE = 100_000


@dataclass(frozen=True, slots=True)
class PassageTerms:
    """The terms of a passage: those of its heading, then those of each of its sentences.

    Attributes:
        term_ids: Hashes as of `hash_terms`, each once in the heading and once in each sentence.
        sizes: The number of terms of the heading and of each sentence, [1 + sentences].
    """

    term_ids: TermIds
    sizes: IntArray

    @property
    def heading(self) -> TermIds:
        """The terms of the titles, in both languages, and headings above the passage."""
        return self.term_ids[: self.sizes[0]]

    @property
    def sentences(self) -> TermIds:
        """The terms of all sentences, one after the other."""
        return self.term_ids[self.sizes[0] :]


def hash_terms(terms: Iterable[str]) -> TermIds:
    """Return 48 bits of the BLAKE2b digest of each term.

    One query in ten million has a term that collides with another one of the sentences compared.

    Args:
        terms: Terms as `index.text.terms.analyze` returns them.
    """
    return parse_digests(b"".join(map(_digest_term, terms)))


def pack_terms(texts: Iterable[str]) -> bytes:
    """Return the terms of texts as a record.

    Args:
        texts: The heading of a passage, then each of its sentences.
    """
    term_lists = [dict.fromkeys(analyze(text)) for text in texts]
    sizes = np.array([len(term_lists), *map(len, term_lists)], "<u4")
    return sizes.tobytes() + b"".join(_digest_term(term) for terms in term_lists for term in terms)


def unpack_terms(record: bytes) -> PassageTerms:
    """Return the terms in a record, which is also how formats before 10 store them.

    Args:
        record: What `pack_terms` returned.

    Raises:
        ValueError: If it is cut short.
    """
    count = int(np.frombuffer(record, "<u4", 1)[0])
    sizes = np.frombuffer(record, "<u4", count, offset=4).astype(np.int64)
    term_ids = parse_digests(record[4 * (1 + count) :])
    if sizes.sum() != len(term_ids):
        raise ValueError(f"{len(term_ids)} terms, not {sizes.sum()}")
    return PassageTerms(term_ids, sizes)


def parse_digests(digests: bytes) -> TermIds:
    """Return the hashes in digests that stand one after the other, [terms].

    Args:
        digests: Six bytes for each term.

    Raises:
        ValueError: If the last is cut short.
    """
    parts = np.frombuffer(digests, "<u2").reshape(-1, _DIGEST_BYTES // 2).astype(np.uint64)
    return np.asarray(parts[:, 0] | parts[:, 1] << np.uint64(16) | parts[:, 2] << np.uint64(32))


def join_digests(term_ids: TermIds) -> bytes:
    """Return hashes as digests that stand one after the other.

    Args:
        term_ids: Hashes as of `hash_terms`, [terms].
    """
    digits = term_ids.astype("<u8").view(np.uint8).reshape(-1, 8)
    return digits[:, :_DIGEST_BYTES].tobytes()


@lru_cache(_DIGEST_CACHE_SIZE)
def _digest_term(term: str) -> bytes:
    return hashlib.blake2b(
        term.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES
    ).digest()

"""Query terms in sentences: which sentence has which term, and the idf of the terms.

Terms have the idf of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009). Unlike there, a term that is repeated counts once, which ranks public question sets
better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from index.arrays import FloatArray, IntArray
from index.storage.engine import Engine
from index.storage.passage_terms import TermIds, hash_terms
from rag.query.terms import QueryTerm, TermVariant

_HASH_BUCKETS = np.uint64(1 << 16)
_MAX_CACHED_TERMS = 20_000


class TermIdf:
    """The idf of terms in the passages of one library. Thread-safe.

    Args:
        engine: The library's search engine.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cached_idf = lru_cache(_MAX_CACHED_TERMS)(self._compute_idf)
        self.highest = bm25_idf(engine.size, 0)

    def __call__(self, term: str) -> float:
        """Return the idf of a term.

        Args:
            term: The term.
        """
        return self._cached_idf(term)

    def _compute_idf(self, term: str) -> float:
        return bm25_idf(self._engine.size, self._engine.document_frequency(term))


@dataclass(frozen=True, slots=True)
class TermMatches:
    """Query terms in sentences.

    Attributes:
        degree: How fully each sentence has each term, in [0, 1]; [terms, sentences].
        idf: The idf of each term, at least 0; [terms].
    """

    degree: FloatArray
    idf: FloatArray

    def coverage(self, idf: FloatArray | None = None) -> FloatArray:
        """Return the weighted share of the terms in each sentence, in [0, 1]; [sentences].

        Args:
            idf: Weights instead of `self.idf`; [terms].
        """
        idf = self.idf if idf is None else idf
        return np.asarray(idf @ self.degree / max(float(idf.sum()), 1e-9))

    def by_passage(self, starts: IntArray) -> TermMatches:
        """Return the matches of passages: the highest degree of their sentences.

        Args:
            starts: The index of the first sentence of each passage; [passages].
        """
        if not len(self.idf):
            return TermMatches(np.zeros((0, len(starts))), self.idf)
        return TermMatches(np.maximum.reduceat(self.degree, starts, axis=1), self.idf)


@dataclass(frozen=True, slots=True)
class HashedTexts:
    """The term ids of texts.

    Attributes:
        term_ids: The ids of the terms of each text, text after text.
        sizes: The number of terms of each text, each counted once; [texts].
    """

    term_ids: TermIds
    sizes: IntArray

    def postings(self, terms: Sequence[str]) -> dict[str, IntArray]:
        """Return the texts that have each term; terms that no text has are left out.

        Args:
            terms: Terms.
        """
        wanted = hash_terms(terms)
        sort_order = np.argsort(wanted)
        wanted = wanted[sort_order]
        if not len(wanted) or not len(self.term_ids):
            return {}
        # Hardly any term of the texts is wanted: a table of the last bits rejects most of them.
        is_wanted_bucket = np.zeros(_HASH_BUCKETS, dtype=bool)
        is_wanted_bucket[wanted % _HASH_BUCKETS] = True
        possible_hits = np.flatnonzero(is_wanted_bucket[self.term_ids % _HASH_BUCKETS])
        positions = np.searchsorted(wanted, self.term_ids[possible_hits])
        positions[positions == len(wanted)] = 0
        is_hit = wanted[positions] == self.term_ids[possible_hits]
        positions, hits = positions[is_hit], possible_hits[is_hit]
        if not len(hits):
            return {}
        text_indices = np.searchsorted(np.cumsum(self.sizes), hits, side="right")
        position_order = np.argsort(positions, kind="stable")
        term_positions, starts = np.unique(positions[position_order], return_index=True)
        groups = np.split(text_indices[position_order], starts[1:])
        return {
            terms[sort_order[position]]: group
            for position, group in zip(term_positions, groups, strict=True)
        }


def bm25_idf(passage_count: int, document_frequency: int) -> float:
    """Return the idf of a term.

    Args:
        passage_count: The number of passages.
        document_frequency: The number of passages that have the term.
    """
    return float(np.log1p((passage_count - document_frequency + 0.5) / (document_frequency + 0.5)))


def match_terms(
    query_terms: Sequence[QueryTerm],
    texts: HashedTexts,
    idf: Callable[[str], float],
    unseen_idf: float,
) -> TermMatches:
    """Return which texts have which query terms.

    Args:
        query_terms: The terms of a query.
        texts: Sentences or headings.
        idf: Returns the idf of a term.
        unseen_idf: The idf of a query term that no text has.
    """
    terms = {
        term
        for query_term in query_terms
        for variant in query_term.variants
        for term in variant.terms
    }
    postings = texts.postings(list(terms))
    text_count = len(texts.sizes)
    degree = np.zeros((len(query_terms), text_count))
    term_idf = np.zeros(len(query_terms))
    for row, query_term in enumerate(query_terms):
        best_idf = 0.0
        for variant in query_term.variants:
            variant_degree, variant_idf = _match_variant(variant, postings, idf, text_count)
            if variant_degree is not None:
                degree[row] = np.maximum(degree[row], variant_idf * variant_degree)
                best_idf = max(best_idf, variant_idf)
        if best_idf:
            degree[row] /= best_idf
        term_idf[row] = best_idf or unseen_idf * max(
            variant.weight for variant in query_term.variants
        )
    return TermMatches(degree, term_idf)


def _match_variant(
    variant: TermVariant,
    postings: dict[str, IntArray],
    idf: Callable[[str], float],
    text_count: int,
) -> tuple[FloatArray | None, float]:
    """Return the degree in each text, None if no text has it, and the idf of the variant."""
    if not all(term in postings for term in variant.terms):
        return None, 0.0
    term_idfs = [idf(term) for term in variant.terms]
    total = sum(term_idfs)
    degree = np.zeros(text_count)
    for term, term_idf in zip(variant.terms, term_idfs, strict=True):
        degree[postings[term]] += term_idf / max(total, 1e-9)
    # Squared: half of "carbon dioxide" is no carbon dioxide.
    return degree**2, variant.weight * total / len(term_idfs) ** 0.5

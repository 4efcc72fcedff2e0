"""How much of a question sentences say: which clues stand in which sentence, and how much it means.

A clue weighs what BM25 would weigh it by (Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009): the rarer in the library, the more. Unlike there, saying it
twice counts no more than saying it once; on public question sets that ranks better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import FloatArray, IntArray
from index.storage.passage_terms import TermIds, hash_terms
from rag.query.terms import QueryTerm, TermVariant

_HASH_BUCKETS = np.uint64(1 << 16)
_UNSEEN_TERM_FACTOR = (
    0.7  # what a clue weighs that no text says, against one that a single passage says
)


@dataclass(frozen=True, slots=True)
class TermMatches:
    """Clues against sentences.

    Attributes:
        degree: How surely each sentence says each clue, in [0, 1]; [clues, sentences].
        idf: What each clue means for finding the answer, at least 0; [clues].
    """

    degree: FloatArray
    idf: FloatArray

    def coverage(self, idf: FloatArray | None = None) -> FloatArray:
        """The weighted share of the clues that each sentence says, in [0, 1]; [sentences]."""
        idf = self.idf if idf is None else idf
        return np.asarray(idf @ self.degree / max(float(idf.sum()), 1e-9))

    def by_passage(self, starts: IntArray) -> TermMatches:
        """The same for passages, of which each begins at one of the sentences."""
        if not len(self.idf):
            return TermMatches(np.zeros((0, len(starts))), self.idf)
        return TermMatches(np.maximum.reduceat(self.degree, starts, axis=1), self.idf)


@dataclass(frozen=True, slots=True)
class HashedTexts:
    """What texts say, to be held against clues.

    Attributes:
        term_ids: Of the terms of each text, as `passage_terms` gives them, text after text.
        sizes: How many terms each text has, each once; [texts].
    """

    term_ids: TermIds
    sizes: IntArray

    def postings(self, terms: Sequence[str]) -> dict[str, IntArray]:
        """The texts that say each of the terms; only of those that a text says."""
        wanted = hash_terms(terms)
        sort_order = np.argsort(wanted)
        wanted = wanted[sort_order]
        if not len(wanted) or not len(self.term_ids):
            return {}
        # Nearly no term of a text is asked for: the last digits tell it of most.
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
    """What a term weighs that `frequency` of `size` passages hold."""
    return float(np.log1p((passage_count - document_frequency + 0.5) / (document_frequency + 0.5)))


def match_terms(
    query_terms: Sequence[QueryTerm],
    texts: HashedTexts,
    idf: Callable[[str], float],
    max_idf: float,
) -> TermMatches:
    """Which clues the texts say.

    Args:
        query_terms: Of the question.
        texts: Sentences, mostly.
        idf: What a term weighs, by its rarity.
        max_idf: What a term weighs that stands in no passage.
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
        term_idf[row] = best_idf or max_idf * _UNSEEN_TERM_FACTOR * max(
            variant.weight for variant in query_term.variants
        )
    return TermMatches(degree, term_idf)


def _match_variant(
    variant: TermVariant,
    postings: dict[str, IntArray],
    idf: Callable[[str], float],
    text_count: int,
) -> tuple[FloatArray | None, float]:
    """How surely each text says it that way, None if none does; and what that is worth."""
    if not all(term in postings for term in variant.terms):
        return None, 0.0
    term_idfs = [idf(term) for term in variant.terms]
    total = sum(term_idfs)
    degree = np.zeros(text_count)
    for term, term_idf in zip(variant.terms, term_idfs, strict=True):
        degree[postings[term]] += term_idf / max(total, 1e-9)
    # Half of "carbon dioxide" is no carbon dioxide: what is said in part counts little.
    return degree**2, variant.weight * total / len(term_idfs) ** 0.5

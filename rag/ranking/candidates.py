"""Candidate retrieval: the passages nearest to a query by vector, and the best for its terms."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from index.arrays import Rows
from index.storage.engine import Engine
from index.storage.records import SearchHit
from index.storage.term_index import TermGroup
from rag.query.encoding import EncodedQuery
from rag.query.terms import QueryTerm
from rag.ranking.parameters import load_parameters

_MIN_PASSAGES_FOR_THREADS = 20_000  # below, one thread has searched before others have started


def retrieve_candidates(
    engine: Engine, query: EncodedQuery, idf: Callable[[str], float], rows: Rows | None = None
) -> list[int]:
    """Return the rows of the candidate passages, in rising order.

    Args:
        engine: The library's search engine.
        query: The query, searched by both of its vectors and by the terms of both languages.
        idf: Returns the idf of a term.
        rows: The passages that are searched; None for all.
    """
    depths = load_parameters().candidates
    searches: list[Callable[[], list[SearchHit]]] = [
        partial(engine.search_vectors, vector, depths.vector_search_depth, rows)
        for vector in (query.query_vector, query.crosslingual_query_vector)
    ]
    for query_terms in (query.terms, query.translated_terms):
        groups = [_build_term_group(query_term, idf) for query_term in query_terms]
        searchable = [group for group in groups if group.variants]
        searches.append(partial(engine.search_terms, searchable, depths.term_search_depth, rows))
    return sorted({hit.row for hits in _run_searches(searches, engine.size) for hit in hits})


def _run_searches(
    searches: Sequence[Callable[[], list[SearchHit]]], size: int
) -> list[list[SearchHit]]:
    """Return the hits of each search; in a large library, run at once on all processors."""
    if size < _MIN_PASSAGES_FOR_THREADS:
        return [search() for search in searches]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda search: search(), searches))


def _build_term_group(query_term: QueryTerm, idf: Callable[[str], float]) -> TermGroup:
    """Return a query term for the engine: of each variant, the term with the highest idf."""
    weights: dict[str, float] = {}
    for terms, weight in query_term.variants:
        term = max(terms, key=idf) if len(terms) > 1 else terms[0]
        weights[term] = max(weight, weights.get(term, 0.0))
    return TermGroup(tuple(weights.items()))

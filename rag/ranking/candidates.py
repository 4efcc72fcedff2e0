"""The passages that may answer: the nearest by vector, and those that share words."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from index.arrays import Rows, Vectors
from index.storage.engine import Engine
from index.storage.records import SearchHit
from index.storage.term_index import TermGroup
from rag.query.terms import QueryTerm

_VECTOR_SEARCH_DEPTH = 32  # by each vector
_TERM_SEARCH_DEPTH = 32  # by own terms, and as many by bridged ones
_MIN_PASSAGES_FOR_THREADS = (
    20_000  # passages: among fewer one has searched before the searches are shared out
)


def retrieve_candidates(
    engine: Engine,
    vectors: Sequence[Vectors],
    query_term_lists: Sequence[Sequence[QueryTerm]],
    idf: Callable[[str], float],
    rows: Rows | None = None,
) -> list[int]:
    """The rows of the passages that are looked at closely, in rising order.

    Args:
        engine: Of the library.
        vectors: The question, once for each way of comparing it; none to search by terms alone.
        query_term_lists: The question's own words, and bridged ones.
        idf: What a term weighs.
        rows: The passages that are searched; None means all of them.
    """
    searches: list[Callable[[], list[SearchHit]]] = [
        partial(engine.search_vectors, vector, _VECTOR_SEARCH_DEPTH, rows) for vector in vectors
    ]
    for query_terms in query_term_lists:
        groups = [
            group
            for query_term in query_terms
            if (group := _build_term_group(query_term, idf)).variants
        ]
        searches.append(partial(engine.search_terms, groups, _TERM_SEARCH_DEPTH, rows))
    return sorted({hit.row for hits in _run_searches(searches, engine.size) for hit in hits})


def _run_searches(
    searches: Sequence[Callable[[], list[SearchHit]]], size: int
) -> list[list[SearchHit]]:
    """What each finds, by all processors at once where there is much to search."""
    if size < _MIN_PASSAGES_FOR_THREADS:
        return [search() for search in searches]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda search: search(), searches))


def _build_term_group(query_term: QueryTerm, idf: Callable[[str], float]) -> TermGroup:
    """A clue as the engine takes it: of each way, the term that tells most."""
    weights: dict[str, float] = {}
    for terms, weight in query_term.variants:
        term = max(terms, key=idf) if len(terms) > 1 else terms[0]
        weights[term] = max(weight, weights.get(term, 0.0))
    return TermGroup(tuple(weights.items()))

"""The passages that may answer: the nearest by vector, and those that share words."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from index.storage.engine import Engine, Rows, Scored, TermGroup, Vectors
from rag.query.terms import Clue

_NEAREST = 32  # by each vector
_MATCHING = 32  # by own terms, and as many by bridged ones
_MANY = 20_000  # passages: among fewer one has searched before the searches are shared out


def candidates(
    engine: Engine,
    vectors: Sequence[Vectors],
    clues: Sequence[Sequence[Clue]],
    weigh: Callable[[str], float],
    rows: Rows | None = None,
) -> list[int]:
    """The rows of the passages that are looked at closely, in rising order.

    Args:
        engine: Of the library.
        vectors: The question, once for each way of comparing it; none to search by terms alone.
        clues: The question's own words, and bridged ones.
        weigh: What a term weighs.
        rows: The passages that are searched; None means all of them.
    """
    searches: list[Callable[[], list[Scored]]] = [
        partial(engine.nearest, vector, _NEAREST, rows) for vector in vectors
    ]
    for legs in clues:
        groups = [group for clue in legs if (group := _group(clue, weigh)).alternatives]
        searches.append(partial(engine.matching, groups, _MATCHING, rows))
    return sorted({hit.row for hits in _all(searches, engine.size) for hit in hits})


def _all(searches: Sequence[Callable[[], list[Scored]]], size: int) -> list[list[Scored]]:
    """What each finds, by all processors at once where there is much to search."""
    if size < _MANY:
        return [search() for search in searches]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(lambda search: search(), searches))


def _group(clue: Clue, weigh: Callable[[str], float]) -> TermGroup:
    """A clue as the engine takes it: of each way, the term that tells most."""
    ways: dict[str, float] = {}
    for terms, weight in clue.ways:
        term = max(terms, key=weigh) if len(terms) > 1 else terms[0]
        ways[term] = max(weight, ways.get(term, 0.0))
    return TermGroup(tuple(ways.items()))

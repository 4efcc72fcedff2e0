"""The passages that may answer: the nearest by vector, and those that share words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from index.engine import Engine, Rows, TermGroup, Vectors
from rag.clues import Clue

_NEAREST = 32  # by each vector
_MATCHING = 32  # by own terms, and as many by bridged ones


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
    found: set[int] = set()
    for vector in vectors:
        found.update(hit.row for hit in engine.nearest(vector, _NEAREST, rows))
    for legs in clues:
        groups = [group for clue in legs if (group := _group(clue, weigh)).alternatives]
        found.update(hit.row for hit in engine.matching(groups, _MATCHING, rows))
    return sorted(found)


def _group(clue: Clue, weigh: Callable[[str], float]) -> TermGroup:
    """A clue as the engine takes it: of each way, the term that tells most."""
    ways: dict[str, float] = {}
    for terms, weight in clue.ways:
        term = max(terms, key=weigh) if len(terms) > 1 else terms[0]
        ways[term] = max(weight, ways.get(term, 0.0))
    return TermGroup(tuple(ways.items()))

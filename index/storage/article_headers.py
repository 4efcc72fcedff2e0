"""What stands over the articles of a library, read at once and without their texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from index.storage.records import Head

_KINDS = ("author", "topic", "institute")
_LABELS = "SELECT publication, article, kind, folded FROM label ORDER BY rowid"
_ARTICLES = "SELECT publication, number, first, folded FROM article WHERE passages ORDER BY first"


def heads(select: Callable[[str], list[tuple[Any, ...]]]) -> list[Head]:
    """The heads of all articles that have passages, in reading order.

    Args:
        select: Gives the rows of a statement.
    """
    labels: dict[tuple[str, int, str], list[str]] = {}
    for publication, number, kind, folded in select(_LABELS):
        labels.setdefault((publication, number, kind), []).append(folded)
    return [
        Head(
            publication,
            number,
            first,
            tuple(folded.split("\n")),
            *(tuple(labels.get((publication, number, kind), ())) for kind in _KINDS),
        )
        for publication, number, first, folded in select(_ARTICLES)
    ]

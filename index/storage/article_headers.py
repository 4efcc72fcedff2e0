"""What stands over the articles of a library, read at once and without their texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from index.storage.records import ArticleHeader

_LABEL_KINDS = ("author", "topic", "institute")
_LABELS_SQL = "SELECT publication, article, kind, folded FROM label ORDER BY rowid"
_ARTICLES_SQL = (
    "SELECT publication, number, first, folded FROM article WHERE passages ORDER BY first"
)


def load_article_headers(fetch_all: Callable[[str], list[tuple[Any, ...]]]) -> list[ArticleHeader]:
    """The heads of all articles that have passages, in reading order.

    Args:
        fetch_all: Gives the rows of a statement.
    """
    labels: dict[tuple[str, int, str], list[str]] = {}
    for publication_id, article_index, kind, folded in fetch_all(_LABELS_SQL):
        labels.setdefault((publication_id, article_index, kind), []).append(folded)
    return [
        ArticleHeader(
            publication_id,
            article_index,
            first_key,
            tuple(folded.split("\n")),
            *(
                tuple(labels.get((publication_id, article_index, kind), ()))
                for kind in _LABEL_KINDS
            ),
        )
        for publication_id, article_index, first_key, folded in fetch_all(_ARTICLES_SQL)
    ]

"""The passages of the articles that a question names by their places: what does article 3 say?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.arrays import Rows
from index.storage.library import Library
from index.storage.records import ArticleHeader
from index.storage.term_index import TermGroup
from index.text.scripts import fold
from rag.query.entities import EntityLinker, select_first_publication
from rag.query.named_articles import NamedArticles, parse_named_articles


@dataclass(frozen=True, slots=True)
class ScopedQuestion:
    """A question, and the passages that it asks of.

    Attributes:
        question: The question, without words that only name the passages.
        rows: The passages that are searched; None for all.
    """

    question: str
    rows: Rows | None


def scope_question(
    question: str, rows: Rows | None, library: Library, linker: EntityLinker
) -> ScopedQuestion:
    """Return a question with the passages of the articles that it names by their places.

    All passages are searched if it is not certain which articles are meant: where there are several
    publications and it names none, and where there are not so many articles. If "Article 3" may be
    one of a law, the passages that name that are searched, too.

    Args:
        question: The question.
        rows: The passages that may be cited; None for all.
        library: The library.
        linker: Finds the publications that the question names.
    """
    named = parse_named_articles(question)
    headers = _find_headers(question, rows, linker) if named else []
    count = len(headers)
    if not named or not all(-count <= position < count for position in named.positions):
        return ScopedQuestion(question, rows)
    of_law = _list_rows_of_law(named, library) if named.may_be_of_law else []
    starts = [library.first_row(header) for header in headers]
    starts.append(library.rows_of(headers[0].publication_id).stop)
    indices = [position % count for position in named.positions]
    own = [np.arange(starts[index], starts[index + 1]) for index in indices]
    chosen = np.unique(np.concatenate(own + of_law))
    allowed = chosen if rows is None else np.intersect1d(chosen, rows)
    return ScopedQuestion(question if of_law else named.question, allowed)


def _find_headers(question: str, rows: Rows | None, linker: EntityLinker) -> list[ArticleHeader]:
    """Return the articles of the publication that a question is about; none if it may be others."""
    entities = linker.link(fold(question))
    headers = linker.select_headers(entities.publications, rows)
    publications = dict.fromkeys(header.publication_id for header in headers)
    if len(publications) > 1 and not entities.names_publication:
        return []
    return select_first_publication(headers)


def _list_rows_of_law(named: NamedArticles, library: Library) -> list[Rows]:
    """Return the passages that name articles of a law with the numbers of a question."""
    groups = [TermGroup(((f"第{position + 1}条", 1.0),)) for position in named.positions]
    hits = library.engine.search_terms(groups, library.engine.size)
    return [np.array([hit.row for hit in hits], dtype=np.int64)] if hits else []

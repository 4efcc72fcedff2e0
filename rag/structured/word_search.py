"""Passages that may have a word, found by its terms instead of by reading every passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Rows
from index.storage.library import Library
from index.storage.records import ArticleHeader
from index.storage.term_index import TermGroup
from index.text.terms import analyze
from rag.ranking.passages import ArticleKey, LoadedPassage, PassageLoader

_MAX_SEARCHED_PUBLICATIONS = 20  # of more, all passages are searched and those of others left out
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class FoundPassages:
    """Passages that may have a word.

    Attributes:
        by_article: The passages of each article, in the order of the articles that were given.
        is_complete: Whether these are all; else they are those with the most of the word's terms.
    """

    by_article: dict[ArticleKey, list[LoadedPassage]]
    is_complete: bool


@dataclass(frozen=True, slots=True)
class WordSearcher:
    """Finds passages that may have a word. Thread-safe.

    Attributes:
        library: The library.
        loader: Reads its passages.
        max_passages: The most that are read for one question.
    """

    library: Library
    loader: PassageLoader
    max_passages: int

    def find_passages(
        self, headers: Sequence[ArticleHeader], words: Iterable[str]
    ) -> FoundPassages:
        """Return the passages of articles that may have one of some words.

        Args:
            headers: The articles.
            words: The words, folded.
        """
        terms = dict.fromkeys(term for word in words for term in self._choose_terms(word))
        groups = [TermGroup(((term, 1.0),)) for term in terms]
        limit = self.max_passages
        hits = self.library.engine.search_terms(groups, limit + 1, self._list_rows(headers))
        passages: dict[ArticleKey, list[LoadedPassage]] = {}
        for loaded in self.loader.load(sorted(hit.row for hit in hits[:limit])):
            passages.setdefault(loaded.article, []).append(loaded)
        keys = ((header.publication_id, header.article_index) for header in headers)
        by_article = {key: passages[key] for key in keys if key in passages}
        return FoundPassages(by_article, len(hits) <= limit)

    def _choose_terms(self, word: str) -> list[str]:
        """Return terms of which every text with a word has one: the rarest, if that is certain.

        A digit is part of another term where letters follow it (F-16C), a Chinese character where
        another one does: of these a text with the word may lack one.
        """
        terms = analyze(word)
        if len(terms) < 2 or _DIGIT.search(" ".join(terms)):
            return terms
        pairs = [term for term in terms if len(term) > 1]
        return [min(pairs or terms, key=self.library.engine.document_frequency)]

    def _list_rows(self, headers: Sequence[ArticleHeader]) -> Rows | None:
        """Return the rows of the publications of articles, if they are few; else None for all."""
        publications = dict.fromkeys(header.publication_id for header in headers)
        if len(publications) > _MAX_SEARCHED_PUBLICATIONS:
            return None
        ranges = [np.asarray(self.library.rows_of(name), dtype=np.int64) for name in publications]
        return np.sort(np.concatenate(ranges)) if ranges else np.zeros(0, dtype=np.int64)

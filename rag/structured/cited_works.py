"""The works that a question can mean: in a large library, those that some of its articles cite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from index.storage.library import Library
from index.storage.records import ArticleHeader
from index.text.scripts import fold
from rag.ranking.parameters import StructureParameters
from rag.ranking.passages import ArticleKey, PassageLoader
from rag.structured.sources import compile_words
from rag.structured.word_search import WordSearcher
from rag.works.identity import Synonyms, build_synonyms
from rag.works.model import Work


@dataclass(frozen=True, slots=True)
class FoundWorks:
    """Works that a question can mean.

    Attributes:
        works: The works, each with the notes that were read.
        is_complete: Whether all notes that can cite them were read.
    """

    works: tuple[Work, ...]
    is_complete: bool = True


@dataclass(frozen=True)
class CitedWorkFinder:
    """Finds the works that notes cite.

    To parse and to join all references takes some .7 ms a note: of a large library only the notes
    of some articles are read for a question, so that references are joined within these alone.

    Attributes:
        library: The library.
        loader: Reads its articles.
        searcher: Finds passages that may have a word.
        list_all: Returns all works of the library.
        parameters: From which size on a library is large, and how many articles are read then.
    """

    library: Library
    loader: PassageLoader
    searcher: WordSearcher
    list_all: Callable[[], tuple[Work, ...]]
    parameters: StructureParameters

    def find_works_of(self, headers: Sequence[ArticleHeader]) -> FoundWorks:
        """Return the works that articles cite; none, incomplete, if there are too many articles.

        Args:
            headers: The articles.
        """
        if not self._is_large:
            return FoundWorks(self.list_all())
        if len(headers) > self.parameters.max_read_articles:
            return FoundWorks((), is_complete=False)
        return FoundWorks(self._join(map(_key, headers)))

    def find_works_with(self, headers: Sequence[ArticleHeader], words: Sequence[str]) -> FoundWorks:
        """Return the works of articles that may have one of some words.

        Args:
            headers: The articles.
            words: The words, folded.
        """
        if not self._is_large:
            return FoundWorks(self.list_all())
        pattern = compile_words(words)
        searched = self.searcher.find_passages(headers, words)
        having = (
            key
            for key in searched.by_article
            if any(pattern.search(fold(note.text)) for note in self.loader.load_article(*key).notes)
        )
        limit = self.parameters.max_read_articles
        keys = list(islice(having, limit + 1))
        return FoundWorks(self._join(keys[:limit]), searched.is_complete and len(keys) <= limit)

    @cached_property
    def _is_large(self) -> bool:
        return self.library.counts.notes > self.parameters.max_joined_notes

    @cached_property
    def _synonyms(self) -> Synonyms:
        return build_synonyms(stored.gloss for stored in self.library.glosses())

    def _join(self, keys: Iterable[ArticleKey]) -> tuple[Work, ...]:
        # It imports the readers, which few questions need.
        from rag.works.gather import join_references, list_article_references

        references = (
            reference
            for key in keys
            for reference in list_article_references(*key, self.loader.load_article(*key))
        )
        return join_references(references, self._synonyms)


def _key(header: ArticleHeader) -> ArticleKey:
    return header.publication_id, header.article_index

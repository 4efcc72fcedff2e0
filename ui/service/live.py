"""The desk over a library on disk: what is published is used at once, without a restart."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from index.document import Article
from index.encoders.protocol import load_encoder
from index.errors import TongzhuError
from index.messages import Language
from index.storage.library import Library
from index.storage.records import Filters
from rag.answer.build import build_citation
from rag.answer.model import Answer
from rag.ranking.passages import PassageLoader
from rag.retriever import Retriever
from ui.conversations.model import NO_FILTERS
from ui.messages import page
from ui.page.catalogue_search import CatalogueSearch
from ui.page.examples import EXAMPLE_COUNT, generate_example_questions
from ui.page.reading_pane import LocatedPassage
from ui.service.desk import Catalogue
from ui.service.limits import DEFAULT_PASSAGES

_EXAMPLE_PUBLICATIONS = 3  # publications
_CACHED_PUBLICATIONS = 256  # publications of which the articles are at hand


class LiveCatalogue:
    """Keeps up with a library. Thread-safe.

    Args:
        library: Open to be read; its model is loaded and warmed up.

    Raises:
        ModelError: If the model cannot be loaded.
    """

    def __init__(self, library: Library) -> None:
        encoder = load_encoder(library.model.name)
        encoder.encode_queries([page.PAGE_NAME.zh])  # no visitor need wait for that
        self._lock = threading.Lock()
        self._retriever = Retriever(library, encoder)
        self._catalogue = _build_catalogue(self._retriever)

    def get_current(self) -> Catalogue:
        """The library as it is now.

        Raises:
            LibraryError: If it cannot be opened any more.
            ModelError: If it is now another model's.
        """
        with self._lock:
            retriever = self._retriever.refreshed()
            if retriever is not self._retriever:
                self._retriever, self._catalogue = retriever, _build_catalogue(retriever)
            return self._catalogue


def _build_catalogue(retriever: Retriever) -> Catalogue:
    library = retriever.library
    passage_loader = PassageLoader(library)

    @lru_cache(_CACHED_PUBLICATIONS)
    def get_articles(publication_id: str) -> tuple[Article, ...]:
        return library.publication(publication_id).articles

    def retrieve(
        question: str,
        history: Sequence[str],
        filters: Filters,
        k: int = DEFAULT_PASSAGES,
        threshold: float | None = None,
    ) -> Answer:
        return retriever.retrieve(
            question, k, history=history, filters=filters, threshold=threshold
        )

    def find_passage(passage_id: str) -> LocatedPassage | None:
        try:
            (loaded,) = passage_loader.load([library.row(passage_id)])
        except KeyError:
            return None
        article = passage_loader.load_article(
            loaded.passage.publication_id, loaded.passage.article_index
        )
        summary = library.summary(loaded.passage.publication_id)
        return LocatedPassage(
            loaded.passage, article, build_citation(loaded, article, summary, (), ())
        )

    publications, authors, topics = library.publications(), library.authors(), library.topics()

    @lru_cache
    def get_examples(language: Language) -> tuple[str, ...]:
        first_publications = publications[:_EXAMPLE_PUBLICATIONS]
        articles = [
            article for summary in first_publications for article in get_articles(summary.id)
        ]
        questions = generate_example_questions(first_publications, articles, language)
        return tuple(islice(filter(has_answer, questions), EXAMPLE_COUNT))

    def has_answer(question: str) -> bool:
        try:
            return retrieve(question, (), NO_FILTERS).found
        except TongzhuError:
            return False

    return Catalogue(
        publications,
        retrieve,
        find_passage,
        authors,
        topics,
        get_articles,
        CatalogueSearch(publications, library.article_headers, authors, topics),
        get_examples,
    )

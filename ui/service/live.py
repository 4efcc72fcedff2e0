"""The desk over a library on disk: what is published is used at once, without a restart."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from index.document import Article
from index.encoders.protocol import load_encoder
from index.errors import TongzhuError
from index.storage.library import Library
from index.storage.records import Criteria
from rag.answer.build import cite
from rag.answer.model import Answer
from rag.ranking.passages import Reader
from rag.retriever import Retriever
from ui.conversations.model import ANYWHERE
from ui.messages import page
from ui.messages.cli import Language
from ui.page.catalogue_search import Finder
from ui.page.examples import EXAMPLES, example_questions
from ui.page.reading_pane import Found
from ui.service.desk import Desk
from ui.service.limits import USUAL

_EXAMPLES_FROM = 3  # publications
_KEPT = 256  # publications of which the articles are at hand


class LiveDesk:
    """Keeps up with a library. Thread-safe.

    Args:
        library: Open to be read; its model is loaded and warmed up.

    Raises:
        ModelError: If the model cannot be loaded.
    """

    def __init__(self, library: Library) -> None:
        encoder = load_encoder(library.model.name)
        encoder.encode_questions([page.PAGE_NAME.zh])  # no visitor need wait for that
        self._lock = threading.Lock()
        self._retriever = Retriever(library, encoder)
        self._desk = _desk(self._retriever)

    def now(self) -> Desk:
        """The library as it is now.

        Raises:
            LibraryError: If it cannot be opened any more.
            ModelError: If it is now another model's.
        """
        with self._lock:
            retriever = self._retriever.refreshed()
            if retriever is not self._retriever:
                self._retriever, self._desk = retriever, _desk(retriever)
            return self._desk


def _desk(retriever: Retriever) -> Desk:
    library = retriever.library
    reader = Reader(library)

    @lru_cache(_KEPT)
    def contents(publication: str) -> tuple[Article, ...]:
        return library.publication(publication).articles

    def retrieve(
        question: str,
        before: Sequence[str],
        filters: Criteria,
        k: int = USUAL,
        threshold: float | None = None,
    ) -> Answer:
        return retriever.retrieve(question, k, history=before, filters=filters, threshold=threshold)

    def find(passage: str) -> Found | None:
        try:
            (read,) = reader.read([library.row(passage)])
        except KeyError:
            return None
        article = reader.article(read.passage.publication, read.passage.article)
        summary = library.summary(read.passage.publication)
        return Found(read.passage, article, cite(read, article, summary, (), ()))

    publications, authors, topics = library.publications(), library.authors(), library.topics()

    @lru_cache
    def examples(language: Language) -> tuple[str, ...]:
        first = publications[:_EXAMPLES_FROM]
        articles = [article for each in first for article in contents(each.id)]
        asked = example_questions(first, articles, language)
        return tuple(islice(filter(answers, asked), EXAMPLES))

    def answers(question: str) -> bool:
        try:
            return retrieve(question, (), ANYWHERE).found
        except TongzhuError:
            return False

    return Desk(
        publications,
        retrieve,
        find,
        authors,
        topics,
        contents,
        Finder(publications, library.heads, authors, topics),
        examples,
    )

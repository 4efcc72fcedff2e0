"""What every surface offers over one open library; a surface only gives it another form.

The library may be changed underneath: the next question after a second sees the change. What was
answered is remembered with the generation that answered it, and forgotten with it.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path, PurePath

from index.document import Article
from index.encoders.protocol import Encoder, load_encoder
from index.errors import TongzhuError
from index.storage.library import Library
from index.storage.records import Counts, Summary
from rag.answer.build import (
    build_article_ref,
    build_citation,
    build_cited_note,
    build_publication_ref,
)
from rag.answer.model import Answer, Citation, CitedNote
from rag.ranking.passages import PassageLoader
from rag.retriever import Retriever
from ui.service import errors as refusals
from ui.service import limits
from ui.service.encoder_cache import CachingEncoder
from ui.service.errors import not_found_error
from ui.service.requests import AskRequest
from ui.service.views import (
    ArticleView,
    NoteInArticle,
    PublicationContents,
    PublicationView,
    SectionInArticle,
    build_publication_view,
    build_section_view,
)

_VECTORS_PER_ANSWER = 4  # vectors for each answer that is kept: they are small
_REFRESH_SECONDS = 1.0  # seconds between looks whether the library has changed

_log = logging.getLogger("tongzhu.service")


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """What is being served.

    Attributes:
        version: Of Tongzhu.
        generation: Of the library; it rises with every change.
        model: What encodes the questions.
        counts: How much the library holds.
    """

    version: str
    generation: int
    model: str
    counts: Counts


class _OpenGeneration:
    """One generation of the library, open, and what it has answered."""

    def __init__(self, library: Library, encoder: Encoder, cache_size: int) -> None:
        self.library = library
        self.retriever = Retriever(library, encoder)
        self.passage_loader = PassageLoader(library)
        self.answer_cached = lru_cache(cache_size)(self.answer)

    def answer(self, request: AskRequest) -> Answer:
        return self.retriever.retrieve(
            request.question,
            request.k,
            history=request.history,
            filters=request.filters.to_filters(),
            threshold=request.threshold,
        )


class Service:
    """An open library that answers. Safe to use from many threads.

    Args:
        path: The library's folder.
        encoder: What encodes the questions; by default the model that made the library.
        cached_answers: How many answers to keep; 0 for none, and for no vectors either.

    Raises:
        LibraryError: If there is no library, or it cannot be read.
        ModelError: If the encoder is not the one that made the library, or cannot be loaded.
    """

    def __init__(
        self,
        path: Path,
        encoder: Encoder | None = None,
        *,
        cached_answers: int = limits.DEFAULT_CACHED_ANSWERS,
    ) -> None:
        library = Library.open(path)
        encoder = encoder or load_encoder(library.model.name)
        self._cached_answers = cached_answers
        self._encoder = CachingEncoder(encoder, _VECTORS_PER_ANSWER * cached_answers)
        self._current = _OpenGeneration(library, self._encoder, cached_answers)
        self._refresh_lock = threading.Lock()
        self._next_refresh = time.monotonic() + _REFRESH_SECONDS
        self._last_error = ""

    def ask(self, request: AskRequest) -> Answer:
        """The answer to a question.

        Raises:
            QuestionError: If it cannot be answered as it stands.
        """
        current = self._get_current()
        return (
            current.answer_cached if request.k <= limits.MAX_CACHED_PASSAGES else current.answer
        )(request)

    def warm_up(self) -> None:
        """Loads what the first question would have to wait for."""
        self._current.answer(AskRequest(question="同註 ibid.", k=1))

    def get_cache_statistics(self) -> tuple[int, int]:
        """How many answers were remembered and how many were not, in this generation."""
        info = self._current.answer_cached.cache_info()
        return info.hits, info.misses

    def get_status(self) -> ServiceStatus:
        """What is being served."""
        library = self._get_current().library
        # A model that was named by its path is called by its last part.
        model = PurePath(library.model.name).name
        return ServiceStatus(version("tongzhu"), library.generation, model, library.counts)

    def list_publications(self) -> tuple[PublicationView, ...]:
        """All publications, by date."""
        return tuple(
            build_publication_view(summary)
            for summary in self._get_current().library.publications()
        )

    def get_contents(self, publication_id: str) -> PublicationContents:
        """A publication and its articles.

        Raises:
            RefusalError: If there is no such publication.
        """
        library = self._get_current().library
        summary = _load_summary(library, publication_id)
        articles = library.publication(publication_id).articles
        return PublicationContents(
            build_publication_view(summary),
            tuple(build_article_ref(index, article) for index, article in enumerate(articles)),
        )

    def get_article(self, publication_id: str, article_index: int) -> ArticleView:
        """A whole article.

        Raises:
            RefusalError: If there is no such publication or article.
        """
        summary, article = self._load_article(publication_id, article_index)
        return ArticleView(
            build_publication_ref(summary),
            build_article_ref(article_index, article),
            tuple(
                build_section_view(position, item, article)
                for position, item in enumerate(article.sections)
            ),
            tuple(build_cited_note(article, item.number) for item in article.notes),
        )

    def get_section(
        self, publication_id: str, article_index: int, section_index: int
    ) -> SectionInArticle:
        """One section of an article.

        Raises:
            RefusalError: If there is no such publication, article or section.
        """
        summary, article = self._load_article(publication_id, article_index)
        if not 0 <= section_index < len(article.sections):
            raise not_found_error(refusals.NO_SECTION, section_index)
        return SectionInArticle(
            build_publication_ref(summary),
            build_article_ref(article_index, article),
            build_section_view(section_index, article.sections[section_index], article),
        )

    def get_note(self, publication_id: str, article_index: int, number: str) -> NoteInArticle:
        """A note of an article, with the one that it stands for.

        Raises:
            RefusalError: If there is no such publication, article or note.
        """
        summary, article = self._load_article(publication_id, article_index)
        return NoteInArticle(
            build_publication_ref(summary),
            build_article_ref(article_index, article),
            _find_note(article, number),
        )

    def get_passage(self, passage_id: str) -> Citation:
        """A passage by its id, as a citation without evidence.

        Raises:
            RefusalError: If there is no such passage.
        """
        current = self._get_current()
        try:
            row = current.library.row(passage_id)
        except KeyError:
            raise not_found_error(refusals.NO_PASSAGE, passage_id) from None
        (loaded,) = current.passage_loader.load([row])
        article = current.passage_loader.load_article(
            loaded.passage.publication_id, loaded.passage.article_index
        )
        return build_citation(
            loaded, article, current.library.summary(loaded.passage.publication_id), (), ()
        )

    def refresh(self) -> None:
        """Takes over what was published since the library was opened.

        Raises:
            LibraryError: If it cannot be read any more: what is open stays open.
            ModelError: If it was made anew with another model: what is open stays open.
        """
        library = self._current.library.refreshed()
        if library is not self._current.library:
            self._current = _OpenGeneration(library, self._encoder, self._cached_answers)
            _log.info("library refreshed", extra={"generation": library.generation})

    def _get_current(self) -> _OpenGeneration:
        if time.monotonic() >= self._next_refresh and self._refresh_lock.acquire(blocking=False):
            try:
                self._next_refresh = time.monotonic() + _REFRESH_SECONDS
                self.refresh()
                self._last_error = ""
            except TongzhuError as error:
                if str(error) != self._last_error:
                    _log.error("library not refreshed: %s", error)
                self._last_error = str(error)
            finally:
                self._refresh_lock.release()
        return self._current

    def _load_article(self, publication_id: str, article_index: int) -> tuple[Summary, Article]:
        library = self._get_current().library
        summary = _load_summary(library, publication_id)
        try:
            if not 0 <= article_index <= limits.MAX_INDEX:
                raise KeyError(article_index)
            return summary, library.article(publication_id, article_index)
        except KeyError:
            raise not_found_error(refusals.NO_ARTICLE, article_index) from None


def _load_summary(library: Library, publication_id: str) -> Summary:
    try:
        return library.summary(publication_id)
    except KeyError:
        raise not_found_error(refusals.NO_PUBLICATION, publication_id) from None


def _find_note(article: Article, number: str) -> CitedNote:
    try:
        return build_cited_note(article, number)
    except KeyError:
        raise not_found_error(refusals.NO_NOTE, number) from None

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
from rag.answer.build import article_ref, cite, cited_note, publication_ref
from rag.answer.model import Answer, Citation, CitedNote
from rag.ranking.passages import Reader
from rag.retriever import Retriever
from ui.service import errors as refusals
from ui.service import limits
from ui.service.encoder_cache import RememberingEncoder
from ui.service.errors import no_such
from ui.service.requests import Asked
from ui.service.views import (
    ArticleView,
    Contents,
    NoteText,
    PublicationView,
    SectionText,
    publication_view,
    section_view,
)

_VECTORS_KEPT = 4  # vectors for each answer that is kept: they are small
_LOOK_EVERY = 1.0  # seconds between looks whether the library has changed

_log = logging.getLogger("tongzhu.service")


@dataclass(frozen=True, slots=True)
class State:
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


class _Open:
    """One generation of the library, open, and what it has answered."""

    def __init__(self, library: Library, encoder: Encoder, remembered: int) -> None:
        self.library = library
        self.retriever = Retriever(library, encoder)
        self.reader = Reader(library)
        self.remembered = lru_cache(remembered)(self.answer)

    def answer(self, asked: Asked) -> Answer:
        return self.retriever.retrieve(
            asked.question,
            asked.k,
            history=asked.history,
            filters=asked.filters.criteria(),
            threshold=asked.threshold,
        )


class Service:
    """An open library that answers. Safe to use from many threads.

    Args:
        path: The library's folder.
        encoder: What encodes the questions; by default the model that made the library.
        remembered: How many answers to keep; 0 for none, and for no vectors either.

    Raises:
        LibraryError: If there is no library, or it cannot be read.
        ModelError: If the encoder is not the one that made the library, or cannot be loaded.
    """

    def __init__(
        self, path: Path, encoder: Encoder | None = None, *, remembered: int = limits.KEPT
    ) -> None:
        library = Library.open(path)
        encoder = encoder or load_encoder(library.model.name)
        self._remembered = remembered
        self._encoder = RememberingEncoder(encoder, _VECTORS_KEPT * remembered)
        self._open = _Open(library, self._encoder, remembered)
        self._looking = threading.Lock()
        self._next_look = time.monotonic() + _LOOK_EVERY
        self._trouble = ""

    def ask(self, asked: Asked) -> Answer:
        """The answer to a question.

        Raises:
            QuestionError: If it cannot be answered as it stands.
        """
        now = self._now()
        return (now.remembered if asked.k <= limits.KEPT_PASSAGES else now.answer)(asked)

    def warm_up(self) -> None:
        """Loads what the first question would have to wait for."""
        self._open.answer(Asked(question="同註 ibid.", k=1))

    def recalled(self) -> tuple[int, int]:
        """How many answers were remembered and how many were not, in this generation."""
        info = self._open.remembered.cache_info()
        return info.hits, info.misses

    def state(self) -> State:
        """What is being served."""
        library = self._now().library
        # A model that was named by its path is called by its last part.
        model = PurePath(library.model.name).name
        return State(version("tongzhu"), library.generation, model, library.counts)

    def publications(self) -> tuple[PublicationView, ...]:
        """All publications, by date."""
        return tuple(publication_view(each) for each in self._now().library.publications())

    def contents(self, publication: str) -> Contents:
        """A publication and its articles.

        Raises:
            RefusalError: If there is no such publication.
        """
        library = self._now().library
        summary = _summary(library, publication)
        articles = library.publication(publication).articles
        return Contents(
            publication_view(summary),
            tuple(article_ref(index, each) for index, each in enumerate(articles)),
        )

    def article(self, publication: str, index: int) -> ArticleView:
        """A whole article.

        Raises:
            RefusalError: If there is no such publication or article.
        """
        summary, article = self._article(publication, index)
        return ArticleView(
            publication_ref(summary),
            article_ref(index, article),
            tuple(section_view(at, each, article) for at, each in enumerate(article.sections)),
            tuple(cited_note(article, each.number) for each in article.notes),
        )

    def section(self, publication: str, index: int, section: int) -> SectionText:
        """One section of an article.

        Raises:
            RefusalError: If there is no such publication, article or section.
        """
        summary, article = self._article(publication, index)
        if not 0 <= section < len(article.sections):
            raise no_such(refusals.SECTION, section)
        return SectionText(
            publication_ref(summary),
            article_ref(index, article),
            section_view(section, article.sections[section], article),
        )

    def note(self, publication: str, index: int, number: str) -> NoteText:
        """A note of an article, with the one that it stands for.

        Raises:
            RefusalError: If there is no such publication, article or note.
        """
        summary, article = self._article(publication, index)
        return NoteText(
            publication_ref(summary), article_ref(index, article), _note(article, number)
        )

    def passage(self, passage: str) -> Citation:
        """A passage by its id, as a citation without evidence.

        Raises:
            RefusalError: If there is no such passage.
        """
        now = self._now()
        try:
            row = now.library.row(passage)
        except KeyError:
            raise no_such(refusals.PASSAGE, passage) from None
        (read,) = now.reader.read([row])
        article = now.reader.article(read.passage.publication, read.passage.article)
        return cite(read, article, now.library.summary(read.passage.publication), (), ())

    def refresh(self) -> None:
        """Takes over what was published since the library was opened.

        Raises:
            LibraryError: If it cannot be read any more: what is open stays open.
            ModelError: If it was made anew with another model: what is open stays open.
        """
        library = self._open.library.refreshed()
        if library is not self._open.library:
            self._open = _Open(library, self._encoder, self._remembered)
            _log.info("library refreshed", extra={"generation": library.generation})

    def _now(self) -> _Open:
        if time.monotonic() >= self._next_look and self._looking.acquire(blocking=False):
            try:
                self._next_look = time.monotonic() + _LOOK_EVERY
                self.refresh()
                self._trouble = ""
            except TongzhuError as error:
                if str(error) != self._trouble:
                    _log.error("library not refreshed: %s", error)
                self._trouble = str(error)
            finally:
                self._looking.release()
        return self._open

    def _article(self, publication: str, index: int) -> tuple[Summary, Article]:
        library = self._now().library
        summary = _summary(library, publication)
        try:
            if not 0 <= index <= limits.INDEX:
                raise KeyError(index)
            return summary, library.article(publication, index)
        except KeyError:
            raise no_such(refusals.ARTICLE, index) from None


def _summary(library: Library, publication: str) -> Summary:
    try:
        return library.summary(publication)
    except KeyError:
        raise no_such(refusals.PUBLICATION, publication) from None


def _note(article: Article, number: str) -> CitedNote:
    try:
        return cited_note(article, number)
    except KeyError:
        raise no_such(refusals.NOTE, number) from None

"""The service that every surface asks; a surface only gives its answers another form.

The library may change while the service runs: new generations are used once published.
Answers are cached with the generation of the library that gave them, and dropped with it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from index.document import Span
from index.encoders.protocol import Encoder, load_encoder
from index.errors import TongzhuError
from index.page_numbers import MarkedPage
from index.storage.library import Library
from index.storage.records import Counts, Filters
from index.text.scripts import Language
from rag.answer.model import Answer
from rag.ranking.reading import is_reader_on, load_reader
from rag.retriever import Retriever
from ui.service import limits
from ui.service.encoder_cache import CachingEncoder
from ui.service.errors import not_found_error
from ui.service.page_pictures import PagePainter
from ui.service.query import Query

if TYPE_CHECKING:
    from rag.written.endpoint import Endpoint
    from rag.written.model import NumberedSentence, Verdict, WrittenAnswer
    from rag.written.names import LibraryNames
    from rag.written.verification import Verifier
    from ui.service.catalogue import Catalogue

_VECTORS_PER_ANSWER = 4  # embeddings for each answer that is cached: they are small
_REFRESH_SECONDS = 1.0  # seconds between checks whether the library has changed
_DAMAGED_REFRESH_SECONDS = 30.0  # and whether a damaged one is intact again, which reads all of it

_log = logging.getLogger("tongzhu.service")


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """What is being served.

    Attributes:
        version: The version of Tongzhu.
        generation: The generation of the library; it rises with every change.
        model: The name of the model that encodes the questions.
        counts: How much the library holds.
    """

    version: str
    generation: int
    model: str
    counts: Counts


class _Generation:
    """One generation of the library, open, with the answers that it has given."""

    def __init__(
        self, library: Library, encoder: Encoder, cached_answers: int, painter: PagePainter
    ) -> None:
        self.library = library
        self._painter = painter
        self._retriever = Retriever(library, encoder)
        self.answer_cached = lru_cache(cached_answers)(self.answer)
        self.draw_cached = lru_cache(limits.CACHED_PICTURES)(self._draw)

    @cached_property
    def catalogue(self) -> Catalogue:
        from ui.service.catalogue import Catalogue  # which `tongzhu ask` need not wait for

        return Catalogue(self.library, lambda: self._retriever.works)

    @cached_property
    def names(self) -> LibraryNames:
        from rag.written.names import LibraryNames

        return LibraryNames(self.library.glosses())

    def _draw(self, publication_id: str, pages: tuple[MarkedPage, ...]) -> bytes:
        content = self.library.read_original(publication_id)
        if content is None:
            raise not_found_error("original", publication_id)
        return self._painter.draw(content, pages, publication_id)

    def outline(self, publication_id: str, article_index: int | None) -> Answer:
        return self._retriever.outline(publication_id, article_index)

    def answer(self, query: Query) -> Answer:
        return self._retriever.retrieve(
            query.question,
            query.k,
            history=query.history,
            filters=query.filters,
            threshold=query.threshold,
        )


class Service:
    """An open library that answers questions and shows what it holds. Thread-safe.

    Args:
        path: The library's folder.
        encoder: What encodes the questions; by default the model that made the library.
        cached_answers: How many answers to cache; 0 for none, and for no embeddings either.
        refresh_seconds: Seconds between checks whether the library has changed; 0 for one at
            every use.

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
        refresh_seconds: float = _REFRESH_SECONDS,
    ) -> None:
        library = Library.open(path)
        encoder = encoder or load_encoder(library.model.name)
        if cached_answers:
            encoder = CachingEncoder(encoder, _VECTORS_PER_ANSWER * cached_answers)
        self._encoder = encoder
        self._cached_answers = cached_answers
        self._painter = PagePainter()
        self._current = _Generation(library, encoder, cached_answers, self._painter)
        self._refresh_seconds = refresh_seconds
        self._refresh_lock = threading.Lock()
        self._next_refresh = time.monotonic() + refresh_seconds
        self._refresh_error: TongzhuError | None = None

    def ask(self, query: Query) -> Answer:
        """Return the answer to a question.

        Raises:
            QuestionError: If it cannot be answered as it stands.
            LibraryError: If the library turns out to be damaged.
        """
        current = self._get_current()
        if query.k > limits.MAX_CACHED_PASSAGES:
            return current.answer(query)
        return current.answer_cached(query)

    def write(
        self, answer: Answer, endpoint: Endpoint, language: Language | None = None
    ) -> WrittenAnswer | None:
        """Return what a language model writes of an answer, checked; None if it writes nothing.

        Args:
            answer: An answer to a question.
            endpoint: Where the model is asked.
            language: The language to write in; None for that of the question.

        Raises:
            WritingError: If the model is away or answers nonsense.
        """
        from rag.written.write import write_answer  # which most questions do without

        return write_answer(answer, endpoint, self._verifier, language, names=self.names)

    def translate(
        self,
        answer: Answer,
        endpoint: Endpoint,
        language: Language | None = None,
        citation: int = 0,
    ) -> WrittenAnswer | None:
        """Return the quotation of a citation in the other language, checked; None without any.

        Args:
            answer: An answer to a question.
            endpoint: Where the model is asked.
            language: The language to translate into; None for the one that it is not in.
            citation: The index of the citation.

        Raises:
            WritingError: If the model is away or answers nonsense.
        """
        from rag.written.write import translate_quotation

        return translate_quotation(
            answer, endpoint, self._verifier, language, citation, names=self.names
        )

    def outline(self, publication_id: str, article_index: int | None = None) -> Answer:
        """Return the outline of an article or a publication; `write` makes a summary of it.

        Args:
            publication_id: The id of the publication.
            article_index: The index of the article in it; None for the whole publication.

        Raises:
            RequestError: If there is no such article, or it has no text.
            LibraryError: If the library turns out to be damaged.
        """
        try:
            return self._get_current().outline(publication_id, article_index)
        except KeyError:
            if article_index is None:
                raise not_found_error("publication", publication_id) from None
            raise not_found_error("article", article_index) from None

    def verify(
        self, text: str, cites: Sequence[int], evidence: Sequence[NumberedSentence]
    ) -> Verdict:
        """Return whether a written sentence is supported by what it cites; see `Verifier`."""
        return self._verifier.verify(text, cites, evidence)

    @cached_property
    def _verifier(self) -> Verifier:
        from rag.written.verification import Verifier

        return Verifier(self._encoder, load_reader() if is_reader_on() else None)

    @property
    def names(self) -> LibraryNames:
        """Finds the names of the library in what a language model is given."""
        return self._get_current().names

    @property
    def catalogue(self) -> Catalogue:
        """What the library holds now; it goes on showing that when the library is changed."""
        return self._get_current().catalogue

    def draw_pages(
        self, passage_id: str, spans: Sequence[Span] = (), note: str | None = None
    ) -> bytes:
        """Return a PNG picture of the printed pages of a sentence, marked there; it is cached.

        Args:
            passage_id: The passage.
            spans: See `Catalogue.find_marked_pages`.
            note: The number of the note that the sentence stands in; None for the passage.

        Raises:
            RequestError: If there is no such sentence, if the library has no copy of the file, or
                if it cannot be drawn.
            LibraryError: If the library turns out to be damaged.
        """
        current = self._get_current()
        return current.draw_cached(*current.catalogue.find_marked_pages(passage_id, spans, note))

    def draw_page(self, publication_id: str, page: int) -> bytes:
        """Return a PNG picture of a page of a publication; it is cached.

        Args:
            publication_id: The publication.
            page: The index of the page in its file, counted from 1.

        Raises:
            RequestError: If there is no such page, if the library has no copy of the file, or if it
                cannot be drawn.
            LibraryError: If the library turns out to be damaged.
        """
        current = self._get_current()
        current.catalogue.get_summary(publication_id)
        return current.draw_cached(publication_id, (MarkedPage(page),))

    def has_articles(self, filters: Filters) -> bool:
        """Return whether any article meets the filters."""
        rows = self._get_current().library.filter_rows(**asdict(filters))
        return rows is None or len(rows) > 0

    def warm_up(self) -> None:
        """Load what the first question would have to wait for."""
        self._current.answer(Query("同註 ibid.", k=1))

    def get_cache_statistics(self) -> tuple[int, int]:
        """Return the hits and the misses of the answer cache, in this generation."""
        info = self._current.answer_cached.cache_info()
        return info.hits, info.misses

    def get_status(self) -> ServiceStatus:
        """Return what is being served."""
        from importlib.metadata import version

        library = self._get_current().library
        # A model that was named by its path is called by its last part.
        model = PurePath(library.model.name).name
        return ServiceStatus(version("tongzhu"), library.generation, model, library.counts)

    def check_ready(self) -> None:
        """Check that the library can be read, as far as that takes no time.

        Raises:
            LibraryError: If damage has been met, in what is open or in what was published since.
            ModelError: If it was made anew with another model.
        """
        library = self._get_current().library
        library.verify_changed_files()
        problem = library.damage or self._refresh_error
        if problem:
            raise problem.with_traceback(None)

    def refresh(self) -> None:
        """Take over what was published since the library was opened.

        Raises:
            LibraryError: If it cannot be read any more: what is open stays open.
            ModelError: If it was made anew with another model: what is open stays open.
        """
        library = self._current.library.refreshed()
        if library is not self._current.library:
            self._current = _Generation(library, self._encoder, self._cached_answers, self._painter)
            _log.info("library refreshed", extra={"generation": library.generation})

    def close(self) -> None:
        """Close the library; nothing can be asked any more."""
        self._painter.close()
        self._current.library.close()

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _get_current(self) -> _Generation:
        if time.monotonic() >= self._next_refresh:
            # While one thread refreshes, others use the open generation, unless every use must see
            # the latest one.
            with self._refresh_lock:
                if time.monotonic() >= self._next_refresh:
                    self._next_refresh = time.monotonic() + self._refresh_seconds
                    self._refresh_or_log()
                    if self._current.library.damage:
                        self._next_refresh = time.monotonic() + _DAMAGED_REFRESH_SECONDS
        return self._current

    def _refresh_or_log(self) -> None:
        """Refresh; log once why it is not possible."""
        try:
            self.refresh()
        except TongzhuError as error:
            if str(error) != str(self._refresh_error):
                _log.error("library not refreshed: %s", error)
            self._refresh_error = error
        else:
            self._refresh_error = None

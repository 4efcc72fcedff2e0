"""The public entry: `Retriever(library).retrieve(question)` returns an `Answer`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import cached_property, lru_cache
from pathlib import Path

from index.arrays import Rows
from index.encoders.protocol import Encoder, load_encoder
from index.encoders.threads import single_threaded_blas
from index.storage.library import Library
from index.storage.records import Filters
from rag.answer.build import list_translations
from rag.answer.model import Answer, ScoreComponent
from rag.answering.article_scope import ScopedQuestion, scope_question
from rag.answering.claim_source import cite_claim_source
from rag.answering.confidence import assess_ranking, compute_confidence
from rag.answering.conversation import rank_in_conversation
from rag.answering.evidence import cite
from rag.answering.metadata import MetadataAnswer, MetadataAnswerer
from rag.query import limits
from rag.query.courtesy import is_courtesy
from rag.query.follow_up import asks_for_claim_source
from rag.query.validation import RetrieveOptions, validate_history, validate_queries, validate_query
from rag.ranking.parameters import load_parameters
from rag.ranking.passages import ArticleKey
from rag.ranking.reading import is_reader_on, load_reader, read_first
from rag.ranking.reranking import Reranker, rerank
from rag.ranking.scoring import PassageRanker, RankedCandidates
from rag.structured.answerer import StructuredAnswer, StructuredAnswerer
from rag.works.model import Work

_BATCH_SIZE = 16  # questions that are encoded at a time
RERANKER_VARIABLE = "TONGZHU_RERANKER"
MAX_OPEN = 8  # libraries that a process keeps open for the retrievers sent to it


class Retriever:
    """Answers questions from one library. Thread-safe.

    Pickling keeps the path of the library; each process that unpickles it opens that once. A
    retriever that was given a reranker cannot be pickled.

    Args:
        library: An open library.
        encoder: The encoder of the questions; None for the model that made the library.
        reranker: Orders the best passages; None for the cross-encoder of sentence-transformers
            that the environment variable TONGZHU_RERANKER names, if it does.
        use_reader: Whether the first passages are read together with the question; None for
            yes, unless the environment variable TONGZHU_READER is "off". With a reranker they are
            not.

    Raises:
        ModelError: If the encoder did not make the library, or a model cannot be loaded.
        TypeError: If `library` is not a `Library`.
    """

    def __init__(
        self,
        library: Library,
        encoder: Encoder | None = None,
        *,
        reranker: Reranker | None = None,
        use_reader: bool | None = None,
    ) -> None:
        if not isinstance(library, Library):
            kind = type(library).__name__
            raise TypeError(f"library is a Library, not {kind}: Retriever.open opens a folder")
        encoder = encoder or load_encoder(library.model.name)
        library.check_encoder(encoder)
        self.library = library
        self._encoder = encoder
        self._parameters = load_parameters()
        self._ranker = PassageRanker(library, encoder)
        self._given_reranker = reranker
        self._reranker = reranker or _load_reranker(os.environ.get(RERANKER_VARIABLE, ""))
        if use_reader is None:
            use_reader = is_reader_on()
        self._use_reader = use_reader
        self._metadata_answerer = MetadataAnswerer(library, self._ranker)
        self._structured_answerer = StructuredAnswerer(
            library, self._ranker, self._metadata_answerer.entity_linker, lambda: self.works
        )

    @classmethod
    def open(cls, path: Path | str) -> Retriever:
        """Return a retriever of the library in a folder.

        Args:
            path: The folder.

        Raises:
            LibraryError: If there is no library, or it cannot be opened.
            ModelError: If the model that made it cannot be loaded.

        Example:
            >>> from pathlib import Path
            >>> from tempfile import TemporaryDirectory
            >>> from index.update.update import update_library
            >>> from rag import Retriever
            >>> with TemporaryDirectory() as folder:
            ...     file = Path(folder) / "news.md"
            ...     _ = file.write_text("The harbour was opened in 1900.")
            ...     _ = update_library(Path(folder) / "library", add=[file])
            ...     retriever = Retriever.open(Path(folder) / "library")
            >>> retriever.library.counts.passages
            1
        """
        return cls(Library.open(path))

    @cached_property
    def works(self) -> tuple[Work, ...]:
        """The works that the notes of the library cite, in the order of their first citations."""
        from rag.works.gather import collect_works  # reads patterns that few questions need

        return collect_works(self.library)

    def refreshed(self) -> Retriever:
        """Return a retriever of the newest generation of the library: this one, if it is that.

        This one goes on answering from the generation that it was opened with.

        Raises:
            LibraryError: If the library can no longer be opened.
            ModelError: If another model made the new generation.
        """
        library = self.library.refreshed()
        if library is self.library:
            return self
        return Retriever(
            library,
            self._encoder,
            reranker=self._given_reranker,
            use_reader=self._use_reader,
        )

    @single_threaded_blas()
    def outline(self, publication_id: str, article_index: int | None = None) -> Answer:
        """Return the outline of an article, or a brief one of a publication, as printed.

        It is what `retrieve` returns to a question for it; the question of the answer is the title.

        Args:
            publication_id: The id of the publication.
            article_index: The index of the article in it; None for the whole publication.

        Raises:
            KeyError: If there is no such article, or it has no text.
            LibraryError: If the library turns out to be damaged.
        """
        structured = self._structured_answerer.outline(publication_id, article_index)
        options = RetrieveOptions(limits.DEFAULT_CITATIONS, None, None)
        return self._build_structured_answer(structured.listing.subject, structured, options)

    @single_threaded_blas()
    def retrieve(
        self,
        question: str,
        k: int = limits.DEFAULT_CITATIONS,
        *,
        history: Sequence[str] = (),
        filters: Filters | None = None,
        threshold: float | None = None,
    ) -> Answer:
        """Return the passages that answer a question, best first.

        Args:
            question: A question in Chinese, in either script, or in English.
            k: The highest number of citations; what is listed or counted is cited whole.
            history: The questions asked before it, oldest first.
            filters: Which articles are searched; None for all.
            threshold: The confidence below which the answer is "not in this library"; None for the
                fitted one.

        Raises:
            QuestionError: If the question has no words or too many, or a setting is out of range.
            LibraryError: If the library turns out to be damaged.

        Example:
            >>> from pathlib import Path
            >>> from tempfile import TemporaryDirectory
            >>> from index.update.update import update_library
            >>> from rag import Retriever
            >>> with TemporaryDirectory() as folder:
            ...     file = Path(folder) / "news.md"
            ...     _ = file.write_text("The harbour was opened in 1900.")
            ...     _ = update_library(Path(folder) / "library", add=[file])
            ...     retriever = Retriever.open(Path(folder) / "library")
            ...     answer = retriever.retrieve("When was the harbour opened?")
            >>> answer.is_answered, answer.citations[0].evidence_text
            (True, 'The harbour was opened in 1900.')
        """
        options = RetrieveOptions(k, filters, threshold)
        question, history = validate_query(question), validate_history(history)
        rows = self._filter_rows(filters)
        if self._is_nothing_left(rows):
            return self._build_empty_answer(question, options)
        source_answer = self._answer_claim_source(question, history, filters, threshold)
        if source_answer is not None:
            return source_answer
        answer = self._answer_without_ranking(question, history, rows, options)
        if answer is not None and (answer.citations or answer.listing is None):
            return answer
        scoped = self._scope(question, rows)
        if history:
            turns = self._metadata_answerer.recall(question, history, rows, threshold)
            ranked = rank_in_conversation(self._ranker, scoped.question, turns, scoped.rows)
        else:
            ranked = self._ranker.rank_text(scoped.question, scoped.rows)
        ranked_answer = self._build_answer(scoped.question, ranked, options)
        listing = answer.listing if answer else None
        return replace(ranked_answer, question=question, listing=listing)

    def _scope(self, question: str, rows: Rows | None) -> ScopedQuestion:
        linker = self._metadata_answerer.entity_linker
        return scope_question(question, rows, self.library, linker)

    async def aretrieve(
        self,
        question: str,
        k: int = limits.DEFAULT_CITATIONS,
        *,
        history: Sequence[str] = (),
        filters: Filters | None = None,
        threshold: float | None = None,
    ) -> Answer:
        """Return what `retrieve` returns, computed in another thread.

        Args:
            question: As for `retrieve`.
            k: As for `retrieve`.
            history: As for `retrieve`.
            filters: As for `retrieve`.
            threshold: As for `retrieve`.
        """
        return await asyncio.to_thread(
            self.retrieve, question, k, history=history, filters=filters, threshold=threshold
        )

    @single_threaded_blas()
    def retrieve_many(
        self,
        questions: Iterable[str],
        k: int = limits.DEFAULT_CITATIONS,
        *,
        filters: Filters | None = None,
        threshold: float | None = None,
    ) -> list[Answer]:
        """Return the answers to independent questions, in their order.

        The questions are encoded in batches, while others are ranked on the other processors. Where
        a model's vectors depend on their batch, scores differ in their last digits from those of
        `retrieve`.

        Args:
            questions: The questions.
            k: As for `retrieve`.
            filters: As for `retrieve`.
            threshold: As for `retrieve`.

        Raises:
            QuestionError: As `retrieve`, for any of the questions, before any is answered.
            LibraryError: As `retrieve`.
        """
        options = RetrieveOptions(k, filters, threshold)
        texts = validate_queries(questions)
        rows = self._filter_rows(filters)
        if self._is_nothing_left(rows):
            return [self._build_empty_answer(text, options) for text in texts]
        batches = [
            texts[start : start + _BATCH_SIZE] for start in range(0, len(texts), _BATCH_SIZE)
        ]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answer_batches = pool.map(
                lambda batch: self._answer_batch(batch, options, rows), batches
            )
            return [answer for batch in answer_batches for answer in batch]

    def _answer_batch(
        self, texts: Sequence[str], options: RetrieveOptions, rows: Rows | None
    ) -> list[Answer]:
        answers = []
        scopes = [self._scope(text, rows) for text in texts]
        queries = self._ranker.encode([scoped.question for scoped in scopes])
        for text, scoped, query in zip(texts, scopes, queries, strict=True):
            answer = self._answer_without_ranking(text, (), rows, options)
            if answer is None or (answer.listing and not answer.citations):
                ranked = self._ranker.rank(query, scoped.rows)
                ranked_answer = self._build_answer(scoped.question, ranked, options)
                listing = answer.listing if answer else None
                answer = replace(ranked_answer, question=text, listing=listing)
            answers.append(answer)
        return answers

    def _answer_claim_source(
        self,
        question: str,
        history: Sequence[str],
        filters: Filters | None,
        threshold: float | None,
    ) -> Answer | None:
        """Return the notes of the last answer's sentence; None if no such thing is asked."""
        if not history or not asks_for_claim_source(question):
            return None
        *earlier, last = history
        previous = self.retrieve(last, k=1, history=earlier, filters=filters, threshold=threshold)
        return cite_claim_source(question, previous)

    def _answer_without_ranking(
        self,
        question: str,
        history: Sequence[str],
        rows: Rows | None,
        options: RetrieveOptions,
    ) -> Answer | None:
        """Return the answer of structure or metadata; None if a sentence has to answer.

        What asks nothing of the library has an answer without citations.

        If the structure has nothing of what is looked for, the answer has an empty listing.
        """
        if is_courtesy(question):
            return self._build_unanswered(question, options)
        structured = self._answer_from_structure(question, history, rows)
        if structured is not None:
            return self._build_structured_answer(question, structured, options)
        metadata_answer = self._metadata_answerer.answer(question, history, rows, options.threshold)
        if metadata_answer is None:
            return None
        return self._build_metadata_answer(question, metadata_answer, options)

    def _answer_from_structure(
        self, question: str, history: Sequence[str], rows: Rows | None
    ) -> StructuredAnswer | None:
        def find_previous() -> ArticleKey | None:
            if history:
                *earlier, last = history[-self._parameters.follow_up.max_earlier_questions :]
                listed = self._structured_answerer.answer(last, rows, lambda: None, earlier)
                if listed is not None and listed.citations:
                    (first, *_) = listed.citations
                    return first.publication.id, first.article.index
            previous = self._metadata_answerer.resolve_previous(history, rows)
            return previous.article if previous else None

        return self._structured_answerer.answer(question, rows, find_previous, history)

    def _filter_rows(self, filters: Filters | None) -> Rows | None:
        return self.library.filter_rows(**asdict(filters)) if filters else None

    def _is_nothing_left(self, rows: Rows | None) -> bool:
        """Return whether the filters leave nothing of a library that is not empty."""
        return rows is not None and not len(rows) and bool(self.library.publications())

    def _build_empty_answer(self, question: str, options: RetrieveOptions) -> Answer:
        return replace(self._build_unanswered(question, options), filters_match_nothing=True)

    def _build_unanswered(self, question: str, options: RetrieveOptions) -> Answer:
        threshold = options.threshold
        if threshold is None:
            threshold = self._parameters.confidence.thresholds.monolingual
        return Answer(question, (), 0.0, threshold)

    def _build_answer(
        self, question: str, ranked: RankedCandidates, options: RetrieveOptions
    ) -> Answer:
        loader, parameters = self._ranker.passage_loader, self._parameters
        confidence = parameters.confidence
        if self._reranker is not None:
            ranked = rerank(ranked, self._reranker, parameters.reranker)
        elif self._use_reader:
            ranked = read_first(ranked, load_reader(), loader, parameters.reader)
            confidence = parameters.confidence_of_reader
        citations = tuple(
            cite(ranked, index, question, loader, parameters.evidence)
            for index in ranked.ranking[: options.k]
        )
        confidence_parts = assess_ranking(ranked, loader, confidence)
        threshold = confidence.thresholds.select(is_cross_lingual=ranked.is_top_cross_lingual)
        return Answer(
            question,
            citations,
            confidence=compute_confidence(confidence_parts),
            threshold=threshold if options.threshold is None else options.threshold,
            translations=list_translations(ranked, options.k),
            confidence_parts=confidence_parts,
        )

    def _build_metadata_answer(
        self, question: str, metadata_answer: MetadataAnswer, options: RetrieveOptions
    ) -> Answer:
        threshold = self._parameters.confidence.thresholds.monolingual
        return Answer(
            question,
            metadata_answer.citations[: options.k],
            confidence=compute_confidence(metadata_answer.confidence_parts),
            threshold=threshold if options.threshold is None else options.threshold,
            confidence_parts=metadata_answer.confidence_parts,
        )

    def _build_structured_answer(
        self, question: str, structured: StructuredAnswer, options: RetrieveOptions
    ) -> Answer:
        log_odds = self._parameters.metadata.name_log_odds
        confidence_parts = (ScoreComponent("structure", log_odds),)
        threshold = self._parameters.confidence.thresholds.monolingual
        return Answer(
            question,
            structured.citations,
            confidence=compute_confidence(confidence_parts),
            threshold=threshold if options.threshold is None else options.threshold,
            confidence_parts=confidence_parts,
            listing=structured.listing,
        )

    def __repr__(self) -> str:
        return f"Retriever({str(self.library.path)!r}, generation={self.library.generation})"

    def __deepcopy__(self, _: object) -> Retriever:
        return self  # immutable

    def __reduce__(self) -> tuple[Callable[[Path, int], Retriever], tuple[Path, int]]:
        if self._given_reranker is not None:
            raise TypeError("a retriever that was given a reranker cannot be pickled")
        return _open_in_process, (self.library.path.absolute(), self.library.generation)


@lru_cache(MAX_OPEN)
def _open_in_process(path: Path, _: int) -> Retriever:
    """Return the retriever that a process keeps for a generation of a library."""
    return Retriever.open(path)


@lru_cache(maxsize=1)
def _load_reranker(name: str) -> Reranker | None:
    """Return the cross-encoder of a name; None for an empty one."""
    if not name:
        return None
    from rag.ranking.cross_encoder import CrossEncoderReranker  # which imports PyTorch

    return CrossEncoderReranker(name)

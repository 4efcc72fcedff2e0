"""The public entry: `Retriever(library).retrieve(question)` gives an `Answer`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from index.arrays import Rows
from index.encoders.protocol import Encoder, load_encoder
from index.encoders.threads import single_threaded_blas
from index.storage.library import Library
from index.storage.records import Filters
from rag.answer.build import build_citation
from rag.answer.model import Answer, Citation, Evidence, ScoreComponent
from rag.answering.confidence import compute_confidence, compute_confidence_parts
from rag.answering.confidence_features import compute_confidence_features
from rag.answering.evidence import (
    SENTENCE_FEATURES,
    find_note_sources,
    is_cross_reference,
    select_evidence,
    sentence_features,
)
from rag.answering.metadata import MetadataAnswer, MetadataAnswerer
from rag.query import limits
from rag.query.answer_type import asks_for_source
from rag.query.validation import RetrieveOptions, validate_history, validate_queries, validate_query
from rag.ranking.conversation import ConversationRanker
from rag.ranking.features import FEATURES, CandidateFeatures
from rag.ranking.parameters import load_parameters
from rag.ranking.ranker import PassageRanker
from rag.ranking.scoring import RankedCandidates, score_parts

_BATCH_SIZE = 16  # questions that are encoded at a time


MAX_OPEN = 8  # libraries that a process keeps open for the retrievers that it was sent


class Retriever:
    """Answers questions from one library. Thread-safe.

    Pickled, it is the place of its library: another process opens that for itself, once.

    Args:
        library: Open to be read.
        encoder: What encodes the questions; by default the model that made the library.

    Raises:
        ModelError: If the encoder is not the one that made the library, or cannot be loaded.
        TypeError: If the library is none.
    """

    def __init__(self, library: Library, encoder: Encoder | None = None) -> None:
        if not isinstance(library, Library):
            kind = type(library).__name__
            raise TypeError(f"library is a Library, not {kind}: Retriever.open opens a folder")
        encoder = encoder or load_encoder(library.model.name)
        library.check_encoder(encoder)
        self.library = library
        self._encoder = encoder
        self._ranker = PassageRanker(library, encoder)
        self._parameters = load_parameters()
        self._metadata_answerer = MetadataAnswerer(library, self._ranker)

    @classmethod
    def open(cls, path: Path | str) -> Retriever:
        """The retriever of the library in a folder.

        Raises:
            LibraryError: If there is none, or it cannot be opened.
            ModelError: If the model that made it cannot be loaded.
        """
        return cls(Library.open(path))

    def refreshed(self) -> Retriever:
        """A retriever of the library as it is now: this one, if nothing was published since.

        This one goes on answering from the library as it was.

        Raises:
            LibraryError: If the library cannot be opened any more.
            ModelError: If it is now another model's.
        """
        library = self.library.refreshed()
        return self if library is self.library else Retriever(library, self._encoder)

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
        """The passages that answer a question, best first.

        Args:
            question: In Chinese, in either script, or in English.
            k: How many citations at most.
            history: The questions asked before it, oldest first.
            filters: Which articles to look in; None for all of them.
            threshold: The confidence below which the answer is "not in this library"; None for the
                one that was fitted.

        Raises:
            QuestionError: If the question has no words or too many, or a setting cannot be met.
            LibraryError: If the library turns out to be damaged.
        """
        options = RetrieveOptions(k, filters, threshold)
        question = validate_query(question)
        history = validate_history(history)
        rows = self._filter_rows(options)
        metadata_answer = self._metadata_answerer.answer(question, history, rows, threshold)
        if metadata_answer is not None:
            return self._build_metadata_answer(question, metadata_answer, options)
        turns = self._metadata_answerer.recall(question, history, rows, threshold)
        ranked = ConversationRanker(self._ranker, rows).rank(question, turns)
        return self._build_answer(question, ranked, options)

    @single_threaded_blas()
    def retrieve_many(
        self,
        questions: Iterable[str],
        k: int = limits.DEFAULT_CITATIONS,
        *,
        filters: Filters | None = None,
        threshold: float | None = None,
    ) -> list[Answer]:
        """The answers to questions that have nothing to do with each other, in their order.

        They are encoded some at a time, while others are ranked on the other processors. The
        vectors of a batch are those of single questions within cosine 0.999, and scores differ
        accordingly.

        Raises:
            QuestionError: As `retrieve`, for any of the questions, before any is answered.
            LibraryError: As `retrieve`.
        """
        options = RetrieveOptions(k, filters, threshold)
        texts = validate_queries(questions)
        rows = self._filter_rows(options)
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
        for text, query in zip(texts, self._ranker.encode(texts), strict=True):
            metadata_answer = self._metadata_answerer.answer(text, (), rows, options.threshold)
            answers.append(
                self._build_answer(text, self._ranker.rank(query, rows), options)
                if metadata_answer is None
                else self._build_metadata_answer(text, metadata_answer, options)
            )
        return answers

    def _filter_rows(self, options: RetrieveOptions) -> Rows | None:
        return self.library.filter_rows(**asdict(options.filters)) if options.filters else None

    def _select_threshold(self, options: RetrieveOptions, *, is_cross_lingual: bool) -> float:
        if options.threshold is not None:
            return options.threshold
        return self._parameters.thresholds.select(is_cross_lingual=is_cross_lingual)

    def _build_metadata_answer(
        self, question: str, metadata_answer: MetadataAnswer, options: RetrieveOptions
    ) -> Answer:
        return Answer(
            question,
            metadata_answer.citations[: options.k],
            confidence=compute_confidence(metadata_answer.confidence_parts),
            threshold=self._select_threshold(options, is_cross_lingual=False),
            confidence_parts=metadata_answer.confidence_parts,
        )

    def _build_answer(
        self, question: str, ranked: RankedCandidates, options: RetrieveOptions
    ) -> Answer:
        citations = tuple(
            self._build_citation(
                ranked.standalone, question, index, ranked.contributions[index].tolist()
            )
            for index in ranked.ranking[: options.k]
        )
        # What else there is can be told if what it leans on could.
        confidence_parts = max(
            map(self._confidence_parts, ranked.earlier or [ranked]), key=compute_confidence
        )
        is_cross_lingual = (
            ranked.ranking and ranked.in_context.features.cross_lingual[ranked.ranking[0]]
        )
        return Answer(
            question,
            citations,
            confidence=compute_confidence(confidence_parts),
            threshold=self._select_threshold(options, is_cross_lingual=bool(is_cross_lingual)),
            translations=_list_translations(ranked.in_context, citations),
            confidence_parts=confidence_parts,
        )

    def _confidence_parts(self, ranked: RankedCandidates) -> tuple[ScoreComponent, ...]:
        """The log-odds that what comes first answers, part by part."""
        if not ranked.ranking:
            return ()
        scores = ranked.contributions[:, : len(FEATURES) + 1].sum(
            axis=1
        )  # what was asked before is no evidence
        part_lists = [
            compute_confidence_parts(
                compute_confidence_features(candidate_features, scores, ranked.ranking),
                self._parameters.calibration,
            )
            for candidate_features in ranked.confidence_inputs
        ]
        return tuple(
            ScoreComponent(
                same_parts[0].name, sum(part.value for part in same_parts) / len(same_parts)
            )
            for same_parts in zip(*part_lists, strict=True)
        )

    async def aretrieve(
        self,
        question: str,
        k: int = limits.DEFAULT_CITATIONS,
        *,
        history: Sequence[str] = (),
        filters: Filters | None = None,
        threshold: float | None = None,
    ) -> Answer:
        """As `retrieve`, in another thread."""
        return await asyncio.to_thread(
            self.retrieve, question, k, history=history, filters=filters, threshold=threshold
        )

    def _build_citation(
        self,
        candidate_features: CandidateFeatures,
        question: str,
        index: int,
        contributions: Sequence[float],
    ) -> Citation:
        candidate = candidate_features.candidates[index]
        feature_values = sentence_features(candidate, candidate_features.query)
        scores = feature_values @ [
            self._parameters.sentence_weights[name] for name in SENTENCE_FEATURES
        ]
        sentences = candidate.loaded_passage.sentences
        is_source_question = asks_for_source(question)
        if not is_source_question:
            scores[
                is_cross_reference(candidate.loaded_passage)
            ] = -np.inf  # it says nothing of its own
        selected = select_evidence(
            scores,
            [sentence.kind for sentence in sentences],
            candidate.term_matches,
            self._parameters.evidence_margin,
            partial(find_note_sources, candidate.loaded_passage) if is_source_question else None,
        )
        passage = candidate.loaded_passage.passage
        return build_citation(
            candidate.loaded_passage,
            self._ranker.passage_loader.load_article(passage.publication_id, passage.article_index),
            self._ranker.passage_loader.load_summary(passage.publication_id),
            [
                Evidence(sentences[i].ref.span, sentences[i].ref.note, float(scores[i]))
                for i in selected
            ],
            score_parts(contributions),
        )

    def __repr__(self) -> str:
        return f"Retriever({str(self.library.path)!r}, generation={self.library.generation})"

    def __deepcopy__(self, _: object) -> Retriever:
        return self  # nothing in it changes

    def __reduce__(self) -> tuple[Callable[[Path, int], Retriever], tuple[Path, int]]:
        return _open_in_process, (self.library.path.absolute(), self.library.generation)


@lru_cache(MAX_OPEN)
def _open_in_process(path: Path, _: int) -> Retriever:
    """The retriever of a process that was sent one, and another when that was refreshed."""
    return Retriever.open(path)


def _list_translations(
    candidate_features: CandidateFeatures, citations: Sequence[Citation]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The question's words as they were looked for in citations in the other language."""
    cited_ids = {citation.passage_id for citation in citations}
    cross_lingual = candidate_features.features.cross_lingual
    if not any(
        is_cross_lingual and candidate.loaded_passage.passage.id in cited_ids
        for candidate, is_cross_lingual in zip(
            candidate_features.candidates, cross_lingual, strict=True
        )
    ):
        return ()
    return tuple(
        (query_term.word, tuple(" ".join(variant.terms) for variant in query_term.variants))
        for query_term in candidate_features.query.translated_terms
        if any(variant.terms != (query_term.word,) for variant in query_term.variants)
    )

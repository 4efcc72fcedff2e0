"""The public entry: `Retriever(library).retrieve(question)` gives an `Answer`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from index.encoders.protocol import Encoder, load_encoder
from index.encoders.threads import blas_in_one_thread
from index.storage.engine import Rows
from index.storage.library import Library
from index.storage.records import Criteria
from rag.answer.build import cite
from rag.answer.model import Answer, Citation, Evidence, Part
from rag.answering.confidence import confidence, confidence_parts
from rag.answering.confidence_features import signs
from rag.answering.evidence import FIGURES, chosen, noted_at, pointing, sentence_figures
from rag.answering.metadata import Metadata, Ranked
from rag.query import limits
from rag.query.answer_type import asks_for_source
from rag.query.validation import Settings, checked, checked_history, checked_many
from rag.ranking.conversation import Held, Place, Search
from rag.ranking.features import Assessment, Assessor
from rag.ranking.parameters import fitted
from rag.ranking.scoring import LEGS

_TOGETHER = 16  # questions that are encoded at a time
_LOOKED_BACK = 3  # questions that a follow-up about an article may go back to


_SENT = 8  # libraries that a process keeps open for the retrievers that it was sent


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
        self._assessor = Assessor(library, encoder)
        self._by = fitted()
        self._weights = self._by.same, self._by.across
        self._metadata = Metadata(library, self._assessor.reader, self._rank)

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

    @blas_in_one_thread()
    def retrieve(
        self,
        question: str,
        k: int = limits.USUAL,
        *,
        history: Sequence[str] = (),
        filters: Criteria | None = None,
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
        settings = Settings(k, filters, threshold)
        question = checked(question)
        history = checked_history(history)
        rows = self._rows(settings)
        told = self._told(question, settings, rows, history)
        if told is not None:
            return told
        held = self._search(settings, rows).hold(question, history)
        return self._answer(question, held, settings)

    @blas_in_one_thread()
    def retrieve_many(
        self,
        questions: Iterable[str],
        k: int = limits.USUAL,
        *,
        filters: Criteria | None = None,
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
        settings = Settings(k, filters, threshold)
        texts = checked_many(questions)
        rows = self._rows(settings)
        parts = [texts[at : at + _TOGETHER] for at in range(0, len(texts), _TOGETHER)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answered = pool.map(lambda part: self._answer_part(part, settings, rows), parts)
            return [answer for part in answered for answer in part]

    def _answer_part(
        self, texts: Sequence[str], settings: Settings, rows: Rows | None
    ) -> list[Answer]:
        return [
            self._told(text, settings, rows)
            or self._answer(text, self._search(settings, rows).hold_alone(asked), settings)
            for text, asked in zip(texts, self._assessor.ask(texts), strict=True)
        ]

    def _rows(self, settings: Settings) -> Rows | None:
        return self.library.rows(**asdict(settings.filters)) if settings.filters else None

    def _search(self, settings: Settings, rows: Rows | None) -> Search:
        every = replace(settings, k=limits.PASSAGES)

        def told(question: str, history: Sequence[str]) -> frozenset[Place] | None:
            answer = self._told(question, every, rows, history)
            return None if answer is None else _spoken_of(answer)

        return Search(self._assessor, self._weights, rows, told)

    def _threshold(self, settings: Settings, *, foreign: bool) -> float:
        if settings.threshold is not None:
            return settings.threshold
        return self._by.thresholds.of(foreign=foreign)

    def _told(
        self,
        question: str,
        settings: Settings,
        rows: Rows | None,
        history: Sequence[str] = (),
    ) -> Answer | None:
        """The answer of the metadata; None if they have none."""

        def before() -> Citation | None:
            if not history:
                return None
            earlier = history[-_LOOKED_BACK:-1]
            last = self.retrieve(history[-1], 1, history=earlier, filters=settings.filters)
            return last.citations[0] if last.citations else None

        told = self._metadata.tell(question, history[-1] if history else "", rows, before)
        if told is None:
            return None
        answer = Answer(
            question,
            told.citations[: settings.k],
            confidence=confidence(told.parts),
            threshold=self._threshold(settings, foreign=False),
            parts=told.parts,
        )
        return answer if answer.found or not answer.citations else None

    def _rank(self, text: str, rows: Rows | None) -> list[Ranked]:
        """The passages that may answer a text, best first."""
        held = Search(self._assessor, self._weights, rows).hold(text)
        scores, ranking = held.added.sum(axis=1), held.ranking
        heading = held.context.legs.table[:, LEGS.index("heading")]
        return [
            Ranked(
                held.context.candidates[at].read,
                _parts(held.added[at].tolist()),
                float(heading[at]),
                confidence_parts(signs(held.context, scores, ranking[place:]), self._by.confidence),
            )
            for place, at in enumerate(ranking)
        ]

    def _answer(self, question: str, held: Held, settings: Settings) -> Answer:
        citations = tuple(
            self._cite(held.alone, question, at, held.added[at].tolist())
            for at in held.ranking[: settings.k]
        )
        # What else there is can be told if what it leans on could.
        parts = max(map(self._sure, held.before or [held]), key=confidence)
        foreign = held.ranking and held.context.legs.across[held.ranking[0]]
        return Answer(
            question,
            citations,
            confidence=confidence(parts),
            threshold=self._threshold(settings, foreign=bool(foreign)),
            bridged=_bridged(held.context, citations),
            parts=parts,
        )

    def _sure(self, held: Held) -> tuple[Part, ...]:
        """The log-odds that what comes first answers, part by part."""
        if not held.ranking:
            return ()
        scores = held.added[:, : len(LEGS) + 1].sum(axis=1)  # what was asked before is no evidence
        told = [
            confidence_parts(signs(each, scores, held.ranking), self._by.confidence)
            for each in held.evidence
        ]
        return tuple(
            Part(same[0].name, sum(part.value for part in same) / len(same))
            for same in zip(*told, strict=True)
        )

    async def aretrieve(
        self,
        question: str,
        k: int = limits.USUAL,
        *,
        history: Sequence[str] = (),
        filters: Criteria | None = None,
        threshold: float | None = None,
    ) -> Answer:
        """As `retrieve`, in another thread."""
        return await asyncio.to_thread(
            self.retrieve, question, k, history=history, filters=filters, threshold=threshold
        )

    def _cite(
        self, assessment: Assessment, question: str, at: int, added: Sequence[float]
    ) -> Citation:
        one = assessment.candidates[at]
        figures = sentence_figures(one, assessment.asked)
        scores = figures @ [self._by.sentences[name] for name in FIGURES]
        sentences = one.read.sentences
        for_source = asks_for_source(question)
        if not for_source:
            scores[pointing(one.read)] = -np.inf  # it says nothing of its own
        marked = chosen(
            scores,
            [sentence.kind for sentence in sentences],
            one.matches,
            self._by.margin,
            partial(noted_at, one.read) if for_source else None,
        )
        passage = one.read.passage
        return cite(
            one.read,
            self._assessor.reader.article(passage.publication, passage.article),
            self._assessor.reader.summary(passage.publication),
            [
                Evidence(sentences[i].ref.span, sentences[i].ref.note, float(scores[i]))
                for i in marked
            ],
            _parts(added),
        )

    def __repr__(self) -> str:
        return f"Retriever({str(self.library.path)!r}, generation={self.library.generation})"

    def __deepcopy__(self, _: object) -> Retriever:
        return self  # nothing in it changes

    def __reduce__(self) -> tuple[Callable[[Path, int], Retriever], tuple[Path, int]]:
        return _sent, (self.library.path.absolute(), self.library.generation)


@lru_cache(_SENT)
def _sent(path: Path, _: int) -> Retriever:
    """The retriever of a process that was sent one, and another when that was refreshed."""
    return Retriever.open(path)


def _spoken_of(answer: Answer) -> frozenset[Place]:
    """The articles that an answer of the metadata is about; none where it is about whole issues."""
    return frozenset(
        (each.publication.id, each.article.index)
        for each in answer.citations
        if any(not statement.whole for statement in each.statements)
    )


def _parts(added: Sequence[float]) -> tuple[Part, ...]:
    """What was added to a score, by name; the history only where it was."""
    names = (*LEGS, "bias", "history")
    return tuple(Part(name, value) for name, value in zip(names, added, strict=False))


def _bridged(
    assessment: Assessment, citations: Sequence[Citation]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The question's words as they were looked for in citations in the other language."""
    cited = {citation.passage for citation in citations}
    foreign = assessment.legs.across
    if not any(
        other and one.read.passage.id in cited
        for one, other in zip(assessment.candidates, foreign, strict=True)
    ):
        return ()
    return tuple(
        (clue.word, tuple(" ".join(way.terms) for way in clue.ways))
        for clue in assessment.asked.bridged
        if any(way.terms != (clue.word,) for way in clue.ways)
    )

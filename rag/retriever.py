"""The public entry: `Retriever(library).retrieve(question)` gives an `Answer`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from index.catalogue import Criteria
from index.encoder import Encoder, load_encoder
from index.errors import QuestionError
from index.library import Library
from rag import fitted
from rag.answer import Answer, Citation, Evidence, Part
from rag.assessment import Assessment, Assessor
from rag.citing import cite
from rag.evidence import chosen, sentence_scores
from rag.expected import expected
from rag.fusion import LEGS, contributions, order
from rag.history import in_context, leans_on_history

_LONGEST = 4_000  # characters; whoever pastes more has not asked yet
_MOST = 1_000  # citations


class Retriever:
    """Answers questions from one library. Thread-safe.

    Args:
        library: Open to be read.
        encoder: What encodes the questions; by default the model that made the library.

    Raises:
        ModelError: If the encoder is not the one that made the library, or cannot be loaded.
    """

    def __init__(self, library: Library, encoder: Encoder | None = None) -> None:
        encoder = encoder or load_encoder(library.model.name)
        library.check_encoder(encoder)
        self.library = library
        self._assessor = Assessor(library, encoder)

    def retrieve(
        self,
        question: str,
        k: int = 5,
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
        question = _checked(question, k, threshold)
        text = in_context(question, history) if leans_on_history(question, history) else question
        rows = self.library.rows(**asdict(filters)) if filters else None
        assessment = self._assessor.assess(self._assessor.ask(text), rows)
        added = contributions(assessment.legs, fitted.SAME, fitted.ACROSS)
        ranking = order(added.sum(axis=1), [one.read.row for one in assessment.candidates])
        citations = tuple(
            self._cite(assessment, question, at, added[at].tolist()) for at in ranking[:k]
        )
        return Answer(
            question,
            citations,
            confidence=1.0 if citations else 0.0,
            threshold=fitted.THRESHOLD if threshold is None else threshold,
        )

    async def aretrieve(
        self,
        question: str,
        k: int = 5,
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
        asked = (question, expected(question))
        scores = sentence_scores(one.read, one.similarity, one.matches, asked, fitted.SENTENCES)
        sentences = one.read.sentences
        marked = chosen(scores, [sentence.kind for sentence in sentences], fitted.MARGIN)
        passage = one.read.passage
        return cite(
            one.read,
            self._assessor.reader.article(passage.publication, passage.article),
            self.library.summary(passage.publication),
            [
                Evidence(sentences[i].ref.span, sentences[i].ref.note, float(scores[i]))
                for i in marked
            ],
            [Part(name, value) for name, value in zip((*LEGS, "bias"), added, strict=True)],
        )


def _checked(question: str, k: int, threshold: float | None) -> str:
    """The question as it is looked at."""
    if not 1 <= k <= _MOST:
        raise QuestionError(f"k is {k}: it must be 1 to {_MOST}.", f"k 為 {k}：須為 1 至 {_MOST}。")
    if threshold is not None and not 0 <= threshold <= 1:
        raise QuestionError(
            f"threshold is {threshold}: it must be 0 to 1.",
            f"threshold 為 {threshold}：須為 0 至 1。",
        )
    bare = question.strip()
    if not any(sign.isalnum() for sign in bare):
        raise QuestionError(
            "The question has no words; type a question in Chinese or English.",
            "問題中沒有文字；請以中文或英文輸入問題。",
        )
    if len(bare) > _LONGEST:
        raise QuestionError(
            f"The question has {len(bare):,} characters; ask in at most {_LONGEST:,}.",
            f"問題共 {len(bare):,} 個字元；請以 {_LONGEST:,} 個字元以內提問。",
        )
    return bare

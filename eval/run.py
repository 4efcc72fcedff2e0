"""Systems under test, and the run of a question set on one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.judge import DEPTH, QuestionResult, Response, RetrievedText, score_response
from eval.questions.format import Question, SectionRef
from eval.questions.gold import find_gold_sections
from index.document import Publication
from rag.answer.model import Answer, Citation, CitedNote
from rag.render.labels import format_header_lines, format_statement
from rag.retriever import Retriever


class RetrievalSystem(Protocol):
    """A retriever under test."""

    name: str

    def respond(self, question: Question) -> Response:
        """Return at most ten texts for a question.

        Args:
            question: The question.
        """
        ...


@dataclass(frozen=True, slots=True)
class SystemRun:
    """The judged responses of one system to a question set."""

    system: str
    results: tuple[QuestionResult, ...]


class TongzhuSystem:
    """This project's retriever with its defaults.

    Args:
        retriever: The retriever.
        publication: The id of the publication that the questions are about.
        name: The name in a report.
    """

    def __init__(self, retriever: Retriever, publication: str, name: str = "Tongzhu") -> None:
        self.name = name
        self._retriever = retriever
        self._publication = publication

    def respond(self, question: Question) -> Response:
        """See `RetrievalSystem`; citations of other publications are in no gold section."""
        answer = self._retriever.retrieve(question.question, k=DEPTH, history=question.history)
        return to_response(answer, self._publication)


def to_response(answer: Answer, publication: str) -> Response:
    """Return an answer as a response.

    Args:
        answer: The answer.
        publication: The id of the publication that the question is about.
    """
    top_citation = answer.citations[0] if answer.citations else None
    return Response(
        texts=tuple(_to_retrieved_text(citation, publication) for citation in answer.citations),
        evidence_text=top_citation.evidence_text if top_citation else "",
        note_numbers=tuple(note.number for note in top_citation.notes) if top_citation else (),
        confidence=answer.confidence,
        refused=not answer.is_answered,
    )


def run_system(
    system: RetrievalSystem,
    questions: Sequence[Question],
    publication: Publication,
    progress: Callable[[int], None] | None = None,
) -> SystemRun:
    """Return the judged responses of a system to questions; one is asked before to warm up.

    Args:
        system: The system.
        questions: The questions, at least one.
        publication: The publication that they are about.
        progress: Called with the number of questions answered.
    """
    system.respond(questions[0])
    results: list[QuestionResult] = []
    for question in questions:
        start = time.perf_counter()
        response = system.respond(question)
        seconds = time.perf_counter() - start
        results.append(
            score_response(question, find_gold_sections(question, publication), response, seconds)
        )
        if progress:
            progress(len(results))
    return SystemRun(system.name, tuple(results))


def _to_retrieved_text(citation: Citation, publication: str) -> RetrievedText:
    is_target_publication = citation.publication.id == publication
    section = SectionRef(citation.article.index, citation.section)
    return RetrievedText(
        text=citation.text,
        sections=frozenset({section} if is_target_publication else ()),
        score=citation.score,
        notes=tuple(_format_note(note) for note in citation.notes),
        reference="\n".join(_format_reference(citation)),
    )


def _format_note(note: CitedNote) -> str:
    """Return a note with the text of the note that it resolves to."""
    resolved = [_format_note(note.resolves_to)] if note.resolves_to else []
    return "\n".join([note.text, *resolved])


def _format_reference(citation: Citation) -> list[str]:
    """Return the lines that name a citation's source, in both languages."""
    lines = [*format_header_lines(citation, "zh"), *format_header_lines(citation, "en")]
    lines += [*citation.article.topics, citation.publication.publisher]
    lines += [citation.publication.date.isoformat()] if citation.publication.date else []
    for statement in citation.statements:
        lines += [
            *format_statement(citation, statement, "zh"),
            *format_statement(citation, statement, "en"),
        ]
    return lines

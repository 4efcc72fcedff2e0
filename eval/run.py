"""A question set asked of a system, one question after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.judge import DEPTH, Outcome, judge
from eval.questions.format import Question, SectionRef
from eval.questions.gold import places
from eval.system import Response, Returned, System
from index.document import Publication
from rag.answer.model import Answer, Citation, CitedNote
from rag.render.labels import head_lines, stated
from rag.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Run:
    """What one system did on one question set."""

    system: str
    outcomes: tuple[Outcome, ...]


class Tongzhu:
    """This project's retriever as a system under test, with its defaults."""

    def __init__(self, retriever: Retriever, publication: str, name: str = "Tongzhu") -> None:
        """Takes the retriever, and the id of the publication that the questions are about."""
        self.name = name
        self._retriever = retriever
        self._publication = publication

    def respond(self, question: Question) -> Response:
        """The answer as a response; citations of other publications have no place."""
        answer = self._retriever.retrieve(question.question, k=DEPTH, history=question.history)
        return as_response(answer, self._publication)


def as_response(answer: Answer, publication: str) -> Response:
    """An answer as what is judged: its citations, the first marked sentence, the first's notes."""
    first = answer.citations[0] if answer.citations else None
    return Response(
        returned=tuple(_returned(citation, publication) for citation in answer.citations),
        marked=first.evidence_text if first else "",
        note_numbers=tuple(note.number for note in first.notes) if first else (),
        confidence=answer.confidence,
        refused=not answer.found,
    )


def run(
    system: System,
    questions: Sequence[Question],
    publication: Publication,
    progress: Callable[[int], None] | None = None,
) -> Run:
    """Asks a system every question, one warm-up question before them.

    Args:
        system: What is measured.
        questions: At least one.
        publication: What the questions are about.
        progress: Called with the number of questions done.
    """
    system.respond(questions[0])
    outcomes: list[Outcome] = []
    for question in questions:
        begun = time.perf_counter()
        response = system.respond(question)
        seconds = time.perf_counter() - begun
        outcomes.append(judge(question, places(question, publication), response, seconds))
        if progress:
            progress(len(outcomes))
    return Run(system.name, tuple(outcomes))


def _returned(citation: Citation, publication: str) -> Returned:
    own = citation.publication.id == publication
    place = SectionRef(citation.article.index, citation.section)
    return Returned(
        text=citation.text,
        places=frozenset({place} if own else ()),
        score=citation.score,
        notes=tuple(_note_text(note) for note in citation.notes),
        reference="\n".join(_reference(citation)),
    )


def _note_text(note: CitedNote) -> str:
    """A note as shown: with the text of the note that it stands for."""
    stands_for = [_note_text(note.stands_for)] if note.stands_for else []
    return "\n".join([note.text, *stands_for])


def _reference(citation: Citation) -> list[str]:
    """What a citation shows of where it was printed, in either language of the reader."""
    lines = [*head_lines(citation, "zh"), *head_lines(citation, "en")]
    lines += [*citation.article.topics, citation.publication.publisher]
    lines += [citation.publication.date.isoformat()] if citation.publication.date else []
    for statement in citation.statements:
        lines += [*stated(citation, statement, "zh"), *stated(citation, statement, "en")]
    return lines

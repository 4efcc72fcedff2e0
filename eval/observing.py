"""Questions held against libraries: what the retriever sees, beside what is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from eval.gold import places
from eval.judge import is_right
from eval.question import Question, SectionRef
from eval.system import Returned
from index.document import Publication
from rag.assessment import Assessor, Candidate
from rag.citing import cited_notes
from rag.coverage import Floats
from rag.evidence import sentence_figures
from rag.expected import expected
from rag.history import in_context, leans_on_history

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Observation:
    """A question with its candidates.

    Attributes:
        question: The question.
        legs: What each leg gave each candidate, [candidates, legs].
        across: Whether each candidate is in the other language.
        right: Whether each candidate is.
        figures: Of each candidate, the figures of its sentences, [sentences, figures].
        answers: Of each candidate, whether each of its sentences holds an answer.
    """

    question: Question
    legs: Floats
    across: Flags
    right: Flags
    figures: tuple[Floats, ...]
    answers: tuple[Flags, ...]

    def only(self, kept: Flags) -> Observation:
        """With those candidates only."""
        chosen = np.flatnonzero(kept).tolist()
        return replace(
            self,
            legs=self.legs[kept],
            across=self.across[kept],
            right=self.right[kept],
            figures=tuple(self.figures[at] for at in chosen),
            answers=tuple(self.answers[at] for at in chosen),
        )


def observe(
    assessor: Assessor, questions: Sequence[Question], publication: Publication
) -> Iterator[Observation]:
    """What the retriever sees of each question.

    Where the library holds the publication in two languages, its parallel passages are right too.
    """
    for question in questions:
        text = question.question
        if leans_on_history(text, question.history):
            text = in_context(text, question.history)
        (asked,) = assessor.ask([text])
        assessment = assessor.assess(asked)
        gold = places(question, publication)
        yield Observation(
            question,
            assessment.legs.table,
            assessment.legs.across,
            np.array(
                [_is_right(assessor, one, question, gold) for one in assessment.candidates],
                dtype=np.bool_,
            ),
            tuple(
                sentence_figures(
                    one.read,
                    one.similarity,
                    one.matches,
                    question.question,
                    expected(question.question),
                )
                for one in assessment.candidates
            ),
            tuple(
                np.array(
                    [
                        any(answer in sentence.text for answer in question.answers)
                        for sentence in one.read.sentences
                    ],
                    dtype=np.bool_,
                )
                for one in assessment.candidates
            ),
        )


def _is_right(
    assessor: Assessor, one: Candidate, question: Question, gold: frozenset[SectionRef]
) -> bool:
    passage = one.read.passage
    article = assessor.reader.article(passage.publication, passage.article)
    shown = Returned(
        text=passage.text,
        places=frozenset({SectionRef(passage.article, passage.section)}),
        score=0.0,
        notes=tuple(note.text for note in cited_notes(article, passage)),
    )
    return question.answerable and is_right(shown, question, gold)

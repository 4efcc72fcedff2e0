"""Questions held against libraries: what the retriever sees, beside what is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from eval.judge import is_right
from eval.questions.format import Question, SectionRef
from eval.questions.gold import places
from eval.system import Returned
from index.document import Publication
from index.storage.engine import Rows
from rag.answer.build import cited_notes
from rag.answering.confidence import Signs
from rag.answering.confidence_features import lacks_part, nearness, quantities
from rag.answering.evidence import sentence_figures
from rag.ranking.features import Assessment, Assessor, Candidate, token_legs
from rag.ranking.scoring import LEGS, TOKENS, WORDED
from rag.ranking.term_match import Floats

Flags = NDArray[np.bool_]
_ALL = slice(None)


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
        similarity: Of each candidate, that of its best sentence.
        words: Of each candidate, what `confidence_features.nearness` is, [candidates, 2].
        missing: Whether each candidate lacks the quantity that the question asks for.
        unnamed: Of each candidate, what `rag.answering.confidence_features.lacks_part` says.
        cut: The same of the right candidates without the sentences that answer, as an
            `Observation` of its own; None where nothing would be left, or nothing be cut.
    """

    question: Question
    legs: Floats
    across: Flags
    right: Flags
    figures: tuple[Floats, ...]
    answers: tuple[Flags, ...]
    similarity: Floats
    words: Floats
    missing: Flags
    unnamed: Flags
    cut: Observation | None = None

    def only(self, kept: Flags) -> Observation:
        """With those candidates only."""
        chosen = np.flatnonzero(kept).tolist()
        return replace(
            self,
            figures=tuple(self.figures[at] for at in chosen),
            answers=tuple(self.answers[at] for at in chosen),
            **{
                field.name: getattr(self, field.name)[kept]
                for field in fields(self)
                if isinstance(getattr(self, field.name), np.ndarray)
            },
            cut=None,
        )

    def signs(self, scores: Floats) -> Signs:
        """Those of the first candidate, by these scores of all; there must be one."""
        first, *rest = np.argsort(-scores, kind="stable").tolist()
        return Signs(
            score=float(scores[first]),
            lead=float(scores[first] - (scores[rest[0]] if rest else 0.0)),
            similarity=float(self.similarity[first]),
            words=float(self.words[first, 0]),
            least=float(self.words[first, 1]),
            said=float(self.legs[first, LEGS.index("terms")]),
            missing=bool(self.missing[first]),
            unnamed=bool(self.unnamed[first]),
            foreign=bool(self.across[first]),
        )


def observe(
    assessor: Assessor,
    questions: Sequence[Question],
    publication: Publication,
    among: Callable[[Question], Rows | None] = lambda _: None,
) -> Iterator[Observation]:
    """What the retriever sees of each question but those that may lean on others.

    Where the library holds the publication in two languages, its parallel passages are right too.

    Args:
        assessor: Of the library.
        questions: To be asked of it.
        publication: What they are about.
        among: The passages that each is asked of; None for all.
    """
    for question in questions:
        if question.history:
            continue
        (asked,) = assessor.ask([question.question])
        assessment = assessor.assess(asked, among(question))
        gold = places(question, publication)
        right = [_is_right(assessor, one, question, gold) for one in assessment.candidates]
        yield _observed(question, assessment, np.array(right, dtype=np.bool_))


def _observed(question: Question, assessment: Assessment, right: Flags) -> Observation:
    candidates, across = assessment.candidates, assessment.legs.across.tolist()
    given = [quantities(assessment.asked, one) for one in candidates]
    answers = [_answering(question, one) for one in candidates]
    whole = Observation(
        question,
        assessment.legs.table,
        assessment.legs.across,
        right,
        tuple(sentence_figures(one, assessment.asked) for one in candidates),
        tuple(answers),
        np.array([one.similarity.max() for one in candidates]),
        np.array([_words(one, away) for one, away in zip(candidates, across, strict=True)]).reshape(
            -1, 2
        ),
        np.array([not each.any() for each in given], dtype=np.bool_),
        np.array([lacks_part(assessment.asked, one.read) for one in candidates], dtype=np.bool_),
    )
    cut = [
        at for at in np.flatnonzero(right).tolist() if answers[at].any() and not answers[at].all()
    ]
    if not cut or len(cut) < right.sum():
        return whole
    legs, similarity, missing = whole.legs.copy(), whole.similarity.copy(), whole.missing.copy()
    words = whole.words.copy()
    for at in cut:
        kept = ~answers[at]
        legs[at] = _legs_without(candidates[at], legs[at], kept)
        similarity[at] = candidates[at].similarity[kept].max()
        words[at] = _words(candidates[at], across[at], kept)
        missing[at] = not given[at][kept].any()
    rest = replace(
        whole,
        legs=legs,
        similarity=similarity,
        words=words,
        missing=missing,
        right=np.zeros_like(right),
    )
    return replace(whole, cut=rest)


def _words(one: Candidate, away: bool, kept: Flags | slice = _ALL) -> tuple[float, float]:
    return nearness(one.nearness[kept], one.above, foreign=away)


def _answering(question: Question, one: Candidate) -> Flags:
    return np.array(
        [any(answer in each.text for answer in question.answers) for each in one.read.sentences],
        dtype=np.bool_,
    )


def _legs_without(one: Candidate, legs: Floats, kept: Flags) -> Floats:
    """The legs of a passage of which only some sentences are left; its vector stays as it is."""
    found = legs.copy()
    found[LEGS.index("sentence")] -= one.similarity.max() - one.similarity[kept].max()
    found[TOKENS] -= np.subtract(
        token_legs(one.nearness, one.above), token_legs(one.nearness[kept], one.above)
    )
    found[WORDED] -= (
        token_legs(one.worded, one.worded_above)[0]
        - token_legs(one.worded[kept], one.worded_above)[0]
    )
    matches = replace(one.matches, strength=one.matches.strength[:, kept])
    found[LEGS.index("terms")] = matches.grouped(np.zeros(1, dtype=np.int64)).coverage()[0]
    found[LEGS.index("sentence-terms")] = matches.coverage().max()
    return found


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

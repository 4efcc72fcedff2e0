"""The judgement of a written answer: its citations, whether it is right, how much was kept.

Citation recall and precision are those of ALCE (Gao, Yen, Yu and Chen, "Enabling Large Language
Models to Generate Text with Citations", EMNLP 2023): a sentence is recalled if what it cites
supports it; a citation of a recalled sentence is precise unless it does not support the sentence
alone and the others do without it. There a model of inference judges support, here
`rag.written.verification` does, so that both say what that can tell.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from eval.questions.format import Question, SectionRef
from eval.questions.gold import find_gold_sections
from index.document import Publication
from index.text.dictionary import load_dictionary
from index.text.scripts import detect_language, fold
from rag.answer.model import Answer
from rag.written.content import measure_coverage, read_content
from rag.written.facts import list_facts
from rag.written.model import WrittenAnswer, WrittenSentence
from rag.written.support import find_unsupported_facts
from rag.written.verification import Verifier

_MIN_COVERAGE = 0.5  # of the words of a short answer, where another language has it


class WrittenResult(msgspec.Struct, frozen=True):
    """A judged written answer.

    Attributes:
        question: The id of the question.
        pair: The language of the question, and that of what was cited first; "" without any.
        is_answerable: Whether the publication answers the question.
        sentences: What was written; empty if nothing was.
        kept: Whether each of them is supported.
        citation_recall: The share of sentences that what they cite supports; None without any.
        citation_precision: The share of citations that supported sentences need; None without any.
        gold_precision: The share of citations in gold sections; None without any, or without gold.
        is_correct: Whether what is shown has the short answer, in any form; None where the question
            has none in the text.
        is_correct_unchecked: The same of all that was written.
        seconds: The time that the model took, with the check.
    """

    question: str
    pair: str
    is_answerable: bool
    sentences: tuple[str, ...]
    kept: tuple[bool, ...]
    citation_recall: float | None
    citation_precision: float | None
    gold_precision: float | None
    is_correct: bool | None
    is_correct_unchecked: bool | None
    seconds: float

    @property
    def is_shown(self) -> bool:
        """Whether at least half of it is supported, so that readers see it."""
        return bool(self.kept) and 2 * sum(self.kept) >= len(self.kept)


def judge_written(
    question: Question,
    publication: Publication,
    answer: Answer,
    written: WrittenAnswer | None,
    verifier: Verifier,
    seconds: float,
) -> WrittenResult:
    """Return the judgement of a written answer.

    Args:
        question: The question.
        publication: The publication that it is about.
        answer: What the library answers.
        written: What was written of that; None if nothing was.
        verifier: Judges whether citations support a sentence.
        seconds: The time that it took.
    """
    gold = find_gold_sections(question, publication)
    sentences = written.sentences if written else ()
    shown = written.supported if written and written.is_usable else ()
    source = detect_language(answer.citations[0].text) if answer.citations else ""
    is_in_text = question.is_answerable and question.where != "metadata"
    return WrittenResult(
        question=question.id,
        pair=f"{question.language[:2]} → {source}" if source else "",
        is_answerable=question.is_answerable,
        sentences=tuple(sentence.text for sentence in sentences),
        kept=tuple(sentence.verdict.is_supported for sentence in sentences),
        citation_recall=_mean([sentence.verdict.is_supported for sentence in sentences]),
        citation_precision=_mean(_judge_citations(written, verifier)) if written else None,
        gold_precision=_mean(_find_gold_citations(written, answer, publication, gold))
        if written and gold
        else None,
        is_correct=_has_answer(question, shown) if is_in_text else None,
        is_correct_unchecked=_has_answer(question, sentences) if is_in_text else None,
        seconds=seconds,
    )


def has_short_answer(answer: str, text: str) -> bool:
    """Return whether a text has a short answer: as printed, or in the other language.

    In the other language an answer with numbers or dates is there if these are; any other one, if
    the text has at least half of its words, by the dictionary or by sound.

    Args:
        answer: A short answer, as printed.
        text: What was written.
    """
    if "".join(fold(answer).split()) in "".join(fold(text).split()):
        return True
    if list_facts(answer):
        return not any(find_unsupported_facts(answer, [text]))
    dictionary = load_dictionary()
    known = read_content(text, dictionary)
    coverage = measure_coverage(read_content(answer, dictionary), known, dictionary)
    return bool(coverage) and float(np.mean(coverage)) >= _MIN_COVERAGE


def _judge_citations(written: WrittenAnswer, verifier: Verifier) -> list[bool]:
    """Return whether each citation of each sentence is precise."""

    def supports(sentence: WrittenSentence, cites: Sequence[int]) -> bool:
        return verifier.verify(sentence.text, cites, written.evidence).is_supported

    def is_precise(sentence: WrittenSentence, number: int) -> bool:
        others = [other for other in sentence.cites if other != number]
        if not sentence.verdict.is_supported or not others:
            return sentence.verdict.is_supported
        return supports(sentence, [number]) or not supports(sentence, others)

    return [
        is_precise(sentence, number) for sentence in written.sentences for number in sentence.cites
    ]


def _find_gold_citations(
    written: WrittenAnswer, answer: Answer, publication: Publication, gold: frozenset[SectionRef]
) -> list[bool]:
    """Return whether each sentence that is cited stands in a gold section."""
    cited = [
        answer.citations[item.citation]
        for sentence in written.sentences
        for item in written.get_cited(sentence)
    ]
    return [
        citation.publication.id == publication.id
        and SectionRef(citation.article.index, citation.section) in gold
        for citation in cited
    ]


def _has_answer(question: Question, sentences: Sequence[WrittenSentence]) -> bool:
    text = "\n".join(sentence.text for sentence in sentences)
    return bool(text) and any(has_short_answer(answer, text) for answer in question.answers)


def _mean(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None

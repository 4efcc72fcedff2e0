"""What a language model is to write of an answer: from which sentences, in which language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index.text.scripts import Language, detect_language
from rag.answer.model import Answer
from rag.written.evidence import number_quotation, number_sentences
from rag.written.model import (
    NumberedSentence,
    Problem,
    Verdict,
    WritingTask,
    WrittenSentence,
)
from rag.written.request import DraftSentence, build_messages, choose_task

Verify = Callable[[str, Sequence[int], Sequence[NumberedSentence]], Verdict]
"""Checks a sentence, by what it cites, against the evidence; see `Verifier.verify`."""


@dataclass(frozen=True, slots=True)
class WritingPlan:
    """What a model is to write.

    Attributes:
        answer: What the library answers.
        task: What is to be written of it.
        evidence: The sentences that it is given.
        language: The language to write in.
    """

    answer: Answer
    task: WritingTask
    evidence: tuple[NumberedSentence, ...]
    language: Language

    def build_messages(self) -> list[dict[str, str]]:
        """Return the messages of a chat completion."""
        return build_messages(self.answer, self.evidence, self.language, self.task)

    def check_sentence(self, draft: DraftSentence, verify: Verify) -> WrittenSentence:
        """Return a sentence that a model wrote with its verdict.

        A translation in another language than the one asked for has the problem "language".

        Args:
            draft: The sentence.
            verify: Checks it against what it cites.
        """
        verdict = verify(draft.text, draft.cites, self.evidence)
        if self.task == "translation" and detect_language(draft.text) != self.language:
            verdict = replace(verdict, problems=(*verdict.problems, Problem("language")))
        return WrittenSentence(draft.text, draft.cites, verdict)


def plan_answer(answer: Answer, language: Language | None = None) -> WritingPlan | None:
    """Return what is to be written of an answer, or of an outline; None where nothing is.

    Args:
        answer: What the library answers.
        language: The language to write in; None for that of the question.
    """
    evidence = number_sentences(answer) if answer.is_answered else ()
    if not evidence:
        return None
    chosen = language or detect_language(answer.question)
    return WritingPlan(answer, choose_task(answer), evidence, chosen)


def plan_translation(
    answer: Answer, language: Language | None = None, citation: int = 0
) -> WritingPlan | None:
    """Return what is to be translated of an answer; None where nothing is.

    Args:
        answer: What the library answers.
        language: The language to translate into; None for the one that the quotation is not in.
        citation: The index of the citation.
    """
    evidence = number_quotation(answer, citation) if answer.is_answered else ()
    if not evidence:
        return None
    quoted = detect_language("\n".join(item.text for item in evidence))
    other: Language = "en" if quoted == "zh" else "zh"
    return WritingPlan(answer, "translation", evidence, language or other)

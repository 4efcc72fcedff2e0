"""What a language model is to write of an answer: from which sentences, in which language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from index.text.scripts import (
    Language,
    convert_to_simplified,
    convert_to_traditional,
    detect_language,
    is_simplified,
)
from rag.answer.model import Answer
from rag.written.evidence import MAX_CHARACTERS, number_quotation, number_sentences
from rag.written.model import (
    NumberedSentence,
    Problem,
    Verdict,
    WritingTask,
    WrittenSentence,
)
from rag.written.names import NO_NAMES, LibraryNames
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

        Chinese is given in the script of the question. A translation in another language than the
        one asked for has the problem "language".

        Args:
            draft: The sentence.
            verify: Checks it against what it cites.
        """
        text = _match_script(draft.text, self.answer.question)
        verdict = verify(text, draft.cites, self.evidence)
        if self.task == "translation" and detect_language(text) != self.language:
            verdict = replace(verdict, problems=(*verdict.problems, Problem("language")))
        return WrittenSentence(text, draft.cites, verdict)


def _match_script(text: str, question: str) -> str:
    """Return a text in the script of a question, where both are in Chinese."""
    if is_simplified(question):
        return convert_to_simplified(text)
    if detect_language(question) == "zh" and is_simplified(text):
        return convert_to_traditional(text)
    return text


def plan_answer(
    answer: Answer,
    language: Language | None = None,
    *,
    names: LibraryNames = NO_NAMES,
    most_characters: int = MAX_CHARACTERS,
) -> WritingPlan | None:
    """Return what is to be written of an answer, or of an outline; None where nothing is.

    Args:
        answer: What the library answers.
        language: The language to write in; None for that of the question.
        names: Finds the names of the library in what is given.
        most_characters: How many characters of sentences may be given.
    """
    evidence = number_sentences(answer, most_characters) if answer.is_answered else ()
    if not evidence:
        return None
    chosen = language or detect_language(answer.question)
    return WritingPlan(answer, choose_task(answer), names.add_to(evidence, answer), chosen)


def plan_translation(
    answer: Answer,
    language: Language | None = None,
    citation: int = 0,
    *,
    names: LibraryNames = NO_NAMES,
    most_characters: int = MAX_CHARACTERS,
) -> WritingPlan | None:
    """Return what is to be translated of an answer; None where nothing is.

    Args:
        answer: What the library answers.
        language: The language to translate into; None for the one that the quotation is not in.
        citation: The index of the citation.
        names: Finds the names of the library in the quotation.
        most_characters: How many characters of sentences may be given.
    """
    evidence = number_quotation(answer, citation, most_characters) if answer.is_answered else ()
    if not evidence:
        return None
    quoted = detect_language("\n".join(item.text for item in evidence))
    other: Language = "en" if quoted == "zh" else "zh"
    return WritingPlan(answer, "translation", names.add_to(evidence, answer), language or other)

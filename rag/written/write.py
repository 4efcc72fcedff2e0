"""Write from what a library answers, and check every sentence that is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.text.scripts import Language, detect_language
from rag.answer.model import Answer
from rag.written.endpoint import Endpoint, complete
from rag.written.evidence import number_quotation, number_sentences
from rag.written.model import (
    NumberedSentence,
    Problem,
    WritingTask,
    WrittenAnswer,
    WrittenSentence,
)
from rag.written.request import build_messages, choose_task, parse_reply
from rag.written.verification import Verifier


def write_answer(
    answer: Answer, endpoint: Endpoint, verifier: Verifier, language: Language | None = None
) -> WrittenAnswer | None:
    """Return an answer that a model wrote, each sentence checked; None where there is none.

    Of an outline it is a plain summary (`Retriever.outline` gives that of any article or issue).
    Nothing is asked for where the library does not answer.

    Args:
        answer: What the library answers.
        endpoint: Where the model is asked.
        verifier: Checks the sentences.
        language: The language to write in; None for that of the question.

    Raises:
        WritingError: If the model is away or answers nonsense.
    """
    if not answer.is_answered:
        return None
    task = choose_task(answer)
    evidence = number_sentences(answer)
    language = language or detect_language(answer.question)
    return _write(answer, evidence, task, language, endpoint, verifier)


def translate_quotation(
    answer: Answer,
    endpoint: Endpoint,
    verifier: Verifier,
    language: Language | None = None,
    citation: int = 0,
) -> WrittenAnswer | None:
    """Return the quoted sentences of a citation in the other language, checked; None without any.

    A sentence in another language than that has the problem "language". `left_out` of the result
    has the quoted sentences that no supported sentence translates.

    Args:
        answer: What the library answers.
        endpoint: Where the model is asked.
        verifier: Checks the sentences.
        language: The language to translate into; None for the one that the quotation is not in.
        citation: The index of the citation.

    Raises:
        WritingError: If the model is away or answers nonsense.
    """
    if not answer.is_answered:
        return None
    evidence = number_quotation(answer, citation)
    if not evidence:
        return None
    quoted = detect_language("\n".join(item.text for item in evidence))
    other: Language = "en" if quoted == "zh" else "zh"
    return _write(answer, evidence, "translation", language or other, endpoint, verifier)


def _write(
    answer: Answer,
    evidence: Sequence[NumberedSentence],
    task: WritingTask,
    language: Language,
    endpoint: Endpoint,
    verifier: Verifier,
) -> WrittenAnswer | None:
    messages = build_messages(answer, evidence, language, task)
    sentences = []
    for text, cites in parse_reply(complete(endpoint, messages)):
        verdict = verifier.verify(text, cites, evidence)
        if task == "translation" and detect_language(text) != language:
            verdict = replace(verdict, problems=(*verdict.problems, Problem("language")))
        sentences.append(WrittenSentence(text, cites, verdict))
    if not sentences:
        return None
    return WrittenAnswer(endpoint.model, endpoint.host, tuple(sentences), tuple(evidence), task)
